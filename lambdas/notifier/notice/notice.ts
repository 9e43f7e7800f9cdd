/** Messages that are no alarm's: they have no state, so they do not end. */
import { cleanText } from '../clean.ts';
import { https, sentencesOf } from '../description.ts';
import type { Notification } from '../notification.ts';
import { dateTime } from '../times.ts';
import { budgetNotice } from './budget.ts';
import { eventNotice } from './event.ts';
import type { Notice, NoticeParts } from './noticeParts.ts';

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
