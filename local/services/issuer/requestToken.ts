import { machineClientSecret } from './adminSecret.ts';
import { CLIENT_ID } from './clients.ts';
import { dpopProof } from './dpopProof.ts';
import { callIssuer, IssuerCallError, type IssuerEndpoint, readAdminSecret } from './issuerClient.ts';
import { assignmentScopes, SCOPE } from './machineScopes.ts';
import { SHORT_SCOPES } from './tokenRequests.ts';
import { API_SCOPE, formatResource, type TokenFormat } from './tokenSettings.ts';

/** What to ask the running issuer for. */
export interface TokenRequest extends IssuerEndpoint {
  readonly roles?: readonly string[];
  /** Default: the stack's first tier. */
  readonly tier?: string;
  /** Scopes of the API. Default: none. */
  readonly scopes?: readonly string[];
  /** Temporary roles, each with the seconds that it lasts. Default: none. */
  readonly elevated?: readonly (readonly [role: string, seconds: number])[];
  /** Claims that the stack declares, by name. Default: none. */
  readonly claims?: Readonly<Record<string, string>>;
  /** The machine client, which is also the subject. Default `developer`. */
  readonly client?: string;
  /** Seconds from 1 to 86,400. Default 3,600. */
  readonly ttl?: number;
  /** Signature algorithm, such as `ES256`. Default: the first that the stack accepts. */
  readonly alg?: string;
  /** Default: that of the stack's first token issuer. */
  readonly format?: TokenFormat;
  /** File of a private key that the token is bound to (RFC 9449); made when it is missing. Default: a bearer token. */
  readonly dpopKey?: string;
}

const TOKEN_PATH = '/token';
/** Errors of RFC 6749 and RFC 8707 that say that a value of the request is wrong. */
const INVALID: ReadonlySet<unknown> = new Set(['invalid_request', 'invalid_scope', 'invalid_target']);
/** Characters of a rejected value in a message. */
const MAX_SHOWN = 100;

/**
 * Gets an access token from the running local issuer by a real client-credentials request (RFC 6749 section 4.4).
 * Roles, tier and lifetime are part of the request, so parallel calls do not touch each other.
 *
 * @returns the access token
 * @throws {IssuerCallError} with the issuer's description when it rejects the request, or for a name or value that a scope cannot carry
 * @example
 * ```ts
 * const { ready } = gateway;
 * const token = await requestToken({ ready, data: ready.data, roles: ['editor'], ttl: 60 });
 * ```
 */
export async function requestToken(options: TokenRequest): Promise<string> {
  const { ready, data, client = 'developer', dpopKey } = options;
  if (!CLIENT_ID.test(client)) {
    throw new IssuerCallError('invalid-client-id', 'a client id has 1 to 64 letters, digits or . _ -');
  }
  const secret = machineClientSecret(await readAdminSecret(data), client);
  const authorization = `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}`;
  const headers: Record<string, string> = { authorization };
  if (dpopKey !== undefined) {
    headers['dpop'] = await dpopProof({ keyFile: dpopKey, method: 'POST', url: `${ready.issuer}${TOKEN_PATH}` });
  }
  const response = await callIssuer(ready, { path: TOKEN_PATH, headers, form: formOf(options) });
  if (typeof response['access_token'] === 'string') return response['access_token'];
  const { error, error_description } = response;
  throw new IssuerCallError(
    INVALID.has(error) ? 'request-invalid' : 'rejected',
    `the issuer rejected the request: ${String(error_description ?? error ?? 'no reason given')}`,
  );
}

function formOf({ roles = [], tier, scopes = [], elevated, claims, ttl, alg, format }: TokenRequest): URLSearchParams {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  const items = [...assignmentScopes({ roles, tier, elevated, claims }), ...scopes];
  for (const item of items) requireOneScope(item);
  form.set('scope', [API_SCOPE, ...items].join(' '));
  form.set(SHORT_SCOPES, 'yes');
  if (ttl !== undefined) form.set('ttl', String(ttl));
  if (alg !== undefined) form.set('alg', alg);
  if (format !== undefined) form.set('resource', formatResource(format));
  return form;
}

/** A space would begin another scope, so the token would have another value than the one that was asked for. */
function requireOneScope(item: string): void {
  if (SCOPE.test(item)) return;
  const shown = JSON.stringify(item.slice(0, MAX_SHOWN));
  const expected = 'names and values of visible ASCII characters without spaces, quotation marks and backslashes';
  throw new IssuerCallError('request-invalid', `a token cannot be requested for ${shown}; expected ${expected}`);
}
