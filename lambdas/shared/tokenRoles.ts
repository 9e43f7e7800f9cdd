import type { RoleRules } from '../../lib/definition/tokenIssuer.ts';
import { claimNamed, stringsOf, unique } from './claimValues.ts';
import { isRecord } from './json.ts';

/** Where a string of names of roles is split unless the rules say otherwise: such names contain neither spaces nor commas. */
const SEPARATORS = /[ ,]/;

/** The roles that a token names. */
export interface NamedRoles {
  /** Names of roles, each once, in the order of the token. The definition decides whether they exist. */
  readonly roles: readonly string[];
  /** Values that the map does not list: they give no role. */
  readonly unmapped: readonly string[];
}

/**
 * The roles that verified claims name, by the rules of their issuer. With a map, a value that it does not list gives no role,
 * even if it is the name of one: in a directory, people can often name groups.
 */
export function rolesIn(claims: object, rules: RoleRules): NamedRoles {
  const values = unique(valuesOf(claimNamed(rules.claim, claims), rules));
  if (rules.map === undefined) return { roles: values, unmapped: [] };
  const map = new Map(rules.map);
  return {
    roles: unique(values.flatMap((value) => map.get(value) ?? [])),
    unmapped: values.filter((value) => !map.has(value)),
  };
}

function valuesOf(claim: unknown, rules: RoleRules): readonly string[] {
  if (rules.organizations !== undefined) return isRecord(claim) ? grantedBy(claim, rules.organizations) : [];
  return typeof claim === 'string' ? split(claim, rules) : stringsOf(claim);
}

/**
 * The values of a string. With a map it is one value unless a separator is given: the names of a directory can contain any
 * character, so `My admin group` would otherwise give what `admin` gives.
 */
function split(claim: string, { separator, map }: RoleRules): readonly string[] {
  const isOne = separator === undefined ? map !== undefined : separator === false;
  const values = isOne ? [claim] : claim.split(separator || SEPARATORS).map((value) => value.trim());
  return values.filter((value) => value !== '');
}

/** The names of an object's members that one of these organizations granted: `{ admin: { '2310…': 'shop.example.com' } }`. */
function grantedBy(claim: Readonly<Record<string, unknown>>, organizations: readonly string[]): readonly string[] {
  const isGrant = (by: unknown) => isRecord(by) && organizations.some((id) => Object.hasOwn(by, id));
  return Object.entries(claim).flatMap(([role, by]) => (isGrant(by) ? [role] : []));
}
