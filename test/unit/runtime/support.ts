import { Type } from 'typebox';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { LambdaContext, LambdaHandler, ProxyEvent, ProxyResult } from '../../../lambdas/runtime/event.ts';
import type { RunOnce } from '../../../lambdas/runtime/idempotency/runOnce.ts';
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import type { RouteHandler } from '../../../lambdas/runtime/secure.ts';
import type { ServeOptions } from '../../../lambdas/runtime/serve.ts';
import { serve } from '../../../lambdas/runtime/serve.ts';
import type { ServedRoute } from '../../../lambdas/runtime/servedRoute.ts';
import { readUpload } from '../../../lambdas/runtime/upload/readUpload.ts';
import { withRows } from '../../../lambdas/runtime/upload/withRows.ts';
import { accessPolicy } from '../../../lib/access/index.ts';
import { type Api, defineApi, defineRoles, del, get, object, post, type Route } from '../../../lib/definition/index.ts';
import { routeLimits } from '../../../lib/limits/index.ts';
import {
  compileResponseValidator,
  compileRowValidator,
  compileValidator,
  routeContract,
  rowRules,
} from '../../../lib/validators/index.ts';

/** An HTTP request; `call` turns it into the event that the gateway sends. */
export interface TestRequest {
  readonly method: string;
  readonly resource: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
  /** The body as sent, instead of `body`. */
  readonly raw?: string;
  readonly base64?: boolean;
  readonly roles?: string;
  /** Overrides of the authorizer's context; null sends none. */
  readonly authorizer?: Readonly<Record<string, unknown>> | null;
  readonly address?: string;
  readonly requestId?: string;
}

/** What a test gives a function beside its handlers. */
type PartsOfTest = {
  readonly withReader?: boolean;
  readonly change?: (route: ServedRoute) => ServedRoute;
} & Pick<ServeOptions, 'cors' | 'group' | 'limiter' | 'problemTypeBase' | 'runOnce' | 'tracer' | 'webhooks'>;

/** A function that serves the routes of these handlers, with the validators that deployed functions get. */
export function serveApi(api: Api, handlers: readonly RouteHandler[], options: PartsOfTest = {}): LambdaHandler {
  const files = handlers.map((handler) => ({ file: handler.route, handler }));
  return serveFiles(api, files, options);
}

/** The same with handlers by the route of their file. */
export function serveFiles(
  api: Api,
  files: readonly { readonly file: string; readonly handler: RouteHandler }[],
  { withReader = true, change = (route) => route, ...options }: PartsOfTest = {},
): LambdaHandler {
  const routes = files.map(({ file, handler }) => {
    const route = api.routes[file];
    if (route === undefined) throw new Error(`no route ${file}`);
    const { validate, validateResponse } = validatorsOf(route);
    const rules = rowRules(route);
    const reader = rules === undefined ? readUpload : withRows(readUpload, compileRowValidator(route), rules);
    return change({
      contract: routeContract(route),
      validate,
      validateResponse,
      handler,
      limits: routeLimits(api, route),
      ...(route.upload !== undefined && withReader ? { readUpload: reader } : {}),
    });
  });
  const { roles, exclusive, claims } = accessPolicy(api);
  return serve({ api: api.name, roles, exclusive, claims, routes, runOnce: () => withoutRecords, ...options });
}

/** For tests that need no table: each request runs. */
const withoutRecords: RunOnce = async ({ request, respond }) => ({
  response: await respond(request),
  code: undefined,
});

type Validators = Pick<ServeOptions['routes'][number], 'validate' | 'validateResponse'>;
/** Compiling takes longer than most tests. */
const compiled = new WeakMap<Route, Validators>();

function validatorsOf(route: Route): Validators {
  const made = compiled.get(route) ?? {
    validate: compileValidator(route),
    validateResponse: compileResponseValidator(route),
  };
  compiled.set(route, made);
  return made;
}

