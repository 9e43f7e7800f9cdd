import { bindsToKeys } from '../../shared/bindsToKeys.ts';
import type { Credentials } from '../credentials.ts';
import type { AuthorizerEvent } from '../event.ts';
import { TokenRejected } from '../reasons.ts';
import type { VerifiedToken } from '../verifiedToken.ts';
import { checkCertificate } from './certificate.ts';

/** Supported confirmation methods (RFC 9449, section 6; RFC 8705, section 3.1). */
const KEY_THUMBPRINT = 'jkt';
const CERTIFICATE_THUMBPRINT = 'x5t#S256';

/** A verified token and the request that presented it. */
export interface PresentedToken {
  readonly verified: VerifiedToken;
  readonly credentials: Credentials;
  readonly event: AuthorizerEvent;
}

/**
 * Checks that the caller has the key with a thumbprint.
 *
 * @throws {TokenRejected} a {@link BindingReason}.
 * @throws {AuthorizerFault} `proofs-unreachable`.
 */
export type CheckPossession = (presented: PresentedToken, thumbprint: string) => Promise<void>;

/**
 * Checks that a token belongs to the caller. A token that is bound to a key or certificate (`cnf`, RFC 7800) is rejected
 * without the proof of it, even if its issuer requires none. A token with an unsupported method is rejected, too.
 *
 * @param checkPossession for tokens that are bound to a key; undefined where no issuer has any.
 * @returns a promise only for a token that is bound to a key.
 * @throws {TokenRejected} a {@link BindingReason} or `scheme-unsupported`.
 * @throws {AuthorizerFault} `proofs-unreachable`.
 */
export function checkBinding(
  presented: PresentedToken,
  checkPossession: CheckPossession | undefined,
): Promise<void> | undefined {
  const { verified, credentials, event } = presented;
  const { claims, tokenIssuer } = verified;
  const bound = bindingOf(claims);
  if (bound.certificate !== undefined) checkCertificate(event, bound.certificate);
  if (credentials.scheme === 'dpop') {
    const check = bindsToKeys(tokenIssuer) ? checkPossession : undefined;
    if (check === undefined) throw new TokenRejected('scheme-unsupported');
    if (bound.key === undefined) throw new TokenRejected('binding-missing');
    return check(presented, bound.key);
  }
  // RFC 9449, section 7.1: a bound token must not be used as a bearer token.
  if (bound.key !== undefined) throw new TokenRejected('proof-missing');
  if (tokenIssuer.dpop === 'required') throw new TokenRejected('binding-missing');
  return undefined;
}

/** What the token is bound to. */
interface Binding {
  readonly key?: string;
  readonly certificate?: string;
}

function bindingOf(claims: object): Binding {
  if (!Object.hasOwn(claims, 'cnf')) return {};
  const { cnf } = claims as { readonly cnf: unknown };
  if (typeof cnf !== 'object' || cnf === null) throw new TokenRejected('confirmation-unsupported');
  const members = Object.entries(cnf);
  const isSupported = ([name, value]: readonly [string, unknown]) =>
    (name === KEY_THUMBPRINT || name === CERTIFICATE_THUMBPRINT) && typeof value === 'string';
  if (members.length === 0 || !members.every(isSupported)) throw new TokenRejected('confirmation-unsupported');
  const { [KEY_THUMBPRINT]: key, [CERTIFICATE_THUMBPRINT]: certificate } = Object.fromEntries(members);
  return { key, certificate };
}
