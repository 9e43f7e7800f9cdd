import fc from 'fast-check';
import type { Route } from '../../lib/definition/index.ts';
import type { SchemaNode } from '../../lib/definition/schema.ts';
import { FORMATS } from '../../lib/validators/formats.ts';
import type { Sent } from '../hostile/case.ts';

/** Strings that every policy accepts, some of them long when encoded. */
const LETTERS = [
  ...'abcxyzABC0129 _-.',
  '\u00e9',
  '\u00df',
  '\u4e2d',
  '\u{1f600}',
  '\u05d0',
  "'",
  '"',
  '\\',
  '/',
  '%',
  '&',
  '+',
  '=',
];
const EXAMPLES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  date: fc
    .date({ min: new Date('1900-01-01'), max: new Date('2999-12-31'), noInvalidDate: true })
    .map((day) => day.toISOString().slice(0, 10)),
  'date-time': fc
    .date({ min: new Date('1900-01-01'), max: new Date('2999-12-31'), noInvalidDate: true })
    .map((day) => day.toISOString()),
  email: fc.constantFrom('a@example.com', "o'neil+tag@mail.example.org"),
  uri: fc.constantFrom('https://example.com', 'https://a.example.com:8443/b/c?d=e#f'),
  hostname: fc.domain().filter((name) => name.length <= 60),
  ipv4: fc.ipV4(),
  ipv6: fc.constantFrom('::1', '2001:db8::8:800:200c:417a'),
  'json-pointer': fc.constantFrom('', '/a/~1b'),
  base64: fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('base64')),
};

/** Values that a schema accepts; for the keywords that the definitions of the tests use. */
function valid(node: SchemaNode): fc.Arbitrary<unknown> {
  if ('const' in node) return fc.constant(node.const);
  if (node.enum !== undefined) return fc.constantFrom(...node.enum);
  if (node.anyOf !== undefined) return fc.oneof(...node.anyOf.map(valid));
  switch (node.type) {
    case 'string':
      return strings(node);
    case 'integer':
      return fc.integer({ min: bound(node, 'minimum', -1000), max: bound(node, 'maximum', 1000) });
    case 'number':
      return numbers(node);
    case 'boolean':
      return fc.boolean();
    case 'array':
      return lists(node);
    case 'object':
      return objects(node);
    default:
      throw new Error(`no values for ${JSON.stringify(node)}`);
  }
}

function bound(node: SchemaNode, keyword: string, otherwise: number): number {
  const value = node[keyword];
  return typeof value === 'number' ? value : otherwise;
}

function strings(node: SchemaNode): fc.Arbitrary<string> {
  const [minLength, maxLength] = [bound(node, 'minLength', 0), Math.min(bound(node, 'maxLength', 40), 60)];
  const { pattern, format } = node;
  if (typeof pattern === 'string') {
    const matching = fc.stringMatching(new RegExp(pattern, 'u'), { size: 'small' });
    return matching.filter((text) => text.length >= minLength && text.length <= maxLength);
  }
  if (format !== undefined)
    return (
      EXAMPLES[format] ??
      fc.stringMatching(FORMATS[format] ?? /^$/, { size: 'small' }).filter((text) => text.length <= maxLength)
    );
  return fc.array(fc.constantFrom(...LETTERS), { minLength, maxLength }).map((letters) => letters.join(''));
}

function numbers(node: SchemaNode): fc.Arbitrary<number> {
  const step = bound(node, 'multipleOf', 0.25);
  const least = Math.ceil(bound(node, 'minimum', bound(node, 'exclusiveMinimum', -1000) + step) / step);
  return fc.integer({ min: least, max: Math.floor(bound(node, 'maximum', 1000) / step) }).map((count) => count * step);
}

function lists(node: SchemaNode): fc.Arbitrary<unknown> {
  const items = valid(node.items as SchemaNode);
  const maxLength = Math.min(bound(node, 'maxItems', 5), 5);
  const comparator = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  return node['uniqueItems'] === true
    ? fc.uniqueArray(items, { maxLength, comparator })
    : fc.array(items, { maxLength });
}

function objects({ properties = {}, required = [] }: SchemaNode): fc.Arbitrary<Record<string, unknown>> {
  const members = Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, valid(child)]));
  return fc.record(members, { requiredKeys: [...required], noNullPrototype: true });
}

/** Requests that a route takes, as a client sends them. */
export function validRequests({ method, path, request }: Route): fc.Arbitrary<Sent> {
  const part = (schema: SchemaNode | undefined) => (schema === undefined ? fc.constant({}) : objects(schema));
  const parts = {
    path: part(request.path),
    query: part(request.query),
    headers: part(request.headers),
    cookies: part(request.cookies),
    body: request.body === undefined ? fc.constant(undefined) : valid(request.body),
  };
  return fc.record(parts).map(({ path: steps, query, headers, cookies, body }) => ({
    method,
    target: `${filled(path, steps)}${search(query)}`,
    headers: {
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      ...(Object.keys(cookies).length === 0 ? {} : { cookie: pairs(cookies, '; ') }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }));
}

function filled(path: string, steps: Readonly<Record<string, unknown>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(steps[name])));
}

function search(query: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}=${encodeURIComponent(String(one))}`),
  );
  return given.length === 0 ? '' : `?${given.join('&')}`;
}

function pairs(values: Readonly<Record<string, unknown>>, by: string): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(by);
}