/** Calls a function as API Gateway does. */
export async function call(
  handler: LambdaHandler,
  request: TestRequest,
  context: LambdaContext = {},
): Promise<ProxyResult & { readonly json: Readonly<Record<string, unknown>> }> {
  const result = await handler(eventOf(request), { awsRequestId: 'aws-1', functionName: 'test', ...context });
  return { ...result, json: /json$/.test(result.headers['content-type'] ?? '') ? JSON.parse(result.body) : {} };
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
      requestId: request.requestId ?? 'request-1',
      identity: { sourceIp: request.address ?? '192.0.2.1' },
      authorizer: request.authorizer === null ? null : { ...context, expires: inSeconds(300), ...request.authorizer },
    },
  };
}

/** Epoch seconds from now, in the authorizer's format. */
export function inSeconds(seconds: number): string {
  return String(Math.floor(Date.now() / 1000) + seconds);
}

function lists(values: Readonly<Record<string, string | readonly string[]>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value].flat()]));
}

function last(values: Readonly<Record<string, string | readonly string[]>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value].flat().at(-1)]));
}

/** Silences logs and metrics in the tests of a file. */
export function silenceTelemetry(): void {
  beforeEach(() => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
    vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'SecureApi');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
}

/** An API with one route of each kind of access. */
export const things = defineApi({
  name: 'things',
  version: '1.0.0',
  roles: defineRoles({ viewer: { can: ['thing:read'] }, admin: { can: ['thing:write'] } }, { reviewed: '2026-11-01' }),
  tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
  routes: {
    open: get('/open', { public: 'for the test of a public route', responses: { 204: { description: 'Up' } } }),
    me: get('/me', {
      authenticated: 'for the test of any caller',
      responses: { 200: { description: 'You', body: object({ subject: Type.String({ maxLength: 99 }) }) } },
    }),
    list: get('/things/{name}', {
      permission: 'thing:read',
      path: object({ name: Type.String({ maxLength: 9 }) }),
      query: object({
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        ratio: Type.Optional(Type.Number({ maximum: 10 })),
        deep: Type.Optional(Type.Boolean()),
        tag: Type.Optional(Type.Array(Type.String({ maxLength: 5 }), { maxItems: 3 })),
      }),
      headers: object({ 'x-mode': Type.Optional(Type.String({ maxLength: 5 })) }),
      responses: { 200: { description: 'What was understood', body: object({ seen: Type.Unknown() }) } },
    }),
    create: post('/things', {
      permission: 'thing:write',
      body: object({
        title: Type.String({ minLength: 1, maxLength: 5 }),
        tags: Type.Optional(Type.Array(Type.String({ maxLength: 3 }), { maxItems: 2 })),
      }),
      maxBodyBytes: 200,
      responses: {
        201: {
          description: 'Made',
          body: object({ title: Type.String({ maxLength: 5 }) }),
          headers: { Location: 'Where' },
        },
      },
      problems: [409],
    }),
    remove: del('/things/{name}', {
      permission: 'thing:write',
      path: object({ name: Type.String({ maxLength: 9 }) }),
      responses: { 204: { description: 'Gone' } },
    }),
  },
});
const thing = handlersOf<typeof things>();
export const thingHandlers = [
  thing('open', ({ caller }) => {
    if (caller !== undefined) throw new Error('a caller on a public route');
    return { status: 204 };
  }),
  thing('me', ({ caller }) => ({ status: 200, body: { subject: caller.subject } })),
  thing('list', ({ path, query, headers }) => ({ status: 200, body: { seen: { path, query, headers } } })),
  thing('create', async ({ body }) => ({
    status: 201,
    body: { title: body.title },
    headers: { Location: '/things/1' },
  })),
];
export const create: TestRequest = { method: 'POST', resource: '/things', roles: 'admin', body: { title: 'A' } };
export const list: TestRequest = { method: 'GET', resource: '/things/{name}', path: { name: 'a' } };

