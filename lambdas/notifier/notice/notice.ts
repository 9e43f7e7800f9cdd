/** Messages that are no alarm's: they have no state, so they do not end. */
import type { NotifierSettings } from '../../shared/notifierSettings.ts';
import { cleanText } from '../clean.ts';
import { https, sentencesOf } from '../description.ts';
import type { Links } from '../links.ts';
import type { Notification, NotificationParts } from '../notification.ts';
import { dateTime } from '../times.ts';
import { budgetNotice } from './budget.ts';
import { eventNotice } from './event.ts';

/** What a notice is made of besides its message. */
export interface NoticeParts extends NotificationParts {
  /** What names of incidents begin with. */
  readonly name: string;
  /** Milliseconds. */
  readonly at: number;
  /** Of the message: names the incident of a text. */
  readonly digest: string;
  /** Whether there is no console to link to. */
  readonly isLocal: boolean;
  readonly runbooks?: NotifierSettings['runbooks'];
}

/** What a message says, before it is cleaned. */
export interface Notice {
  /** The title after the name of the API. */
  readonly title: string;
  /** The name of the incident after that of the API. */
  readonly incident: string;
  readonly what: string;
  readonly measured?: string;
  readonly first: string;
  readonly links?: Links;
}

/** The notification of a message that is no alarm's: an event of a service, a budget, or the text of a rule. */
export function noticeOf(message: string, parts: NoticeParts): Notification {
  const { name, at, digest: _, isLocal: _local, runbooks: _runbooks, links: given, ...more } = parts;
  const notice = eventNotice(message, parts) ?? budgetNotice(message, parts) ?? textNotice(message, parts);
  const { title, incident, what, measured = '', first, links = {} } = notice;
  return {
    ...more,
    status: 'notice',
    alarm: cleanText(`${name}-${incident}`),
    title: cleanText(`${parts.api}: ${title}`),
    at: new Date(at).toISOString(),
    what: cleanText(what || 'The message is empty.'),
    since: dateTime(at),
    measured: cleanText(measured),
    first: cleanText(first),
    links: { ...given, ...links },
  };
}

const RUNBOOK = /\s+Runbook: (\S+)\s*$/;

function textNotice(message: string, { digest: incident }: NoticeParts): Notice {
  const runbook = https(RUNBOOK.exec(message)?.[1]);
  const { meaning: what, first } = sentencesOf(
    cleanText(runbook === undefined ? message : message.replace(RUNBOOK, '')),
  );
  return { title: 'notice', incident, what, first, links: runbook === undefined ? {} : { runbook } };
}
