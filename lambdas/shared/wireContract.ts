import type { ResponseMode } from '../../lib/definition/bundledTypes.ts';
import type { AwsEnvironment } from './aws.ts';

/**
 * The names that the construct passes to the functions, and the authorizer to the handlers and to API Gateway's templates.
 * Both sides use these types, so a misspelt name does not compile.
 */

/** The environment variable of every function that writes metrics. */
export interface MetricsEnvironment {
  /** Name of the API, unique among the stacks of its account and region, as its metrics have it. */
  readonly SECURE_API_NAME: string;
  /** Lines about allowed requests that an instance writes a minute at most, at least 6. Missing: all. */
  readonly SECURE_API_ALLOWED_LINES?: string;
}

/** The environment variables of every function that say how clients reach the API. */
export interface EdgeEnvironment {
  /** Where the address of a client is: see `clientAddress`. Missing: in the connection. */
  readonly SECURE_API_EDGE?: 'cloudfront';
  /** Whether CloudFront asks viewers for certificates, so that its headers about them count. Missing: no. */
  readonly SECURE_API_VIEWER_CERTIFICATES?: 'true';
  /** The path before those of the definition, without slashes around it. Missing: none. */
  readonly SECURE_API_BASE_PATH?: string;
}

/** The environment variables of the authorizer. The optional ones belong to features that can be off. */
export interface AuthorizerEnvironment {
  /** JSON: a list of `TokenIssuer`. Missing: it is in the bundle, because it would exceed the variables of a function. */
  readonly SECURE_API_TOKEN_ISSUERS?: string;
  /** JSON: the strings that only a deployment knows, which the list in the bundle refers to by position. Missing: none. */
  readonly SECURE_API_ISSUER_VALUES?: string;
  /** ARN of the secret that the values of API keys are computed from. */
  readonly SECURE_API_KEYS_SECRET: string;
  /** Name of the table of registered clients. */
  readonly SECURE_API_CLIENTS_TABLE?: string;
  /** JSON: `RevocationSettings`. */
  readonly SECURE_API_REVOCATIONS?: string;
  /** Name of the table of used DPoP proofs. */
  readonly SECURE_API_PROOFS?: string;
  /** Name of the bucket of the lists of revoked client certificates. */
  readonly SECURE_API_REVOCATION_LISTS?: string;
  /** JSON: the client by the name in a certificate, where its id is known at deployment only. It takes precedence over the settings. */
  readonly SECURE_API_CERTIFICATE_CLIENTS?: string;
}

/** The environment variables of the function of a route group, besides the user's own. */
export interface HandlerEnvironment {
  readonly SECURE_API_RESPONSES: ResponseMode;
  /** Missing: `Strict-Transport-Security` without `preload`. */
  readonly SECURE_API_HSTS?: 'preload';
  /** JSON: `CorsPolicy`, where pages of other origins can call the API. */
  readonly SECURE_API_CORS?: string;
  /** Name of the table of counters, where a route of the group has an exact limit. */
  readonly SECURE_API_LIMITS_TABLE?: string;
  /** Name of the table of idempotency keys, where a route of the group knows them. */
  readonly SECURE_API_IDEMPOTENCY_TABLE?: string;
  /** JSON: the ARN of the secret of each webhook of the group, by its name. */
  readonly SECURE_API_WEBHOOK_SECRETS?: string;
  /** Name of the table of handled messages, where a route of the group is a webhook. */
  readonly SECURE_API_MESSAGES_TABLE?: string;
}

/** The environment variables of authorizer and handlers that send spans to a collector. */
export interface TracingEnvironment {
  /** Base URL of the collector (OTLP over HTTP), without a slash at its end. The local gateway replaces it. */
  readonly SECURE_API_OTLP_ENDPOINT: string;
  /** The part of the requests whose spans are recorded, 0–1. */
  readonly SECURE_API_OTLP_SAMPLING: string;
  /** ARN of the secret with the headers that the collector needs. Missing: none. */
  readonly SECURE_API_OTLP_HEADERS_SECRET?: string;
}

