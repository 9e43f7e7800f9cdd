import { afterEach, describe, expect, it } from 'vitest';
import { type RunningFunction, runFunction } from '../support/lambda.ts';

const open: RunningFunction[] = [];
const start = (...args: Parameters<typeof runFunction>): RunningFunction => {
  const made = runFunction(...args);
  open.push(made);
  return made;
};
afterEach(() => Promise.all(open.splice(0).map((made) => made.close())));

/** Handler that fails when the event says so and counts its events otherwise: a fresh worker counts from one. */
const counting = (failure: string): string => `let count = 0;
  export const handler = async ({ fail }) => { if (fail) { ${failure} } return ++count; }`;

describe('a function that fails', () => {
  it('reports what it threw and stays warm', async () => {
    const fn = start(counting('throw new RangeError("out of range")'));
    expect(await fn.invoke()).toEqual({ kind: 'ok', payload: 1 });
    expect(await fn.invoke({ fail: true })).toEqual({
      kind: 'error',
      errorType: 'RangeError',
      message: 'out of range',
    });
    expect(await fn.invoke()).toEqual({ kind: 'ok', payload: 2 });
    expect(fn.lines.join()).toContain('ERROR\tInvoke Error\t{"errorType":"RangeError"');
  });

  it.each([
    ['throws no error', 'throw "text"', 'string'],
    ['returns what is not JSON', 'const a = {}; a.a = a; return a;', 'Runtime.MarshalError'],
    ['returns a BigInt', 'return 1n;', 'Runtime.MarshalError'],
    ['returns more than Lambda carries', 'return "x".repeat(6_291_557);', 'Function.ResponseSizeTooLarge'],
  ])('is an error when it %s', async (_, failure, errorType) => {
    const fn = start(counting(failure));
    expect(await fn.invoke({ fail: true })).toMatchObject({ kind: 'error', errorType });
    expect(await fn.invoke()).toEqual({ kind: 'ok', payload: 1 });
  });

  it.each([
    ['a result that is no JSON', { kind: 'ok', payload: 'FORGED', durationMs: 1 }, 'Runtime.MarshalError'],
    ['nothing', null, 'Runtime.ExitError'],
    [
      'output of an unknown stream',
      { output: { number: 1, chunks: [{ stream: 'x', text: 'y' }] } },
      'Runtime.ExitError',
    ],
  ])('ends no other when it sends %s through the port of its thread', async (_, message, errorType) => {
    const fn = start(
      counting(`const { parentPort } = await import("node:worker_threads");
        parentPort.postMessage(${JSON.stringify(message)}); await new Promise((done) => setTimeout(done, 5_000));`),
    );
    expect(await fn.invoke({ fail: true })).toMatchObject({ kind: 'error', errorType });
    expect(await start(counting('')).invoke()).toEqual({ kind: 'ok', payload: 1 });
  });

  it.each([
    ['calls process.exit', 'process.exit(7)', 'Runtime.ExitError', 'exit status 7'],
    [
      'throws outside of its promise',
      'setTimeout(() => { throw new URIError("late") }); await new Promise(() => {});',
      'URIError',
      'late',
    ],
    [
      'leaves a rejection unhandled',
      'Promise.reject(new Error("lost")); await new Promise(() => {});',
      'Runtime.UnhandledPromiseRejection',
      'lost',
    ],
    [
      'needs too much memory',
      'const all = []; for (;;) all.push(new Array(1e5).fill(0).map(Math.random));',
      'Runtime.OutOfMemory',
      'killed',
    ],
  ])('gets a fresh worker when it %s', async (_, failure, errorType, message) => {
    // Filling memory takes as long as the machine needs; it must not end by the clock.
    const fn = start(counting(failure), { timeoutSeconds: 60 });
    expect(await fn.invoke()).toEqual({ kind: 'ok', payload: 1 });
    const result = await fn.invoke({ fail: true });
    expect(result).toMatchObject({ kind: 'error', errorType, message: expect.stringContaining(message) });
    expect(await fn.invoke()).toEqual({ kind: 'ok', payload: 1 });
  });

  it.each([
    ['waits forever', 'await new Promise(() => {})'],
    ['never stops computing', 'for (;;) {}'],
  ])('is ended by its timeout when it %s', async (_, failure) => {
    const fn = start(counting(`console.log("before"); ${failure}`), { timeoutSeconds: 1 });
    await fn.invoke();
    const startedAt = performance.now();
    expect(await fn.invoke({ fail: true }, 'id-9')).toEqual({ kind: 'timeout' });
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    expect(fn.lines).toEqual(['before', expect.stringMatching(/ id-9 Task timed out after 1\.00 seconds$/)]);
    expect(await fn.invoke()).toEqual({ kind: 'ok', payload: 1 });
  });

  it('serves the events that waited behind one that killed its worker', async () => {
    const fn = start(counting('process.exit(1)'));
    const results = await Promise.all([{}, { fail: true }, {}, {}].map((event) => fn.invoke(event)));
    expect(results.map(({ kind }) => kind)).toEqual(['ok', 'error', 'ok', 'ok']);
  });

  it('fails each waiting event once when it cannot load, and is tried again', async () => {
    const fn = start('throw new Error("cannot load")');
    const results = await Promise.all([1, 2, 3].map(() => fn.invoke()));
    expect(results.map(({ kind }) => kind)).toEqual(['error', 'error', 'error']);
    expect(fn.metric('Errors').sum).toBe(3);
  });

  it('rejects an event that is larger than Lambda takes', async () => {
    const fn = start(counting(''));
    // With its quotes, one byte more than 6 MB.
    expect(await fn.invoke('x'.repeat(6_291_455))).toEqual({ kind: 'too-large' });
    expect(await fn.invoke('x'.repeat(6_291_454))).toMatchObject({ kind: 'ok' });
  });
});

describe('the output of a function', () => {
  it('arrives line by line, in order, in its log group', async () => {
    const fn = start(
      `console.log('loading');
       export const handler = async () => {
         console.log('one'); console.error('two'); process.stdout.write('th'); process.stdout.write('ree\\nfour\\n\\n');
         console.log({ a: 1 }); process.stdout.write('no line break');
       }`,
      { logGroup: '/own/group' },
    );
    await fn.invoke();
    expect(fn.lines).toEqual(['loading', 'one', 'two', 'three', 'four', '{ a: 1 }', 'no line break']);
    expect([...fn.groups]).toEqual(['/own/group']);
  });

  it('is there in full before the result is', async () => {
    const fn = start('export const handler = async () => { for (let i = 0; i < 2000; i++) console.log(i) }');
    await fn.invoke();
    expect(fn.lines).toHaveLength(2000);
  });

  it('is not lost when the gateway closes', async () => {
    const source = 'export const handler = async () => { console.log("begun"); await new Promise(() => {}) }';
    const fn = runFunction(source);
    const result = fn.invoke();
    while (fn.lines.length === 0) await new Promise((done) => setTimeout(done, 5));
    await fn.close();
    expect(await result).toMatchObject({ kind: 'error', errorType: 'Runtime.Closed' });
    expect(fn.lines[0]).toBe('begun');
    expect(await fn.invoke()).toMatchObject({ kind: 'error', errorType: 'Runtime.Closed' });
  });
});
