import { callerAccess } from '../../../../lambdas/authorizer/callerAccess.ts';
import type { PolicyDocument } from '../../../../lambdas/authorizer/event.ts';
import type { CallerClaims } from '../../../../lambdas/shared/callerClaims.ts';
import type { Grants } from '../../../../lambdas/shared/grants.ts';
import { authorizerPolicy } from '../../../../lib/access/index.ts';
import type { AccessPolicy } from '../../../../lib/definition/bundledTypes.ts';

/** A caller by its permissions, and the request that a policy is written for. */
interface Request extends Grants {
  readonly methodArn: string;
  readonly claims?: CallerClaims;
  readonly permitted: boolean;
}

/** Makes the function that writes policies as the authorizer does, and says how many routes they leave to handlers. */
export function writtenPolicies(policy: AccessPolicy) {
  const access = callerAccess(authorizerPolicy(withRoleOfEach(policy)));
  return ({ permissions, scopes, claims = {}, methodArn, permitted }: Request) => {
    const holder = { roles: permissions, scopes, claims, ignored: { exclusive: [] } };
    const { policies } = access(holder, methodArn);
    return permitted ? policies.permitted : policies.rejecting(methodArn);
  };
}

/** The same, of which only the document matters. */
export function policyWriter(policy: AccessPolicy): (request: Request) => PolicyDocument {
  const write = writtenPolicies(policy);
  return (request) => write(request).document;
}

/** An access policy with a role for each permission, so that callers are described by their permissions. */
export function withRoleOfEach(policy: AccessPolicy): AccessPolicy {
  const needed = policy.routes.flatMap(({ access }) => (access.kind === 'permission' ? [access.permission] : []));
  return { ...policy, roles: Object.fromEntries(needed.map((permission) => [permission, [permission]])) };
}
