import type { Route } from '../definition/api.ts';
import type { SchemaNode } from '../definition/schema.ts';

/** A part that a route does not take: an object without properties. */
const NOTHING: SchemaNode = { type: 'object', properties: {}, additionalProperties: false };

/** Keywords that describe and do not check; left out, so that they do not reach a function's bundle. */
const ANNOTATIONS = [
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
];
/** Keywords whose members are names of properties, not keywords. */
const MAPS = ['properties', 'patternProperties', 'dependentSchemas'];
/** Keywords whose values are data. */
const DATA = ['const', 'enum', 'required', 'dependentRequired'];

/**
 * The one closed schema of a request, `{ path, query, headers, body }`. `path`, `query` and `headers` are objects (empty
 * where the route takes nothing there); `body` is absent or `undefined` unless the route takes one, which is then required.
 */
export function requestSchema(route: Route): SchemaNode {
  const { path, query, headers, body } = route.request;
  const taken = Object.entries({ path, query, headers, body }).filter(([, schema]) => schema !== undefined);
  return {
    type: 'object',
    properties: {
      path: cleanSchema(path ?? NOTHING),
      query: cleanSchema(query ?? NOTHING),
      headers: cleanSchema(headers ?? NOTHING),
      // The schema `false` refuses a body that is there and lets an absent one pass.
      body: (body === undefined ? false : cleanSchema(body)) as SchemaNode,
    },
    required: taken.map(([part]) => part),
    additionalProperties: false,
  };
}

/** A schema with nothing left in it but what the compiler checks. */
export function cleanSchema(node: SchemaNode): SchemaNode {
  const kept = Object.entries(node).filter(([keyword]) => !ANNOTATIONS.includes(keyword) && !keyword.startsWith('x-'));
  return Object.fromEntries(kept.map(([keyword, value]) => [keyword, cleaned(keyword, value)]));
}

function cleaned(keyword: string, value: unknown): unknown {
  if (DATA.includes(keyword) || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((child) => cleaned('', child));
  if (!MAPS.includes(keyword)) return cleanSchema(value as SchemaNode);
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, cleaned('', child)]));
}
