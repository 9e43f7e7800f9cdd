import fc from 'fast-check';
import Joi from 'joi';
import { type TSchema, Type } from 'typebox';
import * as v from 'valibot';
import { z } from 'zod';

/** A schema before a library writes it. Examples fit, and some members have none. */
export type Plan =
  | { readonly kind: 'text'; readonly examples: readonly string[] }
  | { readonly kind: 'whole'; readonly examples: readonly number[] }
  | { readonly kind: 'literals'; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly item: Plan; readonly min: number; readonly max: number }
  | { readonly kind: 'nullable'; readonly of: Plan }
  | ObjectPlan
  | { readonly kind: 'choice'; readonly branches: readonly ObjectPlan[] };

interface ObjectPlan {
  readonly kind: 'object';
  readonly title: string;
  readonly open: boolean;
  readonly members: Readonly<Record<string, { readonly plan: Plan; readonly optional: boolean }>>;
}

/** How one library writes each kind. */
interface Builder<Schema> {
  readonly text: (examples: readonly string[]) => Schema;
  readonly whole: (examples: readonly number[]) => Schema;
  readonly literals: (values: readonly string[]) => Schema;
  readonly list: (item: Schema, min: number, max: number) => Schema;
  readonly nullable: (of: Schema) => Schema;
  readonly object: (members: readonly (readonly [string, Schema, optional: boolean])[], plan: ObjectPlan) => Schema;
  readonly choice: (branches: readonly Schema[]) => Schema;
}

/** Writes a plan with a library. */
function build<Schema>(builder: Builder<Schema>, plan: Plan): Schema {
  switch (plan.kind) {
    case 'text':
      return builder.text(plan.examples);
    case 'whole':
      return builder.whole(plan.examples);
    case 'literals':
      return builder.literals(plan.values);
    case 'list':
      return builder.list(build(builder, plan.item), plan.min, plan.max);
    case 'nullable':
      return builder.nullable(build(builder, plan.of));
    case 'choice':
      return builder.choice(plan.branches.map((branch) => build(builder, branch)));
    case 'object': {
      const members = Object.entries(plan.members).map(
        ([name, { plan: member, optional }]) => [name, build(builder, member), optional] as const,
      );
      return builder.object(members, plan);
    }
  }
}

const shown = <T>(examples: readonly T[]) => (examples.length === 0 ? {} : { examples: [...examples] });
const UNBOUNDED = 'a test leaves it open';

const TYPEBOX: Builder<TSchema> = {
  text: (examples) => Type.String({ maxLength: 8, pattern: '^[a-z]*$', ...shown(examples) }),
  whole: (examples) => Type.Integer({ minimum: 1, maximum: 9, ...shown(examples) }),
  literals: (values) => Type.Union(values.map((value) => Type.Literal(value))),
  list: (item, minItems, maxItems) => Type.Array(item, { minItems, maxItems }),
  nullable: (of) => Type.Union([of, Type.Null()]),
  object: (members, { title, open }) =>
    Type.Object(
      Object.fromEntries(members.map(([name, schema, optional]) => [name, optional ? Type.Optional(schema) : schema])),
      { title, additionalProperties: open, ...(open ? { 'x-unbounded': UNBOUNDED } : {}) },
    ),
  choice: (branches) => Type.Union([...branches]),
};

type JsonSchema = Readonly<Record<string, unknown>>;
const JSON_SCHEMA: Builder<JsonSchema> = {
  text: (examples) => ({ type: 'string', maxLength: 8, pattern: '^[a-z]*$', ...shown(examples) }),
  whole: (examples) => ({ type: 'integer', minimum: 1, maximum: 9, ...shown(examples) }),
  literals: (values) => ({ type: 'string', enum: values, maxLength: 8, pattern: '^[a-z]*$' }),
  list: (items, minItems, maxItems) => ({ type: 'array', items, minItems, maxItems }),
  nullable: (of) => ({ oneOf: [of, { type: 'null' }] }),
  object: (members, { title, open }) => ({
    type: 'object',
    title,
    properties: Object.fromEntries(members.map(([name, schema]) => [name, schema])),
    required: members.filter(([, , optional]) => !optional).map(([name]) => name),
    additionalProperties: open,
    ...(open ? { 'x-unbounded': UNBOUNDED } : {}),
  }),
  choice: (branches) => ({ anyOf: branches }),
};

