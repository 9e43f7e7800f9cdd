import type { RouteContract } from '../../../lib/definition/bundledTypes.ts';
import type { Caller } from '../../../lib/definition/handlers.ts';
import type { UploadedFile } from '../../../lib/definition/upload.ts';
import { IDEMPOTENCY_KEY } from '../../shared/httpHeaders.ts';
import { randomUUID } from '../../shared/nodeCrypto.ts';
import type { HandlerEnvironment, Readable } from '../../shared/wireContract.ts';
import type { ProxyResult } from '../event.ts';
import { HttpProblem } from '../problem.ts';
import { type CheckedRequest, fingerprintOf, keyIn, operationId } from './operation.ts';
import { type Attempt, type RecordTable, recordTable } from './recordTable.ts';
import { type Outcome, replayed, storedForm } from './storedResponse.ts';

/** One request of a route with idempotency keys, after every check. */
export interface KeyedCall {
  readonly api: string;
  readonly contract: RouteContract;
  readonly request: CheckedRequest;
  readonly caller: Caller | undefined;
  readonly files: readonly UploadedFile[] | undefined;
  /** Milliseconds after which Lambda ends the function. */
  readonly remainingMs: number;
  /** Runs the handler. */
  respond(request: CheckedRequest): Promise<ProxyResult>;
  /** The response to what the handler threw, with its code; undefined for what is a fault of the API. */
  rejection(error: unknown): (Outcome & { readonly code: string }) | undefined;
  /** Logs a fault of the table that does not change the response. */
  report(message: string, error?: unknown): void;
}

/** Runs the handlers of routes with idempotency keys. */
export type RunOnce = (call: KeyedCall) => Promise<Outcome>;

/** Between the end of the function and the next attempt: clocks of functions differ by less. */
const MARGIN_MS = 1_000;
/**
 * Rejections that say nothing about the operation: rights and limits change, and what was locked or failed elsewhere may work next
 * time. A retry with the same key runs.
 */
const NOT_STORED = [401, 403, 423, 424, 429];

/** What a test replaces. */
export interface RunOnceParts {
  readonly table?: RecordTable;
  readonly now?: () => number;
}

/**
 * Makes what runs each operation once. A request without a key just runs. Of requests with the same key, one runs; its response is
 * stored and returned to the others. A fault of the API, such as a thrown error or a 5xx, releases the key. When a function is
 * killed, the key is locked until the function could no longer run; then the next request runs again, with the same `idempotencyKey`.
 *
 * @throws {HttpProblem} `idempotency-in-progress`, `idempotency-key-reused`, `idempotency-response-unavailable`,
 * `service-unavailable` while the table is unreachable, and what the handler throws.
 */
export function runOnce(environment: Readable<HandlerEnvironment>, parts: RunOnceParts = {}): RunOnce {
  const { table = recordTable(environment), now = Date.now } = parts;
  return async (call) => {
    const { [IDEMPOTENCY_KEY]: header, ...headers } = call.request.headers ?? {};
    const request = { ...call.request, headers };
    if (typeof header !== 'string') return { response: await call.respond(request), code: undefined };
    const id = operationId(call.api, call.contract.id, call.caller, keyIn(header));
    const nowMs = now();
    const attempt: Attempt = {
      id,
      owner: randomUUID(),
      fingerprint: fingerprintOf(call.contract, request, call.caller, call.files),
      lockedUntil: nowMs + Math.ceil(call.remainingMs) + MARGIN_MS,
      expires: Math.ceil(nowMs / 1000) + (call.contract.idempotency?.expiresAfterSeconds ?? 0),
    };
    const stored = await earlier(table, attempt, nowMs, call);
    if (stored !== undefined) return stored;
    return firstOutcome(table, attempt, call, { ...request, idempotencyKey: id });
  };
}

/** The outcome of an earlier request with the key; undefined if this one is to run. */
async function earlier(
  table: RecordTable,
  attempt: Attempt,
  nowMs: number,
  { report }: KeyedCall,
): Promise<Outcome | undefined> {
  const unavailable = (error: unknown) => {
    report('the table of idempotency keys cannot be used', error);
    return new HttpProblem('service-unavailable', 'Idempotency keys cannot be checked at the moment.');
  };
  const claim = await table.claim(attempt, nowMs).catch((error: unknown) => {
    throw unavailable(error);
  });
  switch (claim.outcome) {
    case 'claimed':
      return undefined;
    case 'running':
      throw new HttpProblem('idempotency-in-progress', 'A request with this Idempotency-Key has not ended.');
    case 'other-request':
      throw new HttpProblem('idempotency-key-reused', 'This Idempotency-Key was used for another request.');
    case 'done':
      if (claim.result === undefined) {
        const detail = 'The request was processed, and its response was too large to be stored.';
        throw new HttpProblem('idempotency-response-unavailable', detail);
      }
      try {
        return replayed(claim.result);
      } catch (error) {
        throw unavailable(error);
      }
  }
}

async function firstOutcome(
  table: RecordTable,
  attempt: Attempt,
  call: KeyedCall,
  request: CheckedRequest,
): Promise<Outcome> {
  let outcome: Outcome;
  try {
    outcome = { response: await call.respond(request), code: undefined };
  } catch (error) {
    const rejection = call.rejection(error);
    if (rejection !== undefined && isFinal(rejection.response.statusCode))
      await complete(table, attempt, call, rejection);
    else
      await table.release(attempt).catch((fault: unknown) => call.report('an idempotency key was not released', fault));
    throw error;
  }
  await complete(table, attempt, call, outcome);
  return outcome;
}

/** The handler has had its effect, so no fault of the table changes the response. */
async function complete(table: RecordTable, attempt: Attempt, call: KeyedCall, outcome: Outcome): Promise<void> {
  const form = storedForm(outcome);
  if (form === undefined) call.report('the response is too large to be stored for its idempotency key');
  try {
    const isOurs = await table.complete(attempt, form);
    if (!isOurs) call.report('the request ran longer than its idempotency key was locked, and another one ran as well');
  } catch (error) {
    call.report('the response was not stored for its idempotency key', error);
  }
}

function isFinal(status: number): boolean {
  return status < 500 && !NOT_STORED.includes(status);
}
