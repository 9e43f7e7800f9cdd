import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { TablePropsV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IConstruct } from 'constructs';
import { choice } from '../../definition/shape.ts';

/**
 * What becomes of data when its stack is deleted, or the construct is removed from it:
 *
 * - `retain`: what holds data stays, with what protects it and what it needs. A deployment that fails leaves nothing of what it
 *   created.
 * - `protect`: the same, and AWS rejects the deletion of tables and user pools by hand, too. Set it after the first deployment
 *   has succeeded: the protection also keeps CloudFormation from deleting what a failed deployment created.
 * - `destroy`: nothing stays; for sandboxes.
 */
export type Removal = 'retain' | 'protect' | 'destroy';

export const removalShape = choice('retain', 'protect', 'destroy');

/**
 * The policy of what holds data. Not `RETAIN`, which would also keep what a failed first deployment has created.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export function statePolicy(removal: Removal): RemovalPolicy {
  return removal === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
}

/** The options of a table that holds data: removal, protection, recovery. Add {@link acknowledgeNoRecovery} to the table. */
export function tableRemoval(removal: Removal) {
  return {
    removalPolicy: statePolicy(removal),
    deletionProtection: removal === 'protect',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: removal !== 'destroy' },
  } satisfies Partial<TablePropsV2>;
}

/**
 * With point-in-time recovery, DynamoDB keeps a backup of a deleted table for 35 days.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
 */
export function acknowledgeNoRecovery(table: IConstruct, removal: Removal): void {
  if (removal !== 'destroy') return;
  for (const id of ['AwsSolutions-DDB3', 'Serverless-DynamoDBPITREnabled']) {
    const reason = 'A sandbox: the recovery would leave a backup of the deleted table for 35 days.';
    Validations.of(table).acknowledge({ id, reason });
  }
}
