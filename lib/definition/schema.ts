import type { XStatic } from 'typebox/schema';
import type { SchemaNode } from './schemaNode.ts';
import { convertSchema } from './sources/convert.ts';
import type { SchemaLibrary, SourceGap, StandardSchema } from './sources/standard.ts';
import { mapSchema } from './walkSchema.ts';

export type { SchemaNode, TextPolicy } from './schemaNode.ts';

/**
 * A JSON Schema (2020-12 subset): one made by TypeBox, a plain literal, or a schema of Zod, Joi or Valibot. All give types; none
 * is part of a function's bundle. A rule of it is enforced, or rejected by its name: `docs/schemas.md` lists them.
 *
 * Our own keywords: `x-text` and `x-text-reason` ({@link TextPolicy}), `x-max-decoded-bytes` for the format `base64`,
 * `x-sensitive`, `x-unbounded`.
 *
 * @example
 * ```ts
 * const Title: JsonSchema = { type: 'string', minLength: 1, maxLength: 200, 'x-text': 'plain' };
 * ```
 */
export type JsonSchema = object;

/**
 * The TypeScript type of a schema's values. For a schema of another library it is what the client sends: nothing of the
 * library runs, so nothing is transformed. (Joi knows no input type, so it is its output's.)
 */
export type Infer<Schema> = Schema extends StandardSchema
  ? Known<Side<Schema, 'input'>, Side<Schema, 'output'>>
  : XStatic<Read<Schema>>;

/** What a handler receives of a request with this schema: as {@link Infer}, with the properties that have a default. */
export type InferRequest<Schema> = Schema extends StandardSchema
  ? Known<Side<Schema, 'output'>, Side<Schema, 'input'>>
  : XStatic<Read<Schema, true>>;

type Side<Schema extends StandardSchema, Name extends 'input' | 'output'> =
  NonNullable<Schema['~standard']['types']> extends {
    readonly [Key in Name]: infer Value;
  }
    ? Value
    : unknown;
/** The first type, or the second where the library does not know the first. */
type Known<First, Second> = IsAny<First> extends true ? Second : First;

/**
 * A schema type as JSON Schema 2020-12 writes it: `nullable` is a type, and with `Filled`, what has a default is required. The type
 * of `Type.Unsafe` is written as that of a constant.
 */
type Read<Schema, Filled = false> =
  IsAny<Schema> extends true
    ? Schema
    : Schema extends { readonly '~unsafe': infer Value }
      ? { const: Value }
      : Schema extends readonly unknown[]
        ? { [Index in keyof Schema]: Read<Schema[Index], Filled> }
        : Schema extends { readonly properties: infer Properties }
          ? { [Key in Exclude<keyof Schema, 'required'>]: ReadMember<Schema, Key, Filled> } & {
              required: RequiredNames<Schema, Properties, Filled>;
            }
          : Schema extends object
            ? { [Key in keyof Schema]: ReadMember<Schema, Key, Filled> }
            : Schema;
type ReadMember<Schema, Key extends keyof Schema, Filled> = Key extends 'type'
  ? Schema extends { readonly nullable: true; readonly type: infer Type extends string }
    ? [Type, 'null']
    : Schema[Key]
  : Key extends 'properties' | 'patternProperties'
    ? { [Name in keyof Schema[Key]]: Read<Schema[Key][Name], Filled> }
    : Key extends 'items' | 'prefixItems' | 'additionalProperties' | 'anyOf' | 'oneOf' | 'allOf'
      ? Read<Schema[Key], Filled>
      : Schema[Key];
/** The list as written; one more member stands for all names with a default. */
type RequiredNames<Schema, Properties, Filled> = [
  ...(Schema extends { readonly required: infer Names extends readonly string[] } ? Names : []),
  ...(Filled extends true ? ([DefaultedNames<Properties>] extends [never] ? [] : [DefaultedNames<Properties>]) : []),
];
type DefaultedNames<Properties> = {
  [Name in keyof Properties]: Properties[Name] extends { readonly default: unknown } ? Extract<Name, string> : never;
}[keyof Properties];

type IsAny<T> = 0 extends 1 & T ? true : false;

/** A schema as data, or what JSON Schema cannot express; and the defaults that the functions cannot fill in as the library does. */
export type ReadSchema = { readonly defaults: readonly SourceGap[] } & (
  | { readonly node: SchemaNode; readonly library: SchemaLibrary }
  | { readonly gaps: readonly SourceGap[] }
);

/**
 * Reads a schema as data, dropping TypeBox's symbols and hidden properties, so that projections share nothing.
 *
 * @throws when it is no JSON: a cycle, a bigint, nothing at all.
 */
export function readSchema(schema: JsonSchema): ReadSchema {
  const { json, gaps: all, library } = convertSchema(schema);
  const [gaps, defaults] = [all.filter((gap) => !gap.isDefault), all.filter((gap) => gap.isDefault)];
  if (gaps.length > 0) return { gaps, defaults };
  const { $schema: _dialect, ...node } = JSON.parse(JSON.stringify(json)) as SchemaNode;
  return { node: mapSchema(node, withNullAsType), library, defaults };
}

/** The types of a node, `null` included where it is `nullable`; none where it names no type. */
export function typesOf({ type = [], nullable }: SchemaNode): readonly string[] {
  const types = typeof type === 'string' ? [type] : type;
  return nullable === true && types.length > 0 && !types.includes('null') ? [...types, 'null'] : types;
}

/** `nullable` as JSON Schema 2020-12 writes it. What is no boolean, or has no type beside it, is left to the compiler. */
function withNullAsType(node: SchemaNode): SchemaNode {
  const { nullable, ...rest } = node;
  if (typeof nullable !== 'boolean' || node.type === undefined) return node;
  if (!nullable) return typesOf(rest).includes('null') ? node : rest;
  return { ...rest, type: typesOf(node) };
}

/** The data of a schema that has passed the checks. */
export function schemaNode(schema: JsonSchema): SchemaNode {
  const read = readSchema(schema);
  return 'node' in read ? read.node : {};
}