/** Sends a request to the API `things`. */
export const send = (request: TestRequest) => call(serveApi(things, thingHandlers), request);

/** A function whose one route, `create`, runs `fn`, whatever its type. */
export const serveCreate = (fn: () => unknown) => serveApi(things, [{ route: 'create', fn } as RouteHandler]);

/** Sends a request to the API `things`, and expects a problem document. */
export async function expectRejected(request: TestRequest, status: number, code: string) {
  const response = await send(request);
  expect(response.json).toMatchObject({
    type: `https://secure-api.dev/errors/${code}`,
    status,
    code,
    title: expect.any(String),
    instance: 'request-1',
  });
  expect(response.statusCode).toBe(status);
  expect(response.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'x-content-type-options': 'nosniff',
  });
  return response;
}

const string = (maxLength: number, more: object = {}) => Type.String({ maxLength, ...more });
export const echo = {
  responses: { 200: { description: 'What was understood', body: object({ seen: Type.Unknown() }) } },
};
const open = { type: 'object', 'x-unbounded': 'a test of the limits' } as const;

/** An API with small limits of input. */
export const inputs = defineApi({
  name: 'inputs',
  version: '1.0.0',
  roles: defineRoles({ viewer: { can: ['thing:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
  tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
  input: { maxKeys: 5, maxArrayItems: 4, maxStringLength: 8, maxDepth: 4, maxHeaderBytes: 600, maxUrlBytes: 80 },
  routes: {
    plain: get('/plain', {
      permission: 'thing:read',
      query: object({ size: Type.Optional(Type.Integer()), name: Type.Optional(string(8)) }),
      headers: object({ 'x-mode': string(4) }),
      ...echo,
    }),
    silent: get('/silent', { permission: 'thing:read', responses: { 204: { description: 'Nothing' } } }),
    session: get('/session', {
      permission: 'thing:read',
      cookies: object({ sid: Type.String({ minLength: 2, maxLength: 8 }), n: Type.Optional(Type.Integer()) }),
      ...echo,
    }),
    add: post('/things', { permission: 'thing:read', body: open, ...echo }),
    write: post('/strings', {
      permission: 'thing:read',
      unicode: 'normalize',
      query: object({ q: Type.Optional(string(8)) }),
      body: object({ t: string(2), password: Type.Optional(string(8, { 'x-sensitive': true })) }),
      ...echo,
    }),
  },
});
const input = handlersOf<typeof inputs>();
const inputHandlers = [
  input('plain', ({ query, headers }) => ({ status: 200, body: { seen: { query, headers } } })),
  input('silent', () => ({ status: 204 })),
  input('session', ({ cookies }) => ({ status: 200, body: { seen: cookies } })),
  input('add', () => ({ status: 200, body: { seen: null } })),
  input('write', ({ body, query, log }) => {
    log.info('seen', { body, note: body.password });
    return { status: 200, body: { seen: { body, query } } };
  }),
];

export const plain: TestRequest = { method: 'GET', resource: '/plain', headers: { 'X-Mode': 'fast' } };
export const session: TestRequest = { method: 'GET', resource: '/session' };
export const add = (body: unknown): TestRequest => ({ method: 'POST', resource: '/things', body });
export const write = (body: unknown, query?: Record<string, string>): TestRequest => ({
  method: 'POST',
  resource: '/strings',
  body,
  query,
});

/** Sends a request to the API `inputs`. */
export const sendInput = (request: TestRequest) => call(serveApi(inputs as unknown as Api, inputHandlers), request);

/** The response to `sendInput`: its status, its code and its faults. */
export async function outcome(request: TestRequest): Promise<readonly unknown[]> {
  const { statusCode, json } = await sendInput(request);
  const errors = (json['errors'] ?? []) as readonly Record<string, string>[];
  return [
    statusCode,
    json['code'],
    ...errors.map(({ pointer, parameter, header, code }) => `${pointer ?? parameter ?? header} ${code}`),
  ];
}
