import { availableParallelism } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { createLambdaRunner } from '../../lambda/runner.ts';
import { createStartLimit } from '../../lambda/startLimit.ts';
import { functionModel, type RunningFunction, runFunction } from '../support/lambda.ts';

describe('starts of instances', () => {
  it('wait for others beyond the limit, and begin in their order', () => {
    const begun: string[] = [];
    const starts = createStartLimit(2);
    const [endFirst] = ['a', 'b', 'c', 'd'].map((name) => starts.enter(() => begun.push(name)));
    expect(begun).toEqual(['a', 'b']);
    endFirst?.();
    endFirst?.();
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('do not begin once they are given up', () => {
    const begun: string[] = [];
    const starts = createStartLimit(1);
    const [endFirst, giveUp] = ['a', 'b', 'c'].map((name) => starts.enter(() => begun.push(name)));
    giveUp?.();
    endFirst?.();
    expect(begun).toEqual(['a', 'c']);
  });

  it('leave their turn to others when they fail at once', () => {
    const begun: string[] = [];
    const starts = createStartLimit(1);
    const fail = () => {
      throw new Error('no memory');
    };
    expect(() => starts.enter(fail)).toThrow('no memory');
    starts.enter(() => begun.push('b'));
    expect(begun).toEqual(['b']);
  });
});

describe('a burst over many functions', () => {
  it('loads a few of them at a time, and each is called', async () => {
    const atOnce = Math.max(2, availableParallelism());
    const source = `console.log('loads');
await new Promise((done) => setTimeout(done, 100));
console.log('loaded');
export const handler = async () => 1;`;
    const names = Array.from({ length: atOnce + 6 }, (_, i) => `part${i}`);
    const models = names.map((name) => functionModel(source, { name }));
    let loading = 0;
    let most = 0;
    const runner = createLambdaRunner(models, {
      environment: {},
      caPem: '',
      onLog: (_, line) => {
        loading += line === 'loads' ? 1 : -1;
        most = Math.max(most, loading);
      },
      metric: () => undefined,
    });
    try {
      const results = await Promise.all(models.map(({ arn }, i) => runner.invoke(arn, {}, `request-${i}`)));
      expect(results).toEqual(models.map(() => ({ kind: 'ok', payload: 1 })));
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(atOnce);
    } finally {
      await runner.close();
    }
  });
});

describe('an event whose caller is gone', () => {
  const open: RunningFunction[] = [];
  afterEach(() => Promise.all(open.splice(0).map((made) => made.close())));
  const counting = `let count = 0;
export const handler = async ({ ms = 0 }) => { await new Promise((done) => setTimeout(done, ms)); return ++count; };`;
  const start = () => {
    const fn = runFunction(counting, { timeoutSeconds: 30 }, { isDebugged: true });
    open.push(fn);
    return fn;
  };

  it('does not run when it still waits for an instance', async () => {
    const fn = start();
    const long = fn.invoke({ ms: 500 });
    let isGone = false;
    const abandoned = fn.invoke({}, 'request-2', { isAbandoned: () => isGone });
    const after = fn.invoke();
    isGone = true;
    expect(await abandoned).toEqual({ kind: 'abandoned' });
    expect([await long, await after]).toEqual([
      { kind: 'ok', payload: 1 },
      { kind: 'ok', payload: 2 },
    ]);
    expect(fn.metric('Invocations').sum).toBe(2);
    expect(fn.metric('Errors').sum).toBe(0);
  });

  it('runs to its end when it has begun', async () => {
    const fn = start();
    let isGone = false;
    const running = fn.invoke({ ms: 300 }, 'request-1', { isAbandoned: () => isGone });
    await fn.invoke({}, 'request-2');
    isGone = true;
    expect(await running).toEqual({ kind: 'ok', payload: 1 });
  });
});
