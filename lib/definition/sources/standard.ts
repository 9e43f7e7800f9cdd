/**
 * A schema of another library that can convert it to JSON Schema (Standard Schema with its JSON Schema part): Zod from 4.2
 * on, Joi from 18.1 on, Valibot through `toStandardJsonSchema`, and others. Only the shape is known here; no library is imported.
 *
 * @see https://standardschema.dev/json-schema
 */
export interface StandardSchema {
  readonly '~standard': {
    readonly vendor: string;
    readonly types?: { readonly input: unknown; readonly output: unknown } | undefined;
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: 'draft-2020-12' }) => unknown;
      readonly output: (options: { readonly target: 'draft-2020-12' }) => unknown;
    };
  };
}

/** Something in a schema that JSON Schema cannot express. */
export interface SourceGap {
  /** Dotted location below the schema; empty for the schema itself. */
  readonly at: string;
  /** Name of the construct in its library, such as `refine`. */
  readonly construct: string;
}

/** Whether a schema comes from another library that follows Standard Schema. */
export function isStandardSchema(schema: unknown): schema is StandardSchema {
  const isBag = (typeof schema === 'object' && schema !== null) || typeof schema === 'function';
  return isBag && typeof (schema as Partial<StandardSchema>)['~standard'] === 'object';
}
