/** The functions' own runtime, called with the events that API Gateway makes. */

import type { LambdaHandler, ProxyEvent } from '../../../lambdas/runtime/event.ts';
import type { RunOnce } from '../../../lambdas/runtime/idempotency/runOnce.ts';
import { problem } from '../../../lambdas/runtime/index.ts';
import { serve } from '../../../lambdas/runtime/serve.ts';
import type { ServedRoute } from '../../../lambdas/runtime/servedRoute.ts';
import { readUpload } from '../../../lambdas/runtime/upload/readUpload.ts';
import { accessPolicy } from '../../../lib/access/index.ts';
import type { Api } from '../../../lib/definition/index.ts';
import { compileResponseValidator, compileValidator, routeContract } from '../../../lib/validators/index.ts';
import { type OpenApi, operationOf } from '../documents.ts';
import type { Implementation, Outcome } from '../implementation.ts';
import type { ExpectedAccess, ParityRequest } from '../request.ts';
import { headerValues, wireOf } from '../wire.ts';

/** The handler returns this status, which nothing before it returns. */
const REACHED = 409;
const REJECTED: Readonly<Record<number, ExpectedAccess>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'no-route',
};
const ILL_FORMED = [400, 406, 413, 415];

/** The routes as the generated entries serve them, with empty handlers. */
export function servedRoutes(api: Api): readonly ServedRoute[] {
  const fn = () => {
    throw problem(REACHED);
  };
  return Object.values(api.routes).map((route) => ({
    contract: routeContract(route),
    validate: compileValidator(route),
    validateResponse: compileResponseValidator(route),
    handler: { route: route.id, fn },
    ...(route.upload === undefined ? {} : { readUpload }),
  }));
}

/**
 * Method override, permission and expiry, body, parameters, validator.
 *
 * @param gateway - routes the requests, as it does before a function is called.
 */
export function lambdaImplementation(gateway: OpenApi, api: Api, routes = servedRoutes(api)): Implementation {
  const handler: LambdaHandler = serve({ api: api.name, ...rolePolicyOf(api), routes, runOnce: () => runAlways });
  return {
    name: 'Lambda validation',
    about: ['access', 'input'],
    evaluate: async (request) =>
      outcomeOf((await handler(eventOf(gateway, request), { functionName: 'test' })).statusCode),
  };
}

/** Whether a request is repeated is no question of parity. */
const runAlways: RunOnce = async ({ request, respond }) => ({ response: await respond(request), code: undefined });

function rolePolicyOf(api: Api) {
  const { roles, exclusive } = accessPolicy(api);
  return { roles, exclusive };
}

function outcomeOf(status: number): Outcome {
  const access = REJECTED[status];
  if (access !== undefined) return { access };
  if (status === REACHED) return { access: 'allow', input: 'valid' };
  if (!ILL_FORMED.includes(status)) throw new Error(`the function returned ${status}`);
  return { access: 'allow', input: 'invalid' };
}

function eventOf(gateway: OpenApi, request: ParityRequest): ProxyEvent {
  const { method, path } = request;
  const match = operationOf(gateway, method, path);
  const wire = wireOf(request);
  const headers = Object.keys(wire.headers).map((name) => [name, headerValues(wire, name.toLowerCase())] as const);
  return {
    resource: match?.template ?? path,
    httpMethod: method,
    ...single('headers', headers),
    multiValueHeaders: Object.fromEntries(headers),
    ...single('queryStringParameters', Object.entries(wire.query)),
    multiValueQueryStringParameters: wire.query,
    pathParameters: match?.path ?? null,
    body: wire.body ?? null,
    isBase64Encoded: false,
    requestContext: { requestId: 'request-1', authorizer: callerOf(request) },
  };
}

/** The single-valued member of an event holds the last of several values. */
function single(member: string, values: readonly (readonly [string, readonly string[]])[]) {
  return { [member]: Object.fromEntries(values.map(([name, each]) => [name, each.at(-1)])) };
}

/** The authorizer's context for a caller. Unknown roles stay in, to check that they grant nothing. */
function callerOf({ roles }: ParityRequest) {
  if (roles === undefined) return null;
  const expires = String(Math.floor(Date.now() / 1000) + 300);
  return { subject: 'user-1', roles: roles.join(' '), tier: 'premium', client: 'acme', issuer: 'https://i', expires };
}
