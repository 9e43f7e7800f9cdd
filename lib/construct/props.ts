import type { RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Api } from '../definition/api.ts';
import type { ResponseMode } from '../definition/bundledTypes.ts';
import type { WebhookNameOf } from '../definition/handlers.ts';
import type { CloudFrontProps } from './cloudfront/props.ts';
import type { CorsProps } from './cors/cors.ts';
import type { DomainProps } from './edge/domainProps.ts';
import type { SharedDomainProps } from './edge/sharedDomain.ts';
import type { TlsPolicy } from './edge/tls.ts';
import type { WafProps } from './edge/webAcl.ts';
import type { Identity } from './identity/identity.ts';
import type { RevocationProps } from './identity/tokenTables.ts';
import type { BudgetProps } from './monitoring/budget.ts';
import type { CanaryProps } from './monitoring/canaryProps.ts';
import type { GuardDutyScope } from './monitoring/guardDuty.ts';
import type { Notify } from './monitoring/notify.ts';
import type { AlarmThresholds } from './monitoring/thresholds.ts';
import type { MtlsProps } from './mtls/props.ts';
import type { Removal } from './removal/removal.ts';
import type { OpenTelemetryProps } from './tracing.ts';

/** Steady rate and burst of each route of the stage, over all clients. */
export interface StageThrottle {
  /** Requests a second, 1–1,000,000. */
  readonly rate: number;
  /** Requests at once, 1–1,000,000. */
  readonly burst: number;
}

