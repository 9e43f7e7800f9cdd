import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { counterTable } from '../../../../lambdas/runtime/limit/counterTable.ts';
import { exactLimiter } from '../../../../lambdas/runtime/limit/limiter.ts';
import { sharedCounts } from '../../../../lambdas/runtime/limit/sharedCounts.ts';
import type { ExactRule } from '../../../../lib/definition/bundledTypes.ts';
import { dynamoDbCall } from '../../../../local/services/dynamodb/call.ts';
import { access } from '../../../../local/test/support/services.ts';
import { environmentOf, rule, startCounters } from '../../../support/exactLimits.ts';

/** Long, so that a busy machine does not fail a test. */
const PATIENCE_MS = 30_000;
const table = startCounters();

describe('an exact limit', () => {
  it('never writes for a request that is known to be rejected', async () => {
    const limiter = exactLimiter(table.environment(), { counts: counted() });
    writesSeen = 0;
    for (let n = 0; n < 20; n += 1) await limiter.take('known', rule({ requests: 5 }));
    expect(writesSeen).toBe(5);
  });

  it('keeps counters without names, which expire', async () => {
    await patient().take('free#hash', rule({ perSeconds: 60 }));
    const key = { TableName: 'counters', Key: { id: { S: 'free#hash' } } };
    const { Item } = (await dynamoDbCall(table.url(), access)('GetItem', key)) as {
      Item: Record<string, { N: string }>;
    };
    expect(
      Object.keys(Item)
        .filter((name) => !/^m\d+$/.test(name))
        .sort(),
    ).toEqual(['born', 'expires', 'id', 'total']);
    const ends = Number(Item['expires']?.N) - Date.now() / 1000;
    expect(ends).toBeGreaterThan(3_600);
    expect(ends).toBeLessThan(3_600 + 180);
  });

  it('slides: requests that leave the window are allowed again, and their marks are removed', async () => {
    let nowMs = 1_000_000;
    const limiter = exactLimiter(table.environment(), {
      counts: sharedCounts(counterTable(table.environment(), PATIENCE_MS)),
      now: () => nowMs,
    });
    const minute = rule({ requests: 6, perSeconds: 60 });
    const take = async (times: number) => {
      const outcomes: string[] = [];
      for (let n = 0; n < times; n += 1) outcomes.push((await limiter.take('sliding', minute)).outcome);
      return outcomes.filter((outcome) => outcome === 'taken').length;
    };
    expect(await take(4)).toBe(4);
    nowMs += 30_000;
    expect(await take(4)).toBe(2);
    nowMs += 40_000;
    expect(await take(9)).toBe(4);
    nowMs += 600_000;
    expect(await take(9)).toBe(6);
    const key = { TableName: 'counters', Key: { id: { S: 'sliding' } } };
    const { Item } = (await dynamoDbCall(table.url(), access)('GetItem', key)) as { Item: Record<string, unknown> };
    expect(Object.keys(Item).filter((name) => /^m\d+$/.test(name))).toHaveLength(1);
  });

  it('stays exact when a counter expired and was created again', async () => {
    let nowMs = 5_000_000;
    const parts = { counts: sharedCounts(counterTable(table.environment(), PATIENCE_MS)), now: () => nowMs };
    const first = exactLimiter(table.environment(), parts);
    const minute = rule({ requests: 3, perSeconds: 60 });
    for (let n = 0; n < 3; n += 1) await first.take('phoenix', minute);
    await dynamoDbCall(table.url(), access)('DeleteItem', { TableName: 'counters', Key: { id: { S: 'phoenix' } } });
    nowMs += 600_000;
    const second = patient(() => nowMs);
    expect((await second.take('phoenix', minute)).outcome).toBe('taken');
    const outcomes = [];
    for (let n = 0; n < 4; n += 1) outcomes.push((await first.take('phoenix', minute)).outcome);
    expect(outcomes).toEqual(['taken', 'taken', 'rejected', 'rejected']);
  });

  it('returns what remains, and when the next request is allowed', async () => {
    let nowMs = 12_000_000;
    const limiter = patient(() => nowMs);
    const minute = rule({ requests: 2, perSeconds: 60 });
    expect(await limiter.take('remaining', minute)).toMatchObject({ outcome: 'taken', remaining: 1, resetSeconds: 66 });
    nowMs += 30_000;
    expect(await limiter.take('remaining', minute)).toMatchObject({ outcome: 'taken', remaining: 0, resetSeconds: 36 });
    expect(await limiter.take('remaining', minute)).toMatchObject({
      outcome: 'rejected',
      remaining: 0,
      resetSeconds: 36,
    });
    expect(limiter.peek('remaining', minute)).toMatchObject({ remaining: 0, resetSeconds: 36 });
  });
});

describe('a caller that is allowed to wait', () => {
  it('waits when its turn comes in time, and is rejected at once when it does not', async () => {
    const limiter = patient();
    const waiting = rule({ requests: 2, perSeconds: 1, delayMs: 10_000 });
    const outcomes = [];
    for (let n = 0; n < 4; n += 1) outcomes.push((await limiter.take('waiting', waiting)).outcome);
    expect(outcomes).toEqual(['taken', 'taken', 'taken', 'taken']);
    const hasty = rule({ requests: 1, perSeconds: 3_600, delayMs: 50 });
    expect((await limiter.take('hasty', hasty)).outcome).toBe('taken');
    expect((await limiter.take('hasty', hasty)).outcome).toBe('rejected');
  });
});

describe('while the table does not respond', () => {
  const silent = createServer(() => {});
  let silentUrl = '';
  beforeAll(async () => {
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const takes = async (url: string, declared: Partial<ExactRule>) => {
    const limiter = exactLimiter(environmentOf(url));
    const outcomes: string[] = [];
    for (let n = 0; n < 4; n += 1) outcomes.push((await limiter.take('x', rule({ requests: 3, ...declared }))).outcome);
    return outcomes;
  };
  const CLOSED = 'http://127.0.0.1:9';

  it.each([
    ['stopped', () => CLOSED],
    ['slow', () => silentUrl],
  ])('because it is %s, each instance counts for itself, or rejects, as declared', async (_, url) => {
    expect(await takes(url(), { onUnavailable: 'count-alone' })).toEqual(['taken', 'taken', 'taken', 'rejected']);
    expect(await takes(url(), { onUnavailable: 'reject' })).toEqual(Array(4).fill('unavailable'));
  });

  it('it is not called for a second, then called again', async () => {
    let nowMs = 20_000_000;
    let calls = 0;
    let failing = true;
    const real = counterTable(table.environment(), PATIENCE_MS);
    const flaky = {
      get: (id: string) => {
        calls += 1;
        return failing ? Promise.reject(new Error('down')) : real.get(id);
      },
      update: real.update,
    };
    const limiter = exactLimiter(table.environment(), { counts: sharedCounts(flaky), now: () => nowMs });
    for (let n = 0; n < 5; n += 1) await limiter.take('flaky', rule());
    expect(calls).toBe(1);
    failing = false;
    nowMs += 1_000;
    expect((await limiter.take('flaky', rule())).outcome).toBe('taken');
    expect(calls).toBe(2);
  });
});

/** A limiter that waits for a busy table. */
const patient = (now: () => number = Date.now) =>
  exactLimiter(table.environment(), { counts: sharedCounts(counterTable(table.environment(), PATIENCE_MS)), now });

let writesSeen = 0;
function counted() {
  const real = counterTable(table.environment(), PATIENCE_MS);
  return sharedCounts({
    get: real.get,
    update: (...update) => {
      writesSeen += 1;
      return real.update(...update);
    },
  });
}
