import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type HandlerEnvironment, variable } from '../../../lambdas/shared/wireContract.ts';
import type { Api } from '../../definition/api.ts';
import { hasExactLimit } from '../../limits/index.ts';
import { expiringTable } from '../expiringTable.ts';
import { explain } from '../serviceRole.ts';

/**
 * The table of counters for exact limits, and the right to use it for the functions that have one; nothing when no route
 * has an exact limit. A counter holds numbers and a hash of the caller. It expires within hours after its last use.
 */
export function countExactly(
  scope: Construct,
  api: Api,
  functions: Readonly<Record<string, LambdaFunction>>,
): TableV2 | undefined {
  const groups = new Set(
    Object.values(api.routes).flatMap((route) => (hasExactLimit(api, route) ? [route.group] : [])),
  );
  if (groups.size === 0) return undefined;
  const table = expiringTable(scope, 'Counters', 'Counters of the last minutes: restored ones would be wrong.');
  for (const group of groups) {
    const fn = functions[group];
    if (fn === undefined) continue;
    fn.addEnvironment(variable<HandlerEnvironment>('SECURE_API_LIMITS_TABLE'), table.tableName);
    const reason = 'Counts the requests of each caller for exact limits.';
    explain(fn, reason, () => table.grant(fn, 'dynamodb:GetItem', 'dynamodb:UpdateItem'));
  }
  return table;
}
