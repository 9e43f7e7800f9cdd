import { IDEMPOTENCY_REPLAYED } from '../../lambdas/shared/httpHeaders.ts';
import type { Route, RouteResponse } from '../definition/api.ts';
import { formatOf } from '../definition/contentType.ts';
import { DEPRECATION_HEADERS, deprecationHeaders, describeDeprecation } from '../definition/deprecation.ts';
import type { SchemaNode } from '../definition/schema.ts';
import { pascalCase } from '../definition/schemaName.ts';
import type { UploadRules } from '../definition/upload.ts';
import { describeAccess, describeFlood, describeLimit } from './descriptions.ts';
import { type Example, exampleOf } from './examples.ts';
import type { Json } from './json.ts';
import { rejectionsOf } from './publicResponses.ts';
import type { PublicSchemas } from './publicSchemas.ts';
import type { PublicSecurity } from './publicSecurity.ts';
import { webhookParameters } from './webhooks.ts';

const REPLAYED = '`true`: the response to the first request with this `Idempotency-Key`.';

/** What an operation refers to. */
export interface DocumentParts {
  readonly book: PublicSchemas;
  readonly security: PublicSecurity;
  /** Reference to the schema of problem documents. */
  readonly problem: Json;
}

/** One operation of the public document; schemas of bodies are entered in the book under the route's name. */
export function publicOperation(route: Route, { book, security, problem }: DocumentParts): Json {
  const { path, query, headers, cookies, body } = route.request;
  const name = pascalCase(route.id);
  const parametersOf = (part: SchemaNode | undefined, where: string) =>
    parametersIn(part, where, (schema, of) => book.inline(`${name}${pascalCase(of)}`, schema));
  const parameters = [
    ...parametersOf(path, 'path'),
    ...parametersOf(query, 'query'),
    ...parametersOf(headers, 'header'),
    ...parametersOf(cookies, 'cookie'),
    ...webhookParameters(route.access),
  ];
  const { access } = route;
  return {
    operationId: route.id,
    tags: [route.group],
    summary: route.summary,
    description: describe(route),
    ...(route.deprecated === undefined ? {} : { deprecated: true }),
    ...(access.kind === 'permission' ? { 'x-permission': access.permission } : {}),
    security: security.requirements(access),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? rawBodyOf(route) : { requestBody: bodyOf(route, book.add(`${name}Request`, body)) }),
    ...(route.upload === undefined
      ? {}
      : { requestBody: { required: true, content: formContent(route.upload, route.request.rows) } }),
    responses: {
      ...Object.fromEntries(route.responses.map((response) => [response.status, responseOf(route, response, book)])),
      ...rejectionsOf(route, problem),
    },
  };
}

function parametersIn(
  part: SchemaNode | undefined,
  where: string,
  schemaOf: (schema: SchemaNode, name: string) => Json,
): readonly Json[] {
  return Object.entries(part?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: where,
    required: where === 'path' || (part?.required ?? []).includes(name),
    ...(typeof schema['description'] === 'string' ? { description: schema['description'] } : {}),
    schema: schemaOf(schema, name),
  }));
}

function responseOf(route: Route, response: RouteResponse, book: PublicSchemas): Json {
  const { status, description, headers, cookies = [] } = response;
  const set = cookies.map(({ name, description: says }) => `\`${name}\`: ${says}`);
  const setCookie = set.length === 0 ? {} : { 'Set-Cookie': set.join('\n') };
  const several = route.responses.filter((other) => other.body !== undefined).length > 1;
  const name = `${pascalCase(route.id)}Response${several ? status : ''}`;
  const replayed = route.idempotency === undefined ? {} : { [IDEMPOTENCY_REPLAYED]: REPLAYED };
  const named = [
    ...Object.entries({ ...headers, ...setCookie, ...replayed }).map(([header, text]) => [
      header,
      { description: text, schema: { type: 'string' } },
    ]),
    ...endOfLifeHeaders(route),
  ];
  return {
    description,
    ...(named.length === 0 ? {} : { headers: Object.fromEntries(named) }),
    ...contentOf(response, book, name),
  };
}

