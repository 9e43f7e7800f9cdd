import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type AuthorizerEnvironment, variable } from '../../../lambdas/shared/wireContract.ts';
import { acknowledgeNoRecovery, type Removal, tableRemoval } from '../removal/removal.ts';
import { explain } from '../serviceRole.ts';

/**
 * The registered clients of an API, each with its tier, its state and the history of its changes. It outlives the
 * stack by default, because audits ask later who was allowed what.
 */
export function clientsTable(scope: Construct, removal: Removal): TableV2 {
  const table = new TableV2(scope, 'Clients', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    sortKey: { name: 'at', type: AttributeType.STRING },
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.awsManagedKey(),
    ...tableRemoval(removal),
  });
  acknowledgeNoRecovery(table, removal);
  return table;
}

/** Lets the authorizer look up one client at a time, and nothing else. */
export function lookUpClients(authorizer: LambdaFunction, table: TableV2): void {
  authorizer.addEnvironment(variable<AuthorizerEnvironment>('SECURE_API_CLIENTS_TABLE'), table.tableName);
  explain(authorizer, 'Looks up the tier and the state of a registered client.', () =>
    table.grant(authorizer, 'dynamodb:GetItem'),
  );
}
