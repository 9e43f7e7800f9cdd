import { afterEach, describe, expect, it } from 'vitest';
import { type RunningFunction, runFunction } from '../support/lambda.ts';

/** Does what its event says: waits, ends its process, or never ends. No two events at once. */
const HANDLER = `let running = 0;
export const handler = async ({ ms, exits, loops }) => {
  if (++running > 1) throw new Error('two events at once');
  if (exits) process.exit(1);
  while (loops);
  if (ms > 0) await new Promise((done) => setTimeout(done, ms));
  running -= 1;
  return ms;
};`;

describe('events that wait behind another one in a busy instance', () => {
  const open: RunningFunction[] = [];
  afterEach(() => Promise.all(open.splice(0).map((made) => made.close())));
  /** A function whose events were short so far, so that its instance is given several. */
  const started = async (timeoutSeconds = 30): Promise<RunningFunction> => {
    const fn = runFunction(HANDLER, { timeoutSeconds });
    open.push(fn);
    for (let i = 0; i < 30; i++) await fn.invoke({ ms: 0 });
    return fn;
  };
  const short = (fn: RunningFunction) => Array.from({ length: 6 }, () => fn.invoke({ ms: 0 }));

  it('are given to others when it is long', async () => {
    const fn = await started();
    const order: unknown[] = [];
    const long = fn.invoke({ ms: 8_000 }).then(() => order.push('long'));
    await Promise.all(short(fn).map((one) => one.then(() => order.push('short'))));
    await long;
    expect(order).toEqual([...Array.from({ length: 6 }, () => 'short'), 'long']);
    expect(fn.metric('Errors').sum).toBe(0);
  });

  it('run in another instance when it ends theirs', async () => {
    const fn = await started();
    const ending = fn.invoke({ exits: true });
    const others = await Promise.all(short(fn));
    expect(await ending).toMatchObject({ kind: 'error', errorType: 'Runtime.ExitError' });
    expect(others).toEqual(Array.from({ length: 6 }, () => ({ kind: 'ok', payload: 0 })));
    expect(fn.metric('Errors').sum).toBe(1);
  });

  it('run in another instance when it never ends', async () => {
    const fn = await started(2);
    const endless = fn.invoke({ loops: true });
    const others = await Promise.all(short(fn));
    expect(await endless).toEqual({ kind: 'timeout' });
    expect(others.every(({ kind }) => kind === 'ok')).toBe(true);
  });

  it('each reach their own caller, however many are taken back while it runs', async () => {
    const fn = await started();
    let isOver = false;
    const long = fn.invoke({ ms: 8_000 }).finally(() => {
      isOver = true;
    });
    const sent: { readonly ms: number; readonly result: Promise<unknown> }[] = [];
    for (let burst = 0; burst < 400; burst++) {
      // No two have the same result, and none waits.
      for (let i = 0; i < 40; i++) {
        const ms = -1 - sent.length;
        sent.push({ ms, result: fn.invoke({ ms }) });
      }
      // More than a thousand at once are throttled.
      if (burst >= 20) await sent[sent.length - 800]?.result;
      await new Promise((done) => setTimeout(done, 5));
    }
    for (const { ms, result } of sent) expect(await result).toEqual({ kind: 'ok', payload: ms });
    expect(isOver).toBe(false);
    expect(await long).toEqual({ kind: 'ok', payload: 8_000 });
  });

  it('have their own time, which begins with them', async () => {
    const fn = await started(2);
    const results = await Promise.all(Array.from({ length: 24 }, () => fn.invoke({ ms: 500 })));
    expect(results).toEqual(Array.from({ length: 24 }, () => ({ kind: 'ok', payload: 500 })));
  });

  it('end with the reason why the gateway is closed', async () => {
    const fn = await started();
    const waiting = [fn.invoke({ ms: 20_000 }), ...short(fn)];
    await fn.close();
    for (const result of await Promise.all(waiting))
      expect(result).toMatchObject({ kind: 'error', errorType: 'Runtime.Closed' });
  });
});
