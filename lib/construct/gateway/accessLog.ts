import { authorizerContext, claimMember } from '../../../lambdas/shared/wireContract.ts';
import type { ClaimRules } from '../../definition/claims.ts';

/** What a line has only with some props. */
export interface AccessLogParts {
  readonly isBehindCloudFront?: boolean;
  /** Whether X-Ray gives each request a trace. */
  readonly hasTraces?: boolean;
}

/**
 * The format of one line of the access log: who, from where, when, what happened, and why it was rejected.
 *
 * API Gateway redacts nothing, so each field has a value that a client does not write: it comes from API Gateway, WAF, the
 * template or a verified token. So no header (also not `User-Agent`, which authorizer and function log redacted), no path
 * (`resourcePath` is the template's), no query, no body, no key value, and not `error.message`, because API Gateway quotes
 * parts of the request in it, even the `Authorization` header; `error.responseType` has the kind of rejection.
 *
 * `denialReason` says why routes deny the caller, on each line of a caller: read it where `status` is 403 and `errorType` is
 * `ACCESS_DENIED`. With the policy of a decision the gateway caches it for the token, so it is there for each request, and cannot depend on
 * the route: which reason a route has, and which permission it needs, follows from `method`, `routePath`, `roles` and the definition.
 *
 * Behind CloudFront `ip` is an address of CloudFront, and `clientIp` that of the client, on routes with authorizer.
 *
 * Every value is a string, also numbers: API Gateway writes `-` for an unknown value, which without quotes would not be
 * JSON.
 *
 * Claims have the member names of the context, such as `claim_tenant`, and an alphabet that JSON never escapes. Sensitive ones are
 * left out.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
export function accessLogFormat(claims: ClaimRules, { isBehindCloudFront, hasTraces }: AccessLogParts = {}): string {
  const shown = Object.entries(claims).filter(([, { sensitive }]) => sensitive !== true);
  const ofClaims = shown.map(([name]) => [claimMember(name), authorizerContext(claimMember(name))]);
  const ofClient = isBehindCloudFront ? { clientIp: authorizerContext('address') } : {};
  const ofTrace = hasTraces ? { traceId: '$context.xrayTraceId' } : {};
  return JSON.stringify({ ...FIELDS, ...ofTrace, ...ofClient, ...Object.fromEntries(ofClaims) });
}

const FIELDS = {
  requestId: '$context.requestId',
  extendedRequestId: '$context.extendedRequestId',
  time: '$context.requestTimeEpoch',
  ip: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  routePath: '$context.resourcePath',
  protocol: '$context.protocol',
  status: '$context.status',
  responseLength: '$context.responseLength',
  latency: '$context.responseLatency',
  integrationLatency: '$context.integration.latency',
  integrationStatus: '$context.integration.integrationStatus',
  errorType: '$context.error.responseType',
  subject: '$context.authorizer.principalId',
  client: authorizerContext('client'),
  roles: authorizerContext('roles'),
  tier: authorizerContext('tier'),
  denialReason: authorizerContext('denialReason'),
  apiKeyId: '$context.identity.apiKeyId',
  authorizerStatus: '$context.authorizer.status',
  authorizerLatency: '$context.authorizer.latency',
  wafResponseCode: '$context.wafResponseCode',
  wafStatus: '$context.waf.status',
  wafLatency: '$context.waf.latency',
  wafError: '$context.waf.error',
  tlsVersion: '$context.tlsVersion',
  cipherSuite: '$context.cipherSuite',
} as const;
