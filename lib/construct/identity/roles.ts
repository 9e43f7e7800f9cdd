import { formatValue, hasInvisible } from '../../definition/checks/check.ts';
import type { RoleRules } from '../../definition/tokenIssuer.ts';
import { requireStrings, wrong } from './invalidIdentity.ts';

/** Where the roles of a caller are in a token, and which roles of the definition its values give. */
export interface RoleOptions {
  /**
   * The claim: a list, or a string of several values. Dots name a member of a claim, such as `realm_access.roles` or
   * `resource_access.my.client.roles`; a claim of the whole name, such as `https://api.example.com/roles`, takes precedence.
   * @default - `roles`; a provider such as `Identity.keycloak` has its own default
   */
  readonly claim?: string;
  /**
   * Separates the values of a string, such as `;`; white space around a value is ignored. With `false`, a string is one value.
   * @default - spaces and commas; with `map`, a string is one value, but the claims `scope` and `scp` are split at spaces
   */
  readonly separator?: string | false;
  /**
   * Roles of the definition, one or a list, by value of the claim: the name of a role at the provider, or the id of a group.
   * Values are compared exactly, in case, too. A value that is not listed gives no role, even if it is the name of one.
   * @default - the values are names of roles
   */
  readonly map?: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Ids of organizations, where the claim is an object of roles with the organizations that granted each, as in Zitadel's
   * `urn:zitadel:iam:org:project:roles`. A role counts if one of these granted it.
   * @default - a claim that is an object gives no role
   */
  readonly organizations?: readonly string[];
}

const MAX_SEPARATOR = 8;
/** Claims that are lists with spaces between the values (RFC 8693, section 4.2). */
const SCOPE_CLAIMS: readonly string[] = ['scope', 'scp'];

/**
 * The rules of a roles claim. Whether the roles exist is checked when the identity becomes part of an API.
 *
 * @throws {ConfigError} `identity-invalid` for an empty name, a separator that a name contains, or two names that look the same.
 */
export function roleRules(options: RoleOptions = {}): RoleRules {
  const { claim = 'roles', map, organizations } = options;
  const { separator = map !== undefined && SCOPE_CLAIMS.includes(claim) ? ' ' : undefined } = options;
  requireClaimName('roles.claim', claim);
  if (typeof separator === 'string') requireSeparator(separator, Object.keys(map ?? {}));
  if (organizations !== undefined) {
    requireStrings('roles.organizations', organizations, 'Give the ids whose grants count.');
  }
  return {
    claim,
    ...(separator === undefined ? {} : { separator }),
    ...(map === undefined ? {} : { map: pairsOf(map) }),
    ...(organizations === undefined ? {} : { organizations }),
  };
}

/** @throws {ConfigError} `identity-invalid` for a name that is empty, has an empty part between dots, or an invisible character. */
export function requireClaimName(location: string, name: string): void {
  const isVisible = name.isWellFormed() && !hasInvisible(name);
  if (isVisible && name.split('.').every((part) => part !== '' && part === part.trim())) return;
  const fix = 'Write the name of a claim, such as roles, or a path, such as realm_access.roles.';
  throw wrong(location, formatValue(name), 'a name without empty parts and invisible characters', fix);
}

function requireSeparator(separator: string, names: readonly string[]): void {
  const isUsable = separator !== '' && separator.length <= MAX_SEPARATOR && !/[\p{L}\p{N}]/u.test(separator);
  if (!isUsable) {
    const fix = 'Give the characters between two values, such as ";", or false if a string is one value.';
    const expected = `1 to ${MAX_SEPARATOR} characters, none of them a letter or a digit`;
    throw wrong('roles.separator', formatValue(separator), expected, fix);
  }
  const parted = names.find((name) => name.includes(separator));
  if (parted === undefined) return;
  const fix = 'Give the separator that the provider writes, or leave it out where the claim is a list.';
  throw wrong(
    'roles.separator',
    formatValue(separator),
    `a separator that ${formatValue(parted)} does not contain`,
    fix,
  );
}

/** Pairs, because a record cannot hold every name: `__proto__` is the prototype of a literal. */
function pairsOf(map: NonNullable<RoleOptions['map']>): NonNullable<RoleRules['map']> {
  const prototype: unknown = Object.getPrototypeOf(map);
  if (prototype !== Object.prototype && prototype !== null) {
    const fix = "Write the name as ['__proto__'], or remove it.";
    throw wrong('roles.map', 'an object with another prototype', 'values with their roles', fix);
  }
  const pairs = Object.entries(map).map(([value, roles]) => [value, [...new Set([roles].flat())]] as const);
  if (pairs.length === 0) {
    throw wrong('roles.map', 'no value', 'at least one', 'Leave the option out if the values are names of roles.');
  }
  const seen = new Map<string, string>();
  for (const [value, roles] of pairs) {
    requireValue(value);
    requireStrings(`roles.map.${value}`, roles, 'Leave the value out if it gives no role.');
    const same = seen.get(value.normalize('NFKC'));
    if (same !== undefined) {
      const fix = 'Copy the name from a token: its characters have other codes than they seem to have.';
      throw wrong(`roles.map.${value}`, `${formatValue(value)} twice, in two spellings`, 'each value once', fix);
    }
    seen.set(value.normalize('NFKC'), value);
  }
  return pairs;
}

function requireValue(value: string): void {
  if (value.trim() !== '' && value === value.trim() && value.isWellFormed()) return;
  const fix = 'Write the value as it is in a token.';
  throw wrong('roles.map', formatValue(value), 'a value that is not empty, without white space around it', fix);
}
