import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { createFleet } from '../../lambda/fleet.ts';
import type { Instance } from '../../lambda/instance.ts';
import { createPool, type PoolHost } from '../../lambda/pool.ts';
import { createLambdaRunner } from '../../lambda/runner.ts';
import { createStartLimit } from '../../lambda/startLimit.ts';
import { createWarmInstances } from '../../lambda/warmInstances.ts';
import { functionModel, type RunningFunction, runFunction } from '../support/lambda.ts';

const NO_MEMORY = new Error('no memory');
const fail = () => {
  throw NO_MEMORY;
};
const notFailed = (error: unknown) => {
  throw error;
};

describe('starts of instances', () => {
  it('wait for others beyond the limit, and begin in their order', () => {
    const begun: string[] = [];
    const starts = createStartLimit(2);
    const [endFirst] = ['a', 'b', 'c', 'd'].map((name) => starts.enter(() => begun.push(name), notFailed));
    expect(begun).toEqual(['a', 'b']);
    endFirst?.();
    endFirst?.();
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('do not begin once they are given up', () => {
    const begun: string[] = [];
    const starts = createStartLimit(1);
    const [endFirst, giveUp] = ['a', 'b', 'c'].map((name) => starts.enter(() => begun.push(name), notFailed));
    giveUp?.();
    endFirst?.();
    expect(begun).toEqual(['a', 'c']);
  });

  it('leave their turn to others when they fail at once, and report it', async () => {
    const begun: string[] = [];
    const failures: unknown[] = [];
    const starts = createStartLimit(1);
    const enter = (name: string) => starts.enter(() => begun.push(name), notFailed);
    const endFirst = enter('a');
    for (let i = 0; i < 2; i++) starts.enter(fail, (error) => failures.push(error));
    const endSecond = enter('b');
    enter('c');
    endFirst();
    expect(begun).toEqual(['a', 'b']);
    await Promise.resolve();
    expect(failures).toEqual([NO_MEMORY, NO_MEMORY]);
    endSecond();
    expect(begun).toEqual(['a', 'b', 'c']);
  });
});

describe('a start that fails at once', () => {
  it('fails its own event, and no other function', async () => {
    const loads: string[] = [];
    const source = `console.log('loads');
export const handler = async () => { await new Promise((done) => setTimeout(done, 500)); return 1; };`;
    const host: PoolHost = {
      environment: {},
      caPem: '',
      onLog: (_, line) => loads.push(line),
      metric: () => undefined,
      concurrency: { count: 0 },
      warm: createWarmInstances<Instance>(undefined),
      starts: createStartLimit(1),
    };
    const [before, after] = ['before', 'after'].map((name) => createPool(functionModel(source, { name }), host));
    const { warm, starts } = host;
    const failing = createFleet({ limit: 1, start: fail, warm, starts });
    const submit = () =>
      new Promise((done) => failing.submit({ event: '{}', requestId: 'request-1', trace: '', done }));
    const failed = { kind: 'error', fault: { errorType: 'Error', message: 'no memory' } };
    const ok = { kind: 'ok', payload: 1 };
    try {
      // The start of the second function begins while the first one reports that it is loaded.
      const results = [before?.invoke({}, '1'), before?.invoke({}, '2'), submit(), submit(), after?.invoke({}, '3')];
      expect(await Promise.all(results)).toEqual([ok, ok, failed, failed, ok]);
      // One of `before`'s own starts followed the one that failed.
      await expect.poll(() => loads.length, { timeout: 60_000 }).toBe(3);
      expect(await submit()).toEqual(failed);
      expect(await failing.preload()).toEqual(failed.fault);
      await failing.drain();
    } finally {
      await Promise.all([before?.close(), after?.close()]);
    }
  });
});

describe('a burst over many functions', () => {
  it('loads a few of them at a time, and each is called', async () => {
    const atOnce = Math.max(2, availableParallelism());
    const go = randomUUID();
    // The first ones wait for each other: they would wait for ever if they loaded one by one.
    const source = `const channel = new BroadcastChannel('${go}');
const others = new Promise((done) => { channel.onmessage = done; });
console.log('loads');
await others;
channel.close();
await new Promise((done) => setTimeout(done, 100));
console.log('loaded');
export const handler = async () => 1;`;
    const names = Array.from({ length: atOnce + 6 }, (_, i) => `part${i}`);
    const models = names.map((name) => functionModel(source, { name }));
    const channel = new BroadcastChannel(go);
    let loading = 0;
    let most = 0;
    const runner = createLambdaRunner(models, {
      environment: {},
      caPem: '',
      onLog: (_, line) => {
        loading += line === 'loads' ? 1 : -1;
        most = Math.max(most, loading);
        if (most >= atOnce) channel.postMessage('go');
      },
      metric: () => undefined,
    });
    try {
      const results = await Promise.all(models.map(({ arn }, i) => runner.invoke(arn, {}, `request-${i}`)));
      expect(results).toEqual(models.map(() => ({ kind: 'ok', payload: 1 })));
      expect(most).toBe(atOnce);
    } finally {
      channel.close();
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
