import type { TopContributors } from './contributors.ts';
import type { Notification, Status } from './notification.ts';

const LABEL: Readonly<Record<Status, string>> = {
  firing: 'ALARM',
  resolved: 'ENDED',
  unknown: 'NO DATA',
  notice: 'NOTICE',
};
/** SNS accepts a subject of fewer than 100 ASCII characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_SUBJECT = 99;

/** One line: state, severity, what it is about. */
export function headline({ status, severity, title }: Notification): string {
  return `${LABEL[status]} (${severity}) ${title}`;
}

/** What a phone shows at night: the headline, and how bad it is. */
export function summary(notification: Notification): string {
  const { status, measured } = notification;
  return status === 'firing' && measured !== '' ? `${headline(notification)}: ${measured}` : headline(notification);
}

/** The subject of a mail: printable ASCII. */
export function subject(notification: Notification): string {
  return headline(notification)
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, MAX_SUBJECT);
}

/** The sections of a message by their names, in the order in which a person needs them. Empty ones are left out. */
export function sections(notification: Notification): readonly (readonly [string, string])[] {
  const { status, what, since, measured, first, commands = [], owner } = notification;
  const all = [
    [status === 'resolved' ? 'What it was' : 'What', what],
    [status === 'resolved' ? 'Ended' : 'Since', since],
    ['How bad', measured],
    ['Who', who(notification)],
    ['Do first', first],
    ['Commands', commands.join('\n')],
    ['Owner', owner ?? ''],
  ] as const;
  return all.filter(([, text]) => text !== '');
}

/** The whole message as text: for mails, the terminal, and the log. */
export function text(notification: Notification): string {
  const { runbookFile } = notification;
  const links = linksOf(notification).map(
    ([name, url]) => `${name}: ${name === NAMES.runbook ? (runbookFile ?? url) : url}`,
  );
  const body = sections(notification).map(([name, value]) => `${name}\n${indented(value)}`);
  return [headline(notification), '', ...body.flatMap((section) => [section, '']), ...links].join('\n').trimEnd();
}

const NAMES = {
  runbook: 'Runbook',
  dashboard: 'Dashboard',
  query: 'Requests of that time',
  alarm: 'Alarm',
  source: 'Source',
} as const;

/** The links by their names, the runbook first. */
export function linksOf({ links }: Notification): readonly (readonly [string, string])[] {
  const names = Object.keys(NAMES) as (keyof typeof NAMES)[];
  return names.flatMap((name) => (links[name] === undefined ? [] : [[NAMES[name], links[name]] as const]));
}

function who({ contributors, contributorsMissing }: Notification): string {
  if (contributorsMissing !== undefined) return contributorsMissing;
  const lists = (contributors ?? []).filter(({ rows }) => rows.length > 0);
  if (contributors !== undefined && lists.length === 0) return 'Nobody stands out: no rule counted a request.';
  return lists.map(listOf).join('\n');
}

function listOf({ title, rows, others }: TopContributors): string {
  return [
    `${title}:`,
    ...rows.map(({ name, requests }, i) => `${i + 1}. ${name}: ${counted(requests)}`),
    ...(others === undefined ? [] : [`and about ${others.count} more: ${counted(others.requests)}`]),
  ].join('\n');
}

function counted(requests: string): string {
  return `${requests} ${requests === '1' ? 'request' : 'requests'}`;
}

function indented(value: string): string {
  return value.replaceAll(/^/gm, '  ');
}
