import { Command } from 'commander';
import { describeGrant, describeRequirement, permissionsIn, type WhoCan, whoCan } from '../../access/index.ts';
import type { Api, Route } from '../../definition/api.ts';
import { DEFINITION_OPTION, loadReviewable } from '../loadDefinition.ts';
import { invalidOption, withExamples } from '../options.ts';
import { print } from '../output.ts';

/** `secure-api access who-can`: the roles that have a permission, and the routes that need it. */
export function whoCanCommand(): Command {
  const command = new Command('who-can')
    .description('print who has a permission, by which inheritance, and the routes that need it')
    .argument('<permission|route>', 'a permission such as document:delete, or the name of a route')
    .option(...DEFINITION_OPTION)
    .option('--json', 'print { permission, roles, routes, exceptions } as JSON')
    .action(async (name: string, options: { definition?: string; json?: boolean }) => {
      const api = await loadReviewable(options.definition);
      const route = Object.hasOwn(api.routes, name) ? api.routes[name] : undefined;
      const permission = route === undefined ? knownPermission(api, name) : permissionOf(route);
      const holders = permission === undefined ? undefined : whoCan(api, permission);
      print(options.json === true ? jsonOf(holders, route) : stringOf(holders, route));
    });
  return withExamples(
    command,
    'secure-api access who-can document:delete',
    'secure-api access who-can deleteDocument --json',
  );
}

function permissionOf({ access }: Route): string | undefined {
  return access.kind === 'permission' ? access.permission : undefined;
}

function knownPermission(api: Api, name: string): string {
  const permissions = permissionsIn(api);
  if (permissions.includes(name)) return name;
  throw invalidOption({
    location: 'who-can',
    found: name,
    expected: `a permission (${permissions.join(', ')}) or a route (${Object.keys(api.routes).join(', ')})`,
    fix: 'Fix the spelling.',
  });
}

function jsonOf(holders: WhoCan | undefined, route: Route | undefined): string {
  const routeJson = ({ id, method, path, access, ownership, where }: Route) => ({
    id,
    method,
    path,
    access,
    ownership,
    where,
  });
  if (holders === undefined) return JSON.stringify({ route: route && routeJson(route) }, null, 2);
  const { permission, roles, routes, exceptions } = holders;
  return JSON.stringify(
    { permission, roles, routes: routes.map(routeJson), exceptions: exceptions.map(routeJson) },
    null,
    2,
  );
}

function stringOf(holders: WhoCan | undefined, route: Route | undefined): string {
  if (holders === undefined) return route === undefined ? '' : `${routeLine(route)}\n\nIt needs no role.`;
  const { permission, roles, routes, exceptions } = holders;
  const parts = [
    [permission],
    ['Roles', ...lines(roles.map((holder) => describeGrant(holder.role, holder)))],
    ['Routes', ...lines(routes.map(routeLine))],
    exceptions.length === 0 ? [] : ['Routes to what others own', ...lines(exceptions.map(routeLine))],
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n');
}

function lines(strings: readonly string[]): readonly string[] {
  return (strings.length === 0 ? ['none'] : strings).map((line) => `  ${line}`);
}

function routeLine(route: Route): string {
  return `${route.method} ${route.path} (${route.id}): ${describeRequirement(route)}`;
}
