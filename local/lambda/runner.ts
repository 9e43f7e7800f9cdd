import type { FunctionModel } from '../assembly/model.ts';
import type { LambdaRunner } from '../contracts.ts';
import { createPool, type PoolHost } from './pool.ts';

/** `environment` goes to every function; `caPem` is trusted in every worker; `onLog` and `metric` receive what CloudWatch would. */
export type LambdaRunnerOptions = PoolHost;

/**
 * Runs a stack's functions from their assets, each in worker threads of its own: own environment, memory and time, one event at
 * a time per worker. An ARN may carry a version or alias. Memory bounds the JavaScript heap, not buffers outside of it.
 */
export function createLambdaRunner(functions: readonly FunctionModel[], options: LambdaRunnerOptions): LambdaRunner {
  const pools = new Map(functions.map((model) => [model.arn, createPool(model, options)]));
  return {
    invoke: (functionArn, event, requestId) => {
      const pool = pools.get(functionArn) ?? pools.get(withoutQualifier(functionArn));
      if (pool !== undefined) return pool.invoke(event, requestId);
      const message = `Function not found: ${functionArn}`;
      return Promise.resolve({ kind: 'error', errorType: 'ResourceNotFoundException', message });
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

/** `arn:aws:lambda:region:account:function:name[:qualifier]` */
function withoutQualifier(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}
