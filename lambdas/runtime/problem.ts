/** Every problem of the runtime: its status and title. Codes are part of the contract; docs/errors.md explains each. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'Invalid request' },
  'malformed-json': { status: 400, title: 'Malformed JSON' },
  'method-override-rejected': { status: 400, title: 'Method override refused' },
  unauthorized: { status: 401, title: 'Unauthorized' },
  forbidden: { status: 403, title: 'Forbidden' },
  'not-found': { status: 404, title: 'Not found' },
  'not-acceptable': { status: 406, title: 'Not acceptable' },
  conflict: { status: 409, title: 'Conflict' },
  gone: { status: 410, title: 'Gone' },
  'precondition-failed': { status: 412, title: 'Precondition failed' },
  'payload-too-large': { status: 413, title: 'Payload too large' },
  'uri-too-long': { status: 414, title: 'URI too long' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'unprocessable-content': { status: 422, title: 'Unprocessable content' },
  locked: { status: 423, title: 'Locked' },
  'failed-dependency': { status: 424, title: 'Failed dependency' },
  'precondition-required': { status: 428, title: 'Precondition required' },
  throttled: { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'Request header fields too large' },
  'upload-malformed': { status: 400, title: 'Malformed upload' },
  'upload-field-unexpected': { status: 400, title: 'Unexpected field' },
  'upload-file-missing': { status: 400, title: 'File missing' },
  'upload-too-many-files': { status: 400, title: 'Too many files' },
  'upload-name-rejected': { status: 422, title: 'File name refused' },
  'upload-content-mismatch': { status: 422, title: 'File is not what it says' },
  'upload-content-dangerous': { status: 422, title: 'File is dangerous' },
  internal: { status: 500, title: 'Internal error' },
  'service-unavailable': { status: 503, title: 'Service unavailable' },
  timeout: { status: 504, title: 'Timeout' },
} as const;

/** Code of a problem, in kebab-case. */
export type ProblemCode = keyof typeof PROBLEMS;

/** Status of a problem. Those of several codes stand for the first of them, such as 400 for `invalid-request`. */
export type ProblemStatusCode = (typeof PROBLEMS)[ProblemCode]['status'];

/** One fault of a request. It names the place and the rule, never the value. */
export type RequestFault = (
  | {
      /** RFC 6901, into the body; empty for the body itself. */
      readonly pointer: string;
    }
  | { readonly parameter: string }
  | { readonly header: string }
) & { readonly code: string; readonly message: string };

/** A problem document (RFC 9457). */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** The request id, to be quoted in a question about it. */
  readonly instance: string;
  readonly code: ProblemCode;
  readonly errors?: readonly RequestFault[];
}

/** Faults that an answer lists at most. */
const MAX_FAULTS = 20;
const TYPE_BASE = 'https://secure-api.dev/errors/';

/** A request that is refused. Handlers throw it; whatever else they throw becomes `internal` without details. */
export class HttpProblem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly detail: string | undefined;
  readonly errors: readonly RequestFault[];

  /** `detail` is shown to the caller: no secret, no value of the request. */
  constructor(code: ProblemCode, detail?: string, errors: readonly RequestFault[] = []) {
    super(detail ?? PROBLEMS[code].title);
    this.name = 'HttpProblem';
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.detail = detail;
    this.errors = errors;
  }
}

/**
 * Makes a problem for a handler to throw.
 *
 * @param statusOrCode a status such as 404, or a code such as `not-found`.
 * @param detail for the caller; no secret, no value of the request.
 * @example
 * ```ts
 * throw problem(404, 'There is no such note.');
 * ```
 */
export function problem(statusOrCode: ProblemStatusCode | ProblemCode, detail?: string): HttpProblem {
  return new HttpProblem(typeof statusOrCode === 'string' ? statusOrCode : codeOf(statusOrCode), detail);
}

/** The document of a problem; lists 20 faults at most. */
export function problemDocument(error: HttpProblem, requestId: string): ProblemDocument {
  return {
    type: `${TYPE_BASE}${error.code}`,
    title: PROBLEMS[error.code].title,
    status: error.status,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    instance: requestId,
    code: error.code,
    ...(error.errors.length === 0 ? {} : { errors: error.errors.slice(0, MAX_FAULTS) }),
  };
}

function codeOf(status: ProblemStatusCode): ProblemCode {
  const found = Object.entries(PROBLEMS).find(([, known]) => known.status === status);
  return (found?.[0] ?? 'internal') as ProblemCode;
}
