import { folderOf } from '../../../test/support/folders.ts';
import type { FunctionModel } from '../../assembly/model.ts';
import type { InvokeOptions, InvokeResult } from '../../contracts.ts';
import { createLambdaRunner, type RunnerOptions } from '../../lambda/runner.ts';

/** One function under test, with what it logged and counted. */
export interface RunningFunction {
  readonly invoke: (event?: unknown, requestId?: string, options?: InvokeOptions) => Promise<InvokeResult>;
  readonly lines: string[];
  readonly groups: Set<string>;
  /** Sum of a metric's values, and how many there were. */
  readonly metric: (name: string) => { readonly sum: number; readonly count: number };
  readonly close: () => Promise<void>;
}

/** A function from source (an ES module, unless an asset is given). */
export function functionModel(
  source: string | { readonly asset: string },
  model: Partial<FunctionModel> = {},
): FunctionModel {
  const name = model.name ?? 'sample';
  return {
    logicalId: 'Sample',
    name,
    arn: `arn:aws:lambda:eu-west-1:000000000000:function:${name}`,
    assetPath: typeof source === 'string' ? folderOf({ 'index.mjs': source }) : source.asset,
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    timeoutSeconds: 5,
    memoryMb: 128,
    environment: {},
    ...model,
  };
}

/** Runs a function from source (an ES module, unless an asset is given). */
export function runFunction(
  source: string | { readonly asset: string },
  model: Partial<FunctionModel> = {},
  options: Partial<RunnerOptions> = {},
): RunningFunction {
  const fn = functionModel(source, model);
  const { name } = fn;
  const lines: string[] = [];
  const groups = new Set<string>();
  const data: { readonly name: string; readonly value: number }[] = [];
  const runner = createLambdaRunner([fn], {
    environment: {},
    caPem: '',
    onLog: (group, line) => {
      groups.add(group);
      lines.push(line);
    },
    metric: (namespace, metric, dimensions, value) => {
      if (namespace === 'AWS/Lambda' && dimensions['FunctionName'] === name) data.push({ name: metric, value });
    },
    ...options,
  });
  return {
    invoke: (event = {}, requestId = 'request-1', given) => runner.invoke(fn.arn, event, requestId, given),
    lines,
    groups,
    metric: (metric) => {
      const values = data.filter((datum) => datum.name === metric).map(({ value }) => value);
      return { sum: values.reduce((sum, value) => sum + value, 0), count: values.length };
    },
    close: () => runner.close(),
  };
}
