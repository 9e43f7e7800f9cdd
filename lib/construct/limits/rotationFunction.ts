import { Duration, Stack } from 'aws-cdk-lib';
import type { CfnUsagePlan } from 'aws-cdk-lib/aws-apigateway';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Key, ViaServicePrincipal } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { KEY_TAG } from '../../../lambdas/shared/clientKey.ts';
import { type RotationEnvironment, type RotationSettings, variable } from '../../../lambdas/shared/wireContract.ts';
import { createFunction, type FunctionProps } from '../functions/function.ts';
import type { FunctionBundle } from '../functions/pendingCode.ts';
import { runRegularly } from '../functions/schedule.ts';
import { explain } from '../serviceRole.ts';
import { acknowledgeControlPlane, controlPlaneArn } from './controlPlane.ts';

const MEMORY_MB = 256;
/** The most of Lambda. Several runs make the keys of thousands of clients. */
const TIMEOUT_SECONDS = 900;
/** As long as a run, so that a rotation goes on without a pause. */
const PERIOD = Duration.minutes(15);
const NEXT_RUN_CONTINUES = 'A lost run does no harm: the next one, a quarter of an hour later, continues the rotation.';

/** What the rotation of the secret of the API keys is made of. */
export interface RotationParts {
  readonly bundle: FunctionBundle;
  readonly keyRotationDays: number;
  readonly restApiId: string;
  /** The usage plans by tier. */
  readonly plans: Readonly<Record<string, CfnUsagePlan>>;
  readonly keysSecret: Secret;
  readonly encryptionKey: Key;
  /** The registered clients, where clients are registered. */
  readonly clients?: TableV2;
}

/** The function that rotates the secret of the API keys when that is due, or when `secure-api clients rotate-secret` says so. */
export function rotationFunction(scope: Construct, props: FunctionProps, parts: RotationParts): LambdaFunction {
  const { keysSecret, clients, restApiId, keyRotationDays: everyDays } = parts;
  const plans = Object.entries(parts.plans).map(([tier, plan]) => ({ tier, planId: plan.ref }));
  const settings: RotationSettings = { restApiId, everyDays, plans };
  const environment: RotationEnvironment = {
    SECURE_API_KEYS_SECRET: keysSecret.secretArn,
    SECURE_API_ROTATION: Stack.of(scope).toJsonString(settings),
  };
  const fn = createFunction(scope, props, {
    bundle: parts.bundle,
    description: `${props.api.name}: rotates the secret of the API keys`,
    environment,
    memoryMb: MEMORY_MB,
    timeoutSeconds: TIMEOUT_SECONDS,
    withoutQueueBecause: NEXT_RUN_CONTINUES,
  });
  allowSecret(fn, parts);
  allowKeys(fn, { restApiId, planIds: plans.map(({ planId }) => planId) });
  if (clients !== undefined) {
    fn.addEnvironment(variable<RotationEnvironment>('SECURE_API_CLIENTS_TABLE'), clients.tableName);
    explain(fn, 'Reads which clients there are, and writes their new keys into their records.', () =>
      clients.grant(fn, 'dynamodb:Scan', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'),
    );
  }
  runRegularly(scope, fn, {
    every: PERIOD,
    description: 'Continues a rotation of the secret of the API keys, or starts one that is due',
    notRepeatedBecause: NEXT_RUN_CONTINUES,
  });
  return fn;
}

function allowSecret(fn: LambdaFunction, { keysSecret, encryptionKey }: RotationParts): void {
  const actions = ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];
  const versions = new PolicyStatement({
    actions: actions.map((action) => `secretsmanager:${action}`),
    resources: [keysSecret.secretArn],
  });
  const service = new ViaServicePrincipal(`secretsmanager.${Stack.of(fn).region}.amazonaws.com`, fn.grantPrincipal);
  explain(fn, 'Adds a version of the secret of the API keys, and makes it the current one.', () => {
    fn.addToRolePolicy(versions);
    encryptionKey.grant(service, 'kms:Decrypt', 'kms:GenerateDataKey');
  });
}

interface KeyScope {
  readonly restApiId: string;
  readonly planIds: readonly string[];
}

/**
 * Keys get their ids when they are created, so a tag with the id of the REST API limits what can be changed.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-iam-policy.html
 */
function allowKeys(fn: LambdaFunction, { restApiId, planIds }: KeyScope): void {
  const arn = (path: string) => controlPlaneArn(fn, path);
  const statements = {
    'Lists the keys of the region, and creates those of the new version. The right also covers the values of keys, which it does not read.':
      new PolicyStatement({
        actions: ['apigateway:GET', 'apigateway:POST'],
        resources: [arn('/apikeys')],
      }),
    'Puts the tag on a key that it creates; no other tag, and no other API in it. The wildcard stands for the key, which has no id yet.':
      new PolicyStatement({
        actions: ['apigateway:PUT', 'apigateway:POST'],
        resources: [arn('/tags/*')],
        conditions: {
          StringEquals: { [`aws:RequestTag/${KEY_TAG}`]: restApiId },
          'ForAllValues:StringEquals': { 'aws:TagKeys': [KEY_TAG] },
          // What has the tag already, such as a key of another API, cannot get another value.
          Null: { [`aws:ResourceTag/${KEY_TAG}`]: 'true' },
        },
      }),
    'Deletes keys of this API that nothing uses any more, and disables those of suspended clients. The wildcard stands for their ids; the tag keeps it to this API.':
      new PolicyStatement({
        actions: ['apigateway:DELETE', 'apigateway:PATCH'],
        resources: [arn('/apikeys/*')],
        conditions: { StringEquals: { [`aws:ResourceTag/${KEY_TAG}`]: restApiId } },
      }),
    'Sees which keys are in the plans of the tiers, and puts the new ones into them.': new PolicyStatement({
      actions: ['apigateway:GET', 'apigateway:POST'],
      resources: planIds.map((id) => arn(`/usageplans/${id}/keys`)),
    }),
    'Sees whether the key of a tier that was removed is still in a plan.': new PolicyStatement({
      actions: ['apigateway:GET'],
      resources: [arn('/usageplans')],
    }),
  };
  for (const [reason, statement] of Object.entries(statements)) {
    explain(fn, reason, () => fn.addToRolePolicy(statement));
  }
  const reason =
    'Keys are created later, with ids that API Gateway chooses; a tag limits the permission to those of this API.';
  for (const path of ['/tags/*', '/apikeys/*']) acknowledgeControlPlane(fn.role ?? fn, path, reason);
}
