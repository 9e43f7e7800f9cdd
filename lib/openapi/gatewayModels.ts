import type { Api, Route } from '../definition/api.ts';
import { FORM_BODY } from '../definition/requestBody.ts';
import { pascalCase } from '../definition/schemaName.ts';
import { toDraft4 } from './draft4.ts';
import type { GatewayGap } from './gatewayGap.ts';
import type { Json } from './json.ts';
import { schemaBook } from './schemaBook.ts';

/** The models of a gateway body. */
export interface GatewayModels {
  /** Draft-4 schemas by name (`[A-Za-z0-9]+`, as API Gateway demands), equal ones once. */
  readonly schemas: Readonly<Record<string, object>>;
  /** Reference to the model of a route's body; routes whose bodies have none are absent. */
  readonly bodies: Readonly<Record<string, Json>>;
  readonly gaps: readonly GatewayGap[];
}

/**
 * The media types of a route whose bodies a model validates. API Gateway parses every body that has a model as JSON, so it would
 * reject each form. A model has no word for a body that can be missing: whether an empty one is rejected is not documented. And
 * OpenAPI 3.0.1 gives a body of DELETE no meaning.
 */
export function modelTypes({ method, body }: Route): readonly string[] {
  if (body === undefined || !body.required || method === 'DELETE') return [];
  return body.types.filter((type) => type !== FORM_BODY);
}

/** What no model of a route checks, besides single keywords. */
function bodyGaps({ id: route, body }: Route, location: string): readonly GatewayGap[] {
  const gap = (keyword: string, reason: string) => ({ route, location, keyword, reason });
  return [
    ...(body?.required === false ? [gap('bodyRequired', 'the gateway could reject a missing body')] : []),
    ...(body?.types.includes(FORM_BODY) === true ? [gap('bodyType', 'the gateway does not read forms')] : []),
  ];
}

/** Converts the body of every route to a model; see {@link toDraft4}. */
export function gatewayModels(api: Api): GatewayModels {
  const book = schemaBook();
  const gaps: GatewayGap[] = [];
  const bodies: [string, Json][] = [];
  for (const route of Object.values(api.routes)) {
    const { id, request, input } = route;
    if (request.body === undefined) continue;
    const root = `routes.${id}.body`;
    gaps.push(...bodyGaps(route, root));
    if (modelTypes(route).length === 0) continue;
    const nameOf = (location: string) => `${pascalCase(id)}Body${pascalCase(location.slice(root.length))}`;
    const model = toDraft4(request.body, root, {
      drop: (location, keyword, reason) => gaps.push({ route: id, location, keyword, reason }),
      lift: (location, schema) => book.add(nameOf(location), schema),
      normalizes: input.unicode === 'normalize',
    });
    bodies.push([id, book.add(nameOf(root), model)]);
  }
  return { schemas: book.schemas(), bodies: Object.fromEntries(bodies), gaps };
}
