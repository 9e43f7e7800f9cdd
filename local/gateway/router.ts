/**
 * Which operation a request is for. A literal segment wins over a parameter, and a parameter over `{name+}`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 */
import type { OpenApiBody } from '../assembly/model.ts';
import { isRecord, record, text } from '../assembly/values.ts';
import type { CompiledRoute, Refusal, Stage } from './exchange.ts';
import { methodOf } from './method.ts';

/** A route with the values of its path parameters, still percent-encoded: a REST API passes them as they came. */
export interface RouteMatch {
  readonly route: CompiledRoute;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Finds the route of a request; nothing when there is none. */
export type Router = (method: string, path: string) => RouteMatch | undefined;

interface Node {
  readonly literals: Map<string, Node>;
  parameter?: Node;
  /** Operations of `{name+}`, which takes the rest of the path. */
  readonly greedy: Map<string, CompiledRoute>;
  /** Operations that end here, by method; `ANY` for all others. */
  readonly operations: Map<string, CompiledRoute>;
}

/** How API Gateway words a path or method that it does not know: it takes the request for one that should be signed. */
const NO_ROUTE: Refusal = {
  kind: 'refusal',
  type: 'MISSING_AUTHENTICATION_TOKEN',
  message: 'Missing Authentication Token',
};

/** Makes the stage that finds the route. `MISSING_AUTHENTICATION_TOKEN`, 403 by default, where there is none. */
export function createRouting(body: OpenApiBody): Stage {
  const find = createRouter(body);
  return (exchange) => {
    const match = find(exchange.call.method, exchange.call.path);
    if (match === undefined) return NO_ROUTE;
    exchange.route = match.route;
    exchange.pathParameters = match.pathParameters;
    return undefined;
  };
}

/** Compiles the paths of a body into a tree. */
function createRouter(body: OpenApiBody): Router {
  const root = emptyNode();
  for (const [resourcePath, item] of Object.entries(record(body['paths']))) {
    for (const [key, operation] of Object.entries(record(item))) {
      const method = methodOf(key);
      if (method === undefined || !isRecord(operation)) continue;
      const operationId = text(operation['operationId']);
      insert(root, { method, resourcePath, operation, ...(operationId === undefined ? {} : { operationId }) });
    }
  }
  return (method, path) => {
    const segments = segmentsOf(path);
    const route = segments && search(root, method, segments, 0);
    return route && { route: forMethod(route, method), pathParameters: parametersOf(route, segments) };
  };
}

function emptyNode(): Node {
  return { literals: new Map(), greedy: new Map(), operations: new Map() };
}

function insert(root: Node, route: CompiledRoute): void {
  let node = root;
  for (const segment of segmentsOf(route.resourcePath) ?? []) {
    if (/^\{.+\+\}$/.test(segment)) {
      node.greedy.set(route.method, route);
      return;
    }
    node = segment.startsWith('{') ? parameterOf(node) : literalOf(node, segment);
  }
  node.operations.set(route.method, route);
}

function parameterOf(node: Node): Node {
  node.parameter ??= emptyNode();
  return node.parameter;
}

function literalOf(node: Node, segment: string): Node {
  const known = node.literals.get(segment) ?? emptyNode();
  node.literals.set(segment, known);
  return known;
}

function search(node: Node, method: string, segments: readonly string[], at: number): CompiledRoute | undefined {
  const segment = segments[at];
  if (segment === undefined) return choose(node.operations, method);
  const literal = node.literals.get(segment);
  const found =
    (literal && search(literal, method, segments, at + 1)) ??
    // A parameter takes one segment that is not empty.
    (segment === '' ? undefined : node.parameter && search(node.parameter, method, segments, at + 1));
  return found ?? choose(node.greedy, method);
}

function choose(routes: ReadonlyMap<string, CompiledRoute>, method: string): CompiledRoute | undefined {
  return routes.get(method) ?? routes.get('ANY');
}

/** An `ANY` operation is asked under the method of the request. */
function forMethod(route: CompiledRoute, method: string): CompiledRoute {
  return route.method === 'ANY' ? { ...route, method } : route;
}

function parametersOf({ resourcePath }: CompiledRoute, segments: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [i, segment] of (segmentsOf(resourcePath) ?? []).entries()) {
    const [, name, greedy] = /^\{(.+?)(\+)?\}$/.exec(segment) ?? [];
    if (name !== undefined) values[name] = greedy === undefined ? (segments[i] ?? '') : segments.slice(i).join('/');
  }
  return values;
}

/** `/a/{b}` → `['a', '{b}']`, `/` → `[]`; nothing for what does not start with a slash. */
function segmentsOf(path: string): readonly string[] | undefined {
  if (!path.startsWith('/')) return undefined;
  return path === '/' ? [] : path.slice(1).split('/');
}
