/** Models and requests for the tests of single steps. */
import type { OpenApiBody, RestApiModel, StackModel } from '../../assembly/model.ts';
import type { IncomingRequest } from '../../gateway/incomingRequest.ts';
import type { CompiledRoute, RequestState } from '../../gateway/requestState.ts';
import type { Outcome } from '../../gateway/step.ts';

export function anApi(body: OpenApiBody = {}, rest: Partial<RestApiModel> = {}): RestApiModel {
  return {
    logicalId: 'Api',
    id: 'api1',
    name: 'shop',
    body,
    apiKeySource: 'AUTHORIZER',
    binaryMediaTypes: [],
    minTlsVersion: 'TLSv1.3',
    routes: [],
    stage: { name: 'prod', methodThrottles: {}, tracing: false, variables: {} },
    ...rest,
  };
}

/** A stack with nothing in it but what the test adds. */
export function aStack(parts: Partial<StackModel> = {}): StackModel {
  return {
    name: 'Stack',
    region: 'eu-central-1',
    account: '111111111111',
    apis: [],
    domains: [],
    functions: [],
    usagePlans: [],
    apiKeys: [],
    tables: [],
    buckets: [],
    topics: [],
    alarms: [],
    metricFilters: [],
    compositeAlarms: [],
    muteRules: [],
    eventRules: [],
    insightRules: [],
    dashboards: [],
    secrets: [],
    userPools: [],
    distributions: [],
    keyValueStores: [],
    regexPatternSets: [],
    logFiles: {},
    emulationGaps: [],
    ...parts,
  };
}

export interface RequestParts {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, readonly string[]>>;
  readonly queryBytes?: number;
  readonly body?: string;
  readonly sourceIp?: string;
}

export function aRequest(parts: RequestParts = {}): IncomingRequest {
  const given = Object.entries(parts.headers ?? {});
  return {
    requestId: 'request-1',
    extendedRequestId: 'extended-1',
    method: parts.method ?? 'GET',
    path: parts.path ?? '/documents/7',
    query: parts.query ?? {},
    queryBytes: parts.queryBytes ?? 0,
    headers: Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), [value]])),
    rawHeaders: given,
    body: Buffer.from(parts.body ?? ''),
    sourceIp: parts.sourceIp ?? '192.0.2.1',
    protocol: 'HTTP/1.1',
    tlsVersion: 'TLSv1.3',
    cipherSuite: 'TLS_AES_128_GCM_SHA256',
    receivedAt: Date.UTC(2026, 10, 2, 3, 4, 5),
  };
}

export function aRoute(operation: CompiledRoute['operation'] = {}, method = 'GET'): CompiledRoute {
  return { method, resourcePath: '/documents/{id}', resourceId: '3a4b5c', operation };
}

export function aRequestState(request: RequestParts = {}, route: CompiledRoute = aRoute()): RequestState {
  return { request: aRequest({ method: route.method, ...request }), route, pathParameters: { id: '7' } };
}

/** `pass`, the type of the rejection, or the status of the response. */
export async function outcomeOf(outcome: Outcome | Promise<Outcome>): Promise<string> {
  const ended = await outcome;
  if (ended === undefined) return 'pass';
  return ended.kind === 'rejection' ? ended.type : String(ended.status);
}
