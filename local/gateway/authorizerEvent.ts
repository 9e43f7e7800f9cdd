/**
 * The event of a REQUEST authorizer.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
import { createHash } from 'node:crypto';
import type { RestApiModel } from '../assembly/model.ts';
import type { Exchange, IncomingCall } from './exchange.ts';

/** Makes the event. Where a header or parameter is repeated, the single-valued member shows the last, as AWS does. */
export function requestEvent(exchange: Exchange, api: RestApiModel, account: string, methodArn: string): unknown {
  const { call, pathParameters } = exchange;
  const { single, multi } = headersOf(call);
  return {
    type: 'REQUEST',
    methodArn,
    resource: exchange.route?.resourcePath ?? call.path,
    path: call.path,
    httpMethod: call.method,
    headers: single,
    multiValueHeaders: multi,
    queryStringParameters: lastOfEach(call.query),
    multiValueQueryStringParameters: call.query,
    pathParameters,
    stageVariables: api.stage.variables,
    requestContext: requestContext(exchange, api, account),
  };
}

function requestContext({ call, route }: Exchange, api: RestApiModel, accountId: string): unknown {
  const resourcePath = route?.resourcePath ?? call.path;
  const host = call.headers['host']?.[0] ?? 'localhost';
  return {
    resourceId: createHash('sha256').update(resourcePath).digest('hex').slice(0, 6),
    resourcePath,
    httpMethod: call.method,
    extendedRequestId: call.extendedRequestId,
    requestTime: commonLogTime(call.receivedAt),
    path: `/${api.stage.name}${call.path}`,
    accountId,
    protocol: call.protocol,
    stage: api.stage.name,
    domainPrefix: host.split(/[.:]/)[0],
    requestTimeEpoch: call.receivedAt,
    requestId: call.requestId,
    identity: { sourceIp: call.sourceIp, userAgent: call.headers['user-agent']?.[0] ?? null },
    domainName: host,
    apiId: api.id,
  };
}

/** `10/Oct/2000:13:55:36 +0000`, the time of the common log format. */
function commonLogTime(milliseconds: number): string {
  const [, day, month, year, time] = new Date(milliseconds).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

function headersOf({ rawHeaders }: IncomingCall) {
  const multi: Record<string, string[]> = Object.create(null);
  for (const [name, value] of rawHeaders) {
    const values = multi[name];
    if (values === undefined) multi[name] = [value];
    else values.push(value);
  }
  return { single: lastOfEach(multi), multi };
}

function lastOfEach(values: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, each]) => [name, each.at(-1) ?? '']));
}
