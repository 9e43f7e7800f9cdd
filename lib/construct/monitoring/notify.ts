import { Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { SEVERITIES, type Severity } from '../../../lambdas/shared/severity.ts';
import { formatValue } from '../../definition/checks/check.ts';
import type { ConfigError } from '../../definition/errors.ts';
import { choice, listOf, type Members, object, required } from '../../definition/shape.ts';
import { invalid, requireShape, resource } from '../invalid.ts';
import { checkedSecret, checkedUrl } from './notifyInput.ts';

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

const aTopic = required(resource('a topic'), 'a topic');
const anything = () => [];
const SEVERITY_LIST = listOf(choice(...SEVERITIES), `a list of ${SEVERITIES.join(', ')}`);
const OPTIONS: Members<NotifyOptions> = { severities: SEVERITY_LIST };
const PAGER_DUTY: Members<PagerDutyOptions> = { ...OPTIONS, region: choice('us', 'eu') };
const WEBHOOK: Members<WebhookNotifyOptions> = { ...OPTIONS, secret: anything };
const EMAIL = /^[^\s@"]{1,64}@[^\s@]+\.[^\s@]{2,}$/;

/**
 * A recipient of notifications when an alarm changes: docs/notifications.md shows what each one gets.
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
  /**
   * An email address, which gets readable text; its owner confirms the subscription once.
   *
   * @throws {ConfigError} `notify-invalid`.
   */
  static email(address: string, options?: NotifyOptions): Notify {
    if (typeof address !== 'string' || !(Token.isUnresolved(address) || EMAIL.test(address)))
      throw wrong(address, 'an email address');
    return new Notify({ kind: 'email', address }, options);
  }

  /**
   * An https endpoint that confirms the subscription by itself. It gets the message of CloudWatch as SNS delivers it, with a signature of
   * SNS (version 2); {@link Notify.webhook} sends the readable message.
   *
   * @throws {ConfigError} `notify-invalid`.
   */
  static https(url: string, options?: NotifyOptions): Notify {
    return new Notify({ kind: 'https', url: checkedUrl(url) }, options);
  }

  /**
   * A channel of Slack, by the URL of an incoming webhook. The URL is a secret: anybody who knows it can post.
   *
   * @param secret of Secrets Manager, or its name; its string is the URL.
   * @throws {ConfigError} `notify-invalid`.
   */
  static slack(secret: ISecret | string, options?: NotifyOptions): Notify {
    return new Notify({ kind: 'slack', secret: checkedSecret(secret) }, options);
  }

  /**
   * A channel of Microsoft Teams, by the URL of a workflow that starts "when a Teams webhook request is received". The URL is a secret:
   * anybody who knows it can post.
   *
   * @param secret of Secrets Manager, or its name; its string is the URL.
   * @throws {ConfigError} `notify-invalid`.
   */
  static teams(secret: ISecret | string, options?: NotifyOptions): Notify {
    return new Notify({ kind: 'teams', secret: checkedSecret(secret) }, options);
  }

  /**
   * A service of PagerDuty, by the key of an integration of the type "Events API V2". An alarm is one incident, which ends with it.
   *
   * @param secret of Secrets Manager, or its name; its string is the integration key.
   * @throws {ConfigError} `notify-invalid`.
   */
  static pagerDuty(secret: ISecret | string, options: PagerDutyOptions = {}): Notify {
    requireShape(object(PAGER_DUTY), options, { location: 'notify', code: 'notify-invalid' });
    const { region = 'us', ...others } = options;
    return new Notify({ kind: 'pagerDuty', secret: checkedSecret(secret), region }, others);
  }

  /**
   * An https endpoint that gets the message as JSON, signed as Standard Webhooks describe (https://www.standardwebhooks.com).
   *
   * @throws {ConfigError} `notify-invalid`.
   */
  static webhook(url: string, options: WebhookNotifyOptions): Notify {
    requireShape(required(object(WEBHOOK), 'the secret'), options, { location: 'notify', code: 'notify-invalid' });
    const { secret, ...others } = options;
    return new Notify({ kind: 'webhook', url: checkedUrl(url), secret: checkedSecret(secret) }, others);
  }

  /**
   * Another topic, to which the alarms publish in addition to their own. If it is encrypted, its key policy has to allow
   * `cloudwatch.amazonaws.com`.
   *
   * @throws {ConfigError} `notify-invalid`.
   */
  static topic(topic: ITopic, options?: NotifyOptions): Notify {
    requireShape(aTopic, topic, { location: 'notify', code: 'notify-invalid' });
    return new Notify({ kind: 'topic', topic }, options);
  }

  readonly target: NotifyTarget;
  /** Severities of the alarms that the recipient hears of, from the most urgent one. */
  readonly severities: readonly Severity[];

  private constructor(target: NotifyTarget, given: NotifyOptions = {}) {
    requireShape(object(OPTIONS), given, { location: 'notify', code: 'notify-invalid' });
    const { severities = SEVERITIES } = given;
    if (severities.length === 0) throw wrong(severities, `at least one of ${SEVERITIES.join(', ')}`);
    this.target = target;
    this.severities = SEVERITIES.filter((severity) => severities.includes(severity));
  }
}

/** The recipients that hear of alarms of a severity. */
export function recipientsOf(notify: readonly Notify[], severity: Severity): readonly Notify[] {
  return notify.filter(({ severities }) => severities.includes(severity));
}

function wrong(found: unknown, expected: string): ConfigError {
  return invalid({
    code: 'notify-invalid',
    location: 'notify',
    found: formatValue(found),
    expected,
    fix: 'Fix the address or the severities: an alarm without a recipient is useless.',
  });
}
