import type { CertificateHint } from './certificateHint.ts';
import type { CompositeAlarmModel, MuteRuleModel } from './compositeModel.ts';
import type { DashboardModel } from './dashboardModel.ts';
import type { DomainModel } from './domainModel.ts';
import type { EdgeModel } from './edgeModel.ts';
import type { EventRuleModel } from './eventRuleModel.ts';
import type { InsightRuleModel } from './insightRuleModel.ts';
import type { MetricFilterModel } from './metricFilterModel.ts';
import type { RouteModel } from './routeModel.ts';
import type { TopicModel } from './topicModel.ts';
import type { WebAclModel } from './webAclModel.ts';

/**
 * The model of one stack: its template, with every intrinsic resolved to a plain value.
 * Written by `assembly/load.ts`, read by the gateway, the Lambda runner and the services. Plain readonly data.
 */

/** One Lambda function of the stack. */
export interface FunctionModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Directory that holds the unpacked asset. */
  readonly assetPath: string;
  /** `file.export`, as in the template. */
  readonly handler: string;
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** JSON of the token issuers that an authorizer has in its code (`Metadata.secure-api`). */
  readonly bundledIssuers?: string;
  readonly reservedConcurrency?: number;
  readonly logGroup?: string;
  /** Whether it records its part of a recorded trace. */
  readonly tracing?: true;
}

/** Steady rate (requests a second) and bucket size of a token bucket. */
export interface ThrottleModel {
  readonly rate: number;
  readonly burst: number;
}

export interface QuotaModel {
  readonly limit: number;
  readonly period: 'DAY' | 'WEEK' | 'MONTH';
}

export interface UsagePlanModel {
  readonly id: string;
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly throttle?: ThrottleModel;
  readonly quota?: QuotaModel;
  /** The stages of this plan; `methods` has keys such as `/documents/{id}/GET`. */
  readonly stages: readonly {
    readonly restApiId: string;
    readonly stage: string;
    readonly methods: Readonly<Record<string, ThrottleModel>>;
  }[];
}

export interface ApiKeyModel {
  readonly id: string;
  readonly name?: string;
  readonly value: string;
  readonly enabled: boolean;
  /** Ids of the usage plans that the key is associated with. */
  readonly planIds: readonly string[];
  /** Epoch seconds, for a key that was added: when it was created, and when it was changed last. */
  readonly created?: number;
  readonly updated?: number;
}

export interface StageModel {
  readonly name: string;
  /** Keys are `METHOD /path`, and `*` for every method. Read from `ResourcePath` (which writes a slash as `~1`). */
  readonly methodThrottles: Readonly<Record<string, ThrottleModel>>;
  readonly accessLog?: { readonly logGroup: string; readonly format: string };
  readonly tracing: boolean;
  readonly variables: Readonly<Record<string, string>>;
}

/** OpenAPI 3.0 body with the `x-amazon-apigateway-*` extensions, intrinsics resolved. */
export type OpenApiBody = Readonly<Record<string, unknown>>;

export interface RestApiModel {
  readonly logicalId: string;
  readonly id: string;
  readonly name: string;
  readonly body: OpenApiBody;
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER';
  /** Media types whose bodies reach functions as bytes (in base64), such as `multipart/form-data` or `image/*`. */
  readonly binaryMediaTypes: readonly string[];
  /** Lowest TLS version that the security policy accepts. */
  readonly minTlsVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly securityPolicy?: string;
  /** The address of the API itself is switched off: clients use its domains. */
  readonly isExecuteApiDisabled?: boolean;
  readonly stage: StageModel;
  readonly webAcl?: WebAclModel;
  /** Its name in the definition, when the template documents it. */
  readonly definition?: string;
  /** The bucket that revocation lists of its certificates are published to, when the template documents one. */
  readonly revocationLists?: string;
  /** What tokens the API expects, when the template documents it (`Metadata.secure-api`). */
  readonly tokenHints?: TokenHintsModel;
  /** What certificates of clients are for, when the template documents it. */
  readonly certificateHint?: CertificateHint;
  /** ARNs of the secrets that senders of webhooks sign with, by the names of the webhooks. */
  readonly webhooks?: Readonly<Record<string, string>>;
  /** Who has access to which route, as the construct wrote it into the template; nothing that is enforced depends on it. */
  readonly access?: Readonly<Record<string, unknown>>;
  /** In the order of the definition, or of the body where the template documents no access. */
  readonly routes: readonly RouteModel[];
}

/** Roles, tiers (the default first) and, when the template documents them, scopes that tokens may name. */
export interface TokenHintsModel {
  readonly roles: readonly string[];
  readonly tiers: readonly string[];
  readonly scopes?: readonly string[];
  /** Claims that the definition declares, by name. */
  readonly claims?: Readonly<Record<string, ClaimHint>>;
}

/** What the value of a claim must be. */
export interface ClaimHint {
  readonly type: 'string' | 'integer' | 'boolean';
  /** Whether a token without it is accepted. */
  readonly optional: boolean;
  /** Allowed values; any when absent. */
  readonly values?: readonly unknown[];
  /** Regular expressions that a string matches. */
  readonly patterns: readonly string[];
  /** Characters of a string, or the value of an integer. */
  readonly max?: number;
}

