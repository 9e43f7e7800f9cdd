import { Type } from 'typebox';
import { defineApi, defineRoles, del, get, object, post } from '../../lib/definition/index.ts';

const text = (maxLength: number, more: object = {}) => Type.String({ maxLength, ...more });
const optional = (maxLength: number, more: object = {}) => Type.Optional(text(maxLength, more));
const seen = { responses: { 200: { description: 'What was understood', body: object({ seen: Type.Unknown() }) } } };

const Item = object({
  title: Type.String({ minLength: 1, maxLength: 50, 'x-text': 'plain' }),
  line: optional(50, { 'x-text': 'line' }),
  note: optional(200),
  kind: Type.Optional(Type.Enum(['a', 'b'])),
  amount: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  price: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1000, multipleOf: 0.5 })),
  done: Type.Optional(Type.Boolean()),
  tags: Type.Optional(Type.Array(text(8, { pattern: '^[a-z]+$' }), { maxItems: 3, uniqueItems: true })),
  inner: Type.Optional(object({ deep: Type.Optional(object({ value: optional(9) })) })),
  password: Type.Optional(Type.String({ minLength: 8, maxLength: 64, 'x-sensitive': true })),
  id: Type.Optional(Type.String({ format: 'uuid' })),
  day: Type.Optional(Type.String({ format: 'date' })),
  when: optional(40, { format: 'date-time' }),
  email: optional(60, { format: 'email' }),
  url: optional(100, { format: 'uri' }),
  host: optional(100, { format: 'hostname' }),
  ip: Type.Optional(Type.String({ format: 'ipv4' })),
  ip6: Type.Optional(Type.String({ format: 'ipv6' })),
  phone: Type.Optional(Type.String({ format: 'phone' })),
  currency: Type.Optional(Type.String({ format: 'currency' })),
  country: Type.Optional(Type.String({ format: 'country' })),
  slug: optional(30, { format: 'slug' }),
  pointer: optional(50, { format: 'json-pointer' }),
  file: Type.Optional(Type.String({ format: 'base64', 'x-max-decoded-bytes': 9 })),
});

/** An API with every part that a request can have. Its tier is generous, so that no case is throttled. */
export const target = defineApi({
  name: 'target',
  version: '1.0.0',
  roles: defineRoles({ user: { can: ['item:use'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
  tiers: { wide: { rate: 10_000, burst: 5_000, quota: { requests: 1_000_000, per: 'DAY' } } },
  input: { maxBodyBytes: 4_096, maxDepth: 8, maxKeys: 40, maxArrayItems: 10, maxStringLength: 300, maxUrlBytes: 1_000 },
  routes: {
    readItem: get('/items/{id}', {
      permission: 'item:use',
      path: object({ id: Type.String({ format: 'uuid' }) }),
      query: object({
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        ratio: Type.Optional(Type.Number({ minimum: -1, maximum: 1 })),
        flag: Type.Optional(Type.Boolean()),
        kind: Type.Optional(Type.Enum(['a', 'b'])),
        q: optional(50),
        tag: Type.Optional(Type.Array(text(8, { pattern: '^[a-z]+$' }), { maxItems: 3 })),
      }),
      headers: object({ 'x-mode': optional(8, { pattern: '^[a-z]+$' }), 'x-count': Type.Optional(Type.Integer()) }),
      ...seen,
    }),
    deleteItem: del('/items/{id}', {
      permission: 'item:use',
      path: object({ id: Type.String({ format: 'uuid' }) }),
      responses: { 204: { description: 'Gone' } },
    }),
    readName: get('/names/{name}', {
      permission: 'item:use',
      path: object({ name: Type.String({ minLength: 1, maxLength: 20, 'x-text': 'line' }) }),
      ...seen,
    }),
    createItem: post('/items', { permission: 'item:use', body: Item, ...seen }),
    createText: post('/texts', {
      permission: 'item:use',
      unicode: 'normalize',
      body: object({
        keys: text(20, { 'x-text': 'raw', 'x-text-reason': 'keystrokes of a terminal' }),
        name: optional(5),
      }),
      ...seen,
    }),
    readSession: get('/session', {
      permission: 'item:use',
      cookies: object({ sid: Type.String({ minLength: 4, maxLength: 16, pattern: '^[a-z0-9]+$' }) }),
      ...seen,
    }),
  },
});
