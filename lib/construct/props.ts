import type { RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Api } from '../definition/api.ts';
import type { ResponseMode } from '../definition/bundledTypes.ts';
import type { DomainProps } from './edge/domain.ts';
import type { WafProps } from './edge/webAcl.ts';
import type { Identity } from './identity/identity.ts';
import type { RevocationProps } from './identity/tokenTables.ts';
import type { Notify } from './monitoring/notify.ts';
import type { AlarmThresholds } from './monitoring/thresholds.ts';

/** Steady rate and burst of each route of the stage, over all clients. */
export interface StageThrottle {
  /** Requests a second, at least 1. */
  readonly rate: number;
  /** Requests at once, at least 1. */
  readonly burst: number;
}

/** Props of `SecureApi`. */
export interface SecureApiProps<A extends Api = Api> {
  /** The API, made by `defineApi`. */
  readonly definition: A;
  /** Directory with one file a route, named after it; relative to the folder in which the app runs. */
  readonly handlers: string;
  /** Whose tokens are accepted: one identity or several. Each token is verified by the keys of its own issuer alone. */
  readonly identity: Identity | readonly Identity[];
  /**
   * A deny list by `jti`, `sub` or client, asked by the authorizer for each token. A revocation takes effect after what the
   * authorizer and the gateway remember: by default 15 and 60 seconds.
   * @default - tokens are good until they expire
   */
  readonly revocation?: boolean | RevocationProps;
  /** @default - the API answers on its `execute-api` address; with a domain that address is disabled */
  readonly domain?: DomainProps;
  /** Who is told when an alarm changes. @default - nobody: the topic is made, and `alarmTopic` takes subscriptions */
  readonly notify?: readonly Notify[];
  /** Letters, digits and `_`. @default - the stage is named `live` */
  readonly stageName?: string;
  /**
   * Seconds that the gateway remembers what a token may do, 0–300. A remembered token is accepted although its issuer
   * would by now refuse it; its expiry and permission are checked again by the handler in any case.
   * @default - one minute; none where an identity knows bound tokens, whose proofs are for one request
   */
  readonly authorizerCacheSeconds?: number;
  /**
   * Registers clients, each with an API key, a tier and a state of its own, in a table that `secure-api clients` manages.
   * Clients that are not in it share the key of their tier in any case. What clients have used of their quotas is looked at
   * every quarter of an hour, with alarms at 80% and 100%.
   * @default - no client is registered
   */
  readonly clients?: boolean;
  /**
   * Of each route, over all callers.
   * @default - four fifths of the context `secure-api:accountRate`, or what the default quotas of an account allow: 10,000 a
   * second, 5,000 at once
   */
  readonly throttle?: StageThrottle;
  /** The web ACL in front of the stage. @default - a limit by address and three managed rule groups */
  readonly waf?: WafProps;
  /** @default - each alarm has a threshold of its own, told at `AlarmThresholds` */
  readonly alarms?: AlarmThresholds;
  /** @default - logs are kept for three months */
  readonly logRetention?: RetentionDays;
  /** What becomes of the log groups when the stack is deleted. @default - they are deleted with it */
  readonly logRemovalPolicy?: RemovalPolicy;
  /**
   * What becomes of an answer that is not as its route declares. The local gateway always enforces.
   * @default - `report`: it is counted (`ResponseMismatches`) and logged, and answered without what is not declared
   */
  readonly responses?: ResponseMode;
  /**
   * Address that the `type` of every problem document starts with, such as `https://help.example.com/errors/`; the code of the
   * problem is appended. An https URL that ends with `/`, `#` or `=`.
   * @default - the pages of this project
   */
  readonly problemTypeBase?: string;
  /** X-Ray traces of gateway and functions. @default - off */
  readonly tracing?: boolean;
  /**
   * Variables of every handler function. Nothing secret: they are in the template. What one route alone needs is better
   * given to `handler(route).addEnvironment(…)`.
   * @default - none of yours
   */
  readonly environment?: Readonly<Record<string, string>>;
}
