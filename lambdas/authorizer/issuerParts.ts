import type { AuthorizerEnvironment, Readable } from '../shared/wireContract.ts';
import type { CheckPossession } from './binding/checkBinding.ts';
import type { hmacProver } from './hmac.ts';
import type { introspectionProver } from './introspection.ts';
import { AuthorizerFault } from './reasons.ts';

/** Code that only some token issuers need. The bundle of an API has what its issuers need. */
export interface IssuerParts {
  /** For issuers that share a secret. */
  readonly hmac?: typeof hmacProver;
  /** For opaque tokens. */
  readonly introspection?: typeof introspectionProver;
  /** For tokens that are bound to a key. */
  readonly possession?: (environment: Readable<AuthorizerEnvironment>) => CheckPossession;
}

const CODE: Readonly<Record<keyof IssuerParts, string>> = {
  hmac: 'shared secrets',
  introspection: 'introspection',
  possession: 'DPoP',
};

/**
 * The code that an issuer needs.
 *
 * @throws {AuthorizerFault} `configuration-invalid` in a bundle that was made for other issuers: the environment was changed.
 */
export function partFor<Name extends keyof IssuerParts>(
  name: Name,
  parts: IssuerParts | undefined,
): NonNullable<IssuerParts[Name]> {
  const part = parts?.[name];
  if (part !== undefined) return part;
  const found = `an issuer needs the code of ${CODE[name]}, which is not in this bundle`;
  const fix = 'deploy the stack again instead of changing SECURE_API_TOKEN_ISSUERS';
  throw new AuthorizerFault('configuration-invalid', new Error(`${found}: ${fix}`));
}
