import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { missingGrant, permissionsOf } from '../shared/grants.ts';
import { type KeyValues, keyValues } from './apiKeys.ts';
import { type AuthenticationOptions, authentication } from './authenticate.ts';
import { callerOf, type TokenCaller } from './caller.ts';
import { type ClientRecord, clientDirectory } from './clients.ts';
import { type Decision, decisionLogger } from './decisionLog.ts';
import type { AuthorizerEvent, AuthorizerResult } from './event.ts';
import { denyAll, policyWriter, requestedRoute } from './policy.ts';
import { AuthorizerFault, type DenyReason, TokenRejected } from './reasons.ts';
import { authorizerResult } from './result.ts';
import { secretsManager } from './secretsManager.ts';

/**
 * Makes the Lambda authorizer of an API (REST API, type REQUEST) from its access policy. The rest comes from the
 * environment: `SECURE_API_TOKEN_ISSUERS`, `SECURE_API_KEYS_SECRET`, `SECURE_API_CLIENTS_TABLE`, `SECURE_API_REVOCATIONS`,
 * `SECURE_API_PROOFS`, and what Powertools reads.
 *
 * No or bad token: throws `Unauthorized`, which API Gateway answers with 401. A caller without the permission, or of a
 * suspended client: a policy that denies the request (403). Wrong settings, keys or secret out of reach: any other error (500), since nothing is known
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
): (event: AuthorizerEvent) => Promise<AuthorizerResult> {
  const record = decisionLogger(policy.api);
  const writePolicy = policyWriter(policy);
  const secrets = secretsManager(process.env);
  const keys = keyValues(secrets, process.env);
  const recordOf = clientDirectory(process.env);
  let authenticate: ReturnType<typeof authentication> | undefined;

  const decide = async (event: AuthorizerEvent) => {
    authenticate ??= authentication(process.env, { ...options, secrets });
    const claimed = callerOf(await authenticate(event), policy, Date.now() / 1000);
    const client = await recordOf(claimed.client);
    const caller = registered(claimed, client, policy);
    const suspended = client?.status === 'suspended';
    const rejection = suspended ? 'client-suspended' : rejectionOf(policy, event, caller);
    const permitted = rejection === undefined;
    const { methodArn } = event;
    const answer = authorizerResult(caller, {
      policyDocument: suspended ? denyAll(methodArn) : writePolicy({ ...caller, methodArn, permitted }),
      apiKey: await apiKeyOf(keys, caller, client),
      rejection: suspended ? 'client-suspended' : 'forbidden',
    });
    record(event, { outcome: permitted ? 'allow' : 'deny', reason: rejection ?? 'permitted', caller });
    return answer;
  };

  return async (event) => {
    try {
      return await decide(event);
    } catch (error) {
      record(event, failureOf(error));
      // API Gateway compares this text exactly; every other message is a 500.
      throw new Error(error instanceof TokenRejected ? 'Unauthorized' : 'Authorizer failed');
    }
  };
}

/** A registered client is of the tier that its key is counted in, whatever its token says. */
function registered(caller: TokenCaller, client: ClientRecord | undefined, { tiers }: AccessPolicy): TokenCaller {
  return client !== undefined && tiers.includes(client.tier) ? { ...caller, tier: client.tier } : caller;
}

/** Each registered client has a key of its own; all others share that of their tier. */
function apiKeyOf(keys: KeyValues, { client, tier }: TokenCaller, known: ClientRecord | undefined): Promise<string> {
  return known?.status === 'active' ? keys.ofClient(client, known.keyVersion) : keys.ofTier(tier);
}

function rejectionOf(policy: AccessPolicy, event: AuthorizerEvent, caller: TokenCaller): DenyReason | undefined {
  const route = requestedRoute(policy, event);
  if (route === undefined) return 'route-unknown';
  const missing = missingGrant(route.access, caller);
  if (missing !== 'permission-missing') return missing;
  const dropped = permissionsOf(policy.roles, caller.ignored.exclusive);
  const excluded = missingGrant(route.access, { permissions: dropped, scopes: caller.scopes }) !== 'permission-missing';
  return excluded ? 'roles-exclusive' : missing;
}

function failureOf(error: unknown): Decision {
  if (error instanceof TokenRejected) return { outcome: 'reject', reason: error.reason };
  return { outcome: 'error', reason: error instanceof AuthorizerFault ? error.reason : 'internal', error };
}
