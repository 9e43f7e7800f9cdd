import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import type { Caller } from '../../lib/definition/handlers.ts';
import { claimOf, readClaims } from '../shared/callerClaims.ts';
import { stringsOf, unique } from '../shared/claimValues.ts';
import { compatibleRoles, permissionsOf } from '../shared/grants.ts';
import { claimMember, type ReadableContext } from '../shared/wireContract.ts';

/** The part of the access policy that evaluates a caller's roles and claims. */
export type RolePolicy = Pick<AccessPolicy, 'roles' | 'exclusive' | 'claims'>;

/** The caller in the authorizer's context; undefined without one. */
export type ReadCaller = (context: ReadableContext) => Caller | undefined;

/** Sets of roles whose permissions are kept: a set is read once, although each request is evaluated. */
const MOST_SETS = 200;

/** The roles that count, and their permissions: a pure function of the policy and the string of the authorizer. */
interface Granted {
  readonly roles: readonly string[];
  /** Sorted. */
  readonly permissions: readonly string[];
  readonly held: ReadonlySet<string>;
}

/**
 * Makes what reads the caller. Roles and claims are evaluated again by the policy of this function, which may be newer than the cached
 * result of the authorizer; a caller whose claims it does not accept is none.
 */
export function callerReader(policy: RolePolicy): ReadCaller {
  const kept = new Map<string, Granted>();
  const grantedTo = (names: string): Granted => {
    const found = kept.get(names);
    if (found !== undefined) return found;
    const granted = grantedBy(names, policy);
    const [oldest] = kept.size < MOST_SETS ? [] : kept.keys();
    if (oldest !== undefined) kept.delete(oldest);
    kept.set(names, granted);
    return granted;
  };
  return (context) => callerOf(context, policy, grantedTo);
}

function grantedBy(names: string, policy: RolePolicy): Granted {
  const known = unique(stringsOf(names)).filter((role) => Object.hasOwn(policy.roles, role));
  const roles = compatibleRoles(policy.exclusive, known);
  const permissions = permissionsOf(policy.roles, roles);
  return { roles, permissions, held: new Set(permissions) };
}

function callerOf(
  context: ReadableContext,
  policy: RolePolicy,
  grantedTo: (names: string) => Granted,
): Caller | undefined {
  const subject = stringOf(context.subject);
  const issuer = stringOf(context.issuer);
  const expires = Number(stringOf(context.expires) || Number.NaN);
  if (subject === '' || issuer === '' || !Number.isFinite(expires)) return undefined;
  const read = readClaims(policy.claims, (name) => claimOf(context[claimMember(name)], policy.claims?.[name]));
  if (!('claims' in read)) return undefined;
  const { roles, permissions, held } = grantedTo(stringOf(context.roles));
  const scopes = stringsOf(stringOf(context.scopes));
  return {
    // An issuer's URL has no fragment (OpenID Connect Discovery, section 3), so the first `#` separates the two.
    id: `${issuer}#${subject}`,
    subject,
    issuer,
    client: stringOf(context.client),
    // Copies: what a handler does to them must not reach the next caller with these roles.
    roles: roles.slice(),
    permissions: permissions.slice(),
    scopes,
    tier: stringOf(context.tier),
    claims: read.claims,
    expires: new Date(expires * 1000),
    can(permission) {
      return held.has(permission);
    },
    hasScope(scope) {
      return scopes.includes(scope);
    },
  };
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
