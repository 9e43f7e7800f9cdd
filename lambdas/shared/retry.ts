import { setTimeout as sleep } from 'node:timers/promises';

/** The maximum duration of a call. */
export interface CallLimits {
  /** The whole call, with all attempts and the waits between them. */
  readonly timeoutMs: number;
  /** Attempts after the first one. */
  readonly retries: number;
}

/** The first wait is up to this long; each further one up to twice as long as the one before. */
const BASE_WAIT_MS = 40;
/** No attempt begins when less than this is left. */
const SHORTEST_ATTEMPT_MS = 20;

/**
 * Repeats an attempt until its outcome is final, with exponential backoff and full jitter, within one deadline. An attempt
 * that is not the last one has half of the time that is left: a connection that died while the instance was frozen can stay
 * silent, and must leave time for another one.
 *
 * @param attempt - makes one attempt, which ends when its signal says so.
 * @param isTransient - whether another attempt could have a better outcome and is safe.
 * @returns the outcome of the last attempt.
 */
export async function withRetries<T>(
  { timeoutMs, retries }: CallLimits,
  attempt: (signal: AbortSignal) => Promise<T>,
  isTransient: (outcome: PromiseSettledResult<T>) => boolean,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (let made = 0; ; made += 1) {
    const left = Math.max(1, end - performance.now());
    const duration = Math.ceil(made < retries ? left / 2 : left);
    const [outcome] = await Promise.allSettled([attempt(AbortSignal.timeout(duration))]);
    const wait = Math.random() * BASE_WAIT_MS * 2 ** made;
    const isLast = made >= retries || end - performance.now() - wait < SHORTEST_ATTEMPT_MS;
    if (isLast || !isTransient(outcome)) return resultOf(outcome);
    await sleep(wait);
  }
}

function resultOf<T>(outcome: PromiseSettledResult<T>): T {
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

/** Errors before a request was sent, as Node and undici name them. */
const NOT_SENT = 'ECONNREFUSED EAI_AGAIN ENOTFOUND EHOSTUNREACH ENETUNREACH UND_ERR_CONNECT_TIMEOUT'.split(' ');

/** Whether a failed `fetch` certainly sent nothing. After a reset, the service could have received the request. */
export function wasNotSent(error: unknown): boolean {
  const { cause } = Object(error) as { readonly cause?: unknown };
  return NOT_SENT.includes(String((Object(cause) as { readonly code?: unknown }).code));
}
