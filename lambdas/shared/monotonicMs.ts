/**
 * Milliseconds of a clock that nobody sets, for durations. It is that of `performance.now()`, whose first use loads eleven modules of Node.js
 * (ADR 72).
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
