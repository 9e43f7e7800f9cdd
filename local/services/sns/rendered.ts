import { list, record, string } from '../../assembly/values.ts';
import type { Notification } from './notificationFile.ts';

/** What the notifier made of a message. */
export interface Rendered {
  /** For people; undefined where it failed. */
  readonly text?: string;
  /** What is stored with the notification. */
  readonly members: Notification;
  /** Whether it is no news: the first data of an alarm. */
  readonly isQuiet?: boolean;
  /** ARNs of the topics that it would have mailed by. */
  readonly mails: readonly string[];
  readonly channels: readonly { readonly kind: string; readonly result: string; readonly reason: string }[];
}

/** Reads the result of the notifier: a list with one item for each message of the event. */
export function notifiedBy(payload: unknown): Rendered {
  const first = record(list(payload)[0]);
  const channels = list(first['channels']).map(record);
  const text = string(first['text']);
  return {
    ...(text === undefined ? {} : { text }),
    isQuiet: first['isQuiet'] === true,
    members: { severity: first['severity'], status: first['status'], text, channels },
    mails: channels.flatMap(({ kind, to }) => (kind === 'email' ? (string(to) ?? []) : [])),
    channels: channels.map(({ kind, result, reason }) => ({
      kind: string(kind) ?? '',
      result: string(result) ?? '',
      reason: string(reason) ?? '',
    })),
  };
}
