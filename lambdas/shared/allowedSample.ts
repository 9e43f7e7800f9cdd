import { createHash } from './nodeCrypto.ts';
import type { MetricsEnvironment, Readable } from './wireContract.ts';

/**
 * Decides on the line of one allowed request.
 *
 * @returns how many allowed requests the line stands for, itself included; 0: it is not written.
 */
export type AllowedSample = (requestId: string) => number;

const WINDOW_MS = 10_000;
const WINDOWS_A_MINUTE = 6;

/**
 * Limits the lines that an instance of a function writes about allowed requests, at any rate of requests. While there are fewer, all are
 * written. With more, the id of the request decides: one of 2, 4, 8 and so on, as the last ten seconds need it, so authorizer and handler
 * mostly keep the lines of the same requests. Each instance counts for itself, so the shares can differ. Each line counts what was left out
 * since the one before, so the sum of all lines estimates the number of requests: those after the last line of an instance are missing.
 *
 * @param perMinute lines a minute, a whole number of at least 6. Undefined: all.
 */
export function allowedSample(perMinute: number | undefined): AllowedSample {
  if (perMinute === undefined) return () => 1;
  const limit = Math.floor(perMinute / WINDOWS_A_MINUTE);
  let window = 0;
  let seen = 0;
  let written = 0;
  let divisor = 1;
  let waiting = 0;
  return (requestId) => {
    const current = Math.floor(Date.now() / WINDOW_MS);
    if (current !== window) {
      divisor = current === window + 1 ? divisorFor(seen / limit) : 1;
      window = current;
      seen = 0;
      written = 0;
    }
    seen += 1;
    waiting += 1;
    if (written >= limit || position(requestId) * divisor >= 1) return 0;
    written += 1;
    const standsFor = waiting;
    waiting = 0;
    return standsFor;
  };
}

/** The limit that the construct gives a function. */
export function allowedLinesOf(environment: Readable<MetricsEnvironment> = process.env): number | undefined {
  const lines = environment.SECURE_API_ALLOWED_LINES;
  return lines === undefined ? undefined : Number(lines);
}

/** The next power of two: the requests of a smaller share are among those of a larger one. */
function divisorFor(ratio: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(ratio)));
}

/** From 0 to below 1, the same in every function. */
function position(requestId: string): number {
  return createHash('sha256').update(requestId).digest().readUInt32BE(0) / 2 ** 32;
}
