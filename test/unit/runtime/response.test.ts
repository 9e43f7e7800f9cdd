import { Type } from 'typebox';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RouteHandler } from '../../../lambdas/runtime/secure.ts';
import { type Api, defineApi, defineRoles, get, object } from '../../../lib/definition/index.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, serveApi } from './support.ts';

const Item = object({ id: Type.Integer(), name: Type.Optional(Type.String({ maxLength: 5 })) });
const api = defineApi({
  name: 'answers',
  version: '1.0.0',
  roles: defineRoles({ viewer: { can: ['thing:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
  tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
  routes: {
    list: get('/things', {
      permission: 'thing:read',
      responses: {
        200: {
          description: 'Things',
          body: object({
            items: Type.Array(Item, { maxItems: 3 }),
            one: Type.Optional(Type.Union([Item, object({ kind: Type.Literal('none') })])),
            'a/b': Type.Optional(Item),
          }),
        },
        201: { description: 'A text', body: object({ text: Type.String({ maxLength: 5 }) }) },
      },
    }),
  },
}) as unknown as Api;

const answering = (answer: unknown) => serveApi(api, [{ route: 'list', fn: () => answer } as RouteHandler]);
const request = { method: 'GET', resource: '/things' } as const;
const ask = (answer: unknown) => call(answering(answer), request);

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'SecureApi');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const leaking = { status: 200, body: { items: [{ id: 1, passwordHash: 'S3CRET' }], owner: 'S3CRET' } };

describe.each(['enforce', undefined])('in the mode %s', (mode) => {
  beforeEach(() => vi.stubEnv('SECURE_API_RESPONSES', mode));

  it('an answer as declared passes, compared as the client will see it', async () => {
    const body = { items: [{ id: 1, name: undefined }], one: { kind: 'none' } };
    expect(await ask({ status: 200, body })).toMatchObject({ statusCode: 200, json: { items: [{ id: 1 }] } });
  });

  it.each<readonly [string, unknown]>([
    ['something undeclared', leaking],
    ['a value of another type', { status: 200, body: { items: 'none' } }],
    ['too many items', { status: 200, body: { items: [1, 2, 3, 4].map((id) => ({ id })) } }],
    ['nothing that is required', { status: 200, body: {} }],
    ['the body of another status', { status: 201, body: { items: [] } }],
    ['a number that JSON does not have', { status: 200, body: { items: [{ id: Number.NaN }] } }],
  ])('an answer with %s is a 500', async (_what, answer) => {
    const { statusCode, body } = await ask(answer);
    expect(statusCode).toBe(500);
    expect(body).not.toContain('S3CRET');
  });
});

describe('in the mode report', () => {
  beforeEach(() => vi.stubEnv('SECURE_API_RESPONSES', 'report'));

  it('what is not declared is taken out, at every depth, and the rest is answered', async () => {
    expect(await ask(leaking)).toMatchObject({ statusCode: 200, body: '{"items":[{"id":1}]}' });
    const deep = { items: [], 'a/b': { id: 1, 'x~/y': 'S3CRET' } };
    expect((await ask({ status: 200, body: deep })).json).toEqual({ items: [], 'a/b': { id: 1 } });
  });

  it('a declared value past its bounds is answered', async () => {
    expect(await ask({ status: 201, body: { text: 'too long' } })).toMatchObject({
      statusCode: 201,
      json: { text: 'too long' },
    });
  });

  it.each<readonly [string, unknown]>([
    ['in a choice of schemas', { items: [], one: { id: 1, secret: 'S3CRET' } }],
    ['in a structure where a text is due', { items: [{ id: 1, name: { secret: 'S3CRET' } }] }],
  ])('something undeclared %s is a 500, because it cannot be told from what is declared', async (_where, body) => {
    const answer = await ask({ status: 200, body });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('S3CRET');
  });

  it('it is counted and logged with its places, never its values', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    const lines = await linesOf(() => ask(leaking));
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries.find(({ message }) => message === 'the response is not as declared')).toMatchObject({
      level: 'ERROR',
      locations: ['/200 additionalProperties', '/200/items/0 additionalProperties'],
    });
    expect(entries.find(({ ResponseMismatches }) => ResponseMismatches === 1)).toMatchObject({
      Errors: 0,
      route: 'list',
    });
    expect(lines.join()).not.toContain('S3CRET');
    const good = await linesOf(() => ask({ status: 200, body: { items: [] } }));
    expect(good.join()).not.toContain('ResponseMismatches');
  });
});
