import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Span } from '../../../lambdas/shared/trace/measure.ts';
import { otlpTracer } from '../../../lambdas/shared/trace/otlp.ts';
import { xrayTracer } from '../../../lambdas/shared/trace/xray.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';

const TRACE = '5759e988bd862e3fe1be46a994272793';
const SPANS: readonly Span[] = [
  {
    name: 'GET /notes/{id}',
    kind: 'server',
    spanId: '1111111111111111',
    parentId: undefined,
    startMs: 1_795_608_000_000.25,
    endMs: 1_795_608_000_010,
    isFailed: true,
    attributes: { 'http.route': '/notes/{id}', 'http.response.status_code': 500 },
  },
  {
    name: 'DynamoDB.GetItem',
    kind: 'client',
    spanId: '2222222222222222',
    parentId: '1111111111111111',
    startMs: 1_795_608_000_001,
    endMs: 1_795_608_000_005,
    isFailed: false,
    attributes: { 'rpc.method': 'GetItem' },
  },
];

describe('X-Ray', () => {
  it('gets each span as a subsegment in a separate datagram', async () => {
    const daemon = createSocket('udp4');
    const received: string[] = [];
    daemon.on('message', (message) => received.push(message.toString()));
    daemon.bind(0, '127.0.0.1');
    await once(daemon, 'listening');
    await xrayTracer({ AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}` }).send(TRACE, SPANS);
    while (received.length < 2) await sleep(5);
    daemon.close();
    const [request, call] = received.map((text) => {
      const [header, document = ''] = text.split('\n');
      expect(header).toBe('{"format": "json", "version": 1}');
      return JSON.parse(document);
    });
    expect(request).toEqual({
      type: 'subsegment',
      trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      id: '1111111111111111',
      name: 'GET /notes/:id',
      start_time: 1_795_608_000.00025,
      end_time: 1_795_608_000.01,
      fault: true,
      annotations: { 'http.route': '/notes/{id}', 'http.response.status_code': 500 },
    });
    expect(call).toMatchObject({ parent_id: '1111111111111111', namespace: 'aws', aws: { operation: 'GetItem' } });
  });

  it('is no reason to fail when nothing listens', () =>
    expect(xrayTracer({ AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:9' }).send(TRACE, SPANS)).resolves.toBeUndefined());
});

describe('a collector', () => {
  const requests: { readonly url: string; readonly headers: NodeJS.Dict<string | string[]>; readonly body: string }[] =
    [];
  let status = 200;
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    requests.push({ url: request.url ?? '', headers: request.headers, body });
    if (status === 0) return;
    response.writeHead(status).end('{}');
  });
  beforeEach(async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    requests.length = 0;
    status = 200;
    if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(() => vi.unstubAllEnvs());
  const environment = (more: NodeJS.ProcessEnv = {}) => ({
    SECURE_API_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    SECURE_API_OTLP_SAMPLING: '0.05',
    POWERTOOLS_SERVICE_NAME: 'notes',
    ...more,
  });

  it('gets the spans of a request by OTLP, and no credentials without TLS', async () => {
    const tracer = otlpTracer(environment({ SECURE_API_OTLP_HEADERS_SECRET: 'arn:of:a:secret' }));
    await tracer.send(TRACE, SPANS);
    expect(requests.map(({ url }) => url)).toEqual(['/v1/traces']);
    expect(requests[0]?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(requests[0]?.headers).not.toHaveProperty('authorization');
    const { resourceSpans } = JSON.parse(requests[0]?.body ?? '');
    expect(resourceSpans[0].resource.attributes).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'notes' },
    });
    expect(resourceSpans[0].scopeSpans[0].spans).toMatchObject([
      {
        traceId: TRACE,
        spanId: '1111111111111111',
        kind: 2,
        startTimeUnixNano: '1795608000000250000',
        attributes: [{}, { key: 'http.response.status_code', value: { intValue: '500' } }],
        status: { code: 2 },
      },
      { parentSpanId: '1111111111111111', kind: 3, status: {} },
    ]);
  });

  it('decides by the share of requests', () => {
    const tracer = otlpTracer(environment());
    expect([0, 0.049, 0.05, 1].map((share) => tracer.isSampled?.(share))).toEqual([true, true, false, false]);
    expect(otlpTracer({}).isSampled?.(0)).toBe(false);
  });

  it('that fails is logged once a minute, and no reason to fail', async () => {
    const tracer = otlpTracer(environment());
    status = 503;
    const lines = await linesOf(async () => {
      await tracer.send(TRACE, SPANS);
      await tracer.send(TRACE, SPANS);
    });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'WARN', message: 'the spans of requests could not be sent', reason: 'the collector returned 503' },
    ]);
  });

  it('that is silent never delays a response until Lambda ends the function', async () => {
    status = 0;
    for (const [leftMs, reason] of [
      [300, 'TimeoutError'],
      [40, 'no time was left'],
    ] as const) {
      const started = performance.now();
      const lines = await linesOf(() => otlpTracer(environment()).send(TRACE, SPANS, leftMs));
      expect(performance.now() - started).toBeLessThan(900);
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ reason });
    }
    server.closeAllConnections();
  });

  it('that is silent delays a response by a second at most', async () => {
    status = 0;
    const started = performance.now();
    const lines = await linesOf(() => otlpTracer(environment()).send(TRACE, SPANS));
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ reason: 'TimeoutError' });
    server.closeAllConnections();
  });
});
