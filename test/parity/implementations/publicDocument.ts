/** The document for people and clients, read by a validator of its dialect (2020-12) that this project did not write. */
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { AccessPolicy } from '../../../lib/definition/bundledTypes.ts';
import {
  DOCUMENT,
  type OpenApi,
  type Operation,
  type OperationMatch,
  operationOf,
  type Parameter,
} from '../documents.ts';
import type { Implementation, Outcome } from '../implementation.ts';
import { headerValues, type Wire, wireOf } from '../wire.ts';

/** The text of a UUID (RFC 9562, section 4). The package also takes `urn:uuid:` before it, which is a URN. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Conforms = (schema: object, value: unknown) => boolean;

/** A client that follows the document exactly sends only what the API accepts. */
export function publicDocumentImplementation(document: OpenApi, roles: AccessPolicy['roles']): Implementation {
  const ajv = new Ajv2020.default({ strict: false, logger: false });
  addFormats.default(ajv);
  ajv.addFormat('uuid', UUID);
  ajv.addSchema({ $id: DOCUMENT, components: document.components });
  const conforms: Conforms = (schema, value) => ajv.compile(schema)(value) === true;
  return {
    name: 'public OpenAPI document',
    about: ['access', 'input'],
    excused: ({ beyondSchemas }) => beyondSchemas === true,
    evaluate: (request) => {
      const match = operationOf(document, request.method === 'HEAD' ? 'GET' : request.method, request.path);
      if (match === undefined) return { access: 'no-route' };
      const wire = wireOf(request);
      const fits = parametersFit(match, wire, conforms) && bodyFits(match.operation, wire, conforms);
      return { access: accessOf(match.operation, request.roles, roles), input: fits ? 'valid' : 'invalid' };
    },
  };
}

function accessOf(
  { security, 'x-permission': needed }: Operation,
  roles: readonly string[] | undefined,
  granted: AccessPolicy['roles'],
): Outcome['access'] {
  if (security?.length === 0) return 'allow';
  if (roles === undefined) return 'unauthenticated';
  const has = (role: string) =>
    needed === undefined || (Object.hasOwn(granted, role) && granted[role]?.includes(needed));
  return needed === undefined || roles.some(has) ? 'allow' : 'forbidden';
}

/** Every declared parameter is valid, and the query has no other. */
function parametersFit({ operation, path }: OperationMatch, wire: Wire, conforms: Conforms): boolean {
  const declared = operation.parameters ?? [];
  const known = declared.filter((each) => each.in === 'query').map(({ name }) => name);
  if (Object.keys(wire.query).some((name) => !known.includes(name))) return false;
  return declared.every((parameter) => {
    const values = valuesOf(parameter, path, wire);
    const [value, ...others] = values ?? [];
    if (values === undefined || others.length > 0) return false;
    if (value === undefined) return parameter.required !== true;
    return conforms(parameter.schema, readAs(parameter.schema['type'], value));
  });
}

/** Undefined if a path is not valid percent-encoding. */
function valuesOf(
  { name, in: location }: Parameter,
  path: Readonly<Record<string, string>>,
  wire: Wire,
): readonly string[] | undefined {
  if (location === 'query') return Object.hasOwn(wire.query, name) ? wire.query[name] : [];
  if (location === 'header') return headerValues(wire, name);
  try {
    return [decodeURIComponent(path[name] ?? '')];
  } catch {
    return undefined;
  }
}

/** A number has one spelling, that of JSON; anything else stays a string. */
function readAs(type: unknown, text: string): unknown {
  const value = Number(text);
  return (type === 'integer' || type === 'number') && JSON.stringify(value) === text ? value : text;
}

function bodyFits({ requestBody }: Operation, wire: Wire, conforms: Conforms): boolean {
  if ((wire.body ?? '') === '') return requestBody?.required !== true;
  const [type = '', ...others] = headerValues(wire, 'content-type');
  const schema = requestBody?.content[type.split(';')[0]?.trim().toLowerCase() ?? '']?.schema;
  if (schema === undefined || others.length > 0) return false;
  try {
    return conforms(schema, JSON.parse(wire.body ?? ''));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
