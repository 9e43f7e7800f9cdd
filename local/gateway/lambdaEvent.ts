/** The members that the Lambda events of authorizers and of proxy integrations share. */
import type { RestApiModel } from '../assembly/model.ts';
import type { IncomingRequest } from './incomingRequest.ts';
import type { RequestState } from './requestState.ts';
import { TRACE_HEADER, traceHeader } from './xrayTrace.ts';

/**
 * Path, headers and parameters of a request. The single-valued members show the last value of a repeated header or parameter,
 * as on AWS.
 */
export function lambdaEvent({ request, route, pathParameters }: RequestState, api: RestApiModel) {
  const headers = headersOf(request);
  return {
    resource: route?.resourcePath ?? request.path,
    path: request.sentPath ?? request.path,
    httpMethod: request.method,
    headers: lastOfEach(headers),
    multiValueHeaders: headers,
    queryStringParameters: lastOfEach(request.query),
    multiValueQueryStringParameters: request.query,
    pathParameters,
    stageVariables: api.stage.variables,
  };
}

/** The headers as sent, with those that API Gateway adds about the connection. */
function headersOf({ rawHeaders, headers, sourceIp, trace }: IncomingRequest): Record<string, readonly string[]> {
  const named = new Map<string, string[]>();
  for (const [name, value] of rawHeaders) {
    if (FORWARDED.has(name.toLowerCase()) || (trace && name.toLowerCase() === TRACE_HEADER.toLowerCase())) continue;
    const values = named.get(name);
    if (values === undefined) named.set(name, [value]);
    else values.push(value);
  }
  named.set('X-Forwarded-For', [[...(headers['x-forwarded-for'] ?? []), sourceIp].join(', ')]);
  named.set('X-Forwarded-Port', [headers['host']?.[0]?.split(':')[1] ?? '443']);
  named.set('X-Forwarded-Proto', ['https']);
  if (trace !== undefined) named.set(TRACE_HEADER, [traceHeader(trace)]);
  return Object.fromEntries(named);
}

/** Headers that the gateway replaces or extends. */
const FORWARDED = new Set(['x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto']);

function lastOfEach(values: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, each]) => [name, each.at(-1) ?? '']));
}