/** One schema, whatever the media type. */
function bodyOf({ body, request }: Route, schema: object): Json {
  const example = request.body && exampleOf(request.body);
  const media = { schema, ...exampleIn(example) };
  const content = Object.fromEntries((body?.types ?? []).map((type) => [type, media]));
  return { required: body?.required ?? true, content };
}

/** Bytes have no schema but their media type, as in {@link contentOf}; JSON and forms are any that the size allows. */
function rawBodyOf({ body, input }: Route): Json {
  if (body?.raw !== true) return {};
  const media = (type: string) => (formatOf(type) === 'text' ? { schema: { type: 'string' } } : {});
  const content = Object.fromEntries(body.types.map((type) => [type, media(type)]));
  const description = `The bytes are taken as they are, at most ${input.maxBodyBytes}.`;
  return { requestBody: { description, required: body.required, content } };
}

/** The headers that announce a deprecation, with their values. A handler's own links are in the same header. */
function endOfLifeHeaders({ deprecated }: Route): readonly (readonly [string, Json])[] {
  if (deprecated === undefined) return [];
  const values = deprecationHeaders(deprecated);
  return Object.entries(DEPRECATION_HEADERS).flatMap(([header, name]) => {
    const value = values[name];
    const description = `Announces the end of the operation: ${describeDeprecation(deprecated)}`;
    return value === undefined ? [] : [[header, { description, schema: { type: 'string' }, example: value }] as const];
  });
}

/** Text is a string; bytes have no schema but their media type (OpenAPI 3.1.0, "Considerations for File Uploads"). */
function contentOf({ contentType, body }: RouteResponse, book: PublicSchemas, name: string): Json {
  if (contentType === undefined) return {};
  if (body !== undefined)
    return { content: { [contentType]: { schema: book.add(name, body), ...exampleIn(exampleOf(body)) } } };
  return { content: { [contentType]: formatOf(contentType) === 'text' ? { schema: { type: 'string' } } : {} } };
}

function exampleIn(example: Example | undefined): Json {
  return example === undefined ? {} : { example: example.value };
}

/**
 * Files in a form (OpenAPI 3.1.0, "Considerations for `multipart` Content"): binary parts have no schema but their
 * media types.
 */
function formContent({ field, maxFiles, maxBytes, types, maxRows }: UploadRules, rows: SchemaNode | undefined): Json {
  const file = { type: 'string', contentMediaType: 'application/octet-stream' };
  const endings = [...new Set(Object.values(types).flat())].join(', ');
  const size = `At most ${maxBytes} bytes${maxFiles === 1 ? '' : ' each'}; names end in ${endings}.`;
  const description =
    rows === undefined ? size : `${size} A header and at most ${maxRows} rows. ${describeColumns(rows)}`;
  const files = maxFiles === 1 ? file : { type: 'array', items: file, minItems: 1, maxItems: maxFiles };
  return {
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: { [field]: { ...files, description } },
        required: [field],
        additionalProperties: false,
      },
      encoding: { [field]: { contentType: Object.keys(types).join(', ') } },
    },
  };
}

/** No schema describes what is in a binary part, so words do. */
function describeColumns({ properties = {}, required = [] }: SchemaNode): string {
  const columns = Object.entries(properties).map(([name, { type }]) => {
    const kind = typeof type === 'string' ? type : 'string';
    return `${name} (${kind}${required.includes(name) ? '' : ', optional'})`;
  });
  return `Columns, in any order: ${columns.join(', ')}.`;
}

function describe(route: Route): string {
  const limits = Object.entries(route.limits).map(([tier, limit]) => `Limit in tier ${tier}: ${describeLimit(limit)}.`);
  const flood = route.flood === undefined ? [] : [`Limit: ${describeFlood(route.flood)}.`];
  const end = route.deprecated === undefined ? undefined : describeDeprecation(route.deprecated);
  const parts = [end, route.description, describeAccess(route), ...limits, ...flood];
  return parts.filter((part) => part !== undefined).join('\n\n');
}
