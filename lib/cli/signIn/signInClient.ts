import { ConfigError } from '../../definition/errors.ts';
import { isLoopbackUrl } from '../../definition/stackOutputs.ts';
import type { DeployedApi } from '../deployedApi.ts';

/** What signing in to a user pool needs. All of it is public. */
export interface SignInClient {
  readonly issuer: string;
  readonly clientId: string;
  /** Where the sign-in page and the token endpoint are: https, or a loopback server in a test. */
  readonly signInUrl: string;
  /** Registered callbacks on the loopback, at least one. */
  readonly callbackUrls: readonly string[];
}

/**
 * How to sign in to a deployed API, from the outputs of its stack.
 *
 * @throws {ConfigError} `sign-in-missing` when the stack has no user pool, no sign-in page or no callback on the loopback.
 */
export function signInClientOf({ stack, api, outputs }: DeployedApi): SignInClient {
  const { issuer, clientId, signInUrl, callbackUrls = '' } = outputs;
  const missing = (found: string, fix: string) =>
    new ConfigError({
      code: 'sign-in-missing',
      location: `${api} of the stack ${stack}`,
      found,
      expected: 'a user pool of Identity.cognito() with a sign-in page and a callback on the loopback',
      fix,
    });
  if (issuer === undefined || clientId === undefined) {
    throw missing(
      'no user pool',
      'Get a token from the issuer that Identity names; this command signs in to user pools.',
    );
  }
  if (signInUrl === undefined) {
    throw missing('a user pool without a sign-in page', 'Remove signIn: false from Identity.cognito(), and deploy.');
  }
  if (!isTrusted(signInUrl)) throw missing('a sign-in page that is not https', 'Deploy the stack again.');
  const loopback = callbackUrls.split(' ').filter((url) => isLoopbackUrl(url) && URL.canParse(url));
  // Another program can serve `localhost` on the other address family, so addresses come first (RFC 8252, section 8.3).
  const byHost = loopback.toSorted((one, other) => Number(isLocalhost(one)) - Number(isLocalhost(other)));
  if (loopback.length > 0) return { issuer, clientId, signInUrl, callbackUrls: byHost };
  throw missing(
    'callbackUrls without one on the loopback',
    "Add 'http://127.0.0.1:8400/callback' to callbackUrls of Identity.cognito(), and deploy.",
  );
}

function isLocalhost(url: string): boolean {
  return new URL(url).hostname === 'localhost';
}

/** Codes and tokens go there. Plain http does not leave the machine on the loopback. */
function isTrusted(url: string): boolean {
  return URL.parse(url)?.protocol === 'https:' || isLoopbackUrl(url);
}
