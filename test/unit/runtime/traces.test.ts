import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  handlersOf,
  measureCall,
  span,
  traceAwsClient,
  tracedFetch,
  traceHeaders,
} from '../../../lambdas/runtime/index.ts';
import type { Span } from '../../../lambdas/shared/trace/measure.ts';
import { requestRecorder } from '../../../lambdas/shared/trace/requestRecorder.ts';
import type { Tracer } from '../../../lambdas/shared/trace/tracer.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, list, serveApi, silenceTelemetry, things } from './support.ts';

silenceTelemetry();
beforeEach(() => vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO'));

const secure = handlersOf<typeof things>();
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const traced = {
  ...list,
  headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01`, tracestate: 'a=1', 'X-Request-Id': 'job-7' },
};
const received: NodeJS.Dict<string | string[]>[] = [];
const server = createServer(async (request, response) => {
  received.push(request.headers);
  await sleep(30);
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
});
let url = '';
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

/** What a request logs, returns and records; `work` is what its handler does. */
async function observed(work: () => Promise<unknown>, request: typeof list = traced, rules: Partial<Tracer> = {}) {
  const spans: Span[] = [];
  const tracer: Tracer = {
    isSampled: () => true,
    recorderOf: requestRecorder,
    async send(_, sent) {
      spans.push(...sent);
    },
    ...rules,
  };
  const handler = secure('list', async ({ log }) => {
    log.info('handled');
    await work();
    return { status: 200, body: { seen: null } };
  });
  let headers: Readonly<Record<string, string>> = {};
  const lines = await linesOf(async () => {
    ({ headers } = await call(serveApi(things, [handler], { tracer: () => tracer }), request));
  });
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { headers, spans, entries, last: entries.find(({ message }) => message === 'request') };
}

describe('a request', () => {
  it('has its trace and the id of its client in each entry, and in the response', async () => {
    const { entries, headers } = await observed(async () => {});
    const own = entries.filter(({ message }) => message !== undefined);
    expect(own.length).toBeGreaterThan(1);
    for (const entry of own) expect(entry).toMatchObject({ traceId: TRACE, clientRequestId: 'job-7' });
    expect(headers).toMatchObject({ 'x-request-id': 'job-7' });
    expect(headers['traceresponse']).toMatch(new RegExp(`^00-${TRACE}-[\\da-f]{16}-01$`));
  });

  it('that names nothing gets nothing back, and still has a trace in the log', async () => {
    const { headers, last } = await observed(async () => {}, list);
    expect(Object.keys(headers)).not.toContain('x-request-id');
    expect(Object.keys(headers)).not.toContain('traceresponse');
    expect(last).toMatchObject({ traceId: expect.stringMatching(/^[\da-f]{32}$/) });
  });

  it('passes its trace on to the services that it calls', async () => {
    received.length = 0;
    await observed(async () => {
      await tracedFetch(url, { headers: { 'x-own': '1' } });
      await fetch(url, { headers: traceHeaders() });
    });
    for (const headers of received) {
      expect(headers).toMatchObject({ tracestate: 'a=1', 'x-request-id': 'job-7' });
      expect(headers['traceparent']).toMatch(new RegExp(`^00-${TRACE}-[\\da-f]{16}-01$`));
    }
    expect(received[0]).toMatchObject({ 'x-own': '1' });
    expect(traceHeaders()).toEqual({});
  });
});

describe('time in other services', () => {
  it('stands in the entry of the request, by service and together; calls at the same time count once', async () => {
    const { last } = await observed(async () => {
      await Promise.all([
        measureCall('postgres', 'select', () => sleep(60)),
        measureCall('redis', 'get', () => sleep(60)),
      ]);
      await measureCall('redis', 'get', () => sleep(60));
    });
    const { dependencies, dependencyMs } = last as { dependencies: Record<string, number>; dependencyMs: number };
    expect(Object.keys(dependencies).sort()).toEqual(['postgres', 'redis']);
    expect(dependencies['redis']).toBeGreaterThanOrEqual(118);
    expect(dependencies['postgres']).toBeLessThan(dependencies['redis'] ?? 0);
    expect(dependencyMs).toBeLessThan((dependencies['redis'] ?? 0) + (dependencies['postgres'] ?? 0));
  });

  it('is not in the entry of a request that called none', async () => {
    const { last } = await observed(async () => {});
    expect(last).not.toHaveProperty('dependencies');
    expect(last).not.toHaveProperty('dependencyMs');
  });

  it('is that of the client of an SDK, also below a document client', async () => {
    const { last, spans } = await observed(async () => {
      const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
      const client = traceAwsClient(new DynamoDBClient({ endpoint: url, region: 'eu-west-1', credentials }));
      await client.send(new GetItemCommand({ TableName: 't', Key: { id: { S: 'a' } } }));
      await DynamoDBDocumentClient.from(client).send(new GetCommand({ TableName: 't', Key: { id: 'a' } }));
    });
    expect(last).toMatchObject({ dependencies: { dynamodb: expect.any(Number) } });
    expect(spans.filter(({ kind }) => kind === 'client')).toMatchObject([
      { name: 'DynamoDB.GetItem', attributes: { 'rpc.system': 'aws-api', 'rpc.method': 'GetItem' } },
      { name: 'DynamoDB.GetItem' },
    ]);
  });
});

describe('spans', () => {
  it('are of the request, its validation, its handler, and what that calls, each below its parent', async () => {
    const { spans } = await observed(() =>
      span('add up', () => measureCall('postgres', 'select sums', () => sleep(1))),
    );
    const idOf = (name: string) => spans.find((one) => one.name === name)?.spanId ?? expect.fail(`no span ${name}`);
    const parents = Object.fromEntries(spans.map(({ name, parentId }) => [name, parentId]));
    expect(parents).toEqual({
      'GET /things/{name}': '00f067aa0ba902b7',
      validation: idOf('GET /things/{name}'),
      handler: idOf('GET /things/{name}'),
      'add up': idOf('handler'),
      'select sums': idOf('add up'),
    });
    for (const { startMs, endMs } of spans) expect(endMs).toBeGreaterThanOrEqual(startMs);
  });

  it.each<[string, Partial<Tracer>]>([
    ['of the request in a collector', {}],
    [
      'in X-Ray, whose trace Lambda continues',
      { ofLambda: () => `Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)};Sampled=1` },
    ],
  ])('surround what they are above: %s', async (_where, rules) => {
    const { spans } = await observed(() => sleep(30), traced, rules);
    const whole = spans.find(({ kind }) => kind === 'server') ?? expect.fail('no span of the request');
    const parts = spans.filter((one) => one !== whole);
    expect(parts.map(({ name }) => name)).toContain('handler');
    // The clocks of both begin within a millisecond.
    for (const { startMs, endMs } of parts)
      expect([startMs >= whole.startMs - 1, endMs <= whole.endMs]).toEqual([true, true]);
  });

  it('end where a request is rejected, and say that the API failed', async () => {
    const { spans } = await observed(() => Promise.reject(new Error('a bug')));
    expect(spans.map(({ name, isFailed }) => [name, isFailed])).toEqual([
      ['validation', false],
      ['handler', true],
      ['GET /things/{name}', true],
    ]);
    const rejected = await observed(async () => {}, { ...traced, query: { unknown: 'x' } } as typeof list);
    expect(rejected.spans.map(({ name }) => name)).toEqual(['validation', 'GET /things/{name}']);
    expect(rejected.spans.map(({ isFailed }) => isFailed)).toEqual([false, false]);
  });

  it('are sent with the time that is left, so that no response waits until Lambda ends the function', async () => {
    const left: unknown[] = [];
    const send: Tracer['send'] = async (_, __, leftMs) => void left.push(leftMs);
    const tracer: Tracer = { isSampled: () => true, recorderOf: requestRecorder, send };
    const handler = secure('list', async () => ({ status: 200, body: { seen: null } }));
    const served = serveApi(things, [handler], { tracer: () => tracer });
    await call(served, traced, { getRemainingTimeInMillis: () => 1_300 });
    expect(left).toEqual([1_300]);
  });

  it('contain no secret of a name, and no more than a service takes', async () => {
    const { spans } = await observed(async () => {
      await span('password=hunter22', () => 1);
      for (let i = 0; i < 500; i += 1) await span(`part ${i}`, () => i);
    });
    expect(JSON.stringify(spans)).not.toContain('hunter22');
    expect(spans.length).toBeLessThan(210);
  });
});
