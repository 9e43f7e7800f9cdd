import fc from 'fast-check';
import Joi from 'joi';
import { type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DefinitionError, defineApi, type Route } from '../../lib/definition/index.ts';
import { compileValidator } from '../../lib/validators/index.ts';
import { TODAY } from '../support/ledger.ts';
import { base, read, withRoute } from '../unit/definition/support.ts';

/** Small schemas of a library, and what can go around any of them. */
interface Maker<Schema> {
  readonly leaves: readonly (() => Schema)[];
  readonly around: readonly ((inner: Schema, value: unknown) => Schema)[];
  readonly object: (a: Schema) => Schema;
  /** What the library makes of a value, or undefined where it rejects the value. */
  readonly parse: (schema: Schema, value: unknown) => { readonly value: unknown } | undefined;
}

const inZod = (a: z.ZodType) => z.strictObject({ a });
const ZOD: Maker<z.ZodType> = {
  leaves: [
    () => z.int(),
    () => z.string().max(3),
    () => z.boolean(),
    () => z.strictObject({ b: z.int().default(1) }),
    () => z.array(z.int()).max(2),
    () => z.strictObject({ b: z.int().optional() }),
  ],
  around: [
    (inner) => inner.optional(),
    (inner) => inner.exactOptional(),
    (inner) => inner.nullable(),
    (inner) => inner.nullish(),
    (inner, value) => inner.default(value as never),
    (inner, value) => inner.prefault(value as never),
    (inner, value) => inner.default(() => value as never),
    (inner, value) => inner.catch(value as never),
    (inner) => inner.readonly(),
    (inner) => inner.brand('x'),
    (inner) => inner.nonoptional(),
    (inner) => inner.describe('x'),
    (inner, value) => inner.meta({ default: value }),
    (inner) => inner.or(z.literal('c')),
    (inner) => z.xor([inner, z.literal('c')]),
    (inner) => inner.and(z.int().max(9)),
    (inner) => inner.pipe(z.int().max(9)),
    (inner) => z.unknown().optional().pipe(inner),
    (inner) => z.lazy(() => inner),
    (inner) => z.record(z.enum(['a']), inner),
    (inner) => z.partialRecord(z.enum(['a']), inner),
    (inner) => inZod(inner).partial(),
    (inner) => inZod(inner).required(),
  ],
  object: inZod,
  parse: (schema, value) => {
    const { success, data } = schema.safeParse(value);
    return success ? { value: data } : undefined;
  },
};

const inValibot = (a: v.GenericSchema) => v.strictObject({ a });
const VALIBOT: Maker<v.GenericSchema> = {
  leaves: [
    () => v.pipe(v.number(), v.integer()),
    () => v.pipe(v.string(), v.maxLength(3)),
    () => v.boolean(),
    () => v.strictObject({ b: v.optional(v.number(), 1) }),
    () => v.pipe(v.array(v.number()), v.maxLength(2)),
  ],
  around: [
    (inner) => v.optional(inner),
    (inner) => v.nullable(inner),
    (inner) => v.nullish(inner),
    (inner) => v.undefinedable(inner),
    (inner) => v.exactOptional(inner),
    (inner, value) => v.optional(inner, value as never),
    (inner, value) => v.exactOptional(inner, value as never),
    (inner, value) => v.nullable(inner, value as never),
    (inner, value) => v.nullish(inner, value as never),
    (inner, value) => v.undefinedable(inner, value as never),
    (inner, value) => v.optional(inner, () => value as never),
    (inner, value) => v.fallback(inner, value as never),
    (inner) => v.nonOptional(inner),
    (inner) => v.nonNullable(inner),
    (inner) => v.nonNullish(inner),
    (inner) => v.pipe(inner, v.brand('x'), v.readonly()),
    (inner, value) => v.pipe(inner, v.metadata({ default: value })),
    (inner) => v.pipe(inner, v.any()),
    (inner) => v.pipe(v.any(), inner),
    (inner) => v.union([inner, v.literal('c')]),
    (inner) => v.intersect([inner, v.number()]),
    (inner) => v.lazy(() => inner),
    (inner) => v.record(v.picklist(['a']), inner),
    (inner) => v.partial(v.strictObject({ a: inner })),
    (inner) => v.required(v.strictObject({ a: inner })),
  ],
  object: inValibot,
  parse: (schema, value) => {
    const { success, output } = v.safeParse(schema, value);
    return success ? { value: output } : undefined;
  },
};

const inJoi = (a: Joi.Schema) => Joi.object({ a });
const JOI: Maker<Joi.Schema> = {
  leaves: [
    () => Joi.number().integer(),
    () => Joi.string().max(3),
    () => Joi.boolean(),
    () => inJoi(Joi.number().default(1)),
    () => Joi.array().items(Joi.number()).max(2),
  ],
  around: [
    (inner) => inner.optional(),
    (inner) => inner.required(),
    (inner) => inner.allow(null),
    (inner, value) => inner.default(value as never),
    (inner, value) => inner.default(() => value),
    (inner) => inner.default(),
    (inner) => inner.default(Joi.ref('b')),
    (inner, value) => inner.failover(value),
    (inner) => inner.empty(null),
    (inner) => inner.raw(),
    (inner) => inner.strip(),
    (inner) => inner.description('x').label('x'),
    (inner) => inner.prefs({ noDefaults: true }),
    (inner) => Joi.alternatives(inner, Joi.valid('c')),
    (inner) => Joi.alternatives(inner, Joi.number()).match('all'),
    (inner) => Joi.object().pattern(Joi.valid('a'), inner).max(1),
    (inner) => inJoi(inner),
    (inner) => inJoi(inner).default(),
  ],
  object: inJoi,
  parse: (schema, value) => {
    const { error, value: parsed } = schema.validate(value, { convert: false });
    return error === undefined ? { value: parsed } : undefined;
  },
};

