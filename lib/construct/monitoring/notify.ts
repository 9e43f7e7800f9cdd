import { Token } from 'aws-cdk-lib';
import type { ITopic, ITopicSubscription } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { formatValue } from '../../definition/checks/check.ts';
import type { ConfigError } from '../../definition/errors.ts';
import { required } from '../../definition/shape.ts';
import { invalid, requireShape, resource } from '../invalid.ts';

/** How a notification is sent: by a subscription to the API's topic, or by another topic. */
type Target =
  | { readonly kind: 'subscription'; readonly subscription: ITopicSubscription }
  | { readonly kind: 'topic'; readonly topic: ITopic };

const aTopic = required(resource('a topic'), 'a topic');
const EMAIL = /^[^\s@"]{1,64}@[^\s@]+\.[^\s@]{2,}$/;

/**
 * A recipient of notifications when an alarm changes.
 *
 * @example
 * ```ts
 * const notify = [Notify.email('ops@example.com'), Notify.https('https://hooks.example.com/alarms')];
 * ```
 */
export class Notify {
  /**
   * An email address; its owner confirms the subscription once.
   *
   * @throws {ConfigError} `notify-invalid`.
   */
  static email(address: string): Notify {
    if (typeof address !== 'string' || !(Token.isUnresolved(address) || EMAIL.test(address)))
      throw wrong(address, 'an email address');
    return new Notify({ kind: 'subscription', subscription: new EmailSubscription(address) });
  }

  /**
   * An https endpoint that confirms the subscription by itself.
   *
   * @throws {ConfigError} `notify-invalid`.
   */
  static https(url: string): Notify {
    if (typeof url !== 'string' || !(Token.isUnresolved(url) || URL.parse(url)?.protocol === 'https:'))
      throw wrong(url, 'an https URL');
    return new Notify({ kind: 'subscription', subscription: new UrlSubscription(url) });
  }

  /**
   * Another topic, to which the alarms publish in addition to their own. If it is encrypted, its key policy has to allow
   * `cloudwatch.amazonaws.com`.
   *
   * @throws {ConfigError} `notify-invalid`.
   */
  static topic(topic: ITopic): Notify {
    requireShape(aTopic, topic, { location: 'notify', code: 'notify-invalid' });
    return new Notify({ kind: 'topic', topic });
  }

  readonly target: Target;

  private constructor(target: Target) {
    this.target = target;
  }
}

function wrong(found: string, expected: string): ConfigError {
  return invalid({
    code: 'notify-invalid',
    location: 'notify',
    found: formatValue(found),
    expected,
    fix: 'Fix the address: an alarm without a recipient is useless.',
  });
}
