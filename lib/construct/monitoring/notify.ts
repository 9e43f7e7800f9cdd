import { Token } from 'aws-cdk-lib';
import type { ITopic, ITopicSubscription } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { ConfigError } from '../../definition/errors.ts';
import { invalid } from '../invalid.ts';

/** How a notification is sent on: as a subscription to the API's own topic, or by a topic of yours. */
type Target =
  | { readonly kind: 'subscription'; readonly subscription: ITopicSubscription }
  | { readonly kind: 'topic'; readonly topic: ITopic };

const EMAIL = /^[^\s@"]{1,64}@[^\s@]+\.[^\s@]{2,}$/;

/**
 * Who is told when an alarm changes.
 *
 * @example
 * ```ts
 * const notify = [Notify.email('ops@example.com'), Notify.https('https://hooks.example.com/alarms')];
 * ```
 */
export class Notify {
  /**
   * A mail address; its owner confirms the subscription once.
   *
   * @throws {ConfigError} `notify-invalid`.
   */
  static email(address: string): Notify {
    if (!Token.isUnresolved(address) && !EMAIL.test(address)) throw wrong(address, 'a mail address');
    return new Notify({ kind: 'subscription', subscription: new EmailSubscription(address) });
  }

  /**
   * An https endpoint that confirms the subscription by itself.
   *
   * @throws {ConfigError} `notify-invalid`.
   */
  static https(url: string): Notify {
    if (!Token.isUnresolved(url) && URL.parse(url)?.protocol !== 'https:') throw wrong(url, 'an https URL');
    return new Notify({ kind: 'subscription', subscription: new UrlSubscription(url) });
  }

  /**
   * A topic of yours, which the alarms publish to beside their own. When it is encrypted, its key has to let
   * `cloudwatch.amazonaws.com` use it.
   */
  static topic(topic: ITopic): Notify {
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
    found: JSON.stringify(found),
    expected,
    fix: 'An alarm that reaches nobody is no alarm: mend the address.',
  });
}
