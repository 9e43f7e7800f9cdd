import type { RemovalPolicy } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** How long logs are kept, what happens to them when the stack is deleted, and which key encrypts them. */
export interface LogSettings {
  readonly retention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  readonly key: Key;
}

/**
 * An encrypted log group with a retention. `name` is for services that require one; by default CloudFormation chooses it.
 */
export function logGroup(scope: Construct, id: string, settings: LogSettings, name?: string): LogGroup {
  const { retention, removalPolicy, key: encryptionKey } = settings;
  return new LogGroup(scope, id, { logGroupName: name, retention, removalPolicy, encryptionKey });
}
