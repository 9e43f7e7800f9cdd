import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { consoleHost } from '../../../lambdas/shared/console.ts';

/** The console has another host in each partition; a stack without a region has that of the standard one. */
export function consoleOf(scope: Construct): string {
  const { region } = Stack.of(scope);
  return `https://${region}.${consoleHost(Token.isUnresolved(region) ? '' : region)}`;
}
