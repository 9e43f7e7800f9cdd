import type { Api } from '../definition/api.ts';
import { toDraft4 } from './draft4.ts';
import type { GatewayGap } from './gatewayGap.ts';
import type { Json } from './json.ts';
import { pascalCase, schemaBook } from './schemaBook.ts';

/** The models of a gateway body. */
export interface GatewayModels {
  /** Draft-4 schemas by name (`[A-Za-z0-9]+`, as API Gateway demands), equal ones once. */
  readonly schemas: Readonly<Record<string, object>>;
  /** Reference to the model of a route's body; routes without body are absent. */
  readonly bodies: Readonly<Record<string, Json>>;
  readonly gaps: readonly GatewayGap[];
}

/** Converts the body of every route to a model; see {@link toDraft4}. */
export function gatewayModels(api: Api): GatewayModels {
  const book = schemaBook();
  const gaps: GatewayGap[] = [];
  const bodies: [string, Json][] = [];
  for (const { id, request, input } of Object.values(api.routes)) {
    if (request.body === undefined) continue;
    const root = `routes.${id}.body`;
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
