import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import type { Caller } from '../../lib/definition/handlers.ts';
import { claimOf, readClaims } from '../shared/callerClaims.ts';
import { stringsOf, unique } from '../shared/claimValues.ts';
import { compatibleRoles, permissionsOf } from '../shared/grants.ts';
import { claimMember, type ReadableContext } from '../shared/wireContract.ts';

/** The part of the access policy that evaluates a caller's roles and claims. */
export type RolePolicy = Pick<AccessPolicy, 'roles' | 'exclusive' | 'claims'>;

/**
 * The caller in the authorizer's context; undefined without one. Roles and claims are evaluated again by the policy of this
 * function, which may be newer than the cached result of the authorizer; a caller whose claims it does not accept is none.
 */
export function callerOf(context: ReadableContext, policy: RolePolicy): Caller | undefined {
  const subject = stringOf(context.subject);
  const issuer = stringOf(context.issuer);
  const expires = Number(stringOf(context.expires) || Number.NaN);
  if (subject === '' || issuer === '' || !Number.isFinite(expires)) return undefined;
  const read = readClaims(policy.claims, (name) => claimOf(context[claimMember(name)], policy.claims?.[name]));
  if (!('claims' in read)) return undefined;
  const known = unique(stringsOf(stringOf(context.roles))).filter((role) => Object.hasOwn(policy.roles, role));
  const roles = compatibleRoles(policy.exclusive, known);
  const permissions = permissionsOf(policy.roles, roles);
  const scopes = stringsOf(stringOf(context.scopes));
  return {
    // An issuer's URL has no fragment (OpenID Connect Discovery, section 3), so the first `#` separates the two.
    id: `${issuer}#${subject}`,
    subject,
    issuer,
    client: stringOf(context.client),
    roles,
    permissions,
    scopes,
    tier: stringOf(context.tier),
    claims: read.claims,
    expires: new Date(expires * 1000),
    can: (permission) => permissions.includes(permission),
    hasScope: (scope) => scopes.includes(scope),
  };
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
