import type { Severity } from './severity.ts';

/** A channel, and the alarms that it gets. Secrets are named by their ARNs, never by their values. */
export type Channel = { readonly severities: readonly Severity[] } & (
  | { readonly kind: 'email'; readonly topic: string }
  | { readonly kind: 'slack' | 'teams'; readonly secret: string }
  | { readonly kind: 'pagerDuty'; readonly secret: string; readonly region: 'us' | 'eu' }
  | { readonly kind: 'webhook'; readonly secret: string; readonly url: string }
);

/** What the notifier of an API knows about it. */
export interface NotifierSettings {
  /** Of the topics by their ARNs. */
  readonly topics: Readonly<Record<string, Severity>>;
  readonly channels: readonly Channel[];
  /** Log group of the access log. */
  readonly accessLog: string;
  /** URLs of the runbooks of messages that are no alarm's. @default - they link to none */
  readonly runbooks?: { readonly guardDuty?: string; readonly budget?: string };
  /** Of the API: commands in messages name it. @default - messages have no commands */
  readonly stack?: string;
  /** Name of the API, where its stack has several. @default - it is the only one */
  readonly api?: string;
  /** Log group of the web ACL. @default - it has none */
  readonly webAclLog?: string;
}

/**
 * How the local gateway runs the notifier: it sends nothing, because a message that leaves the machine would surprise its reader, and
 * returns what it would have sent. A webhook of the user on this machine gets its message signed, as on AWS.
 */
export interface LocalNotifications {
  readonly webhook?: { readonly url: string; readonly key: string };
  /** Options of commands in messages: `--api`, where the stack has several APIs, and `--data`. @default - commands need none */
  readonly options?: string;
  /** Folder of the runbooks, which messages name. @default - messages link to them */
  readonly runbooks?: string;
}
