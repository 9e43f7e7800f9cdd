import { type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { TYPEBOX_KINDS, TYPEBOX_MODIFIERS } from '../../../../lib/definition/sources/typebox.ts';
import { type Example, functionOf, proof } from './support.ts';

const text = Type.String({ maxLength: 10 });
const closed = { additionalProperties: false } as const;
const a = (schema: TSchema) => Type.Object({ a: schema }, closed);
const code = (name: string) => new RegExp(`Type\\.${name}\\(`);

/** Functions that make a schema of their own; the others compute one of these kinds from another. */
const FUNCTIONS: Readonly<Record<string, Example<TSchema>>> = {
  Any: [Type.Tuple([Type.Any()]), [1], []],
  Array: [Type.Array(text, { maxItems: 1, uniqueItems: true }), ['a'], ['a', 'b']],
  BigInt: [Type.BigInt(), code('BigInt')],
  Boolean: [Type.Boolean(), true, 'true'],
  Codec: [
    Type.Codec(text)
      .Decode(() => 1)
      .Encode(() => 'a'),
    code('Codec'),
  ],
  Constructor: [Type.Constructor([], text), code('Constructor')],
  Cyclic: [Type.Cyclic({ A: Type.Object({ a: Type.Optional(Type.Ref('A')) }) }, 'A'), code('Cyclic')],
  Decode: [Type.Decode(text as TSchema, (value) => value), code('Codec')],
  Encode: [Type.Encode(text as TSchema, (value) => value), code('Codec')],
  Enum: [Type.Enum(['a', 1]), 1, 'b'],
  Function: [Type.Function([], text), code('Function')],
  Integer: [Type.Integer({ minimum: 1 }), 1, 1.5],
  Intersect: [Type.Intersect([Type.Object({ a: text }), Type.Object({ b: text })]), { a: '', b: '' }, { a: '' }],
  Literal: [Type.Literal('a'), 'a', 'b'],
  Never: [a(Type.Optional(Type.Never())), {}, { a: 1 }],
  Null: [Type.Null(), null, 0],
  Number: [Type.Number({ exclusiveMaximum: 1 }), 0.5, 1],
  Object: [a(text), { a: '' }, { a: '', b: '' }],
  Optional: [a(Type.Optional(text)), {}, { a: 1 }],
  Readonly: [a(Type.Readonly(text)), { a: '' }, {}],
  Immutable: [Type.Immutable(Type.Array(text)), [''], [1]],
  Record: [Type.Record(Type.String(), Type.Integer(), { maxProperties: 1 }), { a: 1 }, { a: 1, b: 1 }],
  'Record of listed keys': [Type.Record(Type.Enum(['a', 'b']), Type.Integer(), closed), { a: 1, b: 1 }, { a: 1 }],
  'Record of a pattern': [
    Type.Record(Type.String({ pattern: '^[a-z]{1,3}$' }), Type.Integer(), closed),
    { ab: 1 },
    { abcd: 1 },
  ],
  Ref: [a(Type.Ref('A')), code('Ref')],
  Refine: [Type.Refine(text, (value) => String(value).startsWith('A')), code('Refine')],
  String: [text, 'a', 'abcdefghijk'],
  Symbol: [Type.Symbol(), code('Symbol')],
  TemplateLiteral: [Type.TemplateLiteral([Type.Literal('a-'), Type.Enum(['0', '1'])]), 'a-1', 'a-2'],
  This: [a(Type.This()), code('This')],
  Tuple: [Type.Tuple([text, Type.Integer()]), ['a', 1], ['a', 1, 2]],
  Undefined: [Type.Undefined(), code('Undefined')],
  Union: [Type.Union([Type.Integer(), text]), 'a', true],
  Unknown: [Type.Tuple([Type.Unknown()]), [1], []],
  Unsafe: [Type.Unsafe<string>({ type: 'string', maxLength: 1 }), 'a', 'ab'],
  Void: [Type.Void(), code('Void')],
  'a refinement in a list in a union': [
    Type.Union([Type.Array(Type.Refine(text, () => true)), Type.Null()]),
    /^anyOf\.0\.items Type\.Refine/,
  ],
  'a refinement of an optional property': [
    a(Type.Optional(Type.Refine(text, () => true))),
    /^properties\.a Type\.Refine/,
  ],
  'a refinement of a property with the name of a keyword': [
    Type.Object({ default: Type.Refine(text, () => true), enum: text }, closed),
    /^properties\.default Type\.Refine/,
  ],
  'a refinement in a record': [
    Type.Record(
      Type.String(),
      Type.Refine(text, () => true),
    ),
    /Type\.Refine/,
  ],
  'a codec in a tuple': [Type.Tuple([Type.Decode(text, (value) => value)]), /^items\.0 Type\.Codec/],
  'a spread of a refinement': [{ ...Type.Refine(text, () => true) } as TSchema, 'a', 'abcdefghijk'],
};

/** Compute a schema of another kind, or are no schemas. */
const OTHERS =
  /^(?:Is|\w*Builder$)|^(?:Call|Capitalize|Conditional|Constructor\w+|Dependent|Evaluate|Exclude|Extends\w*|Extract|Generic|Identifier|Index|Infer|Instan\w+|Interface|KeyOf|Lowercase|Mapped|Module|NonNullable|Omit|Parameters?|Partial|Pick|ReadonlyObject|ReadonlyType|Record\w+|Required|Rest|ReturnType|Script|Uncapitalize|Uppercase|With)$/;

describe('a construct of TypeBox is enforced or rejected by its name', () => {
  it.each(Object.entries(FUNCTIONS))('%s', (_name, example) => {
    expect(['enforced', 'reported']).toContain(proof(example, (schema, value) => Value.Check(schema, value)));
  });

  it('every function of the library is tried here', () => {
    const functions = Object.keys(Type).filter((name) => !OTHERS.test(name));
    expect(functions.length).toBeGreaterThan(25);
    expect(functions.filter((name) => !Object.hasOwn(FUNCTIONS, name))).toEqual([]);
  });

  it('a kind, a modifier and a symbol of another version are reported', () => {
    const hidden = (name: string | symbol, value: unknown) =>
      Object.defineProperty({ type: 'string', maxLength: 1 }, name, { value });
    expect(functionOf(hidden('~kind', 'Decimal'))).toBe('Type.Decimal()');
    expect(functionOf(hidden('~validate', []))).toBe('the TypeBox modifier ~validate');
    expect(functionOf(hidden(Symbol('TypeBox.Transform'), {}))).toBe('the TypeBox modifier TypeBox.Transform');
    expect(functionOf(new (class Base {})())).toBe('an instance of Base');
  });

  it('every kind and modifier of the lists is tried here', () => {
    const found = new Set<string>();
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const name of Reflect.ownKeys(value)) {
        if (String(name).startsWith('~')) found.add(String(name));
        if (name === '~kind') found.add(String((value as Record<string, unknown>)['~kind']));
        visit((value as Record<string | symbol, unknown>)[name]);
      }
    };
    for (const [schema] of Object.values(FUNCTIONS)) visit(schema);
    const listed = [TYPEBOX_KINDS, TYPEBOX_MODIFIERS].flatMap(({ enforced }) => Object.keys(enforced));
    expect(listed.filter((name) => !found.has(name))).toEqual([]);
    expect(
      [...found].filter(
        (name) =>
          ![TYPEBOX_KINDS, TYPEBOX_MODIFIERS].some(({ enforced, rejected }) => name in enforced || name in rejected),
      ),
    ).toEqual([]);
  });
});
