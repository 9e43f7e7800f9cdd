import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { Type } from 'typebox';
import * as v from 'valibot';
import { z } from 'zod';
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import { defineApi, object, post, type RequestOf, withDefault } from '../../../lib/definition/index.ts';
import { roles, tiers } from '../api.ts';

const Row = z.strictObject({ count: z.int().default(1), note: z.string().max(9).optional() });
const created = { 204: { description: 'Created' } };

/** One body in each library: `limit` has a default, `note` is optional, each row has a default, too. */
const api = defineApi({
  name: 'defaults',
  version: '1.0.0',
  roles,
  tiers,
  routes: {
    typebox: post('/a', {
      permission: 'note:write',
      query: object({ limit: withDefault(Type.Integer(), 20), sort: withDefault(Type.Enum(['asc', 'desc']), 'asc') }),
      body: object({
        limit: withDefault(Type.Integer({ maximum: 100 }), 20),
        note: Type.Optional(Type.String({ maxLength: 9 })),
        rows: Type.Array(object({ count: withDefault(Type.Integer(), 1), note: Type.Optional(Type.String()) })),
      }),
      responses: created,
    }),
    json: post('/b', {
      permission: 'note:write',
      body: {
        type: 'object',
        properties: {
          limit: { type: 'integer', default: 20 },
          note: { type: 'string', maxLength: 9 },
          rows: {
            type: 'array',
            maxItems: 9,
            items: {
              type: 'object',
              properties: { count: { type: 'integer', default: 1 }, note: { type: 'string' } },
              additionalProperties: false,
            },
          },
          text: { type: 'string', maxLength: 9, nullable: true },
        },
        required: ['rows', 'text'],
        additionalProperties: false,
      },
      responses: {
        200: {
          description: 'The same',
          body: {
            type: 'object',
            properties: { limit: { type: 'integer', default: 20 }, text: { type: 'string', nullable: true } },
            additionalProperties: false,
          },
        },
      },
    }),
    zod: post('/c', {
      permission: 'note:write',
      body: z.strictObject({
        limit: z.int().default(20),
        note: z.string().max(9).optional(),
        rows: z.array(Row).max(9),
      }),
      responses: created,
    }),
    valibot: post('/d', {
      permission: 'note:write',
      body: toStandardJsonSchema(
        v.strictObject({
          limit: v.optional(v.number(), 20),
          note: v.optional(v.string()),
          rows: v.array(v.strictObject({ count: v.optional(v.number(), 1), note: v.optional(v.string()) })),
        }),
      ),
      responses: created,
    }),
  },
});

type Body<Id extends keyof typeof api.spec & string> = RequestOf<typeof api, Id>['body'];
interface Filled {
  readonly limit: number;
  readonly rows: readonly { readonly count: number; readonly note?: string | undefined }[];
  readonly note?: string | undefined;
}
/** The default is there; what is only optional is not. */
type Knows<A> = A extends Filled ? (undefined extends A['note'] ? true : false) : false;

export const inTypeBox: Knows<Body<'typebox'>> = true;
export const inJsonSchema: Knows<Body<'json'>> = true;
export const inZod: Knows<Body<'zod'>> = true;
export const inValibot: Knows<Body<'valibot'>> = true;

const secure = handlersOf<typeof api>();

export const typebox = secure('typebox', ({ query }) => {
  const limit: number = query.limit;
  const sort: 'asc' | 'desc' = query.sort;
  return { status: limit > 0 && sort === 'asc' ? 204 : 204 };
});

/** A handler gives what a response requires: defaults are not filled in, and a nullable value can be null. */
export const json = secure('json', ({ body }) => {
  const text: string | null = body.text;
  return { status: 200, body: text === null ? { text: null } : { limit: body.limit, text } };
});