/** The environment variables of the function that watches quotas. */
export interface UsageEnvironment {
  /** JSON: a list of {@link WatchedPlan}. */
  readonly SECURE_API_USAGE_PLANS: string;
}

/** The environment variables of the function that examines the names of the API. */
export interface EndpointCheckEnvironment {
  /** JSON: a list of `Endpoint`. */
  readonly SECURE_API_ENDPOINTS: string;
  /** Days below which a certificate is a fault. */
  readonly SECURE_API_CERTIFICATE_DAYS: string;
}

/** The request of the canary that requests a route. */
export interface CanaryRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The environment variables of the function that requests a route. */
export interface RouteCheckEnvironment {
  /** JSON: a {@link CanaryRequest}. */
  readonly SECURE_API_CANARY: string;
}

/** The environment variables of the function that notifies people of alarms. */
export interface NotifierEnvironment {
  /** JSON: `NotifierSettings`. */
  readonly SECURE_API_NOTIFIER: string;
  /** JSON: `LocalNotifications`. The local gateway sets it; a stack never does. */
  readonly SECURE_API_LOCAL_NOTIFICATIONS?: string;
}

/** The environment variables of the function that rotates the secret of the API keys. */
export interface RotationEnvironment {
  /** ARN of the secret, as for the authorizer. */
  readonly SECURE_API_KEYS_SECRET: string;
  /** JSON: {@link RotationSettings}. */
  readonly SECURE_API_ROTATION: string;
  /** Name of the table of registered clients. */
  readonly SECURE_API_CLIENTS_TABLE?: string;
}

/** The environment variable of the function that rotates the secret between a distribution and its API. */
export interface OriginSecretEnvironment {
  /** JSON: {@link OriginSecretSettings}. */
  readonly SECURE_API_ORIGIN_SECRET: string;
}

/** The environment variable of the function that copies serial numbers of revoked certificates to CloudFront. */
export interface RevokedCertificatesEnvironment {
  /** JSON: {@link RevokedCertificatesSettings}. */
  readonly SECURE_API_REVOKED_CERTIFICATES: string;
}

/** From where to where revoked certificates are copied. */
export interface RevokedCertificatesSettings {
  /** ARN of the KeyValueStore that the connection function reads. */
  readonly storeArn: string;
  /** Name of the bucket of the lists, and its region. */
  readonly bucket: string;
  readonly region: string;
}

/** Where the secret is that a distribution sends to its API. */
export interface OriginSecretSettings {
  /** ARN of the KeyValueStore that the distribution reads. */
  readonly storeArn: string;
  /** What the web ACL of the API accepts. */
  readonly patternSet: PatternSetId;
  /** Days from one rotation to the next. */
  readonly everyDays: number;
}

/** A set of patterns in WAF, of scope REGIONAL. */
export interface PatternSetId {
  readonly id: string;
  readonly name: string;
  readonly region: string;
}

/** What the rotation of an API needs to know. */
export interface RotationSettings {
  readonly restApiId: string;
  /** Days from one rotation to the next. */
  readonly everyDays: number;
  readonly plans: readonly PlanOfTier[];
}

/** The event of a command; that of the schedule has none of these members. */
export interface RotationEvent {
  /** Starts a rotation although none is due. */
  readonly start?: boolean;
  /** Seconds from the creation of the last key to its first use, 0–3,600. @default 300 */
  readonly settleSeconds?: number;
  /** Seconds after which the run ends and reports, 1–840. @default - as long as the function may run */
  readonly seconds?: number;
}

