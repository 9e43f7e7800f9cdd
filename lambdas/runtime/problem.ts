import { PROBLEMS, type Problem, type ProblemCodeOf, problemType } from '../shared/problems.ts';

/** Code of a problem that handlers and the checks around them throw, in kebab-case; docs/errors.md explains each. */
export type ProblemCode = ProblemCodeOf<'runtime'>;

/** Status of a problem. A status of several codes means the first, such as 400 for `invalid-request`. */
export type ProblemStatusCode = (typeof PROBLEMS)[ProblemCode]['status'];

/** One fault of a request. It names the location and the rule, never the value. */
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
  /** The request id, to quote in a question to support. */
  readonly instance: string;
  /** One of this project, or one that the API declares. */
  readonly code: string;
  readonly errors?: readonly RequestFault[];
}

/** What a problem document is made of. */
export interface Rejection {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly RequestFault[];
  /** `WWW-Authenticate`, instead of that of the status. */
  readonly challenge?: string;
}

/** Maximum of faults in a response. */
export const MAX_FAULTS = 20;

/**
 * A request that is rejected. Handlers throw it; everything else that they throw becomes `internal` without details.
 *
 * @example
 * ```ts
 * try {
 *   throw problem(404, 'There is no such note.');
 * } catch (error) {
 *   if (error instanceof HttpProblem) console.log(error.status, error.code); // 404 'not-found'
 * }
 * ```
 */
export class HttpProblem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly detail: string | undefined;
  readonly title: string;
  readonly errors: readonly RequestFault[];

  /** `detail` is shown to the caller: no secret, no value of the request. */
  constructor(code: ProblemCode, detail?: string, errors: readonly RequestFault[] = []) {
    if (!Object.hasOwn(PROBLEMS, code)) throw new TypeError(`there is no problem with the code ${String(code)}`);
    super(detail ?? PROBLEMS[code].title);
    this.name = 'HttpProblem';
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.title = PROBLEMS[code].title;
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

/** Whether an error is a problem as it was made: handlers in JavaScript can change its members. */
export function isProblem(error: unknown): error is HttpProblem {
  return (
    error instanceof HttpProblem &&
    Object.hasOwn(PROBLEMS, error.code) &&
    error.status === PROBLEMS[error.code].status &&
    error.title === PROBLEMS[error.code].title
  );
}

/** The document of a problem; lists at most 20 faults. */
export function problemDocument(error: Rejection, requestId: string, problemTypeBase?: string): ProblemDocument {
  return {
    type: problemType(error.code, problemTypeBase),
    title: error.title,
    status: error.status,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    instance: requestId,
    code: error.code,
    ...(error.errors.length === 0 ? {} : { errors: error.errors.slice(0, MAX_FAULTS) }),
  };
}

function codeOf(status: ProblemStatusCode): ProblemCode {
  const found = Object.entries<Problem>(PROBLEMS).find(
    ([, known]) => known.runtime === true && known.status === status,
  );
  return (found?.[0] ?? 'internal') as ProblemCode;
}
