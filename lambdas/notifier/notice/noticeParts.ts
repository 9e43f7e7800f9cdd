import type { NotifierSettings } from '../../shared/notifierSettings.ts';
import type { Links } from '../links.ts';
import type { NotificationParts } from '../notification.ts';

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
  /** Of the API: says in which partition the console is. */
  readonly region: string;
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
