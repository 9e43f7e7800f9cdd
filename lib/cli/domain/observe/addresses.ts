import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Failure } from './facts.ts';
import { failureOf, lateness } from './failure.ts';

/** A name with more addresses is examined at the first ones. */
const MAX_ADDRESSES = 8;

/** The host of a URL without the brackets of IPv6 and the dot of the root. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** All addresses of a host, IPv4 and IPv6, or why there are none. */
export async function addressesOf(host: string, timeoutMs: number): Promise<readonly string[] | Failure> {
  if (isIP(host) !== 0) return [host];
  const timer = new AbortController();
  const late = new Promise<undefined>((resolve) => {
    const waiting = setTimeout(() => resolve(undefined), timeoutMs);
    timer.signal.addEventListener('abort', () => clearTimeout(waiting));
  });
  try {
    const found = await Promise.race([lookup(host, { all: true }), late]);
    if (found === undefined) return lateness('DNS did not respond', timeoutMs);
    return [...new Set(found.map(({ address }) => address))].slice(0, MAX_ADDRESSES);
  } catch (error) {
    return failureOf(error);
  } finally {
    timer.abort();
  }
}
