import { declaredPairs, exclusivePairs } from '../exclusiveRoles.ts';
import type { Fault } from '../fault.ts';
import { lineageOf, type RolesInput } from '../roles.ts';
import { formatValue, oneOf, type UncheckedApi } from './check.ts';

/** Separation of duties and the default role: the roles exist, and no rule contradicts another. */
export function checkExclusiveRoles(api: UncheckedApi): readonly Fault[] {
  const roles = api.roles?.byName ?? {};
  return [
    ...Object.entries(roles).flatMap(([name, role]) => unknownFaults(roles, name, role.exclusiveWith ?? [])),
    ...conflictFaults(roles),
    ...defaultFaults(roles, api.defaultRole),
  ];
}

function unknownFaults(roles: RolesInput, role: string, others: readonly string[]): readonly Fault[] {
  return others
    .filter((other) => !Object.hasOwn(roles, other) || other === role)
    .map((other) => ({
      code: 'role-exclusive-unknown' as const,
      location: `roles.${role}.exclusiveWith`,
      found: formatValue(other),
      expected: oneOf(
        Object.keys(roles).filter((name) => name !== role),
        'another role, of which the definition has none',
      ),
      fix: 'Name another role of this definition.',
    }));
}

/** A role that inherits both roles of an exclusive pair grants nothing. */
function conflictFaults(roles: RolesInput): readonly Fault[] {
  const pairs = declaredPairs(roles);
  return Object.keys(roles).flatMap((role) => {
    const lineage = lineageOf(roles, role);
    return pairs
      .filter((pair) => pair.every((one) => lineage.has(one)))
      .map(([one, other]) => ({
        code: 'role-exclusive-conflict' as const,
        location: `roles.${role}.extends`,
        found: `${pathTo(lineage, one)} and ${pathTo(lineage, other)}`,
        expected: `not both: ${one} and ${other} are exclusive`,
        fix: 'Remove one "extends", or the exclusion. With both, nobody can hold the role.',
      }));
  });
}

function pathTo(lineage: ReadonlyMap<string, readonly string[]>, role: string): string {
  return (lineage.get(role) ?? []).join(' → ');
}

function defaultFaults(roles: RolesInput, defaultRole: string | undefined): readonly Fault[] {
  if (defaultRole === undefined) return [];
  if (!Object.hasOwn(roles, defaultRole)) {
    return [
      {
        code: 'default-role-unknown',
        location: 'defaultRole',
        found: formatValue(defaultRole),
        expected: oneOf(Object.keys(roles), 'a role, of which the definition has none'),
        fix: 'Name a role of this definition.',
      },
    ];
  }
  const pair = exclusivePairs(roles).find((one) => one.includes(defaultRole));
  if (pair === undefined) return [];
  return [
    {
      code: 'default-role-exclusive',
      location: 'defaultRole',
      found: `${defaultRole}, which excludes ${pair.find((one) => one !== defaultRole)}`,
      expected: 'a role that excludes no other',
      fix: 'Choose another default role, or remove the exclusion. Every caller has the default role, so a caller with the other role would have neither.',
    },
  ];
}
