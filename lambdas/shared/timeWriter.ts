const MINUTE_MS = 60_000;
/** Added to the milliseconds of a minute, so that they have five digits after the first. */
const FIVE_DIGITS = 100_000;

/**
 * Makes the function that writes times as `Date.prototype.toISOString` does. It writes anew only what is below the minute, because the lines of a request
 * have almost the same time as those before, and `toISOString` took a twentieth of a request.
 *
 * @example
 * ```ts
 * timeWriter()(Date.UTC(2026, 10, 30, 12, 0, 7, 45)); // '2026-11-30T12:00:07.045Z'
 * ```
 *
 * @returns a function of whole milliseconds since 1970 that `Date` knows.
 */
export function timeWriter(): (epochMs: number) => string {
  let minute = Number.NaN;
  let upToMinute = '';
  return (epochMs) => {
    const since = Math.floor(epochMs / MINUTE_MS);
    if (since !== minute) {
      minute = since;
      upToMinute = new Date(since * MINUTE_MS).toISOString().slice(0, -'00.000Z'.length);
    }
    const digits = String(FIVE_DIGITS + epochMs - since * MINUTE_MS);
    return `${upToMinute}${digits.slice(1, 3)}.${digits.slice(3)}Z`;
  };
}
