import { request } from 'node:http';
import { isIP } from 'node:net';
import { lookupPublic, NOT_PUBLIC } from '../../../../lambdas/shared/lookupPublic.ts';
import { isPublicAddress } from '../../../../lambdas/shared/publicAddress.ts';
import { failureOf } from './failure.ts';

/** Limits of a request whose address a certificate chose. */
export interface FetchLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Only if the user named the CA, whose certificates chose the address. */
  readonly anyAddress: boolean;
}

/**
 * Reads a revocation list or asks an OCSP responder. These addresses are plain HTTP (RFC 5280 section 4.2.1.13: what they return is signed).
 * The certificate of a stranger chose them: public addresses alone, limits of time and size, no redirect, no other protocol.
 */
export async function fetchBounded(
  address: string,
  limits: FetchLimits,
  body?: Buffer,
): Promise<Buffer | { readonly reason: string }> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'http:' || url.username !== '') return { reason: 'is no http address' };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!limits.anyAddress && isIP(host) !== 0 && !isPublicAddress(host)) return { reason: 'is not a public address' };
  try {
    return await read(url, limits, body);
  } catch (error) {
    const { code, name } = error as { readonly code?: string; readonly name?: string };
    if (name === 'AbortError' || name === 'TimeoutError') {
      return { reason: `did not respond within ${limits.timeoutMs / 1000} seconds` };
    }
    if (code === NOT_PUBLIC) return { reason: 'resolves to an address that is not public' };
    return { reason: `did not respond: ${failureOf(error).reason}` };
  }
}

function read(url: URL, { maxBytes, timeoutMs, anyAddress }: FetchLimits, body?: Buffer) {
  return new Promise<Buffer | { readonly reason: string }>((resolve, reject) => {
    const call = request(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? {} : { 'content-type': 'application/ocsp-request', 'content-length': body.length },
      signal: AbortSignal.timeout(timeoutMs),
      agent: false,
      ...(anyAddress ? {} : { lookup: lookupPublic }),
    });
    call.on('response', (response) => {
      if (response.statusCode !== 200) {
        resolve({ reason: `returned the status ${response.statusCode}` });
        return call.destroy();
      }
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        size += part.byteLength;
        parts.push(part);
        if (size <= maxBytes) return;
        resolve({ reason: `returned more than ${maxBytes} bytes` });
        call.destroy();
      });
      response.on('error', reject);
      response.on('end', () =>
        response.complete ? resolve(Buffer.concat(parts)) : reject(new Error('the response was cut')),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}
