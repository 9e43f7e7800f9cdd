import type { ProblemKind } from './problems.ts';

/** One type of gateway response and the problem it is answered with. */
export interface Rejection {
  readonly type: string;
  readonly problem: ProblemKind;
  readonly detail?: string;
  /** Of a throttle, how long a bucket takes to hold a token again is told by the definition. */
  readonly retryAfterSeconds?: number | 'of the slowest limit';
  /** Whether the answer asks for a token (`WWW-Authenticate`). */
  readonly challenge?: boolean;
  /** API Gateway does not let this type's status be changed. */
  readonly fixedStatus?: boolean;
}

/** Code and detail are the authorizer's: it knows whether the permission is missing or the client is suspended. */
export const CALLER_REJECTED = 'ACCESS_DENIED';
export const BODY_REJECTED = 'BAD_REQUEST_BODY';
export const PARAMETERS_REJECTED = 'BAD_REQUEST_PARAMETERS';

/** A lower bound: the quota returns with the next day, week or month, which a static header cannot know. */
const QUOTA_SECONDS = 3600;

/** The authorizer asks an issuer that is down no more often. */
const UNDECIDED_SECONDS = 10;

const INVALID: ProblemKind = { code: 'invalid-request', status: 400, title: 'Invalid request' };
const UNAUTHORIZED: ProblemKind = { code: 'unauthorized', status: 401, title: 'Unauthorized' };
const FORBIDDEN: ProblemKind = { code: 'forbidden', status: 403, title: 'Forbidden' };
/** Nothing is known of the caller: keys, secret or list are out of reach. The token may be good. */
const UNDECIDED: ProblemKind = { code: 'authorization-unavailable', status: 500, title: 'Authorization unavailable' };
const INTERNAL: ProblemKind = { code: 'internal', status: 500, title: 'Internal error' };
/**
 * No route has this path and method. API Gateway answers 403 "Missing Authentication Token" there, or complains about a
 * signature when an `Authorization` header is sent, because it takes the request for one signed with IAM. No route of ours
 * is signed with IAM, so these types mean that there is no route, and the truth is 404.
 */
const NO_ROUTE: ProblemKind = { code: 'route-not-found', status: 404, title: 'No such route' };

/**
 * Every gateway response type that an API of ours can meet, in the order of the alphabet. Types with a server's fault say
 * nothing of its cause.
 */
export const REJECTIONS: readonly Rejection[] = [
  { type: CALLER_REJECTED, problem: FORBIDDEN },
  { type: 'API_CONFIGURATION_ERROR', problem: INTERNAL },
  { type: 'AUTHORIZER_CONFIGURATION_ERROR', problem: INTERNAL },
  { type: 'AUTHORIZER_FAILURE', problem: UNDECIDED, retryAfterSeconds: UNDECIDED_SECONDS },
  { type: BODY_REJECTED, problem: INVALID, detail: 'The body does not match the schema.' },
  { type: PARAMETERS_REJECTED, problem: INVALID },
  // It stands for several statuses, so it cannot name one.
  { type: 'DEFAULT_4XX', problem: { code: 'request-rejected', title: 'Request refused' } },
  { type: 'DEFAULT_5XX', problem: INTERNAL },
  { type: 'EXPIRED_TOKEN', problem: NO_ROUTE },
  { type: 'INTEGRATION_FAILURE', problem: { ...INTERNAL, status: 502 } },
  { type: 'INTEGRATION_TIMEOUT', problem: { code: 'timeout', status: 504, title: 'Timeout' } },
  // The authorizer names the key of the caller's tier, so a client can do nothing about a key that is not known.
  { type: 'INVALID_API_KEY', problem: FORBIDDEN, detail: 'The tier of the caller has no key in this stage.' },
  { type: 'INVALID_SIGNATURE', problem: NO_ROUTE },
  { type: 'MISSING_AUTHENTICATION_TOKEN', problem: NO_ROUTE },
  {
    type: 'QUOTA_EXCEEDED',
    problem: { code: 'quota-exceeded', status: 429, title: 'Quota exceeded' },
    retryAfterSeconds: QUOTA_SECONDS,
  },
  {
    type: 'REQUEST_TOO_LARGE',
    problem: { code: 'payload-too-large', status: 413, title: 'Payload too large' },
    fixedStatus: true,
  },
  { type: 'RESOURCE_NOT_FOUND', problem: NO_ROUTE },
  {
    type: 'THROTTLED',
    problem: { code: 'throttled', status: 429, title: 'Too many requests' },
    retryAfterSeconds: 'of the slowest limit',
  },
  { type: 'UNAUTHORIZED', problem: UNAUTHORIZED, detail: 'Send a valid access token.', challenge: true },
  {
    type: 'UNSUPPORTED_MEDIA_TYPE',
    problem: { code: 'unsupported-media-type', status: 415, title: 'Unsupported media type' },
  },
  { type: 'WAF_FILTERED', problem: { code: 'waf-blocked', status: 403, title: 'Request blocked' } },
];
