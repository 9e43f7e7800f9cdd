import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LambdaHandler } from '../../lambdas/runtime/event.ts';
import { type Client, clientOf } from '../support/client.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { sendLines } from '../support/rawRequest.ts';
import { type Case, ID, SECRET } from './case.ts';
import { LISTED } from './cases/origins.ts';
import { wire } from './cases/wire.ts';
import { eventOf } from './event.ts';
import { api, servedTarget, targetAssembly } from './support.ts';
import { CALLS, NOWHERE } from './table.ts';

const all = (table: Readonly<Record<string, readonly Case[]>>) =>
  Object.entries(table).flatMap(([category, cases]) =>
    cases.map(([what, sent, status, byGateway = status]) => [category, what, sent, { status, byGateway }] as const),
  );

/** No response of any request allows an origin that is not listed: the first one is the value of gateway responses. */
function evaluateOrigin(allowed: unknown): void {
  expect([undefined, LISTED[0]]).toContain(allowed);
}

/** Every rejection is a problem document that repeats nothing of the request. */
function evaluate(status: number, type: string | undefined, body: string, expected: number): void {
  expect([status, body]).toEqual([expected, expect.any(String)]);
  if (expected < 400) return;
  // WAF sends its own documents as application/json.
  expect(type).toBe(expected === 413 && type === 'application/json' ? type : 'application/problem+json');
  expect(JSON.parse(body)).toMatchObject({ status: expected, title: expect.any(String) });
  expect(body.toLowerCase()).not.toContain(SECRET.toLowerCase());
}

it('the table has at least 300 cases, each named once', () => {
  const names = [...all(CALLS), ...all(NOWHERE)].map(([category, what]) => `${category}: ${what}`);
  expect(names.length + wire.length).toBeGreaterThanOrEqual(300);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

describe('through the runtime of the functions', () => {
  let served: LambdaHandler;
  beforeAll(async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
    vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'SecureApi');
    served = await servedTarget();
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it.each(all(CALLS))('%s: %s', async (_category, _what, sent, { status }) => {
    const event = eventOf(api, sent);
    if (event === undefined) return expect.fail('no route: the case belongs to the methods');
    const result = await served(event, {});
    evaluate(result.statusCode, result.headers['content-type'], result.body, status);
    evaluateOrigin(result.headers['access-control-allow-origin']);
  });
});

describe('through the local gateway, over TLS', () => {
  let gateway: RunningGateway;
  let call: Client;
  let token: string;
  beforeAll(async () => {
    gateway = await startGateway({ assembly: targetAssembly() });
    call = clientOf(gateway.ready);
    token = await gateway.token('user', { tier: 'wide' });
  });
  afterAll(() => gateway.stop());

  it.each([...all(CALLS), ...all(NOWHERE)])(
    '%s: %s',
    async (_category, _what, { method, target, headers, body }, { byGateway }) => {
      const result = await call(method, target, {
        token,
        headers,
        body: typeof body === 'object' ? Buffer.from(body) : body,
      });
      // A response to HEAD has the headers alone (RFC 9110, section 9.3.2).
      if (method === 'HEAD') expect([result.status, result.text]).toEqual([byGateway, '']);
      else evaluate(result.status, String(result.headers['content-type']), result.text, byGateway);
      evaluateOrigin(result.headers['access-control-allow-origin']);
    },
  );

  it.each(wire)('on the wire: %s', async (_what, lines, status) => {
    const result = await sendLines(gateway.ready, lines);
    expect(result).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    // One request, one response: the bytes that follow were not read as another request.
    expect(result.match(/HTTP\/1\.1 \d{3} /g)).toHaveLength(1);
  });

  it('responds as before afterwards, and nothing failed', async () => {
    const result = await call('GET', `/items/${ID}?limit=5&tag=a&tag=b`, { token, headers: { 'x-mode': 'fast' } });
    expect([result.status, result.json()]).toEqual([
      200,
      { seen: { path: { id: ID }, query: { limit: 5, tag: ['a', 'b'] }, headers: { 'x-mode': 'fast' } } },
    ]);
    expect(gateway.output()).not.toMatch(/failed in the gateway|unhandled/i);
  });
});
