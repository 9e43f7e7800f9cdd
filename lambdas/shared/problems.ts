/**
 * Every problem that an API of ours responds with (RFC 9457), once: runtime, authorizer, gateway responses, web ACL, OpenAPI
 * documents and the pages of `docs/errors` are projections of it. Codes are part of the contract.
 */

/** Where the pages of the problem types are (RFC 9457, section 3.1.1), unless an API names its own. */
const PROBLEM_TYPE_BASE = 'https://secure-api.dev/errors/';

/** One way in which a problem is raised, with what it has besides status and title. */
interface Cause {
  readonly detail?: string;
  /** Instead of the status of the problem. */
  readonly status?: number;
}

/** A problem of the catalogue. */
export interface Problem {
  /** Absent where one code stands for several statuses. */
  readonly status?: number;
  readonly title: string;
  /** Handlers and the checks around them throw it. */
  readonly runtime?: true;
  /** The authorizer denies access with it; {@link DENIALS} has the detail. */
  readonly authorizer?: true;
  /** The gateway response types that stand for it. */
  readonly gateway?: Readonly<Record<string, Cause>>;
  /** The web ACL returns it; {@link WEB_ACL_BODIES} has the detail. */
  readonly webAcl?: true;
}

/** The problems by code. Of a status with several problems that handlers throw, the first is the general one. */
export const PROBLEMS = {
  'invalid-request': {
    status: 400,
    title: 'Invalid request',
    runtime: true,
    gateway: { BAD_REQUEST_BODY: { detail: 'The body does not match the schema.' }, BAD_REQUEST_PARAMETERS: {} },
  },
  'malformed-json': { status: 400, title: 'Malformed JSON', runtime: true },
  'malformed-form': { status: 400, title: 'Malformed form', runtime: true },
  'method-override-rejected': { status: 400, title: 'Method override rejected', runtime: true },
  'upload-malformed': { status: 400, title: 'Malformed upload', runtime: true },
  'upload-field-unexpected': { status: 400, title: 'Unexpected field', runtime: true },
  'upload-file-missing': { status: 400, title: 'File missing', runtime: true },
  'upload-too-many-files': { status: 400, title: 'Too many files', runtime: true },
  unauthorized: {
    status: 401,
    title: 'Unauthorized',
    runtime: true,
    gateway: { UNAUTHORIZED: { detail: 'Send a valid access token.' } },
  },
  // One code for every reason: which check failed is of use to an attacker alone, and is in the log.
  'webhook-rejected': { status: 401, title: 'Webhook rejected', runtime: true },
  forbidden: {
    status: 403,
    title: 'Forbidden',
    runtime: true,
    authorizer: true,
    gateway: {
      // Code and detail are the authorizer's.
      ACCESS_DENIED: {},
      // Code and detail are the authorizer's, see KEY_REJECTIONS.
      INVALID_API_KEY: {},
    },
  },
  'insufficient-scope': { status: 403, title: 'Insufficient scope', runtime: true, authorizer: true },
  'client-suspended': { status: 403, title: 'Forbidden', authorizer: true },
  'waf-blocked': { status: 403, title: 'Request blocked', gateway: { WAF_FILTERED: {} } },
  'not-found': { status: 404, title: 'Not found', runtime: true },
  /**
   * No route has this path and method. API Gateway then responds 403 "Missing Authentication Token", or complains about a
   * signature when an `Authorization` header is sent, because it takes the request for one signed with IAM. No route of ours
   * is signed with IAM, so these types mean that there is no route.
   */
  'route-not-found': {
    status: 404,
    title: 'No such route',
    gateway: { EXPIRED_TOKEN: {}, INVALID_SIGNATURE: {}, MISSING_AUTHENTICATION_TOKEN: {}, RESOURCE_NOT_FOUND: {} },
  },
  'not-acceptable': { status: 406, title: 'Not acceptable', runtime: true },
  conflict: { status: 409, title: 'Conflict', runtime: true },
  'idempotency-in-progress': { status: 409, title: 'The first request is in progress', runtime: true },
  'idempotency-response-unavailable': { status: 409, title: 'The response was not stored', runtime: true },
  'webhook-in-progress': { status: 409, title: 'Message is being handled', runtime: true },
  gone: { status: 410, title: 'Gone', runtime: true },
  'precondition-failed': { status: 412, title: 'Precondition failed', runtime: true },
  'payload-too-large': {
    status: 413,
    title: 'Payload too large',
    runtime: true,
    gateway: { REQUEST_TOO_LARGE: {} },
    webAcl: true,
  },
  'uri-too-long': { status: 414, title: 'URI too long', runtime: true },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    runtime: true,
    gateway: { UNSUPPORTED_MEDIA_TYPE: {} },
  },
  'unprocessable-content': { status: 422, title: 'Unprocessable content', runtime: true },
  'idempotency-key-reused': { status: 422, title: 'Idempotency key reused', runtime: true },
  'upload-name-rejected': { status: 422, title: 'File name rejected', runtime: true },
  'upload-content-mismatch': { status: 422, title: 'File is not what it says', runtime: true },
  'upload-content-dangerous': { status: 422, title: 'File is dangerous', runtime: true },
  'upload-rows-invalid': { status: 422, title: 'Rows are not valid', runtime: true },
  locked: { status: 423, title: 'Locked', runtime: true },
  'failed-dependency': { status: 424, title: 'Failed dependency', runtime: true },
  'precondition-required': { status: 428, title: 'Precondition required', runtime: true },
  throttled: { status: 429, title: 'Too many requests', runtime: true, gateway: { THROTTLED: {} } },
  'quota-exceeded': { status: 429, title: 'Quota exceeded', gateway: { QUOTA_EXCEEDED: {} } },
  flood: { status: 429, title: 'Too many requests', webAcl: true },
  'headers-too-large': { status: 431, title: 'Request header fields too large', runtime: true },
  'request-rejected': { title: 'Request rejected', gateway: { DEFAULT_4XX: {} } },
  internal: {
    status: 500,
    title: 'Internal error',
    runtime: true,
    gateway: {
      API_CONFIGURATION_ERROR: {},
      AUTHORIZER_CONFIGURATION_ERROR: {},
      DEFAULT_5XX: {},
      INTEGRATION_FAILURE: { status: 502 },
    },
  },
  // Nothing is known of the caller: keys, secret or list are unreachable. The token could be valid.
  'authorization-unavailable': {
    status: 500,
    title: 'Authorization unavailable',
    gateway: { AUTHORIZER_FAILURE: {} },
  },
  'service-unavailable': { status: 503, title: 'Service unavailable', runtime: true },
  timeout: { status: 504, title: 'Timeout', runtime: true, gateway: { INTEGRATION_TIMEOUT: {} } },
} as const satisfies Readonly<Record<string, Problem>>;

