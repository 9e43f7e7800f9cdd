import type { SchemaNode } from '../schemaNode.ts';
import { joiSchema } from './joi.ts';
import { isStandardSchema, type SchemaLibrary, type SourceGap, type StandardSchema } from './standard.ts';
import { isTypeBox, typeboxSchema } from './typebox.ts';
import { valibotSchema } from './valibot.ts';
import { zodSchema } from './zod.ts';

/** A schema as JSON Schema, with the constructs that cannot be expressed in it. */
export interface ConvertedSchema {
  readonly json: SchemaNode;
  readonly gaps: readonly SourceGap[];
  readonly library: SchemaLibrary;
}

type Reader = (schema: StandardSchema) => { readonly json: SchemaNode; readonly gaps: readonly SourceGap[] };

/** The libraries whose every construct is known, by the vendor that they give. */
const READERS: Readonly<Partial<Record<string, readonly [SchemaLibrary, Reader]>>> = {
  zod: ['zod', zodSchema],
  valibot: ['valibot', valibotSchema],
  joi: ['joi', joiSchema],
};

/**
 * Converts a schema of any source. Validators are compiled from JSON Schema alone, so what a library would do beside it (transform,
 * refine, trim, make a date of a string) would never happen: it is reported instead of dropped. The conversions of the libraries
 * drop some of it, or let a later rule replace an earlier one, so each construct is read here from the library's data.
 */
export function convertSchema(schema: object): ConvertedSchema {
  if (!isStandardSchema(schema)) return { library: isTypeBox(schema) ? 'typebox' : 'json', ...typeboxSchema(schema) };
  const { vendor } = schema['~standard'];
  const reader = READERS[vendor];
  if (reader !== undefined) return { library: reader[0], ...reader[1](schema) };
  const fix = 'Convert it to JSON Schema yourself, see that no rule is lost, and pass the result.';
  return {
    library: 'json',
    json: {},
    gaps: [{ at: '', construct: `a schema of ${vendor}, whose rules are not known`, fix }],
  };
}
