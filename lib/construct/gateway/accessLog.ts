import { authorizerContext } from '../../../lambdas/shared/wireContract.ts';

/**
 * One line of the access log: who, from where, when, what happened, and why it was rejected. No token, no key value,
 * no query, no header except the user agent, no body. Every value is a string, also numbers: API Gateway writes `-` for an
 * unknown value, which without quotes would not be JSON.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
export const ACCESS_LOG_FORMAT = JSON.stringify({
  requestId: '$context.requestId',
  extendedRequestId: '$context.extendedRequestId',
  time: '$context.requestTimeEpoch',
  ip: '$context.identity.sourceIp',
  userAgent: '$context.identity.userAgent',
  method: '$context.httpMethod',
  routePath: '$context.resourcePath',
  protocol: '$context.protocol',
  status: '$context.status',
  responseLength: '$context.responseLength',
  latency: '$context.responseLatency',
  integrationLatency: '$context.integration.latency',
  integrationStatus: '$context.integration.integrationStatus',
  errorType: '$context.error.responseType',
  errorMessage: '$context.error.message',
  subject: '$context.authorizer.principalId',
  client: authorizerContext('client'),
  roles: authorizerContext('roles'),
  tier: authorizerContext('tier'),
  apiKeyId: '$context.identity.apiKeyId',
  authorizerStatus: '$context.authorizer.status',
  authorizerLatency: '$context.authorizer.latency',
  wafResponseCode: '$context.wafResponseCode',
  wafStatus: '$context.waf.status',
  wafLatency: '$context.waf.latency',
  wafError: '$context.waf.error',
  tlsVersion: '$context.tlsVersion',
  cipherSuite: '$context.cipherSuite',
});
