import { monotonicMs } from './monotonicMs.ts';

/** The maximum duration of a call. */
export interface CallLimits {
  /** The whole call, with all attempts and the waits between them. */
  readonly timeoutMs: number;
  /** Attempts after the first one. */
  readonly retries: number;
}

/** Which attempts of a call another one can follow. */
export interface RetryRules<T> {
  /** Whether two attempts do no more than one. Only such a call gets a second attempt beside one that stays silent. */
  readonly isRepeatable: boolean;
  /** Whether another attempt could have a better outcome and is safe. */
  readonly isTransient: (outcome: PromiseSettledResult<T>) => boolean;
  /** How long to wait after so many attempts. @default - up to 40 ms, and up to twice as long after each further attempt */
  readonly waitMs?: (outcome: PromiseSettledResult<T>, attempts: number) => number;
}

/** The first wait is up to this long; each further one up to twice as long as the one before. */
const BASE_WAIT_MS = 40;
/** No attempt begins when less than this is left. */
const SHORTEST_ATTEMPT_MS = 20;
/** An attempt without an outcome for this part of the time gets another one beside it. */
const SILENT_SHARE = 0.5;

/**
 * Repeats an attempt until its outcome is final, with exponential backoff and full jitter, within one deadline.
 *
 * Each attempt has all the time that is left. A connection that died while the instance was frozen stays silent, as a slow
 * service does: after half of the time, a repeatable call gets a second attempt, and the first outcome of both counts. So a slow
 * service gets one request more, and no good response is given up.
 *
 * @param attempt - makes one attempt, which ends when its signal says so.
 * @returns the outcome that is final, or that of the last attempt.
 */
export async function withRetries<T>(
  { timeoutMs, retries }: CallLimits,
  attempt: (signal: AbortSignal) => Promise<T>,
  { isRepeatable, isTransient, waitMs: wait = backoffMs }: RetryRules<T>,
): Promise<T> {
  const end = monotonicMs() + timeoutMs;
  const left = () => end - monotonicMs();
  const ending = new AbortController();
  const deadline = setTimeout(() => ending.abort(new DOMException('no response in time', 'TimeoutError')), timeoutMs);
  const running = new Set<Promise<PromiseSettledResult<T>>>();
  let made = 0;
  let last: PromiseSettledResult<T> | undefined;
  const canStart = (waitMs = 0) => made <= retries && left() - waitMs >= SHORTEST_ATTEMPT_MS;
  const start = () => {
    running.add(settled(attempt(ending.signal)));
    made += 1;
  };
  /** Time until a silent attempt gets another one beside it. */
  const silence = () => (isRepeatable && running.size === 1 && canStart() ? left() * SILENT_SHARE : undefined);
  try {
    start();
    let waitMs = silence();
    for (;;) {
      const outcome = await firstOf(running, waitMs);
      if (outcome === undefined) {
        if (canStart()) start();
        else if (running.size === 0 && last !== undefined) return resultOf(last);
        waitMs = silence();
      } else {
        const backoff = wait(outcome, made);
        waitMs = isTransient(outcome) && canStart(backoff) ? backoff : undefined;
        if (!isTransient(outcome) || (waitMs === undefined && running.size === 0)) return resultOf(outcome);
        last = outcome;
      }
    }
  } finally {
    clearTimeout(deadline);
    if (running.size > 0) ending.abort();
  }
}

function backoffMs(_: unknown, attempts: number): number {
  return Math.random() * BASE_WAIT_MS * 2 ** (attempts - 1);
}

function settled<T>(attempt: Promise<T>): Promise<PromiseSettledResult<T>> {
  return Promise.allSettled([attempt]).then(([outcome]) => outcome);
}

/** The first outcome, which is removed from the others; undefined if there is none within the time, if one is given. */
async function firstOf<T>(
  running: Set<Promise<PromiseSettledResult<T>>>,
  waitMs: number | undefined,
): Promise<PromiseSettledResult<T> | undefined> {
  const attempts = [...running].map((attempt) => attempt.then((outcome) => ({ attempt, outcome })));
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => {
    if (waitMs !== undefined) timer = setTimeout(resolve, waitMs, undefined);
  });
  const first = await Promise.race([...attempts, silence]);
  clearTimeout(timer);
  if (first !== undefined) running.delete(first.attempt);
  return first?.outcome;
}

function resultOf<T>(outcome: PromiseSettledResult<T>): T {
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

/**
 * Maximum bytes of a response. The largest ones that are expected are an item of DynamoDB with 400 KB, and the string of a
 * secret with 64 KB, each character of it escaped in JSON.
 */
export const MAX_RESPONSE_BYTES = 1_048_576;

/** A response has more bytes than any that is expected; another attempt would get the same one. */
export class ResponseTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`the response has more than ${maxBytes} bytes`);
    this.name = 'ResponseTooLarge';
  }
}

/**
 * Reads the body of a response up to a size, so that no server fills the memory of the instance.
 *
 * @throws {ResponseTooLarge} as soon as `Content-Length` or the bytes that arrived exceed it.
 */
export async function readBytes(response: Response, maxBytes = MAX_RESPONSE_BYTES): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  if (Number(response.headers.get('content-length')) > maxBytes) {
    await response.body?.cancel();
    throw new ResponseTooLarge(maxBytes);
  }
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.byteLength;
    // Leaving the loop cancels the body.
    if (size > maxBytes) throw new ResponseTooLarge(maxBytes);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Whether an attempt ended without a response, or with a part of one. */
export function hasNoResponse(outcome: PromiseSettledResult<unknown>): outcome is PromiseRejectedResult {
  return outcome.status === 'rejected' && !(outcome.reason instanceof ResponseTooLarge);
}

/** The rules of calls that change nothing at the service. */
export const READING: RetryRules<{ readonly status: number }> = {
  isRepeatable: true,
  isTransient: (outcome) => hasNoResponse(outcome) || (outcome.status === 'fulfilled' && outcome.value.status >= 500),
};

/** Errors before a request was sent, as Node.js names them. */
const NOT_SENT = 'ECONNREFUSED EAI_AGAIN ENOTFOUND EHOSTUNREACH ENETUNREACH'.split(' ');

/** Whether a failed call certainly sent nothing. After a reset, the service could have received the request. */
export function wasNotSent(error: unknown): boolean {
  return NOT_SENT.includes(String((Object(error) as { readonly code?: unknown }).code));
}
