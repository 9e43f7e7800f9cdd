import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { Ready } from '../../contracts.ts';
import { CLIENT_ID } from './clients.ts';
import { identityScopes } from './identity.ts';
import { adminSecretPath, machineClientSecret } from './secretsOnDisk.ts';

/** What to ask the running issuer for. */
export interface TokenRequest {
  readonly ready: Omit<Ready, 'environment'>;
  /** The data directory of that gateway, which holds the admin secret. */
  readonly data: string;
  readonly roles?: readonly string[];
  /** Default: the stack's first tier. */
  readonly tier?: string;
  /** The machine client, which is also the subject. Default `developer`. */
  readonly client?: string;
  /** Seconds from 1 to 86,400. Default 3,600. */
  readonly ttl?: number;
}

/** Why there is no token. */
class TokenRequestError extends Error {
  readonly code: 'invalid-client-id' | 'no-admin-secret' | 'issuer-unreachable' | 'refused';

  constructor(code: TokenRequestError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TokenRequestError';
    this.code = code;
  }
}

/** An issuer on the same machine answers at once. */
const TIMEOUT_MS = 10_000;

/**
 * Gets an access token from the running local issuer by a real client-credentials request (RFC 6749 section 4.4).
 * Roles, tier and lifetime are part of the request, so parallel calls do not touch each other.
 *
 * @returns the access token, a JWT
 * @throws {TokenRequestError} with the issuer's own words when it refuses
 */
export async function requestToken(options: TokenRequest): Promise<string> {
  const { ready, data, roles = [], tier, client = 'developer', ttl } = options;
  if (!CLIENT_ID.test(client)) {
    throw new TokenRequestError('invalid-client-id', 'a client id has 1 to 64 letters, digits or . _ -');
  }
  const secret = machineClientSecret(await readAdminSecret(data), client);
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  const scope = ['api', ...identityScopes({ roles, ...(tier === undefined ? {} : { tier }) })].join(' ');
  form.set('scope', scope);
  if (ttl !== undefined) form.set('ttl', String(ttl));
  const answer = await post(`${ready.issuer}/token`, await readFile(ready.ca, 'utf8'), `${client}:${secret}`, form);
  if (typeof answer['access_token'] === 'string') return answer['access_token'];
  const { error, error_description } = answer;
  throw new TokenRequestError(
    'refused',
    `the issuer refused: ${String(error_description ?? error ?? 'no reason given')}`,
  );
}

async function readAdminSecret(data: string): Promise<string> {
  const path = adminSecretPath(data);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new TokenRequestError('no-admin-secret', `cannot read ${path}: is this the gateway's data directory?`, {
      cause,
    });
  }
}

/** `fetch` takes no CA of its own, so this is node:https. */
function post(
  url: string,
  ca: string,
  auth: string,
  form: URLSearchParams,
): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const unreachable = (cause: Error) =>
      reject(
        new TokenRequestError('issuer-unreachable', `the issuer ${url} cannot be reached: ${cause.message}`, { cause }),
      );
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const call = request(url, { method: 'POST', ca, auth, headers, timeout: TIMEOUT_MS, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', unreachable);
      response.on('end', () => resolve(parse(Buffer.concat(parts).toString('utf8'))));
    });
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', unreachable);
    call.end(form.toString());
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