/** `properties` is the resolved `AWS::DynamoDB::Table` properties: a CreateTable input except for TTL and protection. */
export interface TableModel {
  readonly logicalId: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface BucketModel {
  readonly logicalId: string;
  readonly name: string;
  /** The tags of a removed object are a 405 then, because its delete marker has none. */
  readonly isVersioned: boolean;
  /** What the policy of the bucket denies. */
  readonly denials: readonly BucketDenial[];
  /** Prefixes of the keys whose objects are scanned for malware; the empty prefix is that of every key. */
  readonly scannedPrefixes: readonly string[];
}

/** A Deny statement of a bucket policy. */
export interface BucketDenial {
  readonly sid: string;
  /** Patterns in lower case, such as `s3:getobject*`. */
  readonly actions: readonly string[];
  /** The statement is about every action except those. */
  readonly exceptActions: boolean;
  readonly resources: readonly string[];
  readonly exceptResources: boolean;
  /** Each one has to be met. */
  readonly conditions: readonly DenialCondition[];
}

/** Condition operators that are evaluated locally. */
export const CONDITION_OPERATORS = [
  'ArnEquals',
  'ArnLike',
  'ArnNotEquals',
  'ArnNotLike',
  'Bool',
  'NumericLessThan',
  'StringEquals',
  'StringLike',
  'StringNotEquals',
  'StringNotLike',
] as const;
export type ConditionOperator = (typeof CONDITION_OPERATORS)[number];

export interface DenialCondition {
  readonly operator: ConditionOperator;
  /** In lower case. */
  readonly key: string;
  readonly values: readonly string[];
}

export interface MetricQueryModel {
  readonly id: string;
  readonly expression?: string;
  readonly metric?: {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: Readonly<Record<string, string>>;
    readonly statistic: string;
    readonly periodSeconds: number;
  };
  readonly returnData: boolean;
}

export interface AlarmModel {
  readonly name: string;
  readonly description?: string;
  /** A plain metric alarm has one query; a metric-math alarm has several, one of which returns data. */
  readonly queries: readonly MetricQueryModel[];
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  /** Id of the query whose band takes the place of the threshold. */
  readonly thresholdMetricId?: string;
  readonly comparison: string;
  readonly treatMissingData: 'missing' | 'notBreaching' | 'breaching' | 'ignore';
  readonly alarmActions: readonly string[];
  readonly okActions: readonly string[];
  readonly insufficientDataActions: readonly string[];
}

export interface SecretModel {
  readonly arn: string;
  readonly name: string;
  /** `GenerateSecretString` of the template, when the value is generated. */
  readonly generate?: Readonly<Record<string, unknown>>;
  /** `SecretString` of the template, when the template has the value. */
  readonly value?: string;
}

export interface UserPoolModel {
  readonly id: string;
  readonly issuer: string;
  readonly clients: readonly UserPoolClientModel[];
  /** The pre token generation trigger, when it can change access tokens (event version 2 or 3). */
  readonly preToken?: PreTokenModel;
}

export interface PreTokenModel {
  readonly functionArn: string;
  /** Version 2 is not invoked for machine tokens. */
  readonly version: 'V2_0' | 'V3_0';
}

/** A client of a user pool. */
export interface UserPoolClientModel {
  readonly id: string;
  /** `ClientName`, or else the logical id. */
  readonly name: string;
  /** Whether it is a confidential client. */
  readonly hasSecret: boolean;
  /** `AllowedOAuthFlows`, such as `code` and `client_credentials`. */
  readonly flows: readonly string[];
  /** `AllowedOAuthScopes`, those of resource servers as `<identifier>/<scope>`. */
  readonly scopes: readonly string[];
  readonly callbackUrls: readonly string[];
}

/** Something in the assembly that is not emulated locally; always reported at start. */
export interface EmulationGap {
  readonly resource: string;
  readonly type: string;
  readonly detail: string;
}

export interface StackModel extends EdgeModel {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly apis: readonly RestApiModel[];
  readonly domains: readonly DomainModel[];
  readonly functions: readonly FunctionModel[];
  readonly usagePlans: readonly UsagePlanModel[];
  readonly apiKeys: readonly ApiKeyModel[];
  readonly tables: readonly TableModel[];
  readonly buckets: readonly BucketModel[];
  readonly topics: readonly TopicModel[];
  readonly alarms: readonly AlarmModel[];
  readonly compositeAlarms: readonly CompositeAlarmModel[];
  readonly muteRules: readonly MuteRuleModel[];
  readonly eventRules: readonly EventRuleModel[];
  readonly metricFilters: readonly MetricFilterModel[];
  readonly insightRules: readonly InsightRuleModel[];
  readonly dashboards: readonly DashboardModel[];
  readonly secrets: readonly SecretModel[];
  readonly userPools: readonly UserPoolModel[];
  /** Names of log files by log group, without their ending. */
  readonly logFiles: Readonly<Record<string, string>>;
  readonly emulationGaps: readonly EmulationGap[];
}

/** Returns a stable value for a secret (by ARN), generated at first use; the caller stores it on disk, mode 0600. */
export type SecretValue = (secret: SecretModel) => string;
