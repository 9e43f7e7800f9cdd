import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFleet } from '../../lambda/fleet.ts';
import type { Instance } from '../../lambda/instance.ts';
import { createPool, type Pool, type PoolHost } from '../../lambda/pool.ts';
import { createLambdaRunner } from '../../lambda/runner.ts';
import { createStartLimit, type StartLimit } from '../../lambda/startLimit.ts';
import { createWarmInstances } from '../../lambda/warmInstances.ts';
import { functionModel, type RunningFunction, runFunction } from '../support/lambda.ts';

const NO_MEMORY = new Error('no memory');
const fail = () => {
  throw NO_MEMORY;
};
const notFailed = (error: unknown) => {
  throw error;
};
const poolHost = (starts: StartLimit, onLine: (line: string) => void = () => undefined): PoolHost => ({
  environment: {},
  caPem: '',
  onLog: (_, line) => onLine(line),
  metric: () => undefined,
  concurrency: { count: 0 },
  warm: createWarmInstances<Instance>(undefined),
  starts,
});
const MORE_THAN_THE_TEST_MS = 900_000;

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

  it('leave their turn to others when they take long', async () => {
    const begun: string[] = [];
    const starts = createStartLimit(1, 10);
    for (const name of ['a', 'b', 'c']) starts.enter(() => begun.push(name), notFailed);
    expect(begun).toEqual(['a']);
    await expect.poll(() => begun).toEqual(['a', 'b', 'c']);
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

/** Never loads, and keeps its thread. */
const HANGS = 'setInterval(() => undefined, 1_000); await new Promise(() => undefined);';
const LOADS = 'export const handler = async () => 1;';

describe('functions that never load', () => {
  afterEach(() => void vi.useRealTimers());

  it('do not keep others from their start', async () => {
    const names = Array.from({ length: Math.max(2, availableParallelism()) }, (_, i) => `hangs${i}`);
    const hanging = names.map((name) => functionModel(HANGS, { name }));
    const loading = functionModel(LOADS, { name: 'loads' });
    const host = { environment: {}, caPem: '', onLog: () => undefined, metric: () => undefined };
    const runner = createLambdaRunner([...hanging, loading], host);
    // Nothing fails because it takes too long.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const failed: string[] = [];
    const ends = hanging.map(({ arn, name }) => runner.invoke(arn, {}, '1').then(() => failed.push(name)));
    const result = runner.invoke(loading.arn, {}, '2');
    vi.advanceTimersByTime(1_000);
    expect(await result).toEqual({ kind: 'ok', payload: 1 });
    expect(failed).toEqual([]);
    await runner.close();
    await Promise.all(ends);
  });
});

describe('the start of a function that another one replaces', () => {
  const open: Pool[] = [];
  afterEach(() => Promise.all(open.splice(0).map((pool) => pool.close())));
  const pools = (...sources: readonly string[]): readonly Pool[] => {
    const host = poolHost(createStartLimit(1, MORE_THAN_THE_TEST_MS));
    const made = sources.map((source, i) => createPool(functionModel(source, { name: `part${i}` }), host));
    open.push(...made);
    return made;
  };
  const replaced = { errorType: 'Runtime.Closed' };
  const ok = { kind: 'ok', payload: 1 };

  it('ends, or never begins, and others have its turn', async () => {
    const [hanging, waiting, other] = pools(HANGS, LOADS, LOADS);
    const faults = [hanging?.preload(), waiting?.preload()];
    const result = other?.invoke({}, '1');
    await Promise.all([waiting?.drain(), hanging?.drain()]);
    expect(await Promise.all(faults)).toMatchObject([replaced, replaced]);
    expect(await hanging?.preload()).toMatchObject(replaced);
    expect(await result).toEqual(ok);
  });

  it('goes on while an event waits for it', async () => {
    const [pool] = pools(LOADS);
    const result = pool?.invoke({}, '1');
    await pool?.drain();
    expect(await result).toEqual(ok);
  });

  it('begins again for an event that comes after it has ended', async () => {
    const [pool] = pools(LOADS);
    const fault = pool?.preload();
    const drained = pool?.drain();
    const result = pool?.invoke({}, '1');
    expect(await fault).toMatchObject(replaced);
    expect(await result).toEqual(ok);
    await drained;
  });
});

describe('a start that fails at once', () => {
  it('fails its own event, and no other function', async () => {
    const loads: string[] = [];
    const source = `console.log('loads');
export const handler = async () => { await new Promise((done) => setTimeout(done, 500)); return 1; };`;
    const host = poolHost(createStartLimit(1), (line) => loads.push(line));
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
  // No turn ends by time, however slow the machine is.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

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
