import type { Fault } from '../fault.ts';
import type { RolesInput } from '../roles.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { reviewDateFault } from './review.ts';

const PERMISSION = /^[a-z][a-z0-9-]{0,39}:[a-z][a-z0-9-]{0,39}$/;
const ROLE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Roles: names and permissions well formed, parents that exist, no cycle, a review date. */
export function checkRoles(api: UncheckedApi): readonly Fault[] {
  const roles = api.roles?.byName ?? {};
  return [
    ...Object.entries(roles).flatMap(([name, role]) => [
      ...nameFault(name),
      ...permissionFaults(name, role.can ?? []),
      ...parentFaults(roles, name, role.extends ?? []),
    ]),
    ...cycleFaults(roles),
    ...reviewDateFault(api.roles),
  ];
}

function nameFault(name: string): readonly Fault[] {
  if (ROLE.test(name)) return [];
  return [
    {
      code: 'name-invalid',
      location: `roles.${name}`,
      found: formatValue(name),
      expected: 'letters, digits, "_" and "-", starting with a letter, at most 64 characters',
      fix: 'Rename the role. Lists of roles are separated by spaces, so a name contains none.',
    },
  ];
}

function permissionFaults(role: string, permissions: readonly string[]): readonly Fault[] {
  return permissions.flatMap((permission, i) =>
    PERMISSION.test(permission)
      ? []
      : [
          {
            code: 'permission-invalid' as const,
            location: `roles.${role}.can.${i}`,
            found: formatValue(permission),
            expected:
              'resource:action, such as document:update, each of the two a lower-case letter followed by at most 39 lower-case letters, digits and "-"',
            fix: 'Name one resource and one action. Wildcards are rejected because they would grant new actions unnoticed.',
          },
        ],
  );
}

function parentFaults(roles: RolesInput, role: string, parents: readonly string[]): readonly Fault[] {
  return parents
    .filter((parent) => !Object.hasOwn(roles, parent))
    .map((parent) => ({
      code: 'role-extends-unknown' as const,
      location: `roles.${role}.extends`,
      found: formatValue(parent),
      expected: `one of ${Object.keys(roles).join(', ')}`,
      fix: 'Name a role of this definition, or add the missing role.',
    }));
}

function cycleFaults(roles: RolesInput): readonly Fault[] {
  return Object.keys(roles).flatMap((start) => {
    const cycle = pathBackTo(roles, start);
    // A cycle is reported once, at the first of its roles in alphabetical order.
    if (cycle === undefined || [...cycle].sort()[0] !== start) return [];
    return [
      {
        code: 'role-cycle' as const,
        location: `roles.${start}.extends`,
        found: [...cycle, start].join(' → '),
        expected: 'inheritance that ends',
        fix: 'Remove one of these "extends", so that the weaker role does not inherit the stronger.',
      },
    ];
  });
}

function pathBackTo(roles: RolesInput, start: string): readonly string[] | undefined {
  const seen = new Set<string>();
  const walk = (role: string, path: readonly string[]): readonly string[] | undefined => {
    for (const parent of roles[role]?.extends ?? []) {
      if (parent === start) return path;
      if (seen.has(parent)) continue;
      seen.add(parent);
      const found = walk(parent, [...path, parent]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}
