/** The members that the Lambda events of authorizers and of proxy integrations share. */
import type { RestApiModel } from '../assembly/model.ts';
import { remembered } from '../assembly/remembered.ts';
import type { IncomingRequest } from './incomingRequest.ts';
import { lowerCase } from './lowerCase.ts';
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
  const named: Record<string, string[]> = {};
  for (const [name, value] of rawHeaders) {
    const lower = lowerCase(name);
    if (FORWARDED.has(lower) || (trace && lower === TRACE_NAME)) continue;
    if (Object.hasOwn(named, name)) named[name]?.push(value);
    else setOwn(named, name, [value]);
  }
  const earlier = headers['x-forwarded-for'];
  named['X-Forwarded-For'] = [earlier === undefined ? sourceIp : [...earlier, sourceIp].join(', ')];
  named['X-Forwarded-Port'] = [portOf(headers['host']?.[0] ?? '')];
  named['X-Forwarded-Proto'] = ['https'];
  if (trace !== undefined) named[TRACE_HEADER] = [traceHeader(trace)];
  return named;
}

const TRACE_NAME = TRACE_HEADER.toLowerCase();
const portOf = remembered((host) => host.split(':')[1] ?? '443');

/** Headers that the gateway replaces or extends. */
const FORWARDED = new Set(['x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto']);

function lastOfEach(values: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  const last: Record<string, string> = {};
  for (const name of Object.keys(values)) setOwn(last, name, values[name]?.at(-1) ?? '');
  return last;
}

/** Names such as `__proto__` are ordinary names. */
function setOwn<T>(values: Record<string, T>, name: string, value: T): void {
  if (name !== '__proto__') values[name] = value;
  else Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true });
}
