import type { ResponseMode, RouteContract, Validate } from '../../lib/definition/projected.ts';
import { conform } from './conform.ts';
import type { ProxyResult } from './event.ts';
import { securityHeaders } from './headers.ts';
import { type HttpProblem, problemDocument } from './problem.ts';

/** A header value of RFC 9110, section 5.5, in ASCII: nothing that could end the header. */
const HEADER_VALUE = /^[\x20-\x7e\t]*$/;

/** Bytes of an answer; Lambda ends a function that gives more than 6 MB ("Lambda quotas"), of which the envelope takes some. */
const MAX_ANSWER_BYTES = 5_900_000;

/**
 * When to come back to a handler that says it is unavailable: nobody knows, so it is short enough to be worth a try and long enough
 * to keep clients from hammering. An exact limit tells its own seconds in place of it.
 */
const UNAVAILABLE_SECONDS = 10;

/** A handler answered what its route does not declare; a fault of ours, answered with 500. */
class AnswerFault extends Error {
  /** `what` names the fault, never the body. */
  constructor(what: string) {
    super(`the handler's answer ${what}`);
    this.name = 'AnswerFault';
  }
}

/** How answers are compared with their contract. */
export interface AnswerRules {
  readonly contract: RouteContract;
  /** The validator of `{ [status]: body }`. */
  readonly validate: Validate;
  readonly mode: ResponseMode;
  /** Told of a body that is not as declared: places and rules, never values. */
  readonly differs: (locations: readonly string[]) => void;
}

/**
 * Turns what a handler gave into the answer on the wire: the status is declared, every header is, the body is JSON, is there
 * exactly if declared and is as declared.
 *
 * @throws {AnswerFault}
 */
export function answerOf(given: unknown, rules: AnswerRules): ProxyResult {
  const { contract } = rules;
  if (typeof given !== 'object' || given === null) throw new AnswerFault('is no object');
  const { status, body, headers } = given as {
    readonly status?: unknown;
    readonly body?: unknown;
    readonly headers?: unknown;
  };
  const declared = contract.responses.find((response) => response.status === status);
  if (declared === undefined) throw new AnswerFault('has a status that is not declared');
  if (declared.body !== (body !== undefined)) throw new AnswerFault(`must have ${declared.body ? 'a' : 'no'} body`);
  return {
    statusCode: declared.status,
    headers: {
      ...securityHeaders(),
      ...(declared.body ? { 'content-type': 'application/json' } : {}),
      ...declaredHeaders(headers ?? {}, declared.headers),
    },
    body: declared.body ? bodyOf(declared.status, body, rules) : '',
  };
}

/** The answer to a refused request (RFC 9457). */
export function problemAnswer(error: HttpProblem, requestId: string): ProxyResult {
  return {
    statusCode: error.status,
    headers: {
      ...securityHeaders(),
      'content-type': 'application/problem+json',
      // API Gateway renames it to x-amzn-remapped-www-authenticate when an integration sends it; RFC 9110 wants it sent.
      ...(error.status === 503 ? { 'retry-after': String(UNAVAILABLE_SECONDS) } : {}),
      ...(error.status === 401 ? { 'www-authenticate': 'Bearer error="invalid_token"' } : {}),
    },
    body: JSON.stringify(problemDocument(error, requestId)),
  };
}

function declaredHeaders(given: unknown, names: readonly string[]): Readonly<Record<string, string>> {
  if (typeof given !== 'object' || given === null) throw new AnswerFault('has headers that are no object');
  const known = names.map((name) => name.toLowerCase());
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of entries) {
    if (!known.includes(name.toLowerCase())) throw new AnswerFault(`has the header ${name}, which is not declared`);
    if (typeof value !== 'string' || !HEADER_VALUE.test(value)) throw new AnswerFault(`has no valid value of ${name}`);
  }
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function bodyOf(status: number, body: unknown, { validate, mode, differs }: AnswerRules): string {
  const text = jsonOf(body);
  // What the client will see is compared: dates are texts by now, and undefined is gone.
  const result = conform(status, JSON.parse(text), validate, mode);
  if (result.kind === 'conforms') return text;
  differs(result.locations);
  if (result.body === undefined) throw new AnswerFault(`is not as declared: ${result.locations.join(', ')}`);
  return JSON.stringify(result.body);
}

function jsonOf(body: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(body);
  } catch {
    text = undefined;
  }
  if (text === undefined) throw new AnswerFault('has a body that is not JSON');
  if (Buffer.byteLength(text) > MAX_ANSWER_BYTES) throw new AnswerFault('has a body that Lambda cannot return');
  return text;
}