const ZOD: Builder<z.ZodType> = {
  text: (examples) =>
    z
      .string()
      .max(8)
      .regex(/^[a-z]*$/)
      .meta(shown(examples)),
  whole: (examples) => z.int().min(1).max(9).meta(shown(examples)),
  literals: (values) => z.enum(values as [string]),
  list: (item, min, max) => z.array(item).min(min).max(max),
  nullable: (of) => of.nullable(),
  object: (members, { title }) =>
    z
      .strictObject(
        Object.fromEntries(members.map(([name, schema, optional]) => [name, optional ? schema.optional() : schema])),
      )
      .meta({ title }),
  choice: (branches) => z.union(branches as [z.ZodType]),
};

const VALIBOT: Builder<v.GenericSchema> = {
  text: (examples) => v.pipe(v.string(), v.maxLength(8), v.regex(/^[a-z]*$/), v.examples(examples as string[])),
  whole: (examples) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9), v.examples(examples as number[])),
  literals: (values) => v.picklist([...values]),
  list: (item, min, max) => v.pipe(v.array(item), v.minLength(min), v.maxLength(max)),
  nullable: (of) => v.nullable(of),
  object: (members, { title }) =>
    v.pipe(
      v.strictObject(
        Object.fromEntries(members.map(([name, schema, optional]) => [name, optional ? v.optional(schema) : schema])),
      ),
      v.title(title),
    ),
  choice: (branches) => v.union([...branches]),
};

const JOI: Builder<Joi.Schema> = {
  text: (examples) =>
    examples.reduce<Joi.StringSchema>(
      (schema, example) => schema.example(example),
      Joi.string()
        .max(8)
        .pattern(/^[a-z]*$/),
    ),
  whole: (examples) =>
    examples.reduce<Joi.NumberSchema>(
      (schema, example) => schema.example(example),
      Joi.number().integer().min(1).max(9),
    ),
  literals: (values) => Joi.valid(...values),
  list: (item, min, max) => Joi.array().items(item).min(min).max(max),
  nullable: (of) => of.allow(null),
  object: (members, { title }) =>
    Joi.object(
      Object.fromEntries(members.map(([name, schema, optional]) => [name, optional ? schema : schema.required()])),
    ).label(title),
  choice: (branches) => Joi.alternatives(...branches),
};

/** Every library, and schemas without one. */
export const BUILDERS: Readonly<Record<string, (plan: Plan) => object>> = {
  TypeBox: (plan) => build(TYPEBOX, plan),
  'JSON Schema': (plan) => build(JSON_SCHEMA, plan),
  Zod: (plan) => build(ZOD, plan),
  Valibot: (plan) => build(VALIBOT, plan),
  Joi: (plan) => build(JOI, plan),
};

const words = fc.constantFrom('ab', 'cd', 'efg');
const leaf: fc.Arbitrary<Plan> = fc.oneof(
  fc.constant({ kind: 'text' as const, examples: [] }),
  fc.record({ kind: fc.constant('text' as const), examples: fc.uniqueArray(words, { minLength: 1, maxLength: 2 }) }),
  fc.record({
    kind: fc.constant('whole' as const),
    examples: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('literals' as const),
    values: fc.uniqueArray(words, { minLength: 1, maxLength: 3 }),
  }),
);
const TITLES = fc.constantFrom('Order', 'Line', 'Part of an order', 'order');

/** Objects and choices in each other; few titles, so that some mean two schemas. */
export const plans: fc.Arbitrary<Plan> = around(around(leaf, 6), 2);

function around(inner: fc.Arbitrary<Plan>, weight: number): fc.Arbitrary<Plan> {
  return fc.oneof(
    { weight, arbitrary: inner },
    fc
      .record({ item: inner, min: fc.integer({ min: 0, max: 2 }), more: fc.integer({ min: 0, max: 2 }) })
      .map(({ item, min, more }) => ({ kind: 'list' as const, item, min, max: min + more })),
    inner.map((of) => ({ kind: 'nullable' as const, of })),
    { weight: 6, arbitrary: objects(inner) },
    fc
      .tuple(objects(inner), objects(inner))
      .map(([one, other]) => ({ kind: 'choice' as const, branches: [tagged(one, 'card'), tagged(other, 'cash')] })),
  );
}

function objects(inner: fc.Arbitrary<Plan>): fc.Arbitrary<ObjectPlan> {
  return fc.record({
    kind: fc.constant('object' as const),
    title: TITLES,
    open: fc.boolean(),
    members: fc.dictionary(fc.constantFrom('a', 'b', 'c-d'), fc.record({ plan: inner, optional: fc.boolean() }), {
      minKeys: 1,
      maxKeys: 3,
    }),
  });
}

function tagged(plan: ObjectPlan, tag: string): ObjectPlan {
  const kind = { plan: { kind: 'literals' as const, values: [tag] }, optional: false };
  return { ...plan, members: { ...plan.members, kind } };
}