/** How far a rotation is. A run that ends before `finished` is continued by the next one. */
export type RotationProgress =
  /** Nothing is due. */
  | { readonly phase: 'idle'; readonly lastChange: string }
  /** Keys of the new version are made. */
  | { readonly phase: 'preparing'; readonly prepared: number; readonly total: number }
  /** All keys are made; the authorizer uses them from `until` on (ISO 8601). */
  | { readonly phase: 'settling'; readonly total: number; readonly until: string }
  /** The records of clients name their new keys one after the other. */
  | { readonly phase: 'switching'; readonly switched: number; readonly total: number }
  /** The new version is the current one. Old keys are deleted from `cleanup` on (ISO 8601). */
  | { readonly phase: 'finished'; readonly total: number; readonly cleanup: string }
  /** The last rotation is too recent: its old keys can still be in use until `until` (ISO 8601). */
  | { readonly phase: 'too-soon'; readonly until: string }
  /** The new keys do not fit beside the old ones. */
  | { readonly phase: 'no-room'; readonly keys: number; readonly needed: number; readonly limit: number };

/** The usage plan of a tier. */
export interface PlanOfTier {
  readonly tier: string;
  readonly planId: string;
}

/** The pre token generation trigger reads no variable. */
export type PretokenEnvironment = Readonly<Record<string, never>>;

/** An environment as its function reads it: Lambda's variables are there too, and each can be missing or any string. */
export type Readable<Environment> = { readonly [Name in keyof Environment]?: string } & AwsEnvironment;

/** A usage plan whose quota is watched. */
export interface WatchedPlan extends PlanOfTier {
  /** Requests of the quota. */
  readonly limit: number;
}

/** The name of an environment variable, checked at compile time: `variable<UsageEnvironment>('SECURE_API_USAGE_PLANS')`. */
export function variable<Environment extends object = object>(name: keyof NoInfer<Environment> & string): string {
  return name;
}

/**
 * The tag of what is deleted with its stack, with everything in it. CloudFormation also deletes a custom resource that an update
 * no longer has, and one that a failed update has created: then the bucket or the API stays, and lost the tag before.
 */
export const REMOVAL_TAG = { key: 'secure-api:removal', value: 'destroy' } as const;

/** The namespace of the metrics that dashboard and alarms read. */
export const METRICS_NAMESPACE = 'SecureApi';
/** The namespace of the metrics that handlers add. */
export const HANDLER_METRICS_NAMESPACE = 'SecureApi/Handlers';

/** What the authorizer returns about the caller. API Gateway passes strings to handlers and to `$context.authorizer`. */
export interface AuthorizerContext {
  readonly subject: string;
  /** Roles that count, space-separated. */
  readonly roles: string;
  /** Scopes that the API declares, space-separated. */
  readonly scopes: string;
  readonly tier: string;
  /** Empty where the token names no client. */
  readonly client: string;
  /** Epoch seconds: the end of the token, with the clock tolerance of its issuer, or of a temporary role before that. */
  readonly expires: string;
  readonly issuer: string;
  /** The client's address, behind CloudFront: the access log has it from here. With a cached decision, that of the first request. */
  readonly address?: string;
  /** Code of the problem for a request that the policy denies. */
  readonly rejectionCode: string;
  readonly rejectionDetail: string;
  /** Why routes deny the caller, space-separated: the access log has it on each line. Empty where none does. */
  readonly denialReason: string;
  /** Code of the problem for a request whose key API Gateway rejects. */
  readonly keyRejectionCode: string;
  readonly keyRejectionDetail: string;
  /** Each declared claim that the token has, as a string. */
  readonly [claim: ClaimMember]: string;
}

/** The member of the context that has a claim. */
export type ClaimMember = `claim_${string}`;

/** The member of the context that has a claim of the definition, such as `claim_tenant`. */
export function claimMember(claim: string): ClaimMember {
  return `claim_${claim}`;
}

/** The authorizer's context as a handler reads it: on a public route it is missing. */
export type ReadableContext = { readonly [Name in keyof AuthorizerContext]?: unknown };

/** The variable by which a template of API Gateway reads the context, such as `$context.authorizer.tier`. */
export function authorizerContext(name: keyof AuthorizerContext): string {
  return `$context.authorizer.${name}`;
}

/**
 * Algorithms of proofs of possession: the authorizer verifies them, and the challenge of a 401 advertises them. Only asymmetric
 * ones (RFC 9449, section 4.3, point 5).
 */
export const PROOF_ALGORITHMS: readonly string[] = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
];
