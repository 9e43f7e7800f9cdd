import { request } from 'node:https';
import { isIP } from 'node:net';
import { lookupPublic, NOT_PUBLIC } from '../../../lambdas/shared/lookupPublic.ts';
import { isPublicAddress } from '../../../lambdas/shared/publicAddress.ts';

/** A document, or a short reason why there is none, which follows the name of the address. */
export type JsonResult =
  | { readonly json: unknown }
  | { readonly reason: string /** The server has no such document. */; readonly isAbsent: boolean };

/** How a document is read. */
export interface ReadOptions {
  readonly maxBytes: number;
  /** From the start of the connection to the last byte. */
  readonly timeoutMs: number;
  /** Whether the address does not have to be public: only if the user named an issuer on this machine. */
  readonly loopback: boolean;
}

/**
 * Reads a JSON document over TLS. The address can come from a document of somebody else, so: https alone, no redirect, a limit for
 * time and size, and public addresses alone, also where a name resolves to one: no network of the user, and no metadata service.
 * The content decides, whatever its type: issuers on file servers send `binary/octet-stream`.
 */
export async function readJson(url: URL, options: ReadOptions): Promise<JsonResult> {
  const { maxBytes, timeoutMs, loopback } = options;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!loopback && isIP(host) !== 0 && !isPublicAddress(host)) return failed('is not a public address');
  try {
    const { status, bytes } = await get(url, options);
    if (status >= 300 && status < 400) return failed('redirects, which is not followed');
    if (status !== 200) return { ...failed(`returned the status ${status}`), isAbsent: status === 404 };
    if (bytes === undefined) return failed(`returned more than ${maxBytes} bytes`);
    return { json: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch (error) {
    return failed(reasonOf(error, timeoutMs));
  }
}

function get(url: URL, { maxBytes, timeoutMs, loopback }: ReadOptions) {
  return new Promise<{ readonly status: number; readonly bytes: Buffer | undefined }>((resolve, reject) => {
    const options = {
      headers: { accept: 'application/json', 'accept-encoding': 'identity' },
      signal: AbortSignal.timeout(timeoutMs),
      // One connection, which ends with the response.
      agent: false as const,
      ...(loopback ? {} : { lookup: lookupPublic }),
    };
    const call = request(url, options, (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        size += part.byteLength;
        parts.push(part);
        if (size <= maxBytes) return;
        resolve({ status: response.statusCode ?? 0, bytes: undefined });
        call.destroy();
      });
      response.on('error', reject);
      response.on('end', () => {
        if (!response.complete) return reject(new Error('cut'));
        resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(parts) });
      });
    });
    call.on('error', reject);
    call.end();
  });
}

function failed(reason: string) {
  return { reason, isAbsent: false };
}

function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, code } = error as { readonly name?: string; readonly code?: unknown };
  if (name === 'AbortError' || name === 'TimeoutError') return `did not respond within ${timeoutMs / 1000} seconds`;
  if (code === NOT_PUBLIC) return 'resolves to an address that is not public';
  if (error instanceof SyntaxError || code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'did not return JSON';
  return typeof code === 'string' ? `did not respond: ${code}` : 'did not return a whole response';
}
