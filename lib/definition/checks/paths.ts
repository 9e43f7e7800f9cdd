import type { Api } from '../api.ts';
import type { Fault } from '../fault.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { tryReadSchema } from './readSchemas.ts';

const SEGMENT = /^(\{[A-Za-z][A-Za-z0-9]*\}|[A-Za-z0-9._~-]+)$/;
/** API Gateway serves these paths itself. */
const RESERVED = ['/ping', '/sping'];
/** The gateway serves the metadata of the API there (RFC 9728). */
const METADATA = '/.well-known/oauth-protected-resource';
/**
 * Resources (nodes of the path tree) of one REST API, a quota that can be raised:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
const RESOURCES_PER_API = 300;

/** Paths: well formed, not reserved, unique, parameters declared, and one name for a parameter at each position. */
export function checkPaths(api: UncheckedApi): readonly Fault[] {
  const routes = Object.entries(api.routes ?? {});
  return [
    ...routes.flatMap(([id, route]) => [
      ...formFaults(`routes.${id}`, String(route.path)),
      ...parameterFaults(`routes.${id}`, String(route.path), route.options?.path),
    ]),
    ...duplicateFaults(routes.map(([id, route]) => ({ id, method: route.method, path: String(route.path) }))),
    ...treeFaults(routes.map(([id, route]) => ({ id, path: String(route.path) }))),
  ];
}

function formFaults(location: string, path: string): readonly Fault[] {
  if (RESERVED.includes(path)) {
    return [
      {
        code: 'path-reserved',
        location,
        found: formatValue(path),
        expected: 'another path: API Gateway serves /ping and /sping itself',
        fix: 'Use /health.',
      },
    ];
  }
  if (path === METADATA || path.startsWith(`${METADATA}/`)) {
    return [
      {
        code: 'path-reserved',
        location,
        found: formatValue(path),
        expected: 'another path: the gateway serves the metadata of the API there (RFC 9728)',
        fix: 'Use another path. Clients find issuers and scopes in the metadata.',
      },
    ];
  }
  const segments = path.split('/').slice(1);
  const wellFormed = path.startsWith('/') && (path === '/' || segments.every((segment) => SEGMENT.test(segment)));
  const names = parametersOf(path);
  if (wellFormed && new Set(names).size === names.length) return [];
  return [
    {
      code: 'path-invalid',
      location,
      found: formatValue(path),
      expected: 'a path such as /documents/{id}: no trailing slash, no greedy or repeated parameter',
      fix: hint(path) ?? 'Write each segment as letters, digits, ".", "_", "~", "-", or as one {parameter}.',
    },
  ];
}

/** The same path with parameters as other frameworks write them: `:id`, `<id>`, `[id]`. */
function hint(path: string): string | undefined {
  const meant = path.replaceAll(/(?<=\/)(?::(\w+)|<(\w+)>|\[(\w+)\]|\$\{?(\w+)\}?)(?=\/|$)/g, (_, ...names) => {
    const name = names.slice(0, 4).find((one) => one !== undefined);
    return `{${name}}`;
  });
  return meant === path ? undefined : `Write a parameter in braces: ${meant}.`;
}

function parameterFaults(location: string, path: string, schema: unknown): readonly Fault[] {
  const inPath = parametersOf(path);
  const read = schema === undefined ? undefined : tryReadSchema(schema);
  const properties = read !== undefined && 'node' in read ? (read.node.properties ?? {}) : {};
  const declared = Object.keys(properties);
  return [
    ...inPath
      .filter((name) => !declared.includes(name))
      .map((name) => ({
        code: 'path-parameter-undeclared' as const,
        location: `${location}.path.properties.${name}`,
        found: 'nothing',
        expected: `a schema for {${name}}`,
        fix: `Declare it: path: object({ ${name}: Type.String({ maxLength: … }) }).`,
      })),
    ...declared
      .filter((name) => !inPath.includes(name))
      .map((name) => ({
        code: 'path-parameter-unknown' as const,
        location: `${location}.path.properties.${name}`,
        found: formatValue(name),
        expected: inPath.length === 0 ? 'no path parameter' : `one of ${inPath.join(', ')}`,
        fix: `Remove it, or add {${name}} to the path.`,
      })),
  ];
}

function duplicateFaults(routes: readonly { id: string; method: string; path: string }[]): readonly Fault[] {
  const first = new Map<string, string>();
  return routes.flatMap(({ id, method, path }) => {
    const key = `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`;
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, id);
      return [];
    }
    return [
      {
        code: 'route-duplicate' as const,
        location: `routes.${id}`,
        found: `${method} ${path}`,
        expected: `another method or path: routes.${other} has this one`,
        fix: 'Remove one of the two.',
      },
    ];
  });
}

/** API Gateway keeps paths as a tree, in which siblings cannot be parameters of different names. */
function treeFaults(routes: readonly { id: string; path: string }[]): readonly Fault[] {
  const parameterAt = new Map<string, { name: string; id: string }>();
  const faults: Fault[] = [];
  for (const { id, path } of routes) {
    let parent = '';
    for (const segment of path.split('/').slice(1)) {
      const known = parameterAt.get(parent);
      if (segment.startsWith('{')) {
        if (known !== undefined && known.name !== segment) faults.push(conflict(id, segment, known));
        else parameterAt.set(parent, { name: segment, id });
      }
      parent = `${parent}/${segment}`;
    }
  }
  return faults;
}

/** What needs a higher quota of API Gateway: warnings, or errors with `strict`. */
export function resourceFaults({ routes }: Api): readonly Fault[] {
  const nodes = new Set(Object.values(routes).flatMap(({ path }) => nodesOf(path)));
  if (nodes.size <= RESOURCES_PER_API) return [];
  const fix =
    'Split the definition into two APIs behind one SharedDomain, or ask AWS to raise the quota for this API, which it does when the API is deployed already.';
  return [
    {
      code: 'resources-too-many',
      location: 'routes',
      found: `${nodes.size} path nodes`,
      expected: `at most ${RESOURCES_PER_API}, the quota "Resources per API" of API Gateway`,
      fix,
    },
  ];
}

/** `/things/{id}` has two: `/things` and `/things/{id}`. */
function nodesOf(path: string): readonly string[] {
  const segments = path.split('/').slice(1);
  return segments.map((_, i) => segments.slice(0, i + 1).join('/'));
}

function conflict(id: string, segment: string, known: { name: string; id: string }): Fault {
  return {
    code: 'path-parameter-conflict',
    location: `routes.${id}`,
    found: segment,
    expected: `${known.name}, as routes.${known.id} names it`,
    fix: 'Use the same name. API Gateway allows one parameter name at each position of a path.',
  };
}

function parametersOf(path: string): readonly string[] {
  return [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] ?? '');
}
