import type { Fault } from '../errors.ts';
import type { SchemaNode } from '../schema.ts';
import type { SourceGap } from '../sources/standard.ts';
import { walkSchema } from '../walk.ts';
import { boundFaults } from './bounds.ts';
import type { UncheckedApi } from './index.ts';
import { tryRead } from './parts.ts';
import { shown } from './shown.ts';

const SCALARS = ['string', 'integer', 'number', 'boolean'];
/** Lower-case tokens of RFC 9110, section 5.1. */
const HEADER = /^[a-z0-9-]{1,64}$/;
/** Tokens of RFC 6265, section 4.1.1. */
const COOKIE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
/** The runtime and the gateway use these; a handler never sees them. */
const RESERVED_HEADERS = ['authorization', 'cookie', 'content-type', 'content-length', 'host', 'x-api-key'];

/** Schemas: objects where objects are needed, every size bounded, every object closed, scalars for parameters. */
export function checkSchemas(api: UncheckedApi): readonly Fault[] {
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const place = `routes.${id}`;
    const { path, query, headers, cookies, body, responses } = route.options ?? {};
    return [
      ...partFaults(`${place}.path`, path, { lists: false }),
      ...partFaults(`${place}.query`, query, { lists: true }),
      ...partFaults(`${place}.headers`, headers, { lists: false, name: headerFaults }),
      ...partFaults(`${place}.cookies`, cookies, { lists: false, name: cookieFaults }),
      ...(body === undefined ? [] : readable(`${place}.body`, body, (node) => sizeFaults(`${place}.body`, node))),
      ...Object.entries(responses ?? {}).flatMap(([status, response]) => {
        const at = `${place}.responses.${status}.body`;
        if (response?.body === undefined) return [];
        return readable(at, response.body, (node) =>
          sizeFaults(at, node).filter((fault) => fault.code === 'object-open'),
        );
      }),
    ];
  });
}

/** Whether a part may hold lists, and what its names must be like. */
interface PartRules {
  readonly lists: boolean;
  readonly name?: (place: string, name: string) => readonly Fault[];
}

function partFaults(place: string, schema: unknown, part: PartRules): readonly Fault[] {
  if (schema === undefined) return [];
  return readable(place, schema, (node) => {
    if (node.type !== 'object') {
      return [
        {
          code: 'schema-not-object',
          place,
          found: shown(node.type),
          expected: 'an object schema with a property for each parameter',
          mend: 'Wrap the parameters: object({ limit: … }).',
        },
      ];
    }
    return [
      ...sizeFaults(place, node),
      ...Object.entries(node.properties ?? {}).flatMap(([name, child]) => [
        ...scalarFaults(`${place}.properties.${name}`, child, part.lists),
        ...(part.name?.(`${place}.properties.${name}`, name) ?? []),
      ]),
    ];
  });
}

function readable(place: string, schema: unknown, check: (node: SchemaNode) => readonly Fault[]): readonly Fault[] {
  const read = tryRead(schema);
  if (read !== undefined) return 'node' in read ? check(read.node) : read.gaps.map((gap) => inexpressible(place, gap));
  return [
    {
      code: 'schema-invalid',
      place,
      found: shown(typeof schema),
      expected:
        'a JSON Schema object (TypeBox, a literal, or a schema that says itself as JSON Schema: Zod, Joi, Valibot)',
      mend: 'Give the schema itself, not the values it describes.',
    },
  ];
}

function inexpressible(place: string, { at, construct }: SourceGap): Fault {
  return {
    code: 'schema-not-expressible',
    place: at === '' ? place : `${place}.${at}`,
    found: construct,
    expected: 'what JSON Schema can say: validators are compiled from it, and the library never runs',
    mend: 'Say the rule with bounds, patterns and formats, and move the rest into the handler.',
  };
}

function sizeFaults(place: string, schema: SchemaNode): readonly Fault[] {
  const faults: Fault[] = [];
  walkSchema(schema, place, (node, at) => faults.push(...boundFaults(node, at)));
  return faults;
}

function scalarFaults(place: string, schema: SchemaNode, lists: boolean): readonly Fault[] {
  const isScalar = (node: SchemaNode): boolean =>
    typeof node.type === 'string' ? SCALARS.includes(node.type) : texts(node) && node.type === undefined;
  const items = schema.items;
  const isList = lists && schema.type === 'array' && typeof items === 'object' && isScalar(items);
  if (isScalar(schema) || isList) return [];
  return [
    {
      code: 'parameter-not-scalar',
      place,
      found: shown(schema.type ?? Object.keys(schema)),
      expected: lists
        ? 'a string, number, integer or boolean, or an array of these'
        : 'a string, number, integer or boolean',
      mend: 'A parameter is text on the wire: give one "type", or move the value to the body.',
    },
  ];
}

/** Enums and unions of text constants carry no `type` in TypeBox; they are strings all the same. */
function texts(node: SchemaNode): boolean {
  if (typeof node.const === 'string') return true;
  if (node.enum !== undefined) return node.enum.every((value) => typeof value === 'string');
  const choices = node.anyOf ?? node.oneOf;
  return choices?.every(texts) ?? false;
}

function headerFaults(place: string, name: string): readonly Fault[] {
  if (HEADER.test(name) && !RESERVED_HEADERS.includes(name)) return [];
  return [
    {
      code: 'header-name-invalid',
      place,
      found: shown(name),
      expected: `a header name in lower case, none of ${RESERVED_HEADERS.join(', ')}`,
      mend: 'Write the name in lower case; credentials and framing are not for handlers.',
    },
  ];
}

function cookieFaults(place: string, name: string): readonly Fault[] {
  if (COOKIE.test(name)) return [];
  return [
    {
      code: 'cookie-name-invalid',
      place,
      found: shown(name),
      expected: 'a token of RFC 6265, at most 64 characters',
      mend: 'Rename the cookie: letters, digits, "_" and "-" are safe.',
    },
  ];
}
