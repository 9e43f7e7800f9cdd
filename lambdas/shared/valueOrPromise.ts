// Values that can be in memory, or a promise of them: requests wait only where something is pending (ADR 64).

/**
 * Whether a value that can be in memory is a promise instead. Only then is it awaited, because each `await` takes a turn of the queue of
 * microtasks, and most requests need none (ADR 64). The `await` itself must stay in the function that waits.
 *
 * @example
 * ```ts
 * const found = findClient('acme');
 * const client = isPending(found) ? await found : found;
 * ```
 */
export function isPending<T>(value: T | Promise<T>): value is Promise<T> {
  return value instanceof Promise;
}

/**
 * Goes on with a value that can be in memory: at once where it is, so that nothing waits. What `next` throws then is thrown here.
 *
 * @example
 * ```ts
 * whenReady(findClient('acme'), (client) => client?.tier);
 * ```
 */
export function whenReady<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return isPending(value) ? value.then(next) : next(value);
}

/** Runs what can throw at once or later; each is a failure that `fail` turns into another one. */
export function orFail<T>(run: () => T | Promise<T>, fail: (error: unknown) => never): T | Promise<T> {
  try {
    const result = run();
    return isPending(result) ? result.catch(fail) : result;
  } catch (error) {
    return fail(error);
  }
}
