import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  type ITable,
  TableEncryptionV2,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

/**
 * A table of short-lived items, by `id` and until `expires`, that goes with its stack.
 *
 * @param reason why nobody needs an earlier state of the table, for the rules that demand backups.
 */
export function expiringTable(scope: Construct, id: string, reason: string): TableV2 {
  const table = new TableV2(scope, id, {
    ...expiringItems(),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledgeNoBackups(table, reason);
  return table;
}

/** Acknowledges the rules that demand backups of a table whose earlier states nobody needs. */
export function acknowledgeNoBackups(table: ITable, reason: string): void {
  for (const id of ['AwsSolutions-DDB3', 'Serverless-DynamoDBPITREnabled']) {
    Validations.of(table).acknowledge({ id, reason });
  }
}

/** The keys of every table whose items expire. */
export const EXPIRING_KEYS = {
  partitionKey: { name: 'id', type: AttributeType.STRING },
  timeToLiveAttribute: 'expires',
} as const;

/** The key, billing and encryption of a table whose items expire. */
export function expiringItems() {
  return {
    ...EXPIRING_KEYS,
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.awsManagedKey(),
  } satisfies TablePropsV2;
}
