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
