import { Type } from 'typebox';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RouteHandler } from '../../../lambdas/runtime/secure.ts';
import { type Api, defineApi, defineRoles, get, object } from '../../../lib/definition/index.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, serveApi, silenceTelemetry } from './support.ts';

const Item = object({ id: Type.Integer(), name: Type.Optional(Type.String({ maxLength: 5 })) });
const api = defineApi({
  name: 'responses',
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
        201: { description: 'A string', body: object({ note: Type.String({ maxLength: 5 }) }) },
      },
    }),
  },
}) as unknown as Api;

const request = { method: 'GET', resource: '/things' } as const;
const respondWith = (returned: unknown) =>
  call(serveApi(api, [{ route: 'list', fn: () => returned } as RouteHandler]), request);

silenceTelemetry();

const leaking = { status: 200, body: { items: [{ id: 1, passwordHash: 'S3CRET' }], owner: 'S3CRET' } };

describe.each(['enforce', undefined])('in the mode %s', (mode) => {
  beforeEach(() => vi.stubEnv('SECURE_API_RESPONSES', mode));

  it('a response as declared passes, compared as the client receives it', async () => {
    const body = { items: [{ id: 1, name: undefined }], one: { kind: 'none' } };
    expect(await respondWith({ status: 200, body })).toMatchObject({ statusCode: 200, json: { items: [{ id: 1 }] } });
  });

  it.each<readonly [string, unknown]>([
    ['something undeclared', leaking],
    ['a value of another type', { status: 200, body: { items: 'none' } }],
    ['too many items', { status: 200, body: { items: [1, 2, 3, 4].map((id) => ({ id })) } }],
    ['a required property missing', { status: 200, body: {} }],
    ['the body of another status', { status: 201, body: { items: [] } }],
    ['a number that JSON does not have', { status: 200, body: { items: [{ id: Number.NaN }] } }],
  ])('a response with %s becomes a 500', async (_what, returned) => {
    const { statusCode, body } = await respondWith(returned);
    expect(statusCode).toBe(500);
    expect(body).not.toContain('S3CRET');
  });
});

describe('in the mode report', () => {
  beforeEach(() => vi.stubEnv('SECURE_API_RESPONSES', 'report'));

  it('undeclared properties are removed at every depth, and the rest is returned', async () => {
    expect(await respondWith(leaking)).toMatchObject({ statusCode: 200, body: '{"items":[{"id":1}]}' });
    const deep = { items: [], 'a/b': { id: 1, 'x~/y': 'S3CRET' } };
    expect((await respondWith({ status: 200, body: deep })).json).toEqual({ items: [], 'a/b': { id: 1 } });
  });

  it('a declared value out of bounds is returned', async () => {
    expect(await respondWith({ status: 201, body: { note: 'too long' } })).toMatchObject({
      statusCode: 201,
      json: { note: 'too long' },
    });
  });

  it.each<readonly [string, unknown]>([
    ['in a choice of schemas', { items: [], one: { id: 1, secret: 'S3CRET' } }],
    ['in an object where a string is declared', { items: [{ id: 1, name: { secret: 'S3CRET' } }] }],
  ])('undeclared data %s causes a 500, because it cannot be separated from declared data', async (_where, body) => {
    const response = await respondWith({ status: 200, body });
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('S3CRET');
  });

  it('a difference is counted and logged with its location, never its value', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    const lines = await linesOf(() => respondWith(leaking));
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
    const good = await linesOf(() => respondWith({ status: 200, body: { items: [] } }));
    expect(good.join()).not.toContain('ResponseMismatches');
  });
});
