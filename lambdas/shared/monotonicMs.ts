/**
 * Milliseconds of a clock that nobody sets, for durations. It is that of `performance.now()`, whose first use loads a module of Node.js, which
 * takes a tenth of what a handler adds to a first response (ADR 72).
 *
 * @example
 * ```ts
 * const startedMs = monotonicMs();
 * const tookMs = monotonicMs() - startedMs;
 * ```
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
