import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The console has another host in each partition; a stack without a region has that of the standard one. */
export function consoleOf(scope: Construct): string {
  const { region } = Stack.of(scope);
  const [, host = 'console.aws.amazon.com'] =
    CONSOLES.find(([start]) => !Token.isUnresolved(region) && region.startsWith(start)) ?? [];
  return `https://${region}.${host}`;
}

const CONSOLES = [
  ['cn-', 'console.amazonaws.cn'],
  ['us-gov-', 'console.amazonaws-us-gov.com'],
] as const;
