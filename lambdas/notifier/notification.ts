import type { Severity } from '../shared/severity.ts';
import type { AlarmChange } from './alarmChange.ts';
import type { Child } from './children.ts';
import { cleanText } from './clean.ts';
import { commandsOf } from './commands.ts';
import type { TopContributors } from './contributors.ts';
import { type DescriptionParts, descriptionParts } from './description.ts';
import type { Links } from './links.ts';
import { measured } from './measured.ts';
import { dateTime, duration } from './times.ts';

/** `firing` needs a person, `resolved` says that it is over, `unknown` that the data ended, `notice` is a message without a state. */
export type Status = 'firing' | 'resolved' | 'unknown' | 'notice';

/** What a person needs to know, in the order in which it is needed. All strings are clean: `clean.ts`. */
export interface Notification {
  /** Of the message; a repeated one has the same. */
  readonly id: string;
  readonly status: Status;
  readonly severity: Severity;
  /** Name of the API. */
  readonly api: string;
  /** Name of the alarm, which identifies its incident; for a notice, one that is made of its text. */
  readonly alarm: string;
  /** One line that says it all, such as `documents: failed logins`. */
  readonly title: string;
  /** ISO 8601. */
  readonly at: string;
  /** What happened. */
  readonly what: string;
  /** Since when. */
  readonly since: string;
  /** How bad: numbers with units, or what is known instead. */
  readonly measured: string;
  /** Who. Empty lists are left out; undefined where nobody is to be named. */
  readonly contributors?: readonly TopContributors[];
  /** Why nobody is named, although somebody is to be. */
  readonly contributorsMissing?: string;
  /** What to do first. */
  readonly first: string;
  /** Commands that show what it is about, such as `npx secure-api logs --status 401 --since 15m`. */
  readonly commands?: readonly string[];
  /** Where the runbook is on a developer's machine. */
  readonly runbookFile?: string;
  readonly owner?: string;
  readonly links: Links;
  /** Ends an incident that may be there, and is of no use to anybody else. */
  readonly isQuiet?: boolean;
}

/** What a notification is made of besides the change of the alarm. */
export interface NotificationParts {
  readonly id: string;
  readonly severity: Severity;
  readonly api: string;
  readonly links: Links;
  readonly contributors?: readonly TopContributors[];
  readonly contributorsMissing?: string;
  /** Options of commands, which name the API. @default - the message has no commands */
  readonly options?: string;
  /** Why the alarms below a composite one fire. @default - none are known */
  readonly children?: readonly Child[];
}

const STATUS = { ALARM: 'firing', OK: 'resolved', INSUFFICIENT_DATA: 'unknown' } as const;
/** What is looked at where a message does not say it. */
const DEFAULT_RANGE_MS = 5 * 60_000;
const HOUR_MS = 60 * 60_000;
const NO_DATA = 'No data arrived, so nothing is known: the source of the metric may have failed.';

/** Milliseconds since 1970. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The time that a change is about: from the oldest period that the alarm, or one below it, looked at. */
export function rangeOf({ at, condition }: AlarmChange, children: readonly Child[] = []): Range {
  const conditions = [condition, ...children.map((child) => child.condition)].filter((one) => one !== undefined);
  const longest = Math.max(...conditions.map(({ period, periods }) => period * periods * 1000));
  return { from: at - (conditions.length === 0 ? DEFAULT_RANGE_MS : longest), to: at };
}

/**
 * The notification of a change of an alarm.
 *
 * @param parts `name` is what names of alarms begin with.
 */
export function alarmNotification(
  change: AlarmChange,
  parts: NotificationParts & { readonly name: string },
): Notification {
  const { api, name, links, options, children = [], ...more } = parts;
  const description = descriptionParts(change.description);
  const status = STATUS[change.state];
  const { owner, look } = description;
  const { from, to } = rangeOf(change, children);
  const shown = { alarm: change.name, isResolved: status === 'resolved', look, rangeMs: to - from };
  const seen = [change, ...children.map((child) => ({ ...child, state: change.state }))].flatMap(
    (one) => measured(one, description.measure) ?? [],
  );
  const times = seen.flatMap(({ since }) => since ?? []);
  const since = status === 'resolved' || times.length === 0 ? undefined : Math.min(...times);
  return {
    ...more,
    api,
    status,
    alarm: change.name,
    title: titleOf(change.name, { api, name }),
    at: new Date(change.at).toISOString(),
    what: cleanText(meaningOf(description, change.name, api)),
    since: sinceOf(change, since),
    measured: cleanText([...new Set(seen.map(({ words }) => words))].join(' ') || withoutNumbers(change)),
    first: cleanText(firstOf(status, description)),
    ...(options === undefined ? {} : { commands: commandsOf({ name, options }, shown) }),
    ...(owner === undefined ? {} : { owner: cleanText(owner) }),
    links: { ...linksIn(description), ...links },
    ...(change.isQuiet ? { isQuiet: true } : {}),
  };
}

function linksIn({ runbook, dashboard }: DescriptionParts): Links {
  return { ...(runbook === undefined ? {} : { runbook }), ...(dashboard === undefined ? {} : { dashboard }) };
}

/** Descriptions begin with the name of the API, which the title has. */
function meaningOf({ meaning }: DescriptionParts, alarm: string, api: string): string {
  const text = meaning.startsWith(`${api}: `) ? meaning.slice(api.length + 2) : meaning;
  return text === '' ? `The alarm ${alarm} has no description.` : text.charAt(0).toUpperCase() + text.slice(1);
}

/** `documents-failed-logins-slow` is "documents: failed logins, slowly", and `documents-table-errors2` "documents: table errors 2". */
function titleOf(alarm: string, { api, name }: { readonly api: string; readonly name: string }): string {
  const id = alarm.startsWith(`${name}-`) ? alarm.slice(name.length + 1) : alarm;
  const words = id
    .replace(/-slow$/, ', slowly')
    .replace(/(?<=[a-z])(?=\d+$)/, ' ')
    .replaceAll('-', ' ');
  return cleanText(`${api}: ${words}`);
}

/** What a window of hours counts began somewhere in it. */
function sinceOf({ at, condition }: AlarmChange, since: number | undefined): string {
  if (since === undefined || since >= at) return dateTime(at);
  if (at - since >= HOUR_MS) return `${dateTime(since)} at the earliest, noticed ${dateTime(at)}`;
  const periods = condition === undefined || condition.periods === 1 ? '' : ` (${condition.periods} periods)`;
  return `${dateTime(since)}, noticed ${duration(at - since)} later${periods}`;
}

/** CloudWatch's own words, where they have no numbers: missing data, and composite alarms. */
function withoutNumbers({ state, reason, children, condition }: AlarmChange): string {
  if (state === 'INSUFFICIENT_DATA') return NO_DATA;
  if (children.length > 0) return `Because of ${children.slice(0, 10).join(', ')}.`;
  if (condition !== undefined && /no datapoints|missing datapoint/i.test(reason)) {
    return state === 'OK' ? 'No data arrived, which counts as healthy.' : 'No data arrived, which counts as a fault.';
  }
  return reason;
}

function firstOf(status: Status, { first, runbook }: DescriptionParts): string {
  if (status === 'resolved') return 'Nothing now. If nobody knows the cause yet, find it.';
  if (first !== '') return first;
  return runbook === undefined ? 'Look at the dashboard and at the requests of that time.' : 'Follow the runbook.';
}
