import type { LambdaContext, LambdaHandler, ProxyEvent, ProxyResult } from '../../../lambdas/runtime/event.ts';
import type { RouteHandler } from '../../../lambdas/runtime/secure.ts';
import type { ServeOptions } from '../../../lambdas/runtime/serve.ts';
import { serve } from '../../../lambdas/runtime/serve.ts';
import { readUpload } from '../../../lambdas/runtime/upload/readUpload.ts';
import { accessPolicy } from '../../../lib/access/index.ts';
import type { Api } from '../../../lib/definition/index.ts';
import { routeLimits } from '../../../lib/limits/index.ts';
import { compileResponseValidator, compileValidator, routeContract } from '../../../lib/validators/index.ts';

/** A request in the words of HTTP, of which the gateway makes an event. */
export interface TestRequest {
  readonly method: string;
  readonly resource: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
  /** The body as it is on the wire; then `body` is not used. */
  readonly raw?: string;
  readonly base64?: boolean;
  readonly roles?: string;
  /** Overrides of the authorizer's context; null is a request without one. */
  readonly authorizer?: Readonly<Record<string, unknown>> | null;
  readonly address?: string;
}

/** A function that serves routes of a definition, with the validators that the functions get. */
export function serveApi(
  api: Api,
  handlers: readonly RouteHandler[],
  { withReader = true, ...options }: { withReader?: boolean } & Pick<ServeOptions, 'limiter' | 'problemTypeBase'> = {},
): LambdaHandler {
  const routes = handlers.map((handler) => {
    const route = api.routes[handler.route];
    if (route === undefined) throw new Error(`no route ${handler.route}`);
    const [validate, validateResponse] = [compileValidator(route), compileResponseValidator(route)];

    const reader = route.upload !== undefined && withReader ? { readUpload } : {};
    return {
      contract: routeContract(route),
      validate,
      validateResponse,
      handler,
      limits: routeLimits(api, route),
      ...reader,
    };
  });
  const { roles, exclusive } = accessPolicy(api);
  return serve({ api: api.name, roles, exclusive, routes, ...options });
}

/** Calls a function as API Gateway does. */
export async function call(
  handler: LambdaHandler,
  request: TestRequest,
  context: LambdaContext = {},
): Promise<ProxyResult & { readonly json: Readonly<Record<string, unknown>> }> {
  const result = await handler(eventOf(request), { awsRequestId: 'aws-1', functionName: 'test', ...context });
  return { ...result, json: result.body === '' ? {} : JSON.parse(result.body) };
}

function eventOf(request: TestRequest): ProxyEvent {
  const hasBody = request.raw !== undefined || request.body !== undefined;
  const headers = { ...(hasBody ? { 'Content-Type': 'application/json' } : {}), ...request.headers };
  const context = {
    subject: 'user-1',
    roles: request.roles ?? 'viewer',
    tier: 'free',
    client: 'acme',
    issuer: 'https://i',
  };
  return {
    resource: request.resource,
    httpMethod: request.method,
    headers: last(headers),
    multiValueHeaders: lists(headers),
    queryStringParameters: request.query === undefined ? null : last(request.query),
    multiValueQueryStringParameters: request.query === undefined ? null : lists(request.query),
    pathParameters: request.path ?? null,
    body: request.raw ?? (request.body === undefined ? null : JSON.stringify(request.body)),
    isBase64Encoded: request.base64 ?? false,
    requestContext: {
      requestId: 'request-1',
      identity: { sourceIp: request.address ?? '192.0.2.1' },
      authorizer: request.authorizer === null ? null : { ...context, expires: inSeconds(300), ...request.authorizer },
    },
  };
}

/** Epoch seconds from now, as the authorizer writes them. */
export function inSeconds(seconds: number): string {
  return String(Math.floor(Date.now() / 1000) + seconds);
}

function lists(values: Readonly<Record<string, string | readonly string[]>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value].flat()]));
}

function last(values: Readonly<Record<string, string | readonly string[]>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value].flat().at(-1)]));
}
