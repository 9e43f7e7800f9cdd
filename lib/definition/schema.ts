import type { XStatic } from 'typebox/schema';

/**
 * A JSON Schema (2020-12 subset): one made by TypeBox, or a plain literal. Both are data and both give types.
 *
 * @example
 * ```ts
 * const Title: JsonSchema = { type: 'string', minLength: 1, maxLength: 200 };
 * ```
 */
export type JsonSchema = object;

/** The TypeScript type of a schema's values; works for TypeBox and for literals alike. */
export type Infer<Schema> = XStatic<Schema>;

/** What the checks and projections read of a schema node. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
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
  /** Escape with its reason: a value whose size is left open on purpose. Shown in the access matrix. */
  readonly 'x-unbounded'?: string;
  readonly [keyword: string]: unknown;
}

/** Reads a schema as data, dropping TypeBox's symbols and hidden properties, so that projections share nothing. */
export function schemaNode(schema: JsonSchema): SchemaNode {
  return JSON.parse(JSON.stringify(schema)) as SchemaNode;
}
