import type { Route } from '../definition/api.ts';
import type { SchemaNode } from '../definition/schema.ts';
import { textPolicyOf } from './keywords.ts';

/** A part that a route does not accept: an object without properties. */
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
/** Below these a schema selects a branch; a policy there would change which strings match. */
const CONDITIONS = ['not', 'if', 'contains'];
/** Our own keywords that a validator checks. */
const OURS = ['x-text', 'x-max-decoded-bytes'];
/** Keywords whose values are data. */
const DATA = ['const', 'enum', 'required', 'dependentRequired'];

/**
 * The one closed schema of a request, `{ path, query, headers, cookies, body }`. `path`, `query` and `headers` are objects
 * (empty where the route takes nothing there); `cookies` and `body` are absent or `undefined` unless the route takes some.
 * A body that is taken is required.
 */
export function requestSchema(route: Route): SchemaNode {
  const { path, query, headers, cookies, body } = route.request;
  const taken = Object.entries({ path, query, headers, cookies, body }).filter(([, schema]) => schema !== undefined);
  return {
    type: 'object',
    properties: {
      path: cleanSchema(path ?? NOTHING),
      query: cleanSchema(query ?? NOTHING),
      headers: cleanSchema(headers ?? NOTHING),
      ...(cookies === undefined ? {} : { cookies: cleanSchema(cookies) }),
      // The schema `false` rejects a body and accepts its absence.
      body: (body === undefined ? false : cleanSchema(body)) as SchemaNode,
    },
    required: taken.map(([part]) => part),
    additionalProperties: false,
  };
}

/**
 * The one closed schema of the responses of a route, `{ [status]: body }`. Text policies are for what clients send; responses
 * have none.
 */
export function responseSchema(route: Route): SchemaNode {
  const bodies = route.responses.flatMap(({ status, body }) =>
    body === undefined ? [] : [[status, cleanSchema(body, false)] as const],
  );
  return { type: 'object', properties: Object.fromEntries(bodies), additionalProperties: false };
}

/** A schema reduced to what the compiler checks, with the default text policies filled in. */
export function cleanSchema(node: SchemaNode, strings = true): SchemaNode {
  const kept = Object.entries(node).filter(
    ([keyword]) => !ANNOTATIONS.includes(keyword) && (!keyword.startsWith('x-') || OURS.includes(keyword)),
  );
  const { 'x-text': _own, ...clean } = Object.fromEntries(
    kept.map(([keyword, value]) => [keyword, cleaned(keyword, value, strings && !CONDITIONS.includes(keyword))]),
  );
  const policy = strings ? textPolicyOf(node) : undefined;
  return policy === undefined ? clean : { ...clean, 'x-text': policy };
}

function cleaned(keyword: string, value: unknown, strings: boolean): unknown {
  if (DATA.includes(keyword) || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((child) => cleaned('', child, strings));
  // Names are strings, also where their schema does not say so.
  if (keyword === 'propertyNames') return cleanSchema({ type: 'string', ...value }, strings);
  if (!MAPS.includes(keyword)) return cleanSchema(value as SchemaNode, strings);
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, cleaned('', child, strings)]));
}
