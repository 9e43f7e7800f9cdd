import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWarmInstances } from '../../lambda/warmInstances.ts';
import { type RunningFunction, runFunction } from '../support/lambda.ts';

describe('idle instances', () => {
  const ended: string[] = [];
  const add = (instances: ReturnType<typeof createWarmInstances<string>>, name: string) =>
    instances.add(name, () => ended.push(name));
  beforeEach(() => {
    ended.length = 0;
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('end when they have waited for too long, and not before', () => {
    const instances = createWarmInstances<string>({ count: 10, idleMs: 60_000 });
    add(instances, 'a');
    vi.advanceTimersByTime(30_000);
    add(instances, 'b');
    vi.advanceTimersByTime(29_000);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(10_000);
    expect(ended).toEqual(['a']);
    vi.advanceTimersByTime(30_000);
    expect(ended).toEqual(['a', 'b']);
  });

  it('end in the order of their last use when there are too many', () => {
    const instances = createWarmInstances<string>({ count: 2, idleMs: 60_000 });
    for (const name of ['a', 'b']) add(instances, name);
    instances.remove('a');
    add(instances, 'a');
    add(instances, 'c');
    expect(ended).toEqual(['b']);
  });

  it('do not end while they have an event', () => {
    const instances = createWarmInstances<string>({ count: 1, idleMs: 60_000 });
    add(instances, 'a');
    instances.remove('a');
    add(instances, 'b');
    vi.advanceTimersByTime(50_000);
    expect(ended).toEqual([]);
  });

  it('stay for as long as the gateway runs where nothing limits them', () => {
    const instances = createWarmInstances<string>(undefined);
    for (let i = 0; i < 100; i++) add(instances, String(i));
    vi.advanceTimersByTime(86_400_000);
    expect(ended).toEqual([]);
  });
});

describe('a function whose instance has ended', () => {
  const open: RunningFunction[] = [];
  afterEach(() => Promise.all(open.splice(0).map((made) => made.close())));
  const counting = 'let count = 0; export const handler = async () => ++count;';
  const start = (options: Parameters<typeof runFunction>[2]) => {
    const made = runFunction(counting, {}, options);
    open.push(made);
    return made;
  };

  it('starts another one at its next event', async () => {
    const fn = start({ warm: { count: 1, idleMs: 100 } });
    expect(await fn.invoke()).toEqual({ kind: 'ok', payload: 1 });
    // The second instance counts from one again.
    await expect
      .poll(
        async () => {
          await new Promise((done) => setTimeout(done, 300));
          return fn.invoke();
        },
        { timeout: 30_000 },
      )
      .toEqual({ kind: 'ok', payload: 1 });
    expect(fn.metric('Errors').sum).toBe(0);
  });

  it('loses no event that arrives while it ends', async () => {
    const fn = start({ warm: { count: 0, idleMs: 60_000 } });
    for (let i = 0; i < 5; i++) expect(await fn.invoke()).toEqual({ kind: 'ok', payload: 1 });
  });

  it('keeps its instance while a debugger can be attached to it', async () => {
    const fn = start({ warm: { count: 0, idleMs: 1 }, isDebugged: true });
    for (const count of [1, 2]) expect(await fn.invoke()).toEqual({ kind: 'ok', payload: count });
  });
});

describe('many events at once', () => {
  const open: RunningFunction[] = [];
  afterEach(() => Promise.all(open.splice(0).map((made) => made.close())));
  /** Each instance announces itself. */
  const announced = (body: string) => `console.log('instance'); export const handler = async () => { ${body} };`;

  it('share one instance when they are short, one after the other', async () => {
    const fn = runFunction(`let busy = 0; ${announced('if (++busy > 1) throw new Error("two"); await null; busy--;')}`);
    open.push(fn);
    await fn.invoke();
    const results = await Promise.all(Array.from({ length: 50 }, () => fn.invoke()));
    expect(results.every(({ kind }) => kind === 'ok')).toBe(true);
    expect(fn.metric('ConcurrentExecutions')).toEqual({ sum: 1 + (50 * 51) / 2, count: 51 });
    expect(fn.lines).toEqual(['instance']);
  });

  it('get more instances when they are long', async () => {
    const fn = runFunction(announced('await new Promise((done) => setTimeout(done, 1_000));'), { timeoutSeconds: 60 });
    open.push(fn);
    await Promise.all(Array.from({ length: 8 }, () => fn.invoke()));
    expect(fn.lines.length).toBeGreaterThan(1);
    expect(fn.lines.length).toBeLessThanOrEqual(4);
  });

  it('get another instance when one computes without an end', async () => {
    const fn = runFunction('export const handler = async ({ loops }) => { while (loops); return 1; };');
    open.push(fn);
    await fn.invoke();
    const looping = fn.invoke({ loops: true });
    expect(await fn.invoke()).toEqual({ kind: 'ok', payload: 1 });
    expect(await looping).toEqual({ kind: 'timeout' });
  });
});
