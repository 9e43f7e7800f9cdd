import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { Ready } from '../../contracts.ts';
import { adminSecretPath } from './adminSecret.ts';
import type { KeySummary } from './keyRing.ts';
import { KEYS_PATH, type KeysResponse } from './keysEndpoint.ts';

/** Why a call to the running issuer failed. */
export class IssuerCallError extends Error {
  readonly code: 'invalid-client-id' | 'no-admin-secret' | 'issuer-unreachable' | 'rejected' | 'request-invalid';

  constructor(code: IssuerCallError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IssuerCallError';
    this.code = code;
  }
}

/** A running gateway, and the directory that holds its admin secret. */
export interface IssuerEndpoint {
  readonly ready: Pick<Ready, 'ca' | 'issuer'>;
  readonly data: string;
}

/** One call. */
interface IssuerCall {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent by POST; without one the call is a GET. */
  readonly form?: URLSearchParams;
}

/** An issuer on the same machine responds at once. */
const TIMEOUT_MS = 10_000;

/**
 * Calls the running issuer over TLS that trusts the gateway's own CA alone.
 *
 * @returns the JSON object of the response, whatever the status; an empty one when the body is not JSON
 * @throws {IssuerCallError} `issuer-unreachable`
 */
export async function callIssuer(
  ready: IssuerEndpoint['ready'],
  call: IssuerCall,
): Promise<Readonly<Record<string, unknown>>> {
  const ca = await readFile(ready.ca, 'utf8');
  return send(`${ready.issuer}${call.path}`, ca, call);
}

/** Reads the admin secret, from which the secrets of machine clients are derived. */
export async function readAdminSecret(data: string): Promise<string> {
  const path = adminSecretPath(data);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    const message = `cannot read ${path}: is this the gateway's data directory?`;
    throw new IssuerCallError('no-admin-secret', message, { cause });
  }
}

/**
 * The signing keys of the running issuer, without private parts.
 *
 * @throws {IssuerCallError}
 * @example
 * ```ts
 * const { ready } = gateway;
 * const keys = await listKeys({ ready, data: ready.data });
 * ```
 */
export function listKeys(location: IssuerEndpoint): Promise<readonly KeySummary[]> {
  return callKeys(location);
}

/**
 * Rotates the signing keys of the running issuer. The next keys are known to APIs already; the old ones stay published until
 * the tokens that they signed have ended, or are withdrawn at once.
 *
 * @returns the keys after it
 * @throws {IssuerCallError} `rejected` within ten seconds of the last rotation, since APIs may not know the next keys yet
 * @example
 * ```ts
 * const { ready } = gateway;
 * await rotateKeys({ ready, data: ready.data }, { withdraw: true });
 * ```
 */
export function rotateKeys(
  location: IssuerEndpoint,
  options: { readonly withdraw?: boolean } = {},
): Promise<readonly KeySummary[]> {
  return callKeys(location, new URLSearchParams(options.withdraw ? { withdraw: 'yes' } : {}));
}

async function callKeys({ ready, data }: IssuerEndpoint, form?: URLSearchParams): Promise<readonly KeySummary[]> {
  const authorization = `Bearer ${await readAdminSecret(data)}`;
  const response: KeysResponse = await callIssuer(ready, { path: KEYS_PATH, headers: { authorization }, form });
  if (response.keys !== undefined) return response.keys;
  throw new IssuerCallError('rejected', response.error ?? 'the issuer returned no keys');
}

/** `fetch` takes no CA, so this uses node:https. */
function send(url: string, ca: string, { headers, form }: IssuerCall): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const unreachable = (cause: Error) =>
      reject(
        new IssuerCallError('issuer-unreachable', `the issuer ${url} cannot be reached: ${cause.message}`, { cause }),
      );
    const options = {
      method: form === undefined ? 'GET' : 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
      ca,
      timeout: TIMEOUT_MS,
      agent: false,
    };
    const call = request(url, options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', unreachable);
      response.on('end', () => resolve(parse(Buffer.concat(parts).toString('utf8'))));
    });
    call.on('timeout', () => call.destroy(new Error('no response in time')));
    call.on('error', unreachable);
    call.end(form?.toString());
  });
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
