import { toStandardJsonSchema } from '@valibot/to-json-schema';
import Joi from 'joi';
import { Type } from 'typebox';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import {
  type Api,
  DefinitionError,
  defineApi,
  defineRoles,
  object,
  post,
  withDefault,
} from '../../../lib/definition/index.ts';
import { publicOpenApi } from '../../../lib/openapi/index.ts';
import { validatorSource } from '../../../lib/validators/index.ts';
import { call, serveApi, silenceTelemetry } from './support.ts';

silenceTelemetry();

const roles = defineRoles({ viewer: { can: ['note:write'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 });
const tiers = { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } } as const;
const ok = {
  200: {
    description: 'What the handler received',
    body: Type.Unsafe<object>({ type: 'object', 'x-unbounded': 'an echo of the request', additionalProperties: true }),
  },
};
const short = { type: 'string', maxLength: 9 } as const;

const apiOf = (options: object) =>
  defineApi({
    name: 'notes',
    version: '1.0.0',
    roles,
    tiers,
    routes: { add: post('/notes', { permission: 'note:write', responses: ok, ...options } as never) },
  }) as unknown as Api;

/** Sends requests to one function, whose handler returns what it received. */
function echo(options: object, change: (request: Record<string, unknown>) => void = () => undefined) {
  const secure = handlersOf<Api>();
  const handler = secure('add', (request) => {
    const { path: _path, query, headers, cookies, body } = request as unknown as Record<string, unknown>;
    const received = structuredClone({ query, headers, cookies, body });
    change(request as unknown as Record<string, unknown>);
    return { status: 200, body: received } as never;
  });
  const served = serveApi(apiOf(options), [handler]);
  return async (request: object) => call(served, { method: 'POST', resource: '/notes', ...request });
}

describe('a default', () => {
  it('fills in missing parameters of query, headers and cookies', async () => {
    const send = echo({
      query: object({
        limit: withDefault(Type.Integer({ minimum: 1, maximum: 100 }), 20),
        tags: withDefault(Type.Array(Type.String({ maxLength: 9 }), { maxItems: 3 }), ['a', 'b']),
        exact: withDefault(Type.Boolean(), false),
      }),
      headers: object({ 'x-mode': withDefault(Type.Enum(['fast', 'safe']), 'safe') }),
      cookies: object({ theme: withDefault(Type.String({ maxLength: 9 }), 'dark') }),
    });
    const filled = {
      query: { limit: 20, tags: ['a', 'b'], exact: false },
      headers: { 'x-mode': 'safe' },
      cookies: { theme: 'dark' },
    };
    expect((await send({})).json).toMatchObject(filled);
    const sent = await send({
      query: { limit: '7', tags: ['c'] },
      headers: { 'x-mode': 'fast', cookie: 'theme=light' },
    });
    expect(sent.json).toMatchObject({
      query: { limit: 7, tags: ['c'], exact: false },
      headers: { 'x-mode': 'fast' },
      cookies: { theme: 'light' },
    });
  });

  it.each([{ limit: '' }, { limit: 'x' }, { limit: '0' }, { limit: ['1', '2'] }])(
    'is not put in the place of a value that is not valid: %j',
    async (query) => {
      const send = echo({ query: object({ limit: withDefault(Type.Integer({ minimum: 1 }), 20) }) });
      expect((await send({ query })).statusCode).toBe(400);
    },
  );

  const nested = {
    type: 'object',
    properties: {
      page: {
        type: 'object',
        properties: { size: { type: 'integer', default: 10 }, order: { ...short, default: 'asc' } },
        default: {},
        additionalProperties: false,
      },
      rows: {
        type: 'array',
        maxItems: 3,
        items: { type: 'object', properties: { count: { type: 'integer', default: 1 } }, additionalProperties: false },
      },
      note: { type: ['string', 'null'], maxLength: 9, default: null },
    },
    additionalProperties: false,
  } as const;

  it.each([
    [{}, { page: { size: 10, order: 'asc' }, note: null }],
    [
      { page: { size: 5 }, rows: [{}, { count: 3 }] },
      { page: { size: 5, order: 'asc' }, rows: [{ count: 1 }, { count: 3 }], note: null },
    ],
    [
      { note: 'a', rows: [] },
      { page: { size: 10, order: 'asc' }, rows: [], note: 'a' },
    ],
  ])('fills in a body at any depth: %j', async (body, received) => {
    expect((await echo({ body: nested })({ body })).json['body']).toEqual(received);
  });

  it('is never put in the place of null', async () => {
    expect((await echo({ body: nested })({ body: { page: null } })).statusCode).toBe(400);
  });

  it('is a new value for every request: what a handler does to it reaches no other request', async () => {
    const send = echo(
      {
        body: {
          ...nested,
          properties: { ...nested.properties, tags: { type: 'array', items: short, maxItems: 3, default: ['a'] } },
        },
      },
      ({ body }) => {
        const { page, tags } = body as { page: Record<string, unknown>; tags: string[] };
        page['size'] = 99;
        page['admin'] = true;
        tags.push('b');
      },
    );
    for (let i = 0; i < 3; i += 1) {
      expect((await send({ body: {} })).json['body']).toEqual({
        page: { size: 10, order: 'asc' },
        note: null,
        tags: ['a'],
      });
    }
  });

  it.each<readonly [string, object]>([
    [
      'JSON Schema',
      { type: 'object', properties: { a: { type: 'integer', default: 20 } }, additionalProperties: false },
    ],
    ['TypeBox', object({ a: withDefault(Type.Integer(), 20) })],
    ['TypeBox without its type', object({ a: Type.Optional(Type.Integer({ default: 20 })) })],
    ['Zod default', z.strictObject({ a: z.int().default(20) })],
    ['Zod prefault', z.strictObject({ a: z.int().prefault(20) })],
    ['Zod optional', z.strictObject({ a: z.int().default(20).optional() })],
    ['Valibot', toStandardJsonSchema(v.strictObject({ a: v.optional(v.pipe(v.number(), v.integer()), 20) }))],
    ['Joi', Joi.object({ a: Joi.number().integer().default(20) })],
  ])('of %s is filled in, and documented', async (_, body) => {
    expect((await echo({ body })({ body: {} })).json['body']).toEqual({ a: 20 });
    expect((await echo({ body })({ body: { a: 1 } })).json['body']).toEqual({ a: 1 });
    expect(JSON.stringify(publicOpenApi(apiOf({ body })))).toMatch(/"default":20/);
  });

  it('is not filled in in responses: a client receives what the handler returns', async () => {
    const body = { type: 'object', properties: { a: { type: 'integer', default: 20 } }, additionalProperties: false };
    const secure = handlersOf<Api>();
    const served = serveApi(apiOf({ responses: { 200: { description: 'x', body } } }), [
      secure('add', () => ({ status: 200, body: {} }) as never),
    ]);
    expect((await call(served, { method: 'POST', resource: '/notes' })).json).toEqual({});
  });

  it.each([
    ['of another type', { type: 'integer', default: '20' }],
    ['out of bounds', { type: 'integer', maximum: 9, default: 20 }],
    ['that is not normalized text', { ...short, default: 'e\u0301' }],
    [
      'with a fault further down',
      { type: 'object', properties: { b: short }, additionalProperties: false, default: { b: 1 } },
    ],
    [
      'without a required property',
      { type: 'object', properties: { b: short }, required: ['b'], additionalProperties: false, default: {} },
    ],
    ['null where nothing is nullable', { ...short, default: null }],
  ])('%s is reported when the validators are compiled', (_, a) => {
    const body = { type: 'object', properties: { a }, additionalProperties: false };
    const compile = () => validatorSource(Object.values(apiOf({ body }).routes)[0] as never);
    expect(compile).toThrow(DefinitionError);
    expect(compile).toThrow(/default-invalid.*routes\.add\.body\.properties\.a\.default/s);
  });
});