type Problems = typeof PROBLEMS;
type PropertyOf<Name extends keyof Problem> = {
  [Code in keyof Problems]: Problems[Code] extends Readonly<Record<Name, infer Value>> ? Value : never;
}[keyof Problems];
type KeyOf<Union> = Union extends unknown ? keyof Union : never;

/** Code of a problem, in kebab-case. */
export type ProblemCode = keyof Problems;
/** Codes of the problems that one part raises. */
export type ProblemCodeOf<Raiser extends 'runtime' | 'authorizer' | 'gateway' | 'webAcl'> = {
  [Code in ProblemCode]: Raiser extends keyof Problems[Code] ? Code : never;
}[ProblemCode];
/** Statuses that problems have. */
export type ProblemStatusCode = PropertyOf<'status'>;
/** Gateway response types that stand for a problem. */
export type GatewayResponseType = KeyOf<PropertyOf<'gateway'>>;
/** The problems with which the authorizer denies access; a gateway response can do no more than fill in the detail. */
export const DENIALS = {
  forbidden: 'The caller has no permission for this route.',
  'insufficient-scope': 'The token is missing a scope of this route.',
  'client-suspended': 'The client is suspended.',
} as const satisfies Readonly<Record<ProblemCodeOf<'authorizer'>, string>>;

/** The detail of `forbidden` where a scope can be missing, too: a cached decision stands for all routes of its token. */
export const PERMISSION_OR_SCOPE =
  'The caller has no permission for this route, or its token is missing a scope of it.';

/**
 * What it means that API Gateway rejects the key that the authorizer returned. The key of a registered client is disabled while
 * the client is suspended; cached decisions still return it. Another key is missing if the stack or the client's record is
 * incomplete, such as a record of a tier that the definition no longer has.
 */
export const KEY_REJECTIONS = {
  ofClient: { code: 'client-suspended', detail: DENIALS['client-suspended'] },
  ofTier: { code: 'forbidden', detail: 'The caller has no key in this stage.' },
} as const;

/** The problems that the web ACL returns, by the keys of their response bodies. */
export const WEB_ACL_BODIES = {
  oversized: { code: 'payload-too-large', detail: 'The body is larger than any route takes.' },
  'flood-by-address': { code: 'flood', detail: 'Too many requests came from this address.' },
  'flood-by-token': { code: 'flood', detail: 'Too many requests used this token.' },
} as const satisfies Readonly<Record<string, { readonly code: ProblemCodeOf<'webAcl'>; readonly detail: string }>>;

/** The `type` of a problem: the address of its page. The code can be a variable that is filled in later. */
export function problemType(code: string, base: string = PROBLEM_TYPE_BASE): string {
  return `${base}${code}`;
}
