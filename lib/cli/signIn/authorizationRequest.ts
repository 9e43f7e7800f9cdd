import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SignInClient } from './signInClient.ts';
import { signInFailed } from './signInError.ts';

/** A request for an authorization code (RFC 6749, section 4.1.1) with PKCE (RFC 7636), and what is kept to check the response. */
export interface AuthorizationRequest {
  /** The URL to open in a browser. */
  readonly url: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** RFC 7636, section 4.1, recommends 32 bytes. */
const RANDOM_BYTES = 32;
/** Of error codes: RFC 6749, section 4.1.2.1, and those that Cognito adds. Others are not repeated. */
const ERROR_CODE = /^[a-z_]{1,64}$/;
/** RFC 6749, appendix A.11: visible characters. Longer ones are not codes of Cognito. */
const CODE = /^[!-~]{1,2048}$/;

/**
 * Makes a request. It asks for no scope, so Cognito grants all scopes of the client.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
 */
export function authorizationRequest(client: SignInClient, redirectUri: string): AuthorizationRequest {
  const [state, nonce, codeVerifier] = [random(), random(), random()];
  const url = new URL('/oauth2/authorize', client.signInUrl);
  const parameters = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    state,
    nonce,
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url: url.href, redirectUri, state, nonce, codeVerifier };
}

/** Whether a response belongs to the request. Anyone can call the loopback, so others are ignored. */
export function belongsTo(request: AuthorizationRequest, response: URLSearchParams): boolean {
  const states = response.getAll('state');
  const [state = ''] = states;
  const [given, expected] = [Buffer.from(state), Buffer.from(request.state)];
  return states.length === 1 && given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * The code of a response that belongs to the request.
 *
 * @throws {ConfigError} `sign-in-failed` when the sign-in page reports an error, or there is not one code.
 */
export function codeOf(response: URLSearchParams): string {
  const error = response.get('error');
  const codes = response.getAll('code');
  const [code = ''] = codes;
  if (error === null && codes.length === 1 && CODE.test(code)) return code;
  const reported =
    error !== null && ERROR_CODE.test(error) ? `the error ${error}` : 'neither one code nor a known error';
  throw signInFailed(
    'the redirect of the sign-in page',
    reported,
    'Sign in again; the person has to finish every step.',
  );
}

function random(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url');
}
