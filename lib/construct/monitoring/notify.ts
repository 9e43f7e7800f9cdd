import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { SEVERITIES, type Severity } from '../../../lambdas/shared/severity.ts';
import {
  anything,
  choice,
  isRecord,
  listOf,
  type Members,
  object,
  required,
  type Shape,
} from '../../definition/shape.ts';
import { resource } from '../invalid.ts';
import { emailFaults, type InputFault, secretFaults, urlFaults } from './notifyInput.ts';

/** How a recipient is reached. Secrets are those of Secrets Manager, by name or as a construct. */
export type NotifyTarget =
  | { readonly kind: 'email'; readonly address: string }
  | { readonly kind: 'https'; readonly url: string }
  | { readonly kind: 'topic'; readonly topic: ITopic }
  | { readonly kind: 'slack' | 'teams'; readonly secret: ISecret | string }
  | { readonly kind: 'pagerDuty'; readonly secret: ISecret | string; readonly region: 'us' | 'eu' }
  | { readonly kind: 'webhook'; readonly secret: ISecret | string; readonly url: string };

/** Which alarms a recipient hears of. */
export interface NotifyOptions {
  /** @default - all of them */
  readonly severities?: readonly Severity[];
}

/** How a service of PagerDuty is reached. */
export interface PagerDutyOptions extends NotifyOptions {
  /** Where the account is. @default - in the US */
  readonly region?: 'us' | 'eu';
}

/** How a webhook is signed. */
export interface WebhookNotifyOptions extends NotifyOptions {
  /** The signing secret: `whsec_` and the base64 of at least 24 bytes, or a JSON list of such strings while one is rotated. */
  readonly secret: ISecret | string;
}

const aTopic = required(resource('a topic', 'topicArn'), 'a topic');
const SEVERITY_LIST = listOf(choice(...SEVERITIES), `a list of ${SEVERITIES.join(', ')}`);
const OPTIONS: Members<NotifyOptions> = { severities: SEVERITY_LIST };
const PAGER_DUTY: Members<PagerDutyOptions> = { ...OPTIONS, region: choice('us', 'eu') };
const WEBHOOK: Members<WebhookNotifyOptions> = { ...OPTIONS, secret: anything };

/**
 * A recipient of notifications when an alarm changes: docs/notifications.md shows what each one gets. `SecureApi` rejects a wrong one
 * (`notify-invalid`) with its index, such as `notify.2`.
 *
 * @example
 * ```ts
 * const notify = [
 *   Notify.email('ops@example.com'),
 *   Notify.pagerDuty('pagerduty-routing-key', { severities: ['page'] }),
 *   Notify.slack('slack-webhook-url', { severities: ['ticket', 'info'] }),
 * ];
 * ```
 */
export class Notify {
  /** An email address, which gets readable text; its owner confirms the subscription once. */
  static email(address: string, options?: NotifyOptions): Notify {
    return new Notify({ kind: 'email', address }, options, { target: emailFaults(address) });
  }

  /**
   * An https endpoint that confirms the subscription by itself. It gets the message of CloudWatch as SNS delivers it, with a signature of
   * SNS (version 2); {@link Notify.webhook} sends the readable message.
   *
   * @param url of a public host, without user, password, query and fragment: it is in the template.
   */
  static https(url: string, options?: NotifyOptions): Notify {
    return new Notify({ kind: 'https', url }, options, { target: urlFaults(url) });
  }

  /**
   * A channel of Slack, by the URL of an incoming webhook. The URL is a secret: anybody who knows it can post.
   *
   * @param secret of Secrets Manager, or its name; its string is the URL.
   */
  static slack(secret: ISecret | string, options?: NotifyOptions): Notify {
    return new Notify({ kind: 'slack', secret }, options, { target: secretFaults(secret) });
  }

  /**
   * A channel of Microsoft Teams, by the URL of a workflow that starts "when a Teams webhook request is received". The URL is a secret:
   * anybody who knows it can post.
   *
   * @param secret of Secrets Manager, or its name; its string is the URL.
   */
  static teams(secret: ISecret | string, options?: NotifyOptions): Notify {
    return new Notify({ kind: 'teams', secret }, options, { target: secretFaults(secret) });
  }

  /**
   * A service of PagerDuty, by the key of an integration of the type "Events API V2". An alarm is one incident, which ends with it.
   *
   * @param secret of Secrets Manager, or its name; its string is the integration key.
   */
  static pagerDuty(secret: ISecret | string, options: PagerDutyOptions = {}): Notify {
    const region = isRecord(options) && options.region === 'eu' ? 'eu' : 'us';
    const parts = { target: secretFaults(secret), shape: object(PAGER_DUTY) };
    return new Notify({ kind: 'pagerDuty', secret, region }, options, parts);
  }

  /**
   * An https endpoint that gets the message as JSON, signed as Standard Webhooks describe (https://www.standardwebhooks.com).
   *
   * @param url of a public host, without user, password, query and fragment: it is in the template.
   */
  static webhook(url: string, options: WebhookNotifyOptions): Notify {
    const { secret } = isRecord(options) ? options : { secret: '' };
    const faults = isRecord(options) ? secretFaults(secret).map((fault) => ({ ...fault, member: 'secret' })) : [];
    const shape = required(object(WEBHOOK), 'an object with the secret');
    return new Notify({ kind: 'webhook', url, secret }, options, { target: [...urlFaults(url), ...faults], shape });
  }

  /**
   * Another topic, to which the alarms publish in addition to their own. If it is encrypted, its key policy has to allow
   * `cloudwatch.amazonaws.com`.
   */
  static topic(topic: ITopic, options?: NotifyOptions): Notify {
    return new Notify({ kind: 'topic', topic }, options, { target: aTopic(topic, '') });
  }

  readonly target: NotifyTarget;
  /** Severities of the alarms that the recipient hears of, from the most urgent one. */
  readonly severities: readonly Severity[];
  /** What is wrong with it: `SecureApi` rejects it with its place in `notify`. */
  readonly faults: readonly InputFault[];

  private constructor(
    target: NotifyTarget,
    given: NotifyOptions | undefined,
    { target: faults, shape = object(OPTIONS) }: { readonly target: readonly InputFault[]; readonly shape?: Shape },
  ) {
    const wrongOptions = shape(given, '').map(({ location, ...fault }) => ({ ...fault, member: location }));
    const { severities = SEVERITIES } = wrongOptions.length === 0 ? (given ?? {}) : {};
    this.faults = [...faults, ...wrongOptions, ...(severities.length === 0 ? [NO_SEVERITY] : [])];
    this.target = target;
    this.severities = SEVERITIES.filter((severity) => severities.includes(severity));
  }
}

const NO_SEVERITY: InputFault = {
  member: 'severities',
  found: 'an empty list',
  expected: `at least one of ${SEVERITIES.join(', ')}`,
  fix: 'Write the severities that the recipient hears of, or leave severities out for all.',
};

/** The recipients that hear of alarms of a severity. */
export function recipientsOf(notify: readonly Notify[], severity: Severity): readonly Notify[] {
  return notify.filter(({ severities }) => severities.includes(severity));
}
