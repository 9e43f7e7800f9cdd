import { authorizerContext } from '../../lambdas/shared/wireContract.ts';
import type { Api } from '../definition/api.ts';
import type { GatewayBindings } from './gatewayOperation.ts';
import type { Json } from './json.ts';
import { type ProblemKind, problemMembers } from './problems.ts';
import { BODY_REJECTED, CALLER_REJECTED, PARAMETERS_REJECTED, REJECTIONS, type Rejection } from './rejections.ts';
import { throttleSeconds } from './retryAfter.ts';

/** What the authorizer verifies of proofs; a test compares the two. */
export const PROOF_ALGORITHMS = 'ES256 ES384 ES512 EdDSA Ed25519 PS256 PS384 PS512 RS256';

/**
 * Headers of every refusal, values as mapping expressions (static ones stand in single quotes). The answers of the
 * handlers carry the same and a Content-Security-Policy, whose own quotes a static expression cannot hold.
 */
const HEADERS: Readonly<Record<string, string>> = {
  // The template is chosen by the client's Accept, `application/json` being the default; this header then overrides the
  // media type of the answer.
  'Content-Type': "'application/problem+json'",
  'Strict-Transport-Security': "'max-age=63072000; includeSubDomains'",
  'X-Content-Type-Options': "'nosniff'",
  'Referrer-Policy': "'no-referrer'",
  'Cache-Control': "'no-store'",
};

/**
 * The `x-amazon-apigateway-gateway-responses` of an API: every answer that API Gateway or WAF gives by itself, as a
 * problem document (RFC 9457) with the request id as its instance.
 *
 * Templates are no VTL: `$context` variables are replaced, nothing is escaped or quoted. Two of them carry text of the
 * request and are safe inside JSON: `$context.error.messageString` is replaced **with** quotes; of
 * `$context.error.validationErrorString` the text is escaped and the quotes are ours.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export function gatewayResponses(api: Api, bindings: Pick<GatewayBindings, 'dpop'> = {}): Json {
  return Object.fromEntries(REJECTIONS.map((rejection) => [rejection.type, responseOf(rejection, api, bindings)]));
}

function responseOf(rejection: Rejection, api: Api, bindings: Pick<GatewayBindings, 'dpop'>): Json {
  const headers = { ...HEADERS, ...headersOf(rejection, api, bindings) };
  const parameters = Object.entries(headers).map(([name, value]) => [`gatewayresponse.header.${name}`, value]);
  return {
    ...(rejection.fixedStatus === true || rejection.problem.status === undefined
      ? {}
      : { statusCode: String(rejection.problem.status) }),
    responseParameters: Object.fromEntries(parameters),
    responseTemplates: { 'application/json': template(rejection) },
  };
}

function headersOf(
  { retryAfterSeconds, challenge }: Rejection,
  api: Api,
  { dpop }: Pick<GatewayBindings, 'dpop'>,
): Readonly<Record<string, string>> {
  return {
    ...(challenge === true ? { 'WWW-Authenticate': `'${challengeOf(api.name, dpop)}'` } : {}),
    ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': `'${secondsOf(retryAfterSeconds, api)}'` }),
  };
}

/** RFC 6750, section 3; RFC 9449, section 7.1. The realm is the API's name, which has nothing that would need escaping. */
function challengeOf(realm: string, dpop: GatewayBindings['dpop']): string {
  const bearer = dpop === 'required' ? [] : [`Bearer realm="${realm}"`];
  const bound = dpop === undefined ? [] : [`DPoP realm="${realm}", algs="${PROOF_ALGORITHMS}"`];
  return [...bearer, ...bound].join(', ');
}

function secondsOf(seconds: number | 'of the slowest limit', api: Api): number {
  return typeof seconds === 'number' ? seconds : throttleSeconds(api);
}

/** The problem that the authorizer's context names. Both values are constants of ours, so nothing needs escaping. */
const AUTHORIZERS_PROBLEM = {
  code: authorizerContext('rejectionCode'),
  detail: authorizerContext('rejectionDetail'),
};

function template({ type, problem, detail }: Rejection): string {
  if (type === CALLER_REJECTED) {
    const { code, ...said } = AUTHORIZERS_PROBLEM;
    return JSON.stringify({ ...problemMembers({ ...problem, code }), ...said, instance: '$context.requestId' });
  }
  const fixed = {
    ...problemMembers(problem),
    ...(detail === undefined ? {} : { detail }),
    instance: '$context.requestId',
  };
  const members = JSON.stringify(fixed).slice(0, -1);
  return `${members}${variableMembers(type, problem)}}`;
}

/** Members that hold a variable and so cannot be written by `JSON.stringify`. */
function variableMembers(type: string, problem: ProblemKind): string {
  if (type === PARAMETERS_REJECTED) return ',"detail":$context.error.messageString';
  if (type === BODY_REJECTED) {
    // API Gateway names the property in its text, not as a pointer; the empty pointer is the body as a whole (RFC 6901).
    return ',"errors":[{"pointer":"","code":"schema","message":"$context.error.validationErrorString"}]';
  }
  return problem.status === undefined ? ',"detail":$context.error.messageString' : '';
}
