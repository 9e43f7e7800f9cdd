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
