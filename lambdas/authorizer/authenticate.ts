import { bindsToKeys } from '../shared/bindsToKeys.ts';
import { span } from '../shared/trace/measure.ts';
import { whenReady } from '../shared/valueOrPromise.ts';
import type { AuthorizerEnvironment, Readable } from '../shared/wireContract.ts';
import { checkBinding } from './binding/checkBinding.ts';
import type { ReadBundledIssuers } from './bundledIssuers.ts';
import { readCredentials } from './credentials.ts';
import type { AuthorizerEvent } from './event.ts';
import { partFor } from './issuerParts.ts';
import { revocationList } from './revocations.ts';
import { parseTokenIssuers } from './tokenIssuers.ts';
import { addOwnerToErrors } from './tokenOwner.ts';
import type { VerifiedToken } from './verifiedToken.ts';
import { tokenVerifier, type VerifierOptions } from './verify.ts';

/** Settings that do not come from the environment. */
export interface AuthenticationOptions extends VerifierOptions {
  /** Used where the environment has no token issuers. */
  readonly tokenIssuers?: ReadBundledIssuers;
}

/**
 * Makes the function that authenticates a request: it checks the credentials, the token, the deny list, and what the token is
 * bound to.
 *
 * @throws {AuthorizerFault} `configuration-invalid`.
 */
export function authentication(
  environment: Readable<AuthorizerEnvironment>,
  options: AuthenticationOptions,
): (event: AuthorizerEvent) => VerifiedToken | Promise<VerifiedToken> {
  const tokenIssuers = parseTokenIssuers(environment.SECURE_API_TOKEN_ISSUERS ?? options.tokenIssuers?.(environment));
  const rejectRevoked = revocationList(environment);
  const checkPossession = tokenIssuers.some(bindsToKeys)
    ? partFor('possession', options.parts)(environment)
    : undefined;
  // Last, because it begins to read keys: settings that are invalid read nothing.
  const verify = tokenVerifier(tokenIssuers, options);
  return (event) => {
    const credentials = readCredentials(event);
    const check = (verified: VerifiedToken) =>
      whenReady(
        span('check revocation', () => rejectRevoked(verified)),
        () =>
          // Last, because it uses the proof up.
          whenReady(
            span('check binding', () => checkBinding({ verified, credentials, event }, checkPossession)),
            () => verified,
          ),
      );
    return whenReady(
      span('verify token', () => verify(credentials.token)),
      (verified) => addOwnerToErrors(verified, () => check(verified)),
    );
  };
}
