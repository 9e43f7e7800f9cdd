import { type TObject, type TObjectOptions, type TProperties, Type } from 'typebox';
import type { XStatic } from 'typebox/schema';
import { convertSource } from './sources/convert.ts';
import { isStandardSchema, type SourceGap, type StandardSchema } from './sources/standard.ts';
import { mapSchema } from './walkSchema.ts';

/**
 * A JSON Schema (2020-12 subset): one made by TypeBox, a plain literal, or a schema of a library that can convert it to
 * JSON Schema (Zod, Joi, Valibot through `toStandardJsonSchema`). All give types; none is part of a function's bundle.
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
 * library runs, so nothing is transformed and no default is filled in. (Joi knows no input type, so it is its output's.)
 */
export type Infer<Schema> = Schema extends StandardSchema
  ? NonNullable<Schema['~standard']['types']> extends { readonly input: infer Input; readonly output: infer Output }
    ? IsAny<Input> extends true
      ? Output
      : Input
    : unknown
  : XStatic<Schema>;

type IsAny<T> = 0 extends 1 & T ? true : false;

/**
 * What text of a request can contain, as the keyword `x-text` of a string schema.
 *
 * - `safe` (default): Unicode Assignables (RFC 9839) without bidirectional controls: no NUL, no control characters but tab,
 *   line feed and carriage return, no U+FFFD (what is left of text that was not UTF-8); normalized (NFC).
 * - `line`: the same on one line: no tab and no line break either.
 * - `plain`: as `safe`, and nothing that a browser could read as markup: no tag, no character reference.
 * - `raw`: anything; `x-text-reason` says why, and the access matrix shows it.
 */
export type TextPolicy = 'safe' | 'line' | 'plain' | 'raw';

/** What the checks and projections read of a schema node. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  /** OpenAPI 3.0: `null` is one more type. Read as that: {@link readSchema} writes it into `type`. */
  readonly nullable?: boolean;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly items?: SchemaNode | boolean;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly unevaluatedProperties?: SchemaNode | boolean;
  readonly propertyNames?: SchemaNode;
  readonly maxProperties?: number;
  readonly allOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly $ref?: string;
  /** An exemption with its reason: a value whose size is unbounded on purpose. The access matrix lists it. */
  readonly 'x-unbounded'?: string;
  readonly 'x-text'?: TextPolicy;
  /** Why the policy is `raw`. */
  readonly 'x-text-reason'?: string;
  /** Maximum bytes of a decoded `base64` string. */
  readonly 'x-max-decoded-bytes'?: number;
  /** The value is hidden in logs, wherever a handler logs it under this name. */
  readonly 'x-sensitive'?: boolean;
  readonly [keyword: string]: unknown;
}

/** A schema as data, or what JSON Schema cannot express. */
export type ReadSchema = { readonly node: SchemaNode } | { readonly gaps: readonly SourceGap[] };

/**
 * Reads a schema as data, dropping TypeBox's symbols and hidden properties, so that projections share nothing.
 *
 * @throws when it is no JSON: a cycle, a bigint, nothing at all.
 */
export function readSchema(schema: JsonSchema): ReadSchema {
  const { json = undefined, gaps } = isStandardSchema(schema) ? convertSource(schema) : { json: schema, gaps: [] };
  if (json === undefined) return { gaps };
  const { $schema: _dialect, ...node } = JSON.parse(JSON.stringify(json)) as SchemaNode;
  return { node: mapSchema(node, withNullAsType) };
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

/**
 * A closed TypeBox object: unknown keys are rejected. The same as `Type.Object(properties, { additionalProperties:
 * false })`, which every request object needs.
 *
 * @example
 * ```ts
 * const NewNote = object({ text: Type.String({ minLength: 1, maxLength: 500 }) });
 * ```
 */
export function object<const P extends TProperties>(properties: P, options: TObjectOptions = {}): TObject<P> {
  return Type.Object(properties, { ...options, additionalProperties: false });
}