/** Props of `SecureApi`. */
export interface SecureApiProps<A extends Api = Api> {
  /** The API, made by `defineApi`. */
  readonly definition: A;
  /** Directory with one file for each route, named after it; relative to the folder in which the app runs. */
  readonly handlers: string;
  /** Whose tokens are accepted: one identity or several. Each token is verified with the keys of its own issuer alone. */
  readonly identity: Identity | readonly Identity[];
  /**
   * A deny list by `jti`, `sub` or client, which the authorizer reads for each token. A revocation takes effect when the
   * caches of the authorizer and the gateway expire: by default after 15 and 60 seconds.
   * @default - tokens are valid until they expire
   */
  readonly revocation?: boolean | RevocationProps;
  /**
   * The API's own host names, or its part of a shared one; docs/domains.md describes both.
   * @default - clients use the `execute-api` address, which a domain disables
   */
  readonly domain?: DomainProps | SharedDomainProps;
  /**
   * What clients connect to: API Gateway itself, where nothing listens on port 80, or a CloudFront distribution in front of it, which
   * redirects or rejects plain HTTP.
   * @default - `regional`: API Gateway itself
   */
  readonly edge?: 'regional' | 'cloudfront' | CloudFrontProps;
  /** Which TLS versions and suites clients can use; docs/https.md has the table. @default - `modern`: TLS 1.3 alone */
  readonly tls?: TlsPolicy;
  /** Mutual TLS: clients authenticate their connections by certificates. @default - clients have no certificates */
  readonly mtls?: MtlsProps;
  /**
   * Adds `preload` to Strict-Transport-Security, which allows browsers to ship the domain as HTTPS only. It concerns every name below the
   * domain, and takes months to undo: https://hstspreload.org
   * @default - without
   */
  readonly hstsPreload?: boolean;
  /** Functions that look at the API as a client does; `true` is `{ endpoints: true }`. @default - none */
  readonly canary?: boolean | CanaryProps<Extract<keyof A['routes'], string>>;
  /**
   * Which pages of other origins browsers let call the API: docs/cors.md says what each response sends. It differs by stage, so it
   * is not in the definition.
   * @default - pages of other origins cannot call the API
   */
  readonly cors?: CorsProps;
  /** Recipients of notifications when an alarm changes. @default - nobody: a warning at synth says so */
  readonly notify?: readonly Notify[];
  /**
   * Base URL of the runbooks that alarms link to: an https URL of at most 256 characters that ends with `/`, `#` or `=`. The name of the
   * runbook is appended, such as `failed-logins`.
   * @default - the runbooks of this project
   */
  readonly runbooks?: string;
  /** Who answers for the API, 1–100 characters on one line, such as a team with its channel. Alarms name it. @default - nobody is named */
  readonly owner?: string;
  /**
   * Findings of GuardDuty that notify: with `api` those about functions of the API and the credentials of their roles, with `account`
   * all of the account and region. From a severity of 7 they are pages, from 4 tickets. GuardDuty has to be on there.
   * @default - none
   */
  readonly guardDuty?: GuardDutyScope;
  /**
   * What a month is allowed to cost: `{ usdPerMonth: 200 }` for the whole account, with `tag` for what has a cost allocation tag. It notifies
   * at 80% (info), and when the forecast or the costs exceed it (tickets).
   * @default - no budget
   */
  readonly budget?: BudgetProps;
  /** Name of the stage, 1–128 letters, digits, `_` and `-`. @default - the stage is named `live` */
  readonly stageName?: string;
  /**
   * Seconds that the gateway caches decisions on a token, 0–300. Until then a token is accepted even if its issuer revoked
   * it; the handler checks expiry and permission again in any case.
   * @default - one minute; no cache where an identity accepts bound tokens, whose proofs are valid for one request
   */
  readonly authorizerCacheSeconds?: number;
  /**
   * Registers clients, each with its own API key, tier and state, in a table that `secure-api clients` manages. Other
   * clients share the key of their tier. A function reads the use of quotas every quarter of an hour, with alarms at 80%
   * and 100%.
   * @default - clients are not registered
   */
  readonly clients?: boolean;
  /**
   * The secret of each webhook of the definition, by its name: a string, or a JSON list of strings. Its current and its previous
   * version are accepted. Only the function of the webhook's route reads it.
   * @default - none; needed exactly if the definition has webhooks
   */
  readonly webhooks?: SecretsOf<A>;
  /**
   * Days after which a function rotates the secret that API keys are computed from, 7–365. It makes the new keys beside the old
   * ones, so no request is rejected; the used part of rates and quotas begins again at 0. `secure-api clients rotate-secret`
   * starts it earlier.
   * @default - the secret is not rotated: no client and no person knows a key
   */
  readonly keyRotationDays?: number;
  /**
   * The throttle of each route, over all clients.
   * @default - four fifths of the context `secure-api:accountRate`, or what the default quotas of an account allow: 10,000
   * a second, 5,000 at once
   */
  readonly throttle?: StageThrottle;
  /** The web ACL in front of the stage. @default - a limit by address and three managed rule groups */
  readonly waf?: WafProps;
  /** When alarms fire. @default - the thresholds that `AlarmThresholds` documents */
  readonly alarms?: AlarmThresholds;
  /** How long logs are kept. @default - three months */
  readonly logRetention?: RetentionDays;
  /**
   * Lines about allowed requests (2xx, 3xx) that each instance of the authorizer and of a handler function writes a minute at most, 6–6,000.
   * Above it, the id of the request decides which are written, `sampledFrom` says how many requests a line stands for, and the function's
   * metrics, which stay exact, are written in groups. Lambda's own lines (`START`, `END`, `REPORT`) are left out. Never limited: rejections,
   * errors, responses that differ from their route, what a handler logs itself, and the access log, which alarms and queries count.
   * docs/logging.md has a table, docs/cost.md what it saves.
   * @default - a line for each request
   */
  readonly allowedLinesPerMinute?: number;
  /**
   * What happens to users, clients, revocations, secrets and their key when the stack is deleted: `Removal` describes each
   * choice, and docs/deploy.md names what stays.
   * @default - `retain`: they stay, with what protects them
   */
  readonly removal?: Removal;
  /**
   * What happens to the log groups when the stack is deleted; not `SNAPSHOT`, and only `DESTROY` with `removal: 'destroy'`.
   * @default - they are deleted with it
   */
  readonly logRemovalPolicy?: RemovalPolicy;
  /**
   * What happens to a response that its route does not declare. The local gateway always enforces.
   * @default - `report`: it is counted (`ResponseMismatches`), logged, and sent without what is not declared
   */
  readonly responses?: ResponseMode;
  /**
   * Address that the `type` of every problem document starts with, such as `https://help.example.com/errors/`; the code of the
   * problem is appended. An https URL of at most 512 characters, without user or password,
   * that ends with `/`, `#` or `=`.
   * @default - the pages of this project
   */
  readonly problemTypeBase?: string;
  /**
   * Traces: `'xray'` (or `true`) for X-Ray, with gateway and functions; or a collector of OpenTelemetry, which gets the spans of authorizer
   * and handlers. Trace ids, request ids and the time in other services are in the log in any case: docs/tracing.md.
   * @default - off
   */
  readonly tracing?: boolean | 'xray' | OpenTelemetryProps;
  /**
   * Environment variables of every handler function. They are in the template, so use no secrets. For a single route use
   * `handler(route).addEnvironment(…)`. A name has a letter, then letters, digits and `_`; all variables of a function have
   * at most 4 KB.
   * @default - only the variables of the construct
   */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Makes the secrets of webhooks required where the definition has some. */
export type RequiredWebhooks<A> =
  string extends WebhookNameOf<A>
    ? unknown
    : [WebhookNameOf<A>] extends [never]
      ? unknown
      : { readonly webhooks: SecretsOf<A> };

/** The secret of each webhook by its name; none where the definition has no webhook. */
type SecretsOf<A> = [WebhookNameOf<A>] extends [never]
  ? Readonly<Record<string, never>>
  : { readonly [Name in WebhookNameOf<A>]: ISecret };
