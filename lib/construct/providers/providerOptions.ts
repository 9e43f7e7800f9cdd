import { Token } from 'aws-cdk-lib';
import { formatValue } from '../../definition/checks/check.ts';
import type { DiscoveredIssuer } from '../../definition/discoveredIssuer.ts';
import { wrong } from '../identity/invalidIdentity.ts';
import type { PublishedKeys } from '../identity/oidc.ts';
import type { TokenOptions } from '../identity/rules.ts';

/**
 * What every preset of a provider takes. Issuer, address of the keys, claims and kind of token are the provider's, so no option
 * changes them.
 */
export interface ProviderOptions
  extends Omit<TokenOptions, 'issuer' | 'audience' | 'clientClaim' | 'requireType' | 'dpop'>,
    PublishedKeys {
  /**
   * What `secure-api identity discover` read from the provider: the committed file by its path, or its content.
   * @default - the address of the keys that the provider documents, and RS256
   */
  readonly discovered?: string | DiscoveredIssuer;
}

/** Ids of tenants and applications: 32 hexadecimal digits in lower case, as they are in tokens. */
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A label has letters, digits and hyphens, in lower case (RFC 1123, section 2.1). A host has at least two. */
const HOST = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** Whether a value is an id of Microsoft Entra, spelt as in tokens. */
export function isGuid(value: string): boolean {
  return GUID.test(value);
}

/** @throws {ConfigError} `identity-invalid` unless the value is an id as it is in tokens. */
export function requireGuid(location: string, value: string, fix: string): void {
  if (Token.isUnresolved(value) || isGuid(value)) return;
  throw wrong(location, formatValue(value), 'an id such as 00000000-0000-0000-0000-000000000000, in lower case', fix);
}

/** @throws {ConfigError} `identity-invalid` unless the value is the name of a host and nothing else. */
export function requireHost(location: string, value: string, example: string): void {
  if (Token.isUnresolved(value) || HOST.test(value)) return;
  const fix = `Write the host alone, such as ${example}: no https://, no path.`;
  throw wrong(location, formatValue(value), 'a host name in lower case', fix);
}

/** The roles of a provider, read from its usual claim unless the options name another. */
export function rolesFrom(
  claim: string,
  { roles }: Pick<ProviderOptions, 'roles'>,
): NonNullable<TokenOptions['roles']> {
  return { ...roles, claim: roles?.claim ?? claim };
}
