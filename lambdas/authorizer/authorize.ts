import type { AccessPolicy } from '../../lib/definition/projected.ts';
import { answerOf } from './answer.ts';
import { type AuthenticationOptions, authentication } from './authenticate.ts';
import { callerOf, type TokenCaller } from './caller.ts';
import { lackOf, permissionsOf } from './decide.ts';
import type { AuthorizerAnswer, AuthorizerEvent } from './event.ts';
import { tierKeys } from './keys.ts';
import { policyWriter, requestedRoute } from './policy.ts';
import { AuthorizerFault, type DenyReason, TokenRefused } from './reasons.ts';
import { type Decision, decisionRecorder } from './record.ts';
import { secretsOf } from './secrets.ts';

/**
 * Makes the Lambda authorizer of an API (REST API, type REQUEST) from its access policy. The rest comes from the
 * environment: `SECURE_API_IDENTITY`, `SECURE_API_KEYS_SECRET`, `SECURE_API_REVOCATIONS`, `SECURE_API_PROOFS`, and what
 * Powertools reads.
 *
 * No or bad token: throws `Unauthorized`, which API Gateway answers with 401. A caller without the permission: a policy
 * that denies the request (403). Wrong settings, keys or secret out of reach: any other error (500), since nothing is known
 * of the caller then. Each decision is logged once and counted.
 *
 * @example
 * ```ts
 * export const handler = authorize({ api: 'notes', roles: { reader: ['note:read'] }, exclusive: [], scopes: [], tiers: ['free'], defaultTier: 'free', routes: [] });
 * ```
 */
export function authorize(
  policy: AccessPolicy,
  options: Pick<AuthenticationOptions, 'warmKeys'> = {},
): (event: AuthorizerEvent) => Promise<AuthorizerAnswer> {
  const record = decisionRecorder(policy.api);
  const writePolicy = policyWriter(policy);
  const secrets = secretsOf(process.env);
  const keyOf = tierKeys(secrets, process.env);
  let authenticate: ReturnType<typeof authentication> | undefined;

  const decide = async (event: AuthorizerEvent) => {
    authenticate ??= authentication(process.env, { ...options, secrets });
    const caller = callerOf(await authenticate(event), policy, Date.now() / 1000);
    const refusal = refusalOf(policy, event, caller);
    const permitted = refusal === undefined;
    const document = writePolicy({ ...caller, methodArn: event.methodArn, permitted });
    const answer = answerOf(caller, document, await keyOf(caller.tier));
    record(event, { outcome: permitted ? 'allow' : 'deny', reason: refusal ?? 'permitted', caller });
    return answer;
  };

  return async (event) => {
    try {
      return await decide(event);
    } catch (error) {
      record(event, failureOf(error));
      // API Gateway compares this text exactly; every other message is a 500.
      throw new Error(error instanceof TokenRefused ? 'Unauthorized' : 'Authorizer failed');
    }
  };
}

function refusalOf(policy: AccessPolicy, event: AuthorizerEvent, caller: TokenCaller): DenyReason | undefined {
  const route = requestedRoute(policy, event);
  if (route === undefined) return 'route-unknown';
  const lack = lackOf(route.access, caller);
  if (lack !== 'permission-missing') return lack;
  const dropped = permissionsOf(policy.roles, caller.ignored.exclusive);
  const excluded = lackOf(route.access, { permissions: dropped, scopes: caller.scopes }) !== 'permission-missing';
  return excluded ? 'roles-exclusive' : lack;
}

function failureOf(error: unknown): Decision {
  if (error instanceof TokenRefused) return { outcome: 'reject', reason: error.reason };
  return { outcome: 'error', reason: error instanceof AuthorizerFault ? error.reason : 'internal', error };
}
