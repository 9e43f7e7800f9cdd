import { lineageOf, type RolesInput } from './roles.ts';

/** Two roles that exclude each other, in the order of the definition. */
export type RolePair = readonly [string, string];

/** The pairs that the definition names, each once, whichever role names the other. The checks report unknown names. */
export function declaredPairs(roles: RolesInput): readonly RolePair[] {
  const names = Object.keys(roles);
  return pairsOf(names).filter(
    ([one, other]) =>
      roles[one]?.exclusiveWith?.includes(other) === true || roles[other]?.exclusiveWith?.includes(one) === true,
  );
}

/**
 * Every pair of roles that exclude each other: those that the definition names, and those whose inheritance brings
 * such a pair together. With `payer` exclusive with `approver`, and `treasurer` extending `payer`, nobody is `treasurer`
 * and `approver` either (ANSI INCITS 359, static separation of duty in a hierarchy).
 */
export function exclusivePairs(roles: RolesInput): readonly RolePair[] {
  const declared = declaredPairs(roles);
  if (declared.length === 0) return [];
  const lineages = new Map(Object.keys(roles).map((name) => [name, lineageOf(roles, name)]));
  const has = (role: string, ancestor: string) => lineages.get(role)?.has(ancestor) === true;
  return pairsOf(Object.keys(roles)).filter(([one, other]) =>
    declared.some(([a, b]) => (has(one, a) && has(other, b)) || (has(one, b) && has(other, a))),
  );
}

function pairsOf(names: readonly string[]): readonly RolePair[] {
  return names.flatMap((one, i) => names.slice(i + 1).map((other) => [one, other] as const));
}
