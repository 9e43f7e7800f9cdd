import { policyWriter } from '../../lambdas/authorizer/policy.ts';
import { accessPolicy } from '../../lib/access/index.ts';
import type { Api } from '../../lib/definition/index.ts';
import { allows, STAGE } from '../unit/authorizer.support.ts';
import type { Judge } from './judge.ts';

/**
 * The policy that the authorizer writes for a caller, evaluated as IAM does. The gateway caches a policy by the token, so it
 * was made for another request than the one that it decides here.
 */
export function policyJudge(api: Api): Judge {
  const policy = accessPolicy(api);
  const write = policyWriter(policy);
  const methodArn = `${STAGE}/GET/me`;
  return {
    name: 'authorizer policy',
    strictness: 'exact',
    judge: ({ roles, method, path, access }) => {
      const isPublic = policy.routes.some((route) => route.path === path && route.access.kind === 'public');
      // Without a token there is no policy; a public route, or none, does not ask for one.
      if (roles === undefined || access === 'no-route' || isPublic) return {};
      const known = roles.filter((role) => Object.hasOwn(policy.roles, role));
      const document = write({ roles: known, methodArn, permitted: true });
      return { access: allows(document, method, path) ? 'allow' : 'forbidden' };
    },
  };
}
