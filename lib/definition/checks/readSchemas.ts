import type { RouteInput } from '../routes.ts';
import { type ReadSchema, readSchema, type SchemaNode } from '../schema.ts';
import type { SchemaLibrary } from '../sources/standard.ts';
import type { UncheckedApi } from './check.ts';

/** The parts of a request that have a schema. */
export const REQUEST_PARTS = ['path', 'query', 'headers', 'cookies', 'body'] as const;

/** A schema of a definition, as data. */
export interface ReadableSchema {
  readonly route: string;
  /** Such as `routes.createDocument.body`. */
  readonly location: string;
  readonly part: (typeof REQUEST_PARTS)[number] | 'rows' | 'response';
  readonly node: SchemaNode;
  readonly library: SchemaLibrary;
}

/** Every readable schema of requests and responses; `checkSchemas` reports the others. */
export function readableSchemas(api: UncheckedApi): readonly ReadableSchema[] {
  return Object.entries(api.routes ?? {}).flatMap(([route, spec]) => {
    const options: Partial<RouteInput> = spec.options ?? {};
    const written = [
      ...requestSchemas(route, options),
      ...Object.entries(options.responses ?? {}).map(
        ([status, response]) => ['response', `routes.${route}.responses.${status}.body`, response?.body] as const,
      ),
    ];
    return written.flatMap(([part, location, schema]) => {
      const read = schema === undefined ? undefined : tryReadSchema(schema);
      return read !== undefined && 'node' in read
        ? [{ route, location, part, node: read.node, library: read.library }]
        : [];
    });
  });
}

/** What clients send by a schema: the parts of a request, and the rows of its CSV files. */
export function requestSchemas(route: string, options: Partial<RouteInput>) {
  return [
    ...REQUEST_PARTS.map((part) => [part, schemaLocation(route, part), options[part]] as const),
    ['rows', schemaLocation(route, 'rows'), options.upload?.rows] as const,
  ];
}

/** Where the schema of a part of a request is written. */
export function schemaLocation(route: string, part: string): string {
  return `routes.${route}.${part === 'rows' ? 'upload.rows' : part}`;
}

/** Reads a schema; undefined where it is no JSON and does not convert to JSON (a class, a cycle, a list). */
export function tryReadSchema(schema: unknown): ReadSchema | undefined {
  const isBag = typeof schema === 'function' || (typeof schema === 'object' && schema !== null);
  if (!isBag || Array.isArray(schema)) return undefined;
  try {
    return readSchema(schema);
  } catch {
    return undefined;
  }
}
