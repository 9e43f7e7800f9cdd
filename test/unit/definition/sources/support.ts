import { documents } from '../../../../lambdas/documents/api.ts';
import type { Route } from '../../../../lib/definition/index.ts';
import { readSchema } from '../../../../lib/definition/schema.ts';
import type { ConstructTable } from '../../../../lib/definition/sources/standard.ts';
import { compileValidator } from '../../../../lib/validators/index.ts';

/** A construct in use: a value that the schema accepts and one that it rejects, or the name by which it is rejected. */
export type Example<Schema> =
  | readonly [schema: Schema, accepted: unknown, rejected: unknown]
  | readonly [schema: Schema, found: RegExp];

/** What the functions accept of a schema, or the constructs that are reported. */
export function functionOf(schema: object): ((value: unknown) => boolean) | string {
  const read = readSchema(schema);
  if (!('node' in read)) return read.gaps.map(({ at, construct }) => `${at} ${construct}`.trim()).join('\n');
  const { createDocument } = documents.routes;
  const validate = compileValidator({ ...createDocument, request: { body: read.node } } as unknown as Route);
  return (value) => validate({ path: {}, query: {}, headers: {}, body: value });
}

/** Whether the library and the functions agree on both values, or the construct is reported under its name. */
export function proof<Schema extends object>(
  [schema, ...rest]: Example<Schema>,
  accepts: (schema: Schema, value: unknown) => boolean,
): unknown {
  const validate = functionOf(schema);
  const [accepted, rejected] = rest;
  if (accepted instanceof RegExp)
    return typeof validate === 'string' && accepted.test(validate) ? 'reported' : validate;
  if (typeof validate === 'string') return validate;
  const results = [accepted, rejected].map((value) => [accepts(schema, value), validate(value)]);
  return JSON.stringify(results) === '[[true,true],[false,false]]' ? 'enforced' : results;
}

/** The names of a library that are in neither of our lists, and those of our lists that the library does not have. */
export function unlisted(found: readonly string[], ...tables: readonly ConstructTable[]) {
  const known = tables.flatMap(({ enforced, rejected }) => [...Object.keys(enforced), ...Object.keys(rejected)]);
  return {
    unknown: found.filter((name) => !known.includes(name)),
    outdated: known.filter((name) => !found.includes(name)),
  };
}
