import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type HandlerEnvironment, variable } from '../../../lambdas/shared/wireContract.ts';
import type { Api } from '../../definition/api.ts';
import { acknowledgeNoBackups, EXPIRING_KEYS } from '../expiringTable.ts';
import { explain } from '../serviceRole.ts';

/** What the table is made of. */
export interface IdempotencyProps {
  readonly api: Api;
  /** The handler functions by group. */
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  readonly encryptionKey: Key;
}

/**
 * What a caller of a table with a customer managed key needs; DynamoDB uses the key in its name.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
const KEY_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

const NOT_RESTORED =
  'A record is valid for a day, unless a route says otherwise: one that is restored would return responses of the past.';

/**
 * The table of idempotency keys, and the right to use it for the functions whose routes know them; nothing when no route does. It
 * holds the responses of handlers, so it is encrypted by the key of the API. It goes with its stack: no other stack reads it.
 */
export function idempotencyTable(
  scope: Construct,
  { api, functions, encryptionKey }: IdempotencyProps,
): Table | undefined {
  const groups = new Set(
    Object.values(api.routes).flatMap(({ group, idempotency }) => (idempotency === undefined ? [] : [group])),
  );
  if (groups.size === 0) return undefined;
  // A global table with a customer managed key needs to know its region at synth.
  const table = new Table(scope, 'Idempotency', {
    ...EXPIRING_KEYS,
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledgeNoBackups(table, NOT_RESTORED);
  for (const group of groups) {
    const fn = functions[group];
    if (fn !== undefined) grantRecords(fn, table, encryptionKey);
  }
  return table;
}

function grantRecords(fn: LambdaFunction, table: Table, key: Key): void {
  fn.addEnvironment(variable<HandlerEnvironment>('SECURE_API_IDEMPOTENCY_TABLE'), table.tableName);
  explain(fn, 'Records which requests with an idempotency key run and are done, with their responses.', () =>
    table.grant(fn, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'),
  );
  const { region, urlSuffix } = Stack.of(fn);
  explain(fn, 'DynamoDB encrypts and decrypts the records of this function.', () =>
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: KEY_ACTIONS,
        resources: [key.keyArn],
        // The same key encrypts logs and secrets, which the function cannot decrypt.
        conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${region}.${urlSuffix}` } },
      }),
    ),
  );
}
