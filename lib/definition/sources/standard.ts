/**
 * A schema of another library that follows Standard Schema: Zod from 4 on, Joi from 18 on, Valibot from 1 on, itself or
 * through `toStandardJsonSchema`. Only the shape is known here; no library is imported.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema {
  readonly '~standard': {
    readonly vendor: string;
    readonly types?: { readonly input: unknown; readonly output: unknown } | undefined;
    readonly jsonSchema?: {
      readonly input: (options: JsonSchemaOptions) => unknown;
      readonly output: (options: JsonSchemaOptions) => unknown;
    };
  };
}

interface JsonSchemaOptions {
  readonly target: 'draft-2020-12';
  readonly libraryOptions?: Record<string, unknown> | undefined;
}

/** What a schema is written with: its fixes are worded in that language. */
export type SchemaLibrary = 'zod' | 'valibot' | 'joi' | 'typebox' | 'json';

/** Something in a schema that JSON Schema cannot express. */
export interface SourceGap {
  /** Dotted location below the schema; empty for the schema itself. */
  readonly at: string;
  /** The construct as its library spells it, such as `z.string().refine()`. */
  readonly construct: string;
  readonly fix?: string;
  /** The default is what cannot be expressed, which is of no importance where defaults are documentation. */
  readonly isDefault?: true;
}

/**
 * What a library's constructs become: JSON Schema keywords, as the documents list them, or why they cannot be enforced. A construct
 * in neither list is rejected by its name, so that a new version of a library can add nothing that is dropped in silence.
 */
export interface ConstructTable {
  /** By the name that the library's data carries. */
  readonly enforced: Readonly<Record<string, string>>;
  readonly rejected: Readonly<Record<string, Rejection>>;
}

export type Rejection = keyof typeof REJECTIONS;

/** Why a construct cannot be enforced, with its fix. */
export const REJECTIONS = {
  code: 'Express the rule with bounds, patterns and formats, or check it in the handler.',
  change: 'Remove it and change the value in the handler: the handler receives what the client sent.',
  value: 'JSON has no such value: accept a string or number with a format or bounds, and convert it in the handler.',
  computed: 'JSON Schema cannot compute it: limit the shape with a pattern, and check the rest in the handler.',
  unproven: 'Write a pattern that is proven to run in linear time. The regular expression of the library is not.',
  relation: 'JSON Schema here cannot compare values: declare a union of objects, or check it in the handler.',
  open: 'Declare exactly what the client may send.',
} as const;

/** Whether a schema comes from another library that follows Standard Schema. */
export function isStandardSchema(schema: unknown): schema is StandardSchema {
  const isBag = (typeof schema === 'object' && schema !== null) || typeof schema === 'function';
  return isBag && typeof (schema as Partial<StandardSchema>)['~standard'] === 'object';
}
