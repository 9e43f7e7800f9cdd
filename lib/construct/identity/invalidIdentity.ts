import { Token } from 'aws-cdk-lib';
import { formatValue } from '../../definition/checks/check.ts';
import { hasQueryOrFragment, unambiguousUrl } from '../../definition/discoveredIssuer.ts';
import type { ConfigError } from '../../definition/errors.ts';
import { invalid } from '../invalid.ts';

/** @throws {ConfigError} `identity-invalid`. */
export function requireHttps(location: string, url: string): void {
  if (Token.isUnresolved(url) || unambiguousUrl(url)?.protocol === 'https:') return;
  throw wrong(
    location,
    formatValue(url),
    'an https URL without a user name, a backslash or white space',
    'Data that is read without TLS can be replaced on the way.',
  );
}

/**
 * RFC 8414, section 2: an issuer has no query and no fragment. The id of a caller is the issuer, `#` and the subject, so a `#` in an
 * issuer would let two callers have one id.
 *
 * @throws {ConfigError} `identity-invalid`.
 */
export function requireIssuer(issuer: string): void {
  if (!hasQueryOrFragment(issuer)) return;
  const fix = 'Copy iss from a token: no provider writes a query or a fragment there.';
  throw wrong('issuer', formatValue(issuer), 'an issuer without query and fragment', fix);
}

/** @throws {ConfigError} `identity-invalid`. */
export function requireStrings(location: string, values: readonly string[], fix: string): void {
  if (values.length > 0 && values.every((value) => value.trim() !== '')) return;
  throw wrong(location, formatValue(values), 'at least one, none of them empty', fix);
}

/** @throws {ConfigError} `identity-invalid`. */
export function requireSeconds(
  location: string,
  value: number,
  bounds: { min: number; max: number },
  fix: string,
): void {
  if (Number.isInteger(value) && value >= bounds.min && value <= bounds.max) return;
  throw wrong(location, formatValue(value), `a whole number from ${bounds.min} to ${bounds.max}`, fix);
}

/** What is wrong with an option of an identity, or with all identities together when the location is empty. */
export function wrong(location: string, found: string, expected: string, fix: string): ConfigError {
  return invalid({
    code: 'identity-invalid',
    location: location === '' ? 'identity' : `identity.${location}`,
    found,
    expected,
    fix,
  });
}
