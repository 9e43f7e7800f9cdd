import { Command } from 'commander';
import { describeGrant, describeRequirement, permissionsIn, type WhoCan, whoCan } from '../../access/index.ts';
import type { Api, Route } from '../../definition/api.ts';
import { ConfigError } from '../../definition/errors.ts';
import { DEFINITION_OPTION, loadReviewable } from '../definition.ts';
import { print } from '../output.ts';

/** `secure-api access who-can`: the roles that have a permission, and the routes that it opens. */
export function whoCanCommand(): Command {
  return new Command('who-can')
    .description('tell who has a permission, by which inheritance, and which routes it opens')
    .argument('<permission|route>', 'a permission such as document:delete, or the name of a route')
    .option(...DEFINITION_OPTION)
    .option('--json', 'print { permission, roles, routes, exceptions } as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ secure-api access who-can document:delete
  $ secure-api access who-can deleteDocument --json`,
    )
    .action(async (asked: string, options: { definition?: string; json?: boolean }) => {
      const api = await loadReviewable(options.definition);
      const route = Object.hasOwn(api.routes, asked) ? api.routes[asked] : undefined;
      const permission = route === undefined ? known(api, asked) : permissionOf(route);
      const told = permission === undefined ? undefined : whoCan(api, permission);
      print(options.json === true ? jsonOf(told, route) : stringOf(told, route));
    });
}

function permissionOf({ access }: Route): string | undefined {
  return access.kind === 'permission' ? access.permission : undefined;
}

function known(api: Api, asked: string): string {
  const permissions = permissionsIn(api);
  if (permissions.includes(asked)) return asked;
  throw new ConfigError({
    code: 'option-invalid',
    location: 'who-can',
    found: asked,
    expected: `a permission (${permissions.join(', ')}) or a route (${Object.keys(api.routes).join(', ')})`,
    fix: 'Mend the spelling.',
  });
}

function jsonOf(told: WhoCan | undefined, route: Route | undefined): string {
  const placed = ({ id, method, path, access, ownership }: Route) => ({ id, method, path, access, ownership });
  if (told === undefined) return JSON.stringify({ route: route && placed(route) }, null, 2);
  const { permission, roles, routes, exceptions } = told;
  return JSON.stringify({ permission, roles, routes: routes.map(placed), exceptions: exceptions.map(placed) }, null, 2);
}

function stringOf(told: WhoCan | undefined, route: Route | undefined): string {
  if (told === undefined) return route === undefined ? '' : `${routeLine(route)}\n\nNo role is asked for.`;
  const { permission, roles, routes, exceptions } = told;
  const parts = [
    [permission],
    ['Roles', ...lines(roles.map((holder) => describeGrant(holder.role, holder)))],
    ['Routes', ...lines(routes.map(routeLine))],
    exceptions.length === 0 ? [] : ['Opens what others own', ...lines(exceptions.map(routeLine))],
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n');
}

function lines(strings: readonly string[]): readonly string[] {
  return (strings.length === 0 ? ['none'] : strings).map((text) => `  ${text}`);
}

function routeLine(route: Route): string {
  return `${route.method} ${route.path} (${route.id}): ${describeRequirement(route)}`;
}
