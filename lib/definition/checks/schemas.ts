import type { Fault } from '../fault.ts';
import type { SchemaNode } from '../schema.ts';
import { REJECTIONS, type SchemaLibrary, type SourceGap } from '../sources/standard.ts';
import { walkSchema } from '../walkSchema.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { schemaLocation, tryReadSchema } from './readSchemas.ts';
import { boundFaults } from './schemaBounds.ts';

const SCALARS = ['string', 'integer', 'number', 'boolean'];
/** Lower-case tokens of RFC 9110, section 5.1. */
const HEADER = /^[a-z0-9-]{1,64}$/;
/** Tokens of RFC 6265, section 4.1.1. */
const COOKIE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
/** What a spreadsheet shows as it is, and no program takes for a formula. */
const COLUMN = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N} _.()/%#-]{0,63}$/u;
/** The runtime and the gateway use these; a handler never sees them. */
const RESERVED_HEADERS = ['authorization', 'cookie', 'content-type', 'content-length', 'host', 'x-api-key'];

/** Names that the runtime sends (lambdas/runtime/response.ts). */
const RESPONSE_HEADER = /^[a-z\d_-]{1,64}$/;
/** The runtime sets the type of a body; API Gateway sets, drops or renames the others in what an integration returns. */
const OWNED_RESPONSE_HEADERS = [
  'connection',
  'content-length',
  'content-type',
  'date',
  'host',
  'keep-alive',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'www-authenticate',
];

/** Schemas: objects where objects are needed, every size bounded, every object closed, scalars for parameters. */
export function checkSchemas(api: UncheckedApi): readonly Fault[] {
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const location = `routes.${id}`;
    const { path, query, headers, cookies, body, upload, responses } = route.options ?? {};
    return [
      ...partFaults(`${location}.path`, path, { lists: false }),
      ...partFaults(`${location}.query`, query, { lists: true }),
      ...partFaults(`${location}.headers`, headers, { lists: false, name: headerFaults }),
      ...partFaults(`${location}.cookies`, cookies, { lists: false, name: cookieFaults }),
      ...rowFaults(schemaLocation(id, 'rows'), upload?.rows),
      ...(body === undefined
        ? []
        : readable(`${location}.body`, body, (node, library) => sizeFaults(`${location}.body`, node, library))),
      ...Object.entries(responses ?? {}).flatMap(([status, response]) => {
        const at = `${location}.responses.${status}.body`;
        const headers = responseHeaderFaults(`${location}.responses.${status}.headers`, response?.headers);
        if (response?.body === undefined) return headers;
        const body = readable(at, response.body, (node, library) =>
          sizeFaults(at, node, library).filter((fault) => fault.code === 'object-open'),
        );
        return [...headers, ...body];
      }),
    ];
  });
}

/** Whether a part may hold lists, and what its names must be like. */
interface PartRules {
  readonly lists: boolean;
  readonly name?: (location: string, name: string) => readonly Fault[];
}

function partFaults(location: string, schema: unknown, part: PartRules): readonly Fault[] {
  if (schema === undefined) return [];
  return readable(location, schema, (node, library) => {
    if (node.type !== 'object') {
      return [
        {
          code: 'schema-not-object',
          location,
          found: formatValue(node.type),
          expected: 'an object schema with a property for each parameter or column',
          fix: 'Wrap the parameters or columns: object({ limit: … }).',
        },
      ];
    }
    return [
      ...sizeFaults(location, node, library),
      ...Object.entries(node.properties ?? {}).flatMap(([name, child]) => [
        ...scalarFaults(`${location}.properties.${name}`, child, part.lists),
        ...(part.name?.(`${location}.properties.${name}`, name) ?? []),
      ]),
    ];
  });
}

/** Rows are read as parameters are: strings, each with one type. */
function rowFaults(location: string, schema: unknown): readonly Fault[] {
  const faults = partFaults(location, schema, { lists: false, name: columnFaults });
  const read = faults.length === 0 && schema !== undefined ? tryReadSchema(schema) : undefined;
  if (read === undefined || !('node' in read) || Object.keys(read.node.properties ?? {}).length > 0) return faults;
  return [
    {
      code: 'upload-invalid',
      location,
      found: 'no column',
      expected: 'an object schema with a property for each column',
      fix: 'Declare the columns, or remove rows: the handler then gets the bytes.',
    },
  ];
}

