import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { GIVEN_MS } from '../../lambda/eventPace.ts';
import { type RunningFunction, runFunction } from '../support/lambda.ts';

/** Does what its event says: waits for a time or for a message, ends its process, or never ends. No two events at once. */
const HANDLER = `console.log('loaded');
let running = 0;
export const handler = async ({ ms, until, exits, loops }) => {
  if (++running > 1) throw new Error('two events at once');
  if (exits) process.exit(1);
  while (loops);
  if (ms > 0) await new Promise((done) => setTimeout(done, ms));
  if (until) {
    const channel = new BroadcastChannel(until);
    await new Promise((done) => { channel.onmessage = done; });
    channel.close();
  }
  running -= 1;
  return ms;
};`;

/** Seconds. */
const MORE_THAN_THE_TEST = 900;

describe('events that wait behind another one in a busy instance', () => {
  const open: RunningFunction[] = [];
  afterEach(() => {
    vi.useRealTimers();
    return Promise.all(open.splice(0).map((made) => made.close()));
  });
  /** A function whose events were short so far, so that its instance is given several. */
  const started = async (timeoutSeconds = 30): Promise<RunningFunction> => {
    const fn = runFunction(HANDLER, { timeoutSeconds });
    open.push(fn);
    for (let i = 0; i < 30; i++) await fn.invoke({ ms: 0 });
    return fn;
  };
  /** An event that runs until it is ended. */
  const longEvent = (fn: RunningFunction) => {
    const until = randomUUID();
    const channel = new BroadcastChannel(until);
    const result = fn.invoke({ ms: 0, until });
    /** Again and again, as the event hears nothing before it has begun. */
    const end = async () => {
      const timer = setInterval(() => channel.postMessage('end'), 10);
      await result;
      clearInterval(timer);
      channel.close();
      return result;
    };
    return { end };
  };
  const short = (fn: RunningFunction) => Array.from({ length: 6 }, () => fn.invoke({ ms: 0 }));

  it('are given to others when it is long', async () => {
    const fn = await started(MORE_THAN_THE_TEST);
    const long = longEvent(fn);
    const ok = { kind: 'ok', payload: 0 };
    expect(await Promise.all(short(fn))).toEqual(Array.from({ length: 6 }, () => ok));
    expect(await long.end()).toEqual(ok);
    expect(fn.metric('Errors').sum).toBe(0);
  });

  it('are given to others when it is long, and no more instances can start', async () => {
    const fn = await started(MORE_THAN_THE_TEST);
    // As many as a function has.
    const long = Array.from({ length: 4 }, () => longEvent(fn));
    await expect.poll(() => fn.lines.filter((line) => line === 'loaded').length, { timeout: 20_000 }).toBe(4);
    await Promise.all(long.splice(0, 3).map(({ end }) => end()));
    const ok = { kind: 'ok', payload: 0 };
    // Their time is forgotten, so that the next events are given at once.
    for (let i = 0; i < 300; i++) await fn.invoke({ ms: 0 });
    const last = longEvent(fn);
    expect(await Promise.all(short(fn))).toEqual(Array.from({ length: 6 }, () => ok));
    expect(await Promise.all([...long, last].map(({ end }) => end()))).toEqual([ok, ok]);
  });

  it('go to an idle instance as soon as it takes longer than all of them together were to take', async () => {
    const fn = await started(MORE_THAN_THE_TEST);
    const both = [longEvent(fn), longEvent(fn)];
    await expect.poll(() => fn.lines.filter((line) => line === 'loaded').length, { timeout: 20_000 }).toBe(2);
    await Promise.all(both.map(({ end }) => end()));
    // Their time is forgotten, so that the next events are given at once.
    for (let i = 0; i < 300; i++) await fn.invoke({ ms: 0 });
    // No other timer is due.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const long = longEvent(fn);
    const waiting = short(fn);
    vi.advanceTimersByTime(GIVEN_MS + 1);
    const ok = { kind: 'ok', payload: 0 };
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 6 }, () => ok));
    expect(await long.end()).toEqual(ok);
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
    const fn = await started(MORE_THAN_THE_TEST);
    const long = longEvent(fn);
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
    expect(await long.end()).toEqual({ kind: 'ok', payload: 0 });
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
