import { joiGaps } from './joi.ts';
import { zodGaps } from './zod.ts';

/**
 * A schema of another library that can say itself as JSON Schema (Standard Schema with its JSON Schema part): Zod from 4.2
 * on, Joi from 18.1 on, Valibot through `toStandardJsonSchema`, and others. Only the shape is known here, no library is.
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

/** Something in a schema that JSON Schema has no words for. */
export interface SourceGap {
  /** Dotted place below the schema; empty for the schema itself. */
  readonly at: string;
  /** Name of the construct in its library, such as `refine`. */
  readonly construct: string;
}

/** Looks for what a library leaves out in silence when it converts; Valibot says everything itself. */
const GAPS: Readonly<Record<string, (schema: object) => readonly SourceGap[]>> = {
  zod: zodGaps,
  joi: joiGaps,
};

export function isStandardSchema(schema: unknown): schema is StandardSchema {
  const isBag = (typeof schema === 'object' && schema !== null) || typeof schema === 'function';
  return isBag && typeof (schema as Partial<StandardSchema>)['~standard'] === 'object';
}

/**
 * Converts a schema of another library. Validators are compiled from JSON Schema alone, so what the library would do beside
 * it (transform, refine, trim, make a date of a text) would never happen: it is named instead of dropped.
 */
export function convertSource(schema: StandardSchema): { readonly json?: object; readonly gaps: readonly SourceGap[] } {
  const { vendor, jsonSchema } = schema['~standard'];
  const silent = GAPS[vendor]?.(schema) ?? [];
  if (silent.length > 0) return { gaps: silent };
  if (jsonSchema === undefined)
    return { gaps: [{ at: '', construct: `a ${vendor} schema that gives no JSON Schema` }] };
  try {
    const json = jsonSchema.input({ target: 'draft-2020-12' }) as object;
    // What comes out of a transformation has no schema, and a library says so.
    jsonSchema.output({ target: 'draft-2020-12' });
    return { json, gaps: [] };
  } catch (error) {
    return { gaps: [{ at: '', construct: error instanceof Error ? error.message : String(error) }] };
  }
}
