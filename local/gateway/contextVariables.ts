/**
 * `$context` variables, for access logs and gateway responses.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
import type { RestApiModel } from '../assembly/model.ts';
import { commonLogTime, domainPrefixOf, hostOf, stagePath } from './requestContext.ts';
import type { RequestState } from './requestState.ts';
import type { Rejection } from './step.ts';

/** How a request ended, which only the access log knows. */
export interface Ending {
  /** Undefined when the client disconnected before its request was handled. */
  readonly status: number | undefined;
  readonly bytes: number;
  readonly latencyMs: number;
}

/** What variables are read from. */
export interface ContextSource {
  readonly state: RequestState;
  readonly rejection?: Rejection;
  readonly ending?: Ending;
}

/** Reads one variable; `undefined` when it has no value. */
export type ContextReader = (source: ContextSource) => string | undefined;

/**
 * Finds the reader of a variable, named without its leading `$context.`. Unknown names have no value. Neither has
 * `identity.apiKey`, so that no key is logged.
 */
export function contextReader(name: string, api: RestApiModel, account: string): ContextReader {
  const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  if (read !== undefined) return (source) => stringOf(read(source, api, account));
  const claim = name.startsWith('authorizer.') ? name.slice('authorizer.'.length) : undefined;
  if (claim === undefined) return () => undefined;
  return ({ state: { grant } }) =>
    grant !== undefined && Object.hasOwn(grant.context, claim) ? grant.context[claim] : undefined;
}

type Reader = (source: ContextSource, api: RestApiModel, account: string) => string | number | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  accountId: (_, __, account) => account,
  apiId: (_, api) => api.id,
  stage: (_, api) => api.stage.name,
  requestId: ({ state }) => state.request.requestId,
  extendedRequestId: ({ state }) => state.request.extendedRequestId,
  awsEndpointRequestId: ({ state }) => state.request.requestId,
  httpMethod: ({ state }) => state.request.method,
  path: ({ state }, api) => stagePath(state.request, api),
  protocol: ({ state }) => state.request.protocol,
  requestTime: ({ state }) => commonLogTime(state.request.receivedAt),
  requestTimeEpoch: ({ state }) => state.request.receivedAt,
  resourcePath: ({ state }) => state.route?.resourcePath,
  resourceId: ({ state }) => state.route?.resourceId,
  operationName: ({ state }) => state.route?.operationId,
  domainName: ({ state }) => hostOf(state.request),
  domainPrefix: ({ state }) => domainPrefixOf(hostOf(state.request)),
  tlsVersion: ({ state }) => state.request.tlsVersion,
  cipherSuite: ({ state }) => state.request.cipherSuite,
  'identity.sourceIp': ({ state }) => state.request.sourceIp,
  'identity.userAgent': ({ state }) => state.request.headers['user-agent']?.[0],
  'identity.apiKeyId': ({ state }) => state.apiKey?.id,
  'identity.clientCert.clientCertPem': ({ state }) => state.request.clientCert?.clientCertPem,
  'identity.clientCert.subjectDN': ({ state }) => state.request.clientCert?.subjectDN,
  'identity.clientCert.issuerDN': ({ state }) => state.request.clientCert?.issuerDN,
  'identity.clientCert.serialNumber': ({ state }) => state.request.clientCert?.serialNumber,
  'identity.clientCert.validity.notBefore': ({ state }) => state.request.clientCert?.validity.notBefore,
  'identity.clientCert.validity.notAfter': ({ state }) => state.request.clientCert?.validity.notAfter,

  xrayTraceId: ({ state }, api) => (api.stage.tracing ? state.request.trace?.root : undefined),

  status: ({ ending }) => ending?.status,
  responseLength: ({ ending }) => ending?.bytes,
  responseLatency: ({ ending }) => ending?.latencyMs,

  integrationLatency: ({ state }) => state.integrationLatencyMs,
  'integration.latency': ({ state }) => state.integrationLatencyMs,
  integrationStatus: ({ state }) => state.integrationStatus,
  'integration.integrationStatus': ({ state }) => state.integrationStatus,
  // The status of the Lambda API, which is 200 also when the function failed.
  'integration.status': ({ state }) => state.integrationStatus && (state.integrationStatus === 429 ? 429 : 200),
  integrationErrorMessage: ({ state }) => state.integrationError,
  'integration.error': ({ state }) => state.integrationError,

  'error.message': ({ rejection }) => rejection?.message,
  'error.messageString': ({ rejection }) => rejection && JSON.stringify(rejection.message),
  'error.responseType': ({ rejection }) => rejection?.type,
  'error.validationErrorString': ({ rejection }) => rejection?.validationError,

  'authorizer.principalId': ({ state }) => state.grant?.principalId,
  'authorizer.latency': ({ state }) => state.authorizerLatencyMs,
  'authorizer.integrationLatency': ({ state }) => state.authorizerLatencyMs,
  'authorizer.status': authorizerStatus,

  wafResponseCode: ({ state }) => state.wafAction && `WAF_${state.wafAction}`,
  webaclArn: ({ state }, api) => state.wafAction && api.webAcl?.arn,
  'waf.status': ({ state }) => state.wafAction && (state.wafAction === 'BLOCK' ? 403 : 200),
};

function authorizerStatus({ state, rejection }: ContextSource): number | undefined {
  if (rejection?.ofGateway !== undefined) return undefined;
  // Without credentials the authorizer never runs.
  if (rejection?.type === 'UNAUTHORIZED') return state.authorizerLatencyMs === undefined ? undefined : 401;
  if (rejection?.type === 'ACCESS_DENIED') return 403;
  if (rejection?.type.startsWith('AUTHORIZER_')) return 500;
  return state.grant && 200;
}

function stringOf(value: string | number | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : String(value);
}
