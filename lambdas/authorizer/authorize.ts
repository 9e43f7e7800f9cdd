import type { AccessPolicy, AuthorizerPolicy } from '../../lib/definition/bundledTypes.ts';
import { whereHolds } from '../shared/callerClaims.ts';
import { clientAddress } from '../shared/clientAddress.ts';
import { metricsName } from '../shared/metricsName.ts';
import { secretsManager } from '../shared/secretsManager.ts';
import { orFail, whenReady } from '../shared/valueOrPromise.ts';
import type { AuthorizerEnvironment, EdgeEnvironment, Readable } from '../shared/wireContract.ts';
import { type KeyValues, keyValues } from './apiKeys.ts';
import { type AuthenticationOptions, authentication } from './authenticate.ts';
import { callerReader } from './caller.ts';
import { type CallerAccess, callerAccess, requestedRoutes } from './callerAccess.ts';
import { clientOf } from './claims.ts';
import { type ClientRecord, clientDirectory } from './clients.ts';
import { type Decision, decisionLogger } from './decisionLog.ts';
import { CLIENT_SUSPENDED } from './denial.ts';
import type { AuthorizerEvent, AuthorizerResult } from './event.ts';
import { denyAll, type WrittenPolicy } from './policy.ts';
import { AuthorizerFault, type DenyReason, TokenRejected } from './reasons.ts';
import { type RequestClients, tokenClients } from './requestClient.ts';
import { authorizerResult } from './result.ts';
import type { TokenCaller } from './tokenCaller.ts';
import { addOwnerToErrors } from './tokenOwner.ts';
import { type Decided, type DecisionRecorder, tracedDecision } from './tracedDecision.ts';
import type { VerifiedToken } from './verifiedToken.ts';

/**
 * Makes the Lambda authorizer of an API (REST API, type REQUEST) from its access policy. The rest comes from the
 * environment: `SECURE_API_TOKEN_ISSUERS` or `SECURE_API_ISSUER_VALUES`, `SECURE_API_KEYS_SECRET`, `SECURE_API_CLIENTS_TABLE`, `SECURE_API_REVOCATIONS`,
 * `SECURE_API_PROOFS`, `SECURE_API_REVOCATION_LISTS`, and what Powertools reads.
 *
 * With a missing or invalid token, it throws `Unauthorized`, which API Gateway turns into 401. For a caller without the
 * permission, or of a suspended client, it returns a policy that denies the request (403). With invalid settings, or
 * unreachable keys or secret, it throws any other error (500), because nothing is known about the caller. Each decision is
 * logged once and counted.
 *
 * @example
 * ```ts
 * export const handler = authorize(authorizerPolicy(accessPolicy(notes)));
 * ```
 */
export function authorize(
  policy: AuthorizerPolicy,
  options: AuthorizerOptions = {},
): (event: AuthorizerEvent) => Promise<AuthorizerResult> {
  const secrets = secretsManager(process.env);
  const keys = keyValues(secrets, process.env);
  const findClient = clientDirectory(process.env);
  const readCaller = callerReader(policy);
  const withClientTier = clientTiers(policy);
  const isBehindEdge = process.env['SECURE_API_EDGE'] !== undefined;
  let clientOfRequest: RequestClients | undefined;
  let known: ReturnType<typeof authentication> | undefined;

  const startAuthentication = () => {
    known ??= authentication(process.env, { ...options, secrets, prepares: true });
    return known;
  };
  prepare(keys.prepare, startAuthentication);
  // After that, because the services respond while this is built: for a thousand routes, it takes as long as they do.
  const logDecision = decisionLogger(metricsName(policy.api), policy.claims);
  const accessOf = callerAccess(policy);
  const routeOf = requestedRoutes(policy);

  const identified = (event: AuthorizerEvent, verified: VerifiedToken, identify: RequestClients) =>
    whenReady(identify(event, clientOf(verified.claims, verified.tokenIssuer)), (named) => {
      const caller = readCaller(verified, { nowSeconds: Date.now() / 1000, client: named.client });
      return whenReady(findClient(named.client), (client): Identified => {
        if (named.byCertificate && client === undefined) throw new TokenRejected('certificate-client-unknown');
        return { caller: withClientTier(caller, client), client };
      });
    });

  const decide = (event: AuthorizerEvent) => {
    const authenticate = startAuthentication();
    clientOfRequest ??= options.certificates?.(process.env) ?? tokenClients;
    const identify = clientOfRequest;
    return whenReady(authenticate(event), (verified) =>
      whenReady(
        addOwnerToErrors(verified, () => identified(event, verified, identify)),
        (found) => decideOn(event, found),
      ),
    );
  };

  const decideOn = (event: AuthorizerEvent, { caller, client }: Identified) => {
    const suspended = client?.status === 'suspended';
    const { methodArn } = event;
    const access = accessOf(caller, methodArn);
    const rejection = suspended ? 'client-suspended' : rejectionOf(routeOf(event), event, caller, access);
    const permitted = rejection === undefined;
    const { document, openRoutes } = policyFor(methodArn, rejection, access);
    return whenReady(apiKeyOf(keys, caller, client), (apiKey): Decided => {
      const result = authorizerResult(caller, {
        policyDocument: document,
        apiKey,
        keyOwner: hasPlan(policy, client) ? 'ofClient' : 'ofTier',
        rejection: suspended ? CLIENT_SUSPENDED : access.denial,
        denialReason: suspended ? 'client-suspended' : access.denialReasons,
        address: isBehindEdge ? clientAddress(event) : undefined,
      });
      logDecision(event, {
        outcome: permitted ? 'allow' : 'deny',
        reason: rejection ?? 'permitted',
        caller,
        openRoutes: openRoutes === 0 ? undefined : openRoutes,
      });
      return { result, permitted };
    });
  };

  const decideOrFail = (event: AuthorizerEvent) =>
    orFail(
      () => decide(event),
      (error) => {
        const failure = failureOf(error);
        logDecision(event, failure);
        // API Gateway compares this message exactly; any other message becomes a 500.
        throw new Error(failure.outcome === 'reject' ? 'Unauthorized' : 'Authorizer failed');
      },
    );
  return tracedDecision(decideOrFail, options.recorder?.(process.env));
}

