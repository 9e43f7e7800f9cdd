/** What API Gateway allows by the authorizer's policy: the one for this request, and one from its cache. */
import type { AuthorizerEvent, PolicyDocument } from '../../../lambdas/authorizer/event.ts';
import { allows, STAGE } from '../../unit/authorizer/support/authorizer.ts';
import { type OpenApi, operationOf } from '../documents.ts';
import type { Authorizer } from '../identity.ts';
import type { Implementation, Outcome } from '../implementation.ts';
import type { ParityRequest } from '../request.ts';
import { credentialsOf, headerValues } from '../wire.ts';

export interface PolicyParts {
  /** The gateway's body, which defines the operations with an authorizer. */
  readonly gateway: OpenApi;
  readonly authorizer: Authorizer;
  readonly token: (roles: readonly string[]) => Promise<string>;
}

/** A policy, or the decision made without one. */
type PolicyResult = PolicyDocument | Extract<Outcome['access'], 'allow' | 'unauthenticated' | 'no-route'>;

/** The policy that the authorizer writes for this very request, evaluated as IAM does. */
export function policyImplementation(parts: PolicyParts): Implementation {
  return {
    name: 'authorizer policy',
    about: ['access'],
    evaluate: async (request) => ({ access: accessBy(await resultFor(parts, request), request) }),
  };
}

/**
 * The policies that the authorizer returned for other requests with the same token. API Gateway caches one for each token, so
 * each of them must decide this request correctly.
 *
 * @param others - requests of the other routes; those without an authorizer leave no policy.
 */
export function cachedPolicyImplementation(parts: PolicyParts, others: readonly ParityRequest[]): Implementation {
  const asked = new Map(others.map((other) => [`${other.method} ${other.path}`, other]));
  const cache = new Map<string, Promise<PolicyResult>>();
  const cached = (roles: ParityRequest['roles'], other: ParityRequest) => {
    const { headers: _, ...request } = { ...other, roles };
    const key = JSON.stringify([roles, request.method, request.path]);
    const known = cache.get(key) ?? resultFor(parts, request);
    cache.set(key, known);
    return known;
  };
  return {
    name: 'cached authorizer policy',
    about: ['access'],
    evaluate: async (request) => {
      const own = await resultFor(parts, request);
      if (typeof own === 'string') return { access: own };
      const results = [...asked].map(async ([line, other]) => [line, await cached(request.roles, other)] as const);
      return (await Promise.all(results))
        .filter(([, result]) => typeof result !== 'string')
        .map(([line, result]) => ({ access: accessBy(result, request), under: `the policy made for ${line}` }));
    },
  };
}

/** What the gateway finds: no route, a public route, no credentials, or the authorizer's result. */
async function resultFor({ gateway, authorizer, token }: PolicyParts, request: ParityRequest): Promise<PolicyResult> {
  const { method, path } = request;
  const match = operationOf(gateway, method, path);
  if (match === undefined) return 'no-route';
  if (match.operation.security?.length === 0) return 'allow';
  const lines = await credentialsOf(request, token);
  const authorization = headerValues({ headers: { authorization: lines } }, 'authorization');
  // The header is the identity source: without it API Gateway returns 401 and calls no authorizer.
  if ((authorization[0] ?? '') === '') return 'unauthenticated';
  const event: AuthorizerEvent = {
    methodArn: `${STAGE}/${method}${path}`,
    resource: match.template,
    httpMethod: method,
    multiValueHeaders: { Authorization: authorization },
  };
  try {
    return (await authorizer(event)).policyDocument;
  } catch (error) {
    if (error instanceof Error && error.message === 'Unauthorized') return 'unauthenticated';
    throw error;
  }
}

function accessBy(result: PolicyResult, { method, path }: ParityRequest): Outcome['access'] {
  if (typeof result === 'string') return result;
  return allows(result, method, path) ? 'allow' : 'forbidden';
}
