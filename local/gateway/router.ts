/**
 * Finds the operation of a request. The path chooses the resource: a literal segment wins over a parameter, and a parameter
 * over `{name+}`. Then the method has to exist on that resource.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 */
import type { OpenApiBody } from '../assembly/model.ts';
import { isRecord, record, string } from '../assembly/values.ts';
import { methodOf } from './openApi.ts';
import { resourceIdOf } from './requestContext.ts';
import type { CompiledRoute } from './requestState.ts';
import { rejection, type Step } from './step.ts';

/** A route with the values of its path parameters, still percent-encoded: a REST API passes them as sent. */
export interface RouteMatch {
  readonly route: CompiledRoute;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Finds the route of a request; `undefined` when there is none. */
export type Router = (method: string, path: string) => RouteMatch | undefined;

/** By method; `ANY` for all others. */
type Operations = Map<string, CompiledRoute>;

interface Node {
  readonly literals: Map<string, Node>;
  parameter?: Node;
  /** Operations of `{name+}`, which takes the rest of the path. */
  readonly greedy: Operations;
  /** Operations of the path that ends here. */
  readonly operations: Operations;
}

/** API Gateway's response to an unknown path or method: it expects a signed request there. */
const NO_ROUTE = rejection('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');

/** Makes the step that finds the route. Without a route it rejects: `MISSING_AUTHENTICATION_TOKEN`, 403 by default. */
export function createRouting(body: OpenApiBody): Step {
  const find = createRouter(body);
  return (state) => {
    const match = find(state.request.method, state.request.path);
    if (match === undefined) return NO_ROUTE;
    state.route = match.route;
    state.pathParameters = match.pathParameters;
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
      const operationId = string(operation['operationId']);
      const route = { method, resourcePath, resourceId: resourceIdOf(resourcePath), operation };
      insert(root, { ...route, ...(operationId === undefined ? {} : { operationId }) });
    }
  }
  return (method, path) => {
    const segments = segmentsOf(path);
    const operations = segments && search(root, segments, 0);
    const route = operations?.get(method) ?? operations?.get('ANY');
    if (segments === undefined || route === undefined) return undefined;
    return { route: forMethod(route, method), pathParameters: parametersOf(route, segments) };
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
  const child = node.literals.get(segment) ?? emptyNode();
  node.literals.set(segment, child);
  return child;
}

/** The operations of the resource that the path leads to. */
function search(node: Node, segments: readonly string[], at: number): Operations | undefined {
  const segment = segments[at];
  if (segment === undefined) return node.operations.size === 0 ? undefined : node.operations;
  const literal = node.literals.get(segment);
  const found =
    (literal && search(literal, segments, at + 1)) ??
    // A parameter takes one segment that is not empty.
    (segment === '' ? undefined : node.parameter && search(node.parameter, segments, at + 1));
  return found ?? (node.greedy.size === 0 ? undefined : node.greedy);
}

/** An `ANY` operation takes the method of the request. */
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

/** `/a/{b}` → `['a', '{b}']`, `/` → `[]`; `undefined` for a path that does not start with a slash. */
function segmentsOf(path: string): readonly string[] | undefined {
  if (!path.startsWith('/')) return undefined;
  return path === '/' ? [] : path.slice(1).split('/');
}
