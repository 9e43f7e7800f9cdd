/** The `requestContext` of events, the same for authorizers and integrations. */
import { createHash } from 'node:crypto';
import type { RestApiModel } from '../assembly/model.ts';
import { remembered } from '../assembly/remembered.ts';
import type { IncomingRequest } from './incomingRequest.ts';
import type { RequestState } from './requestState.ts';

/** Makes the context. The proxy event adds the caller that the authorizer found. */
export function requestContext({ request, route }: RequestState, api: RestApiModel, accountId: string) {
  const resourcePath = route?.resourcePath ?? request.path;
  const host = hostOf(request);
  return {
    resourceId: route?.resourceId ?? resourceIdOf(resourcePath),
    resourcePath,
    httpMethod: request.method,
    extendedRequestId: request.extendedRequestId,
    requestTime: commonLogTime(request.receivedAt),
    path: stagePath(request, api),
    accountId,
    protocol: request.protocol,
    stage: api.stage.name,
    domainPrefix: domainPrefixOf(host),
    requestTimeEpoch: request.receivedAt,
    requestId: request.requestId,
    identity: {
      sourceIp: request.sourceIp,
      userAgent: request.headers['user-agent']?.[0] ?? null,
      ...(request.clientCert === undefined ? {} : { clientCert: request.clientCert }),
    },
    domainName: host,
    apiId: api.id,
  };
}

/** The host that the client sent. */
export function hostOf({ headers }: IncomingRequest): string {
  return headers['host']?.[0] ?? 'localhost';
}

/** The first label of a host. */
export function domainPrefixOf(host: string): string {
  return host.split(/[.:]/)[0] ?? '';
}

/** The path with the stage in front, as `$context.path` shows it. A custom domain hides the stage. */
export function stagePath({ path, sentPath }: IncomingRequest, api: RestApiModel): string {
  return sentPath ?? `/${api.stage.name}${path}`;
}

/** Six characters, the same for the same resource. */
export function resourceIdOf(resourcePath: string): string {
  return createHash('sha256').update(resourcePath).digest('hex').slice(0, 6);
}

/** `10/Oct/2000:13:55:36 +0000`, the time of the common log format. */
export function commonLogTime(milliseconds: number): string {
  return timeOfSecond(String(Math.floor(milliseconds / 1000)));
}

const timeOfSecond = remembered((seconds) => {
  // `Tue, 10 Oct 2000 13:55:36 GMT`
  const date = new Date(Number(seconds) * 1000).toUTCString();
  return `${date.slice(5, 7)}/${date.slice(8, 11)}/${date.slice(12, 16)}:${date.slice(17, 25)} +0000`;
});