const inTypebox = (a: TSchema) => Type.Object({ a }, { additionalProperties: false });
/** With the hidden members, which say what kind of schema it is. */
const withMember = (inner: TSchema, value: unknown) =>
  Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(inner), default: { value, enumerable: true, configurable: true } },
  ) as TSchema;
const TYPEBOX: Maker<TSchema> = {
  leaves: [
    () => Type.Integer(),
    () => Type.String({ maxLength: 3 }),
    () => Type.Boolean(),
    () => inTypebox(Type.Optional(Type.Integer({ default: 1 }))),
    () => Type.Array(Type.Integer(), { maxItems: 2 }),
  ],
  around: [
    (inner) => Type.Optional(inner),
    (inner) => Type.Readonly(inner),
    (inner) => Type.Union([inner, Type.Null()]),
    (inner) => Type.Intersect([inner, Type.Integer()]),
    (inner, value) => withMember(inner, value),
    (inner, value) => Type.Optional(withMember(inner, value)),
    (inner, value) => withMember(inner, () => value),
    (inner) => Type.Partial(inTypebox(inner)),
    (inner) => inTypebox(inner),
  ],
  object: inTypebox,
  parse: (schema, value) => {
    const filled = Value.Default(schema, structuredClone(value));
    return Value.Check(schema, filled) ? { value: filled } : undefined;
  },
};

const VALUES: readonly unknown[] = [5, 20, 'abc', 'c', null, true, {}, { a: 5 }, { b: 2 }, { a: {} }, [1], undefined];
const INPUTS: readonly object[] = [{}, ...VALUES.filter((one) => one !== undefined).map((a) => ({ a }))];
/** What a definition can say of such a schema; the last for one that accepts nothing. */
const REASONS = ['default-invalid', 'schema-not-expressible', 'schema-open', 'object-open', 'schema-not-compilable'];

/** What the functions make of a body, or the codes by which the definition is rejected. */
function functionOf(body: object): ((value: unknown) => { readonly value: unknown } | undefined) | readonly string[] {
  try {
    const api = defineApi({ ...base, ...withRoute({ ...read, body }) } as never, { today: TODAY });
    const validate = compileValidator(
      (api as { readonly routes: Readonly<Record<string, Route>> }).routes['list'] as Route,
    );
    return (value) => {
      const request = { path: {}, query: {}, headers: {}, body: structuredClone(value) };
      return validate(request) ? { value: request.body } : undefined;
    };
  } catch (error) {
    if (error instanceof DefinitionError) return error.faults.map(({ code }) => code);
    throw error;
  }
}

const RUNS = 800;

/** Without the members that JSON does not have, in one order. */
const plain = (value: unknown): unknown =>
  value === undefined ? 'rejected' : JSON.parse(JSON.stringify(value), (_, one) => (isRecord(one) ? sorted(one) : one));
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const sorted = (value: Record<string, unknown>) => Object.fromEntries(Object.entries(value).sort());

function compare<Schema extends object>(make: Maker<Schema>): { readonly defined: number; readonly filled: number } {
  let defined = 0;
  let filled = 0;
  const steps = fc.array(fc.tuple(fc.nat(make.around.length - 1), fc.constantFrom(...VALUES)), { maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom(...make.leaves), steps, (leaf, wrappers) => {
      let inner: Schema;
      try {
        inner = wrappers.reduce((schema, [which, value]) => make.around[which]?.(schema, value) ?? schema, leaf());
      } catch {
        // The library itself rejects some combinations.
        return;
      }
      const schema = make.object(inner);
      const ours = functionOf(schema);
      const written = `${leaf} ${wrappers.map(([which, value]) => `${make.around[which]} ${JSON.stringify(value)}`)}`;
      if (typeof ours !== 'function') {
        expect({ written, others: ours.filter((code) => !REASONS.includes(code)) }).toEqual({ written, others: [] });
        return;
      }
      defined += 1;
      for (const input of INPUTS) {
        const theirs = plain(make.parse(schema, structuredClone(input)));
        expect({ written, input, made: plain(ours(input)) }).toEqual({ written, input, made: theirs });
        if (JSON.stringify(theirs) !== JSON.stringify({ value: input }) && theirs !== 'rejected') filled += 1;
      }
    }),
    { numRuns: RUNS, seed: 12 },
  );
  return { defined, filled };
}

describe('a missing value, null and any other value become the same in the functions as in the library, or synth rejects the schema', () => {
  it('Zod: 800 schemas', { timeout: 240_000 }, () => counted(compare(ZOD)));
  it('Valibot: 800 schemas', { timeout: 240_000 }, () => counted(compare(VALIBOT)));
  it('Joi: 800 schemas', { timeout: 240_000 }, () => counted(compare(JOI)));
  it('TypeBox: 800 schemas', { timeout: 240_000 }, () => counted(compare(TYPEBOX)));
});

function counted({ defined, filled }: { readonly defined: number; readonly filled: number }): void {
  expect(defined * INPUTS.length).toBeGreaterThan(2_000);
  expect(filled).toBeGreaterThan(50);
}
