import { joiGaps } from './joi.ts';
import type { SourceGap, StandardSchema } from './standard.ts';
import { zodGaps } from './zod.ts';

/** Looks for what a library leaves out in silence when it converts; Valibot says everything itself. */
const GAPS: Readonly<Record<string, (schema: object) => readonly SourceGap[]>> = {
  zod: zodGaps,
  joi: joiGaps,
};

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
