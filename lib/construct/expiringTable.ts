import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, type TablePropsV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
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
  for (const rule of ['AwsSolutions-DDB3', 'Serverless-DynamoDBPITREnabled']) {
    Validations.of(table).acknowledge({ id: rule, reason });
  }
  return table;
}

/** The key, billing and encryption of a table whose items expire. */
export function expiringItems() {
  return {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    timeToLiveAttribute: 'expires',
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.awsManagedKey(),
  } satisfies TablePropsV2;
}
