import { NOT_CACHED, securityHeaders } from '../../lambdas/shared/httpHeaders.ts';
import { type GatewayResponseType, problemType } from '../../lambdas/shared/problems.ts';
import { authorizerContext, PROOF_ALGORITHMS } from '../../lambdas/shared/wireContract.ts';
import { needsScopes } from '../definition/access.ts';
import type { Api } from '../definition/api.ts';
import { gatewayCorsHeaders } from './cors.ts';
import { staticValues } from './gatewayHeaders.ts';
import type { GatewayBindings } from './gatewayOperation.ts';
import { GATEWAY_REJECTIONS, type GatewayRejection } from './gatewayRejections.ts';
import type { Json } from './json.ts';
import { metadataParameter } from './resourceMetadata.ts';

type Bindings = Pick<
  GatewayBindings,
  'checksCertificates' | 'cors' | 'dpop' | 'hasCertificates' | 'hstsPreload' | 'problemTypeBase' | 'resource'
>;

/** Headers of every rejection. */
const headersOfAll = ({ hstsPreload }: Bindings) =>
  staticValues({
    // The template is chosen by the client's Accept, `application/json` being the default; this header then overrides the
    // media type of the response.
    'Content-Type': 'application/problem+json',
    ...securityHeaders({ hstsPreload }),
    ...NOT_CACHED,
  });

/**
 * The `x-amazon-apigateway-gateway-responses` of an API: every response of API Gateway or WAF itself, as a
 * problem document (RFC 9457) with the request id as its instance.
 *
 * Templates are not VTL: `$context` variables are replaced, nothing is escaped or quoted. Two of them contain strings
 * of the request and are safe inside JSON: `$context.error.messageString` is replaced **with** quotes; of
 * `$context.error.validationErrorString` the string is escaped, and the template adds the quotes.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export function gatewayResponses(api: Api, bindings: Bindings = {}): Json {
  return Object.fromEntries(
    GATEWAY_REJECTIONS.map((rejection) => [rejection.type, responseOf(rejection, api, bindings)]),
  );
}

function responseOf(rejection: GatewayRejection, api: Api, bindings: Bindings): Json {
  const headers = { ...headersOfAll(bindings), ...headersOf(rejection, api, bindings) };
  const parameters = Object.entries(headers).map(([name, value]) => [`gatewayresponse.header.${name}`, value]);
  return {
    ...(rejection.fixedStatus === true || rejection.status === undefined
      ? {}
      : { statusCode: String(rejection.status) }),
    responseParameters: Object.fromEntries(parameters),
    responseTemplates: { 'application/json': template(rejection, bindings) },
  };
}

function headersOf(
  { type, retryAfterSeconds, challenge }: GatewayRejection,
  api: Api,
  { cors, dpop, resource }: Bindings,
): Readonly<Record<string, string>> {
  return {
    ...(cors === undefined ? {} : gatewayCorsHeaders(cors, type)),
    ...(challenge === 'token' || (challenge === 'scope' && needsScopes(Object.values(api.routes)))
      ? { 'WWW-Authenticate': `'${challengeOf(api.name, { dpop, resource }, challenge)}'` }
      : {}),
    ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': `'${secondsOf(retryAfterSeconds, api)}'` }),
  };
}

/**
 * RFC 6750, section 3; RFC 9449, section 7.1; RFC 9728, section 5.1. The realm is the API's name, which contains nothing to escape.
 * One response serves missing and wrong tokens, so it has no error code. One serves all denials, so it names no scope.
 */
function challengeOf(realm: string, { dpop, resource }: Bindings, missing: 'token' | 'scope'): string {
  const more = `${missing === 'scope' ? ', error="insufficient_scope"' : ''}${metadataParameter(resource)}`;
  const bearer = dpop === 'required' ? [] : [`Bearer realm="${realm}"${more}`];
  const bound = dpop === undefined ? [] : [`DPoP realm="${realm}", algs="${PROOF_ALGORITHMS.join(' ')}"${more}`];
  return [...bearer, ...bound].join(', ');
}

function secondsOf(seconds: number | 'of the slowest limit', api: Api): number {
  return typeof seconds === 'number' ? seconds : throttleSeconds(api);
}

/**
 * Seconds after which every bucket of an API has a token again: that of the slowest limit needs the longest. One
 * response serves all buckets, and a client that retries too early is only rejected again, so the longest is right.
 */
export function throttleSeconds({ tiers, routes, anonymous }: Pick<Api, 'tiers' | 'routes' | 'anonymous'>): number {
  const own = Object.values(routes).flatMap(({ limits }) => Object.values(limits));
  const all = [...Object.values(tiers), ...own, ...(anonymous === undefined ? [] : [anonymous])];
  return Math.max(1, ...all.map(({ rate }) => Math.ceil(1 / rate)));
}

/** Problems whose code and detail are the authorizer's: only it knows why it denies access, and whose key it returned. */
const BY_AUTHORIZER: Partial<
  Record<GatewayResponseType, readonly ['rejectionCode' | 'keyRejectionCode', 'rejectionDetail' | 'keyRejectionDetail']>
> = {
  ACCESS_DENIED: ['rejectionCode', 'rejectionDetail'],
  INVALID_API_KEY: ['keyRejectionCode', 'keyRejectionDetail'],
};

/** Of a denial without an authorizer's context. */
const CERTIFICATE_DENIED = 'The client certificate is not trusted, or the caller has no permission.';

/** Of a 401 with mutual TLS. It does not reveal which of them is wrong. */
const TOKEN_OR_CERTIFICATE = 'Send a valid access token and client certificate.';

/** The body of a gateway response. What the authorizer adds are constants of this project, so nothing needs escaping. */
function template(rejection: GatewayRejection, bindings: Bindings): string {
  const { type, status, title } = rejection;
  const { problemTypeBase } = bindings;
  const { code, detail } = codeAndDetail(rejection, bindings);
  const members = { type: problemType(code, problemTypeBase), title, status, code, detail };
  return `${JSON.stringify({ ...members, instance: '$context.requestId' }).slice(0, -1)}${variableMembers(type)}}`;
}

/**
 * A certificate is rejected before the authorizer runs, and a variable without a value is empty. A template has no conditions, so there the
 * code of a denial is the general one; the detail of the authorizer follows where it ran.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
function codeAndDetail(
  { type, code, detail }: GatewayRejection,
  { checksCertificates = false, hasCertificates = false }: Bindings,
) {
  if (type === 'UNAUTHORIZED' && hasCertificates) return { code, detail: TOKEN_OR_CERTIFICATE };
  const names = BY_AUTHORIZER[type];
  if (names === undefined) return { code, detail };
  const [ownCode, ownDetail] = [authorizerContext(names[0]), authorizerContext(names[1])];
  if (type !== 'ACCESS_DENIED' || !checksCertificates) return { code: ownCode, detail: ownDetail };
  return { code, detail: `${CERTIFICATE_DENIED} ${ownDetail}` };
}

/** Members that hold a variable and so cannot be written by `JSON.stringify`. */
function variableMembers(type: GatewayResponseType): string {
  // API Gateway names the property in its message, not as a pointer; the empty pointer is the body as a whole (RFC 6901).
  if (type === 'BAD_REQUEST_BODY') {
    return ',"errors":[{"pointer":"","code":"schema","message":"$context.error.validationErrorString"}]';
  }
  return type === 'BAD_REQUEST_PARAMETERS' || type === 'DEFAULT_4XX' ? ',"detail":$context.error.messageString' : '';
}
