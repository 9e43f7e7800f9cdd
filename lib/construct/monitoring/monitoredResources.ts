import type { RestApiBase, Stage } from 'aws-cdk-lib/aws-apigateway';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Severity } from '../../../lambdas/shared/severity.ts';
import type { Api } from '../../definition/api.ts';

/** What each table of the API holds. */
export interface WatchedTables {
  readonly revocations?: ITable | undefined;
  readonly proofs?: ITable | undefined;
  readonly clients?: ITable | undefined;
  readonly counters?: ITable | undefined;
  readonly idempotencyKeys?: ITable | undefined;
  readonly messages?: ITable | undefined;
}

/** What the monitoring of an API watches. */
export interface MonitoredResources {
  readonly api: Api;
  readonly restApi: RestApiBase;
  readonly stage: Stage;
  readonly authorizer: LambdaFunction;
  /** The handler functions by group. */
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  /** Functions of the identities, such as the trigger of a user pool. */
  readonly triggers: readonly LambdaFunction[];
  /** User pools whose sign-ins Cognito assesses. */
  readonly assessedPools: readonly UserPool[];
  readonly accessLog: LogGroup;
  /** Reports the use of quotas, where clients are registered. */
  readonly usage?: LambdaFunction;
  /** Rotates the secret of the API keys, where that is asked for. */
  readonly rotation?: LambdaFunction;
  /** Examines the names of the API, where that is asked for. */
  readonly canary?: LambdaFunction;
  /** Requests a route of the API, where that is asked for. */
  readonly routeCanary?: LambdaFunction;
  readonly webAcl: CfnWebACL;
  /** What the web ACL blocks and counts. @default - nothing is logged */
  readonly webAclLog?: LogGroup | undefined;
  /** Of the domain, when there is one. */
  readonly certificate?: ICertificate;
  /** The tables of the API; those of its features that are on. */
  readonly tables: WatchedTables;
  /** Whether client certificates are checked against lists of revoked ones. */
  readonly hasRevocationLists: boolean;
  /** Whether clients connect to CloudFront, so that the connection has no address of theirs. */
  readonly isBehindCloudFront: boolean;
}

/** What alarms watch: also the topics that they notify. */
export interface AlarmedResources extends MonitoredResources {
  readonly topics: Readonly<Record<Severity, ITopic>>;
}
