import { requiredAccess } from '../definition/access.ts';
import type { Route, RouteResponse } from '../definition/api.ts';
import type { ParameterKind, ResponseContract, RouteContract, RowRules } from '../definition/bundledTypes.ts';
import { formatOf, isActive } from '../definition/contentType.ts';
import { deprecationHeaders } from '../definition/deprecation.ts';
import { FORM_BODY, JSON_BODY } from '../definition/requestBody.ts';
import type { SchemaNode } from '../definition/schema.ts';
import { walkSchema } from '../definition/walkSchema.ts';

/** What the handler runtime needs to know about a route besides its validator: plain data, bundled into the function. */
export function routeContract(route: Route): RouteContract {
  const { path, query, headers, cookies, body } = route.request;
  return {
    id: route.id,
    method: route.method,
    path: route.path,
    access: requiredAccess(route.access),
    ...(route.ownership === undefined ? {} : { ownership: route.ownership }),
    ...(route.where === undefined ? {} : { where: route.where }),
    parameters: {
      path: kindsOf(path),
      query: kindsOf(query),
      headers: kindsOf(headers),
      ...(cookies === undefined ? {} : { cookies: kindsOf(cookies) }),
    },
    ...(route.ignoredCookies.length === 0 ? {} : { ignoredCookies: route.ignoredCookies }),
    takesBody: body !== undefined,
    ...bodyContract(route),
    ...(route.idempotency === undefined ? {} : { idempotency: route.idempotency }),
    input: route.input,
    sensitive: sensitiveNames(route),
    ...(route.upload === undefined ? {} : { upload: route.upload }),
    ...(route.access.kind === 'webhook' ? { webhook: route.access.webhook } : {}),
    ...(route.deprecated === undefined ? {} : { deprecation: deprecationHeaders(route.deprecated) }),
    ...(route.ownProblems.length === 0 ? {} : { problems: route.ownProblems.map(({ description: _, ...own }) => own) }),
    responses: route.responses.map(responseContract),
  };
}

/** The media types of a body, where it is not JSON alone, and how a form becomes what its schema describes. */
function bodyContract({
  body: rules,
  request: { body },
}: Route): Pick<RouteContract, 'bodyTypes' | 'form' | 'rawBody'> {
  if (rules === undefined) return {};
  const raw = rules.raw === true ? { rawBody: { required: rules.required } } : {};
  if (rules.types.join() === JSON_BODY) return raw;
  if (body === undefined || !rules.types.includes(FORM_BODY)) return { ...raw, bodyTypes: rules.types };
  const { additionalProperties: others } = body;
  const form = { fields: kindsOf(body), ...(typeof others === 'object' ? { others: kindOf(others) } : {}) };
  return { ...raw, bodyTypes: rules.types, form };
}

function responseContract({ status, contentType, headers, cookies, redirectTo }: RouteResponse): ResponseContract {
  return {
    status,
    ...(contentType === undefined ? {} : { body: responseBody(contentType) }),
    headers: Object.keys(headers),
    ...(cookies === undefined ? {} : { cookies: cookies.map(({ description: _, ...cookie }) => cookie) }),
    ...(redirectTo === undefined ? {} : { redirectTo }),
  };
}

function responseBody(type: string): ResponseContract['body'] {
  return { type, format: formatOf(type), ...(isActive(type) ? { active: true } : {}) };
}

/** How the rows of a route's CSV files are read; undefined where they have no schema. */
export function rowRules({ request: { rows }, upload, input }: Route): RowRules | undefined {
  if (rows === undefined || upload?.maxRows === undefined) return undefined;
  return { columns: kindsOf(rows), required: rows.required ?? [], maxRows: upload.maxRows, unicode: input.unicode };
}

function kindsOf(schema: SchemaNode | undefined): Readonly<Record<string, ParameterKind>> {
  const properties = Object.entries(schema?.properties ?? {});
  return Object.fromEntries(properties.map(([name, property]) => [name, kindOf(property)]));
}

function kindOf(schema: SchemaNode): ParameterKind {
  const list = schema.type === 'array';
  const item = list && typeof schema.items === 'object' ? schema.items : schema;
  return { type: scalarOf(item), list };
}

/** Enums and unions of strings have no `type`; the checks of the definition reject anything else without one. */
function scalarOf({ type }: SchemaNode): ParameterKind['type'] {
  return type === 'integer' || type === 'number' || type === 'boolean' ? type : 'string';
}

/** Names of properties, of requests and responses, that are marked `x-sensitive`, sorted. */
function sensitiveNames({ request, responses }: Route): readonly string[] {
  const names = new Set<string>();
  for (const schema of [...Object.values(request), ...responses.map(({ body }) => body)]) {
    if (schema === undefined) continue;
    walkSchema(schema, '', (node) => {
      for (const [name, child] of Object.entries(node.properties ?? {})) {
        if (isSensitive(child)) names.add(name);
      }
    });
  }
  return [...names].sort();
}

/** Marked itself, or the items of a list are, or a branch is. */
function isSensitive(node: SchemaNode): boolean {
  const inner = [node.items, ...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  return node['x-sensitive'] === true || inner.some((child) => typeof child === 'object' && isSensitive(child));
}
