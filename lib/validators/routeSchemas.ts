import type { Route } from '../definition/api.ts';
import type { ResponseMember } from '../definition/bundledTypes.ts';
import type { SchemaNode } from '../definition/schema.ts';
import { contentOf } from '../definition/walkSchema.ts';
import { textPolicyOf } from './keywords.ts';

/** A part that a route does not accept: an object without properties. */
const NOTHING: SchemaNode = { type: 'object', properties: {}, additionalProperties: false };

/** Below these a schema selects a branch. */
const CONDITIONS = ['not', 'if', 'contains'];
/** Our own keywords that a validator checks. */
const OURS = ['x-text', 'x-max-decoded-bytes'];

/**
 * The one closed schema of a request, `{ path, query, headers, cookies, body }`. `path`, `query` and `headers` are objects
 * (empty where the route takes nothing there); `cookies` and `body` are absent or `undefined` unless the route takes some.
 * A body that is taken is required, unless the route says otherwise.
 */
export function requestSchema(route: Route): SchemaNode {
  const { path, query, headers, cookies, body } = route.request;
  const taken = Object.entries({ path, query, headers, cookies, body }).filter(
    ([part, schema]) => schema !== undefined && !(part === 'body' && route.body?.required === false),
  );
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
 * The one closed schema of the responses of a route, a body in the {@link ResponseMember} of its status. Text policies are for what clients send; responses
 * have none, and no defaults: a handler returns what the client receives.
 */
export function responseSchema(route: Route): SchemaNode {
  const bodies = route.responses.flatMap(({ status, body }) =>
    body === undefined ? [] : [[memberOf(status), cleanSchema(body, 'response')] as const],
  );
  return { type: 'object', properties: Object.fromEntries(bodies), additionalProperties: false };
}

const memberOf = (status: number): ResponseMember => `s${status}`;

/**
 * Where a schema stands. Only clients get default values and text policies; the parts of a condition get no policy, which would
 * change which values it selects.
 */
type Use = 'request' | 'condition' | 'response';

/** A schema reduced to what the compiler checks, with the default text policies filled in. Notes do not reach a bundle. */
export function cleanSchema(node: SchemaNode, use: Use = 'request'): SchemaNode {
  const kept = Object.entries(node).filter(
    ([keyword]) => isChecked(keyword, use) && (!keyword.startsWith('x-') || OURS.includes(keyword)),
  );
  const { 'x-text': _own, ...clean } = Object.fromEntries(
    kept.map(([keyword, value]) => [
      keyword,
      cleaned(keyword, value, CONDITIONS.includes(keyword) && use === 'request' ? 'condition' : use),
    ]),
  );
  const policy = use === 'request' ? textPolicyOf(node) : undefined;
  return policy === undefined ? clean : { ...clean, 'x-text': policy };
}

function isChecked(keyword: string, use: Use): boolean {
  return contentOf(keyword) !== 'annotation' && !(keyword === 'default' && use === 'response');
}

function cleaned(keyword: string, value: unknown, use: Use): unknown {
  const below = (child: unknown) => (isNode(child) ? cleanSchema(child, use) : child);
  // Names are strings, also where their schema does not say so.
  if (keyword === 'propertyNames' && isNode(value)) return below({ type: 'string', ...value });
  switch (contentOf(keyword)) {
    case 'schema':
      return below(value);
    case 'list':
      return Array.isArray(value) ? value.map(below) : value;
    case 'map':
      if (!isNode(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, below(child)]));
    default:
      return value;
  }
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
