import type { Route } from '../definition/api.ts';
import type { ParameterKind, RequiredAccess, RouteContract } from '../definition/projected.ts';
import type { SchemaNode } from '../definition/schema.ts';

/** What the handler runtime must know of a route beside its validator; plain data, bundled into the function. */
export function routeContract(route: Route): RouteContract {
  const { path, query, headers, body } = route.request;
  return {
    id: route.id,
    method: route.method,
    path: route.path,
    access: accessOf(route),
    parameters: { path: kindsOf(path), query: kindsOf(query), headers: kindsOf(headers) },
    takesBody: body !== undefined,
    maxBodyBytes: route.maxBodyBytes,
    responses: route.responses.map((response) => ({
      status: response.status,
      body: response.body !== undefined,
      headers: Object.keys(response.headers),
    })),
  };
}

/** Reasons stay with the definition. */
function accessOf({ access }: Route): RequiredAccess {
  return access.kind === 'permission' ? access : { kind: access.kind };
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

/** Enums and unions of texts carry no `type`; the checks of the definition let nothing else pass without one. */
function scalarOf({ type }: SchemaNode): ParameterKind['type'] {
  return type === 'integer' || type === 'number' || type === 'boolean' ? type : 'string';
}
