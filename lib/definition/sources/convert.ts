import { joiGaps } from './joi.ts';
import type { SourceGap, StandardSchema } from './standard.ts';
import { zodGaps } from './zod.ts';

/** Finds what a library silently drops when it converts; Valibot reports everything itself. */
const GAPS: Readonly<Record<string, (schema: object) => readonly SourceGap[]>> = {
  zod: zodGaps,
  joi: joiGaps,
};

/**
 * Converts a schema of another library. Validators are compiled from JSON Schema alone, so what the library would do beside
 * it (transform, refine, trim, make a date of a string) would never happen: it is reported instead of dropped.
 */
export function convertSource(schema: StandardSchema): { readonly json?: object; readonly gaps: readonly SourceGap[] } {
  const { vendor, jsonSchema } = schema['~standard'];
  const silent = GAPS[vendor]?.(schema) ?? [];
  if (silent.length > 0) return { gaps: silent };
  if (jsonSchema === undefined)
    return { gaps: [{ at: '', construct: `a ${vendor} schema that gives no JSON Schema` }] };
  try {
    const json = jsonSchema.input({ target: 'draft-2020-12' }) as object;
    // The result of a transformation has no schema, and the library reports that.
    jsonSchema.output({ target: 'draft-2020-12' });
    return { json, gaps: [] };
  } catch (error) {
    return { gaps: [{ at: '', construct: error instanceof Error ? error.message : String(error) }] };
  }
}
