import type { TokenIssuer } from '../definition/tokenIssuer.ts';

/** Code of the authorizer that only some issuers need. */
interface IssuerPart {
  /** In the options of the authorizer. */
  readonly name: string;
  /** The function that has it, and its module. */
  readonly by: string;
  readonly module: string;
  readonly isNeededBy: (issuer: TokenIssuer) => boolean;
}

const PARTS: readonly IssuerPart[] = [
  { name: 'hmac', by: 'hmacProver', module: 'authorizer/hmac', isNeededBy: (issuer) => 'hmacSecret' in issuer },
  {
    name: 'introspection',
    by: 'introspectionProver',
    module: 'authorizer/introspection',
    isNeededBy: (issuer) => 'introspection' in issuer,
  },
  {
    name: 'possession',
    by: 'possessionCheck',
    module: 'authorizer/binding/possession',
    isNeededBy: ({ dpop }) => dpop !== undefined,
  },
];

/** The code that these issuers need; all of it where they are not known. */
export function issuerParts(issuers: readonly TokenIssuer[] | undefined): readonly IssuerPart[] {
  return PARTS.filter(({ isNeededBy }) => issuers?.some(isNeededBy) ?? true);
}
