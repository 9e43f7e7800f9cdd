import type { Fault } from '../fault.ts';
import { bodyTypesOf, FORM_BODY, isBodyType } from '../requestBody.ts';
import type { RouteInput } from '../routes.ts';
import type { SchemaNode } from '../schema.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { schemaLocation, tryReadSchema } from './readSchemas.ts';
import { scalarFaults } from './schemas.ts';

/** No type, because their schema and their parameters say nothing about the body, or two types that no schema describes. */
const EXPECTED =
  'application/json, application/x-www-form-urlencoded, or application/<name>+json, in lower case and without parameters';

/** Bodies: where HTTP has them, of media types that the runtime reads, and of schemas that a form can express. */
export function checkRequestBodies(api: UncheckedApi): readonly Fault[] {
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const options: RouteInput = route.options ?? {};
    const location = `routes.${id}`;
    if (options.body === undefined) return options.rawBody === undefined ? aloneFaults(location, options) : [];
    return [
      ...methodFaults(location, route.method, options),
      ...typeFaults(`${location}.bodyType`, options.bodyType),
      ...formFaults(schemaLocation(id, 'body'), options),
    ];
  });
}

/** Options of a body that a route does not take. */
function aloneFaults(location: string, options: RouteInput): readonly Fault[] {
  return (['bodyType', 'bodyRequired'] as const)
    .filter((name) => options[name] !== undefined)
    .map((name) => ({
      code: 'body-type-invalid' as const,
      location: `${location}.${name}`,
      found: `${name} without body`,
      expected: 'a schema of the body beside it',
      fix: `Declare the schema in body, or remove ${name}: without a schema the route takes no body.`,
    }));
}

/** Intermediaries may drop the content of DELETE, so no request can depend on it. */
function methodFaults(location: string, method: string, { bodyRequired }: RouteInput): readonly Fault[] {
  if (method !== 'GET' && !(method === 'DELETE' && bodyRequired !== false)) return [];
  return [
    {
      code: 'body-not-allowed',
      location: `${location}.body`,
      found: `a body on ${method}`,
      expected: 'no body: RFC 9110 gives it no meaning there',
      fix:
        method === 'GET'
          ? 'Use the query, or another method.'
          : 'Use the query, another method, or bodyRequired: false for clients that send one.',
    },
  ];
}

function typeFaults(location: string, option: RouteInput['bodyType']): readonly Fault[] {
  if (option === undefined) return [];
  const isList = Array.isArray(option);
  // A copy, in which what is missing between two commas is a value.
  const types: readonly unknown[] = isList ? [...option] : [option];
  const fault = (at: string, found: string, fix: string): Fault => ({
    code: 'body-type-invalid',
    location: at,
    found,
    expected: EXPECTED,
    fix,
  });
  if (types.length === 0) return [fault(location, 'an empty list', 'Name a media type, or remove bodyType for JSON.')];
  return types.flatMap((type, i) => {
    const at = isList ? `${location}.${i}` : location;
    if (!isBodyType(type)) return [fault(at, formatValue(type), fixOf(type))];
    return types.indexOf(type) === i ? [] : [fault(at, `${formatValue(type)} twice`, 'Name each media type once.')];
  });
}

function fixOf(type: unknown): string {
  if (typeof type !== 'string') return 'Write a media type, or a list of them.';
  const plain = type.replace(/;.*$/s, '').trim().toLowerCase();
  if (plain !== type && isBodyType(plain)) return `Write '${plain}': the charset is always UTF-8.`;
  if (plain.startsWith('multipart/')) return 'Declare files with upload: it takes multipart/form-data.';
  return 'The runtime reads JSON and forms. Name a type of JSON, or a form.';
}

/** A form is a list of names and strings: a flat object, as the parameters of a query are. */
function formFaults(location: string, { body, bodyType }: RouteInput): readonly Fault[] {
  const types: readonly unknown[] = bodyTypesOf(bodyType) ?? [];
  if (!Array.isArray(types) || !types.includes(FORM_BODY)) return [];
  const read = tryReadSchema(body);
  if (read === undefined || !('node' in read)) return [];
  const { node } = read;
  if (node.type !== 'object') {
    return [
      {
        code: 'schema-not-object',
        location,
        found: formatValue(node.type),
        expected: 'an object schema with a property for each field of the form',
        fix: 'Wrap the fields: object({ name: … }).',
      },
    ];
  }
  const others: readonly (readonly [string, SchemaNode])[] =
    typeof node.additionalProperties === 'object' ? [['additionalProperties', node.additionalProperties]] : [];
  const fields = Object.entries(node.properties ?? {}).map(([name, child]) => [`properties.${name}`, child] as const);
  return [...fields, ...others].flatMap(([at, child]) => scalarFaults(`${location}.${at}`, child, true));
}
