/** What API Gateway lets through by the policy of the authorizer: the one for this request, and one from its cache. */
import type { AuthorizerEvent, PolicyDocument } from '../../../lambdas/authorizer/index.ts';
import { allows, STAGE } from '../../unit/authorizer/support/authorizer.ts';
import { type OpenApi, operationOf } from '../documents.ts';
import type { Authorizer } from '../identity.ts';
import type { Judge, Opinion } from '../implementation.ts';
import type { ParityRequest } from '../request.ts';
import { credentialsOf, headerValues } from '../wire.ts';

export interface PolicyParts {
  /** The gateway's body, which says which operations ask the authorizer. */
  readonly gateway: OpenApi;
  readonly authorizer: Authorizer;
  readonly token: (roles: readonly string[]) => Promise<string>;
}

/** A policy, or what is decided without one. */
type Answer = PolicyDocument | Extract<Opinion['access'], 'allow' | 'unauthenticated' | 'no-route'>;

/** The policy that the authorizer writes for this very request, evaluated as IAM does. */
export function policyJudge(parts: PolicyParts): Judge {
  return {
    name: 'authorizer policy',
    about: ['access'],
    judge: async (request) => ({ access: verdictOf(await answerTo(parts, request), request) }),
  };
}

/**
 * The policies that the authorizer wrote for other requests of the same token. API Gateway keeps one by the token, so each
 * of them has to decide this request right.
 *
 * @param others - requests of the other routes, whoever sends them; those that ask no authorizer leave no policy behind.
 */
export function cachedPolicyJudge(parts: PolicyParts, others: readonly ParityRequest[]): Judge {
  const asked = new Map(others.map((other) => [`${other.method} ${other.path}`, other]));
  const cache = new Map<string, Promise<Answer>>();
  const cached = (roles: ParityRequest['roles'], other: ParityRequest) => {
    const { headers: _, ...request } = { ...other, roles };
    const key = JSON.stringify([roles, request.method, request.path]);
    const known = cache.get(key) ?? answerTo(parts, request);
    cache.set(key, known);
    return known;
  };
  return {
    name: 'cached authorizer policy',
    about: ['access'],
    judge: async (request) => {
      const own = await answerTo(parts, request);
      if (typeof own === 'string') return { access: own };
      const answers = [...asked].map(async ([line, other]) => [line, await cached(request.roles, other)] as const);
      return (await Promise.all(answers))
        .filter(([, answer]) => typeof answer !== 'string')
        .map(([line, answer]) => ({ access: verdictOf(answer, request), under: `the policy made for ${line}` }));
    },
  };
}

/** What the gateway learns: no route, a public one, no credentials, or what the authorizer answers. */
async function answerTo({ gateway, authorizer, token }: PolicyParts, request: ParityRequest): Promise<Answer> {
  const { method, path } = request;
  const match = operationOf(gateway, method, path);
  if (match === undefined) return 'no-route';
  if (match.operation.security?.length === 0) return 'allow';
  const lines = await credentialsOf(request, token);
  const authorization = headerValues({ headers: { authorization: lines } }, 'authorization');
  // The header is the identity source: without it API Gateway answers 401 and asks nobody.
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

function verdictOf(answer: Answer, { method, path }: ParityRequest): Opinion['access'] {
  if (typeof answer === 'string') return answer;
  return allows(answer, method, path) ? 'allow' : 'forbidden';
}
