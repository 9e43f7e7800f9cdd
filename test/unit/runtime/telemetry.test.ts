import { type Metrics, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import { Type } from 'typebox';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LambdaHandler } from '../../../lambdas/runtime/event.ts';
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import { type Api, defineApi, object, post } from '../../../lib/definition/index.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import {
  call,
  create,
  echo,
  inputs,
  list,
  serveApi,
  serveCreate,
  silenceTelemetry,
  type TestRequest,
  thingHandlers,
  things,
  write,
} from './support.ts';

silenceTelemetry();
const secure = handlersOf<typeof things>();

describe('what is logged and counted', () => {
  const entriesOf = async (handler: LambdaHandler, request: TestRequest) =>
    (await linesOf(() => call(handler, request))).map((line) => JSON.parse(line) as Record<string, unknown>);
  beforeEach(() => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  });

  it('names request, route, subject, status and latency', async () => {
    const entries = await entriesOf(serveApi(things, thingHandlers), list);
    expect(entries.find(({ message }) => message === 'request')).toMatchObject({
      requestId: 'request-1',
      route: 'list',
      subject: 'user-1',
      status: 200,
      latencyMs: expect.any(Number),
    });
    const counted = entries.find(({ Requests }) => Requests === 1);
    expect(counted).toMatchObject({ api: 'things', route: 'list', Errors: 0, ClientErrors: 0 });
    expect(counted?.['_aws']).toMatchObject({
      CloudWatchMetrics: [{ Namespace: 'SecureApi', Dimensions: [['api', 'route']] }],
    });
  });

  it('counts a 5xx by group of routes, and nothing while all is well: Lambda does not see what the pipeline caught', async () => {
    const fails = () => {
      throw new Error('a bug');
    };
    const handler = serveApi(things, [secure('list', fails)], { group: 'things' });
    const failed = (await entriesOf(handler, list)).filter(({ ServerErrors }) => ServerErrors === 1);
    expect(failed).toMatchObject([{ api: 'things', group: 'things' }]);
    expect(failed[0]?.['_aws']).toMatchObject({ CloudWatchMetrics: [{ Dimensions: [['api', 'group']] }] });
    const healthy = serveApi(things, thingHandlers, { group: 'things' });
    expect((await entriesOf(healthy, list)).filter((entry) => 'ServerErrors' in entry)).toEqual([]);
  });

  it('is counted under the name of the API in its stack', async () => {
    vi.stubEnv('SECURE_API_NAME', 'Shop-Api-1');
    const handler = serveApi(things, thingHandlers);
    const entries = await entriesOf(handler, list);
    expect(entries.find(({ Requests }) => Requests === 1)).toMatchObject({ api: 'Shop-Api-1', route: 'list' });
    const unknown = await entriesOf(handler, { ...list, resource: '/nothing' });
    expect(unknown.find(({ Requests }) => Requests === 1)).toMatchObject({ api: 'Shop-Api-1', route: 'unknown' });
    vi.stubEnv('SECURE_API_NAME', undefined);
  });

  it('has the user agent without its secrets, shortened after that', async () => {
    const agent = `app/1 4111 1111 1111 1111 12/27 ${'x'.repeat(170)} Bearer opaque-token`;
    const headers = { 'User-Agent': agent };
    const entries = await entriesOf(serveApi(things, thingHandlers), { ...list, headers });
    const { userAgent } = entries.find(({ message }) => message === 'request') ?? {};
    expect(userAgent).toBe(`app/1 [redacted] 12/27 ${'x'.repeat(170)} Bearer`);
  });

  it('does not name the caller of the previous request', async () => {
    const handler = serveApi(things, thingHandlers);
    await entriesOf(handler, list);
    const entries = await entriesOf(handler, { method: 'GET', resource: '/open' });
    expect(entries.find(({ message }) => message === 'request')).not.toHaveProperty('subject');
  });

  it('says why a 500 happened, and hides secrets', async () => {
    const token = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.eyJzdWIiOiJhIn0.c2ln`;
    const failing = serveCreate(() => {
      throw new Error(`no luck with ${token} and 4111 1111 1111 1111`);
    });
    const entries = await entriesOf(failing, create);
    const log = JSON.stringify(entries);
    expect(log).toContain('no luck with [redacted] and [redacted]');
    expect(log).not.toContain(token);
    expect(entries.find(({ Errors }) => Errors === 1)).toBeDefined();
  });

  it('hides what a handler logs under the name of a secret', async () => {
    const logging = serveApi(things, [
      secure('me', ({ caller, log }) => {
        log.info('seen', { Authorization: 'Bearer x', nested: { api_key: 'k', refreshToken: 't', title: 'kept' } });
        return { status: 200, body: { subject: caller.subject } };
      }),
    ]);
    const entries = await entriesOf(logging, { method: 'GET', resource: '/me' });
    expect(entries.find(({ message }) => message === 'seen')).toMatchObject({
      Authorization: '[redacted]',
      nested: { api_key: '[redacted]', refreshToken: '[redacted]', title: 'kept' },
    });
  });

  it('hides a property that is marked sensitive, in every spelling of its name', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    const pin = defineApi({
      ...inputs,
      routes: {
        write: post('/strings', {
          permission: 'thing:read',
          body: object({ familyName: Type.String({ maxLength: 8, 'x-sensitive': true }) }),
          ...echo,
        }),
      },
    } as never) as Api;
    const logging = {
      route: 'write',
      fn: ({ body, log }: { body: Record<string, unknown>; log: { info(message: string, data: object): void } }) => {
        log.info('seen', { body, family_name: 'Smith', other: [{ 'Family-Name': 'Smith', kept: 'yes' }] });
        return { status: 200, body: { seen: null } };
      },
    };
    const lines = await linesOf(() => call(serveApi(pin, [logging]), write({ familyName: 'Smith' })));
    expect(lines.join('\n')).not.toContain('Smith');
    expect(lines.join('\n')).toContain('"kept":"yes"');
  });
});

describe('metrics of a handler', () => {
  const written = async (count: (metrics: Metrics) => void) => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    const handler = serveApi(things, [
      secure('me', ({ caller, metrics }) => {
        count(metrics);
        return { status: 200, body: { subject: caller.subject } };
      }),
    ]);
    const lines = await linesOf(() => call(handler, { method: 'GET', resource: '/me' }));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it('keep their values, one or many, whatever their name, and lose secrets in dimensions and metadata', async () => {
    const entries = await written((metrics) => {
      metrics.addDimension('apiKey', 'opaque-key').addMetadata('password', 'hunter2');
      metrics.addMetadata('tokens', ['opaque-1', 2] as never);
      metrics.addMetric('Token', 'Count', 3);
      metrics.addMetric('Secret', 'Count', 4);
      metrics.addMetric('Secret', 'Count', 5);
    });
    const entry = entries.find((one) => 'Token' in one);
    expect(entry).toMatchObject({ Token: 3, Secret: [4, 5], apiKey: '[redacted]', password: '[redacted]' });
    expect(JSON.stringify(entries)).not.toMatch(/opaque|hunter2/);
  });

  it('that cannot be written are logged', async () => {
    const entries = await written((metrics) => {
      Object.defineProperty(metrics, 'hasStoredMetrics', { configurable: true, get: () => () => true });
      Object.defineProperty(metrics, 'publishStoredMetrics', {
        configurable: true,
        get: () => {
          throw new Error('broken by the handler');
        },
      });
    });
    const entry = entries.find(({ message }) => message === 'the metrics of the handler could not be written');
    expect(entry).toMatchObject({ error: { message: 'broken by the handler' } });
    expect(entries.find(({ message }) => message === 'request')).toMatchObject({ status: 200 });
  });
});

describe('a request of a route that a function does not have', () => {
  it('is a 404, and logged with method and path template', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    let response: Awaited<ReturnType<typeof call>> | undefined;
    const lines = await linesOf(async () => {
      response = await call(serveApi(things, thingHandlers), { method: 'PUT', resource: '/none' });
    });
    expect(response).toMatchObject({ statusCode: 404, json: { code: 'not-found', instance: 'request-1' } });
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ message: 'no such route in this function', method: 'PUT', resource: '/none' }),
    );
  });

  it('is logged as a request and counted, like every other one', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    const request = { method: 'PUT', resource: '/none' };
    let nowMs = 0;
    const clock = vi.spyOn(process, 'hrtime').mockImplementation(() => {
      nowMs += 7;
      return [0, nowMs * 1e6];
    });
    const lines = await linesOf(() => call(serveApi(things, thingHandlers), request));
    clock.mockRestore();
    const entries = lines.map((line) => JSON.parse(line));
    const expected = { requestId: 'request-1', route: 'unknown', status: 404, code: 'not-found', latencyMs: 7 };
    expect(entries.filter(({ message }) => message === 'request')).toMatchObject([expected]);
    const counted = { api: 'things', route: 'unknown', ClientErrors: 1, Errors: 0, Latency: 7 };
    expect(entries.filter(({ Requests }) => Requests === 1)).toMatchObject([counted]);
  });
});

describe('the start of an instance', () => {
  it('is counted once, also when metrics could not be written in between', async () => {
    vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', 'on-demand');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    // With it, Powertools writes every request, and not the first one alone.
    vi.stubEnv('POWERTOOLS_LOGGER_SAMPLE_RATE', '0');
    const handler = serveApi(things, thingHandlers);
    const entries: { readonly ColdStart?: number; readonly Requests?: number }[] = [];
    for (const isFailing of [false, true, false, true, false]) {
      const publish = vi.spyOn(PowertoolsMetrics.prototype, 'publishStoredMetrics');
      if (isFailing)
        publish.mockImplementation(() => {
          throw new Error('no output');
        });
      entries.push(...(await linesOf(() => call(handler, list))).map((line) => JSON.parse(line)));
      publish.mockRestore();
    }
    expect(entries.filter(({ ColdStart }) => ColdStart === 1)).toHaveLength(1);
    expect(entries.filter(({ Requests }) => Requests === 1)).toHaveLength(3);
  });

  it('is counted with the first request, and with no other', async () => {
    vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', 'on-demand');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    const handler = serveApi(things, thingHandlers);
    const counted: unknown[] = [];
    for (let i = 0; i < 3; i += 1) {
      const entries = (await linesOf(() => call(handler, list))).map((line) => JSON.parse(line) as object);
      counted.push(['ColdStart', 'Requests'].map((name) => entries.filter((entry) => name in entry).length));
    }
    expect(counted).toEqual([
      [1, 1],
      [0, 1],
      [0, 1],
    ]);
  });
});