function readable(
  location: string,
  schema: unknown,
  check: (node: SchemaNode, library: SchemaLibrary) => readonly Fault[],
): readonly Fault[] {
  const read = tryReadSchema(schema);
  if (read !== undefined)
    return 'node' in read ? check(read.node, read.library) : read.gaps.map((gap) => notExpressible(location, gap));
  return [
    {
      code: 'schema-invalid',
      location,
      found: formatValue(typeof schema),
      expected: 'a JSON Schema object (TypeBox or a literal), or a schema of Zod, Joi or Valibot',
      fix: 'Pass the schema itself, not the values that it describes.',
    },
  ];
}

function notExpressible(location: string, { at, construct, fix }: SourceGap): Fault {
  return {
    code: 'schema-not-expressible',
    location: at === '' ? location : `${location}.${at}`,
    found: construct,
    expected:
      'what JSON Schema can express (docs/schemas.md): validators are compiled from it, and the library never runs',
    fix: fix ?? REJECTIONS.code,
  };
}

function sizeFaults(location: string, schema: SchemaNode, library: SchemaLibrary): readonly Fault[] {
  const faults: Fault[] = [];
  walkSchema(schema, location, (node, at) => faults.push(...boundFaults(node, at, library)));
  return faults;
}

/** A value that is sent as a string has one type. */
export function scalarFaults(location: string, schema: SchemaNode, lists: boolean): readonly Fault[] {
  const isScalar = (node: SchemaNode): boolean =>
    typeof node.type === 'string' ? SCALARS.includes(node.type) : isStrings(node) && node.type === undefined;
  const items = schema.items;
  const isList = lists && schema.type === 'array' && typeof items === 'object' && isScalar(items);
  if (isScalar(schema) || isList) return [];
  return [
    {
      code: 'parameter-not-scalar',
      location,
      found: formatValue(schema.type ?? Object.keys(schema)),
      expected: lists
        ? 'a string, number, integer or boolean, or an array of these'
        : 'a string, number, integer or boolean',
      fix: 'Declare one "type", or move the value to a JSON body. Parameters and cells are sent as strings.',
    },
  ];
}

/** Enums and unions of string constants have no `type` in TypeBox, but are strings. */
function isStrings(node: SchemaNode): boolean {
  if (typeof node.const === 'string') return true;
  if (node.enum !== undefined) return node.enum.every((value) => typeof value === 'string');
  const choices = node.anyOf ?? node.oneOf;
  return choices?.every(isStrings) ?? false;
}

function headerFaults(location: string, name: string): readonly Fault[] {
  if (HEADER.test(name) && !RESERVED_HEADERS.includes(name)) return [];
  return [
    {
      code: 'header-name-invalid',
      location,
      found: formatValue(name),
      expected: `a header name in lower case, none of ${RESERVED_HEADERS.join(', ')}`,
      fix: 'Write the name in lower case; handlers do not receive credentials and framing headers.',
    },
  ];
}

/** A name that the runtime cannot send would fail each response that has the header, or the header would be lost. */
function responseHeaderFaults(location: string, headers: unknown): readonly Fault[] {
  if (typeof headers !== 'object' || headers === null) return [];
  const names = Object.keys(headers);
  return names.flatMap((written, index) => {
    const name = written.toLowerCase();
    const isTwice = names.findIndex((other) => other.toLowerCase() === name) < index;
    const isOwned = OWNED_RESPONSE_HEADERS.includes(name) || name.startsWith('x-amzn-');
    if (RESPONSE_HEADER.test(name) && !isOwned && !isTwice) return [];
    return [
      {
        code: 'header-name-invalid' as const,
        location: `${location}.${written}`,
        found: isTwice
          ? `${formatValue(written)}, which differs from another header only in case`
          : formatValue(written),
        expected: `letters, digits, "-" and "_", at most 64, unique without case; not x-amzn-* and none of ${OWNED_RESPONSE_HEADERS.join(', ')}`,
        fix: 'Rename the header, or remove it: the runtime or API Gateway sets the listed ones.',
      },
    ];
  });
}

function cookieFaults(location: string, name: string): readonly Fault[] {
  if (COOKIE.test(name)) return [];
  return [
    {
      code: 'cookie-name-invalid',
      location,
      found: formatValue(name),
      expected: 'a token of RFC 6265, at most 64 characters',
      fix: 'Rename the cookie: letters, digits, "_" and "-" are safe.',
    },
  ];
}

function columnFaults(location: string, name: string): readonly Fault[] {
  if (COLUMN.test(name)) return [];
  return [
    {
      code: 'upload-invalid',
      location,
      found: formatValue(name),
      expected:
        'a column name of 1–64 letters, digits, spaces and _ . ( ) / % # -, which starts with a letter, a digit or _',
      fix: 'Rename the column.',
    },
  ];
}