/** The caller of a request, and the record of its client, if it is registered. */
interface Identified {
  readonly caller: TokenCaller;
  readonly client: ClientRecord | undefined;
}

/**
 * Begins what the first request would wait for, in the init phase of the instance. Invalid settings are an error of each request: what the
 * init phase throws would end the instance before it logs a decision.
 */
function prepare(...steps: readonly (() => unknown)[]): void {
  for (const step of steps) {
    try {
      step();
    } catch {
      // The first request tries again.
    }
  }
}

/** Settings that are in the bundle. */
interface AuthorizerOptions extends Pick<AuthenticationOptions, 'warmKeys' | 'tokenIssuers' | 'parts'> {
  /** With mutual TLS. */
  readonly certificates?: (environment: Readable<AuthorizerEnvironment & EdgeEnvironment>) => RequestClients;
  /** With the prop `tracing`. */
  readonly recorder?: (environment: NodeJS.ProcessEnv) => DecisionRecorder;
}

/**
 * Makes the function that gives a caller the tier of its registered client, which is the one that its key is counted in, even if its token
 * names another one. It returns the same object for the same caller and tier.
 */
function clientTiers({ tiers }: AccessPolicy): (caller: TokenCaller, client: ClientRecord | undefined) => TokenCaller {
  const known = new WeakMap<TokenCaller, TokenCaller>();
  return (caller, client) => {
    if (client === undefined || client.tier === caller.tier || !tiers.includes(client.tier)) return caller;
    const before = known.get(caller);
    if (before?.tier === client.tier) return before;
    const tiered = { ...caller, tier: client.tier };
    known.set(caller, tiered);
    return tiered;
  };
}

/** Whether the key of a client is in a plan of this stage: then API Gateway rejects it only while the client is suspended. */
function hasPlan({ tiers }: AccessPolicy, client: ClientRecord | undefined): boolean {
  return client !== undefined && tiers.includes(client.tier) && Number.isSafeInteger(client.keyVersion);
}

/** Each registered client has its own key; all others share the key of their tier. */
function apiKeyOf(keys: KeyValues, { client, tier }: TokenCaller, record: ClientRecord | undefined) {
  return record?.status === 'active' ? keys.ofClient(client, record) : keys.ofTier(tier);
}

/** A suspended client has no route, whatever its roles are. */
function policyFor(methodArn: string, rejection: DenyReason | undefined, { policies }: CallerAccess): WrittenPolicy {
  if (rejection === 'client-suspended') return { document: denyAll(methodArn), openRoutes: 0 };
  return rejection === undefined ? policies.permitted : policies.rejecting(methodArn);
}

function rejectionOf(
  route: AccessPolicy['routes'][number] | undefined,
  event: AuthorizerEvent,
  caller: TokenCaller,
  access: CallerAccess,
): DenyReason | undefined {
  if (route === undefined) return 'route-unknown';
  const missing = access.missing(route);
  return missing === undefined && !isOwnPath(route, event, caller) ? 'claim-mismatch' : missing;
}

/** Compares what the policy compares: the segments of the path as they are in the ARN. */
function isOwnPath(
  { path, where }: AccessPolicy['routes'][number],
  { methodArn }: AuthorizerEvent,
  caller: TokenCaller,
) {
  if (where === undefined) return true;
  const [, , , ...sent] = methodArn.split('/');
  const segments = path.split('/').slice(1);
  return whereHolds(where, caller.claims, (parameter) => sent[segments.indexOf(`{${parameter}}`)]);
}

function failureOf(error: unknown): Decision {
  if (error instanceof TokenRejected) {
    const { reason, claim, owner } = error;
    return { outcome: 'reject', reason, claim, owner };
  }
  return { outcome: 'error', reason: error instanceof AuthorizerFault ? error.reason : 'internal', error };
}
