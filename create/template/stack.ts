import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { Identity, SecureApi } from 'secure-api';
import { api } from './definition.ts';

/** The API with its table. */
export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const table = new TableV2(this, 'Notes', {
      partitionKey: { name: 'list', type: AttributeType.STRING },
      sortKey: { name: 'position', type: AttributeType.STRING },
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // A deployment that fails deletes the table; a stack that is deleted keeps it.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });

    const secureApi = new SecureApi(this, 'Api', {
      definition: api,
      handlers: './handlers',
      identity: Identity.cognito(),
      // Alarms notify these people: notify: [Notify.email('ops@example.com')],
    });

    // Routes whose paths begin with the same segment share a function.
    const notes = secureApi.handler('addNote');
    notes.addEnvironment('TABLE_NAME', table.tableName);
    table.grant(notes, 'dynamodb:PutItem', 'dynamodb:Query');
  }
}
