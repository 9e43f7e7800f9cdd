import { Token } from 'aws-cdk-lib';
import type { ITopic, ITopicSubscription } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { formatValue } from '../../definition/checks/check.ts';
import type { ConfigError } from '../../definition/errors.ts';
import { choice, listOf, type Members, object, required } from '../../definition/shape.ts';
import { invalid, requireShape, resource } from '../invalid.ts';
import { SEVERITIES, type Severity } from './severity.ts';

/** How a notification is sent: by a subscription to the API's topic, or by another topic. */
type Target =
  | { readonly kind: 'subscription'; readonly subscription: ITopicSubscription }
  | { readonly kind: 'topic'; readonly topic: ITopic };

/** Which alarms a recipient hears of. */
export interface NotifyOptions {
  /** @default - all of them */
  readonly severities?: readonly Severity[];
}

const aTopic = required(resource('a topic'), 'a topic');
const OPTIONS: Members<NotifyOptions> = {
  severities: listOf(choice(...SEVERITIES), `a list of ${SEVERITIES.join(', ')}`),
};
const options = object(OPTIONS);
const EMAIL = /^[^\s@"]{1,64}@[^\s@]+\.[^\s@]{2,}$/;

/**
 * A recipient of notifications when an alarm changes.
 *
 * @example
 * ```ts
 * const notify = [
 *   Notify.email('ops@example.com'),
 *   Notify.https('https://hooks.example.com/alarms', { severities: ['page'] }),
 * ];
 * ```
 */
export class Notify {
  /**
   * An email address; its owner confirms the subscription once.
   *
   * @throws {ConfigError} `notify-invalid`.
   */
  static email(address: string, options?: NotifyOptions): Notify {
    if (typeof address !== 'string' || !(Token.isUnresolved(address) || EMAIL.test(address)))
      throw wrong(address, 'an email address');
    return new Notify({ kind: 'subscription', subscription: new EmailSubscription(address) }, options);
  }

  /**
   * An https endpoint that confirms the subscription by itself.
   *
   * @throws {ConfigError} `notify-invalid`.
   */
  static https(url: string, options?: NotifyOptions): Notify {
    if (typeof url !== 'string' || !(Token.isUnresolved(url) || URL.parse(url)?.protocol === 'https:'))
      throw wrong(url, 'an https URL');
    return new Notify({ kind: 'subscription', subscription: new UrlSubscription(url) }, options);
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

  readonly target: Target;
  /** Severities of the alarms that the recipient hears of. */
  readonly severities: readonly Severity[];

  private constructor(target: Target, given: NotifyOptions = {}) {
    requireShape(options, given, { location: 'notify', code: 'notify-invalid' });
    const { severities = SEVERITIES } = given;
    if (severities.length === 0) throw wrong(severities, `at least one of ${SEVERITIES.join(', ')}`);
    this.target = target;
    this.severities = severities;
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
