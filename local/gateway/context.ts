/**
 * `$context` variables, for access logs and gateway responses.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
import type { RestApiModel } from '../assembly/model.ts';
import type { Exchange, Rejection } from './exchange.ts';
import { commonLogTime, domainPrefixOf, hostOf, resourceIdOf, stagePath } from './requestContext.ts';

/** How a request ended; what only the access log can know. */
export interface Ending {
  readonly status: number;
  readonly bytes: number;
  readonly latencyMs: number;
}

/** All that variables are read from. */
export interface ContextSource {
  readonly exchange: Exchange;
  readonly rejection?: Rejection;
  readonly ending?: Ending;
}

/** Reads one variable; nothing when it has no value. */
export type ContextReader = (source: ContextSource) => string | undefined;

/**
 * Finds the reader of a variable, without its leading `$context.`. Names that are not known have no value, and neither
 * has `identity.apiKey`: a key in a log is a secret in a log.
 */
export function contextReader(name: string, api: RestApiModel, account: string): ContextReader {
  const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  if (read !== undefined) return (source) => asText(read(source, api, account));
  const claim = name.startsWith('authorizer.') ? name.slice('authorizer.'.length) : undefined;
  if (claim === undefined) return () => undefined;
  return ({ exchange: { grant } }) =>
    grant !== undefined && Object.hasOwn(grant.context, claim) ? grant.context[claim] : undefined;
}

type Reader = (source: ContextSource, api: RestApiModel, account: string) => string | number | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  accountId: (_, __, account) => account,
  apiId: (_, api) => api.id,
  stage: (_, api) => api.stage.name,
  requestId: ({ exchange }) => exchange.call.requestId,
  extendedRequestId: ({ exchange }) => exchange.call.extendedRequestId,
  awsEndpointRequestId: ({ exchange }) => exchange.call.requestId,
  httpMethod: ({ exchange }) => exchange.call.method,
  path: ({ exchange }, api) => stagePath(exchange.call, api),
  protocol: ({ exchange }) => exchange.call.protocol,
  requestTime: ({ exchange }) => commonLogTime(exchange.call.receivedAt),
  requestTimeEpoch: ({ exchange }) => exchange.call.receivedAt,
  resourcePath: ({ exchange }) => exchange.route?.resourcePath,
  resourceId: ({ exchange }) => exchange.route && resourceIdOf(exchange.route.resourcePath),
  operationName: ({ exchange }) => exchange.route?.operationId,
  domainName: ({ exchange }) => hostOf(exchange.call),
  domainPrefix: ({ exchange }) => domainPrefixOf(hostOf(exchange.call)),
  tlsVersion: ({ exchange }) => exchange.call.tlsVersion,
  cipherSuite: ({ exchange }) => exchange.call.cipherSuite,
  'identity.sourceIp': ({ exchange }) => exchange.call.sourceIp,
  'identity.userAgent': ({ exchange }) => exchange.call.headers['user-agent']?.[0],
  'identity.apiKeyId': ({ exchange }) => exchange.apiKey?.id,

  status: ({ ending }) => ending?.status,
  responseLength: ({ ending }) => ending?.bytes,
  responseLatency: ({ ending }) => ending?.latencyMs,

  integrationLatency: ({ exchange }) => exchange.integrationLatencyMs,
  'integration.latency': ({ exchange }) => exchange.integrationLatencyMs,
  integrationStatus: ({ exchange }) => exchange.integrationStatus,
  'integration.integrationStatus': ({ exchange }) => exchange.integrationStatus,
  // Of a Lambda proxy, what the Lambda API answered: it is 200 also where the function failed.
  'integration.status': ({ exchange }) =>
    exchange.integrationStatus && (exchange.integrationStatus === 429 ? 429 : 200),
  integrationErrorMessage: ({ exchange }) => exchange.integrationError,
  'integration.error': ({ exchange }) => exchange.integrationError,

  'error.message': ({ rejection }) => rejection?.message,
  'error.messageString': ({ rejection }) => rejection && JSON.stringify(rejection.message),
  'error.responseType': ({ rejection }) => rejection?.type,
  'error.validationErrorString': ({ rejection }) => rejection?.validationError,

  'authorizer.principalId': ({ exchange }) => exchange.grant?.principalId,
  'authorizer.latency': ({ exchange }) => exchange.authorizerLatencyMs,
  'authorizer.integrationLatency': ({ exchange }) => exchange.authorizerLatencyMs,
  'authorizer.status': authorizerStatus,

  wafResponseCode: ({ exchange }) => exchange.wafAction && `WAF_${exchange.wafAction}`,
  webaclArn: ({ exchange }, api) => exchange.wafAction && api.webAcl?.arn,
  'waf.status': ({ exchange }) => exchange.wafAction && (exchange.wafAction === 'BLOCK' ? 403 : 200),
};

function authorizerStatus({ exchange, rejection }: ContextSource): number | undefined {
  if (rejection?.type === 'UNAUTHORIZED') return 401;
  if (rejection?.type === 'ACCESS_DENIED') return 403;
  if (rejection?.type.startsWith('AUTHORIZER_')) return 500;
  return exchange.grant && 200;
}

function asText(value: string | number | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : String(value);
}
