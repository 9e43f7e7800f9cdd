import type { RemovalPolicy } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** How long logs are kept, what becomes of them, and by which key they are encrypted. */
export interface LogSettings {
  readonly retention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  readonly key: Key;
}

/** An encrypted log group with an end. `name` only where a service wants one; else CloudFormation makes a free one. */
export function logGroup(scope: Construct, id: string, settings: LogSettings, name?: string): LogGroup {
  const { retention, removalPolicy, key: encryptionKey } = settings;
  return new LogGroup(scope, id, { logGroupName: name, retention, removalPolicy, encryptionKey });
}
