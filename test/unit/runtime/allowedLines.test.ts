import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HttpProblem, handlersOf } from '../../../lambdas/runtime/index.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, list, serveApi, silenceTelemetry, things } from './support.ts';

silenceTelemetry();
const secure = handlersOf<typeof things>();

interface Entry {
  readonly message?: string;
  readonly status?: number;
  readonly route?: string;
  readonly sampledFrom?: number;
  readonly Requests?: number | readonly number[];
  readonly Latency?: number | readonly number[];
  readonly Errors?: number | readonly number[];
  readonly ClientErrors?: number | readonly number[];
}

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.stubEnv('SECURE_API_ALLOWED_LINES', '60');
  vi.useFakeTimers({ now: 1_800_000_000_000, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** What a function writes for so many requests, ten a second; each is listed, or fails as `fails` says. */
async function written(requests: number, fails: (index: number) => Error | undefined = () => undefined) {
  let index = 0;
  const handler = serveApi(things, [
    secure('list', async ({ path, query, headers }) => {
      const error = fails(index);
      index += 1;
      if (error) throw error;
      return { status: 200, body: { seen: { path, query, headers } } };
    }),
  ]);
  const lines = await linesOf(async () => {
    for (let i = 0; i < requests; i += 1) {
      await call(handler, { ...list, requestId: `request-${i}` });
      vi.advanceTimersByTime(100);
    }
  });
  return lines.map((line) => JSON.parse(line) as Entry);
}

const sum = (values: readonly (number | readonly number[] | undefined)[]) =>
  values.flat().reduce<number>((total, value) => total + (value ?? 0), 0);

describe('a function whose lines about allowed requests are limited', () => {
  it('writes no more of them, and counts every request in fewer entries', async () => {
    const entries = await written(1000);
    const requests = entries.filter(({ message }) => message === 'request');
    expect(requests.length).toBeLessThanOrEqual(110);
    const counted = sum(entries.map(({ Requests }) => Requests));
    expect(counted).toBeGreaterThan(900);
    expect(counted).toBeLessThanOrEqual(1000);
    expect(sum(requests.map(({ sampledFrom }) => sampledFrom ?? 1))).toBe(counted);
    const metrics = entries.filter(({ Requests }) => Requests !== undefined);
    expect(metrics.length).toBeLessThan(130);
    for (const { Requests, Latency, Errors } of metrics) {
      const [count, latencies, errors] = [Requests, Latency, Errors].map((value) => [value].flat().length);
      expect([latencies, errors]).toEqual([count, count]);
      expect(count).toBeLessThanOrEqual(100);
    }
  });

  it('writes a line for each rejection and each error, at once and with the metrics that waited', async () => {
    const fails = (index: number) =>
      index % 10 === 3 ? new HttpProblem('not-found') : index % 10 === 7 ? new Error('a bug') : undefined;
    const entries = await written(1000, fails);
    const lines = (status: number) => entries.filter((entry) => entry.message === 'request' && entry.status === status);
    expect([lines(404).length, lines(500).length]).toEqual([100, 100]);
    expect([...lines(404), ...lines(500)].some(({ sampledFrom }) => sampledFrom !== undefined)).toBe(false);
    expect(sum(entries.map(({ ClientErrors }) => ClientErrors))).toBe(100);
    expect(sum(entries.map(({ Errors }) => Errors))).toBe(100);
    expect(lines(200).length).toBeLessThanOrEqual(110);
    expect(sum(entries.map(({ Requests }) => Requests))).toBeGreaterThan(995);
  });
});
