import type { IssuerParts } from '../../lambdas/authorizer/issuerParts.ts';
import { bindsToKeys } from '../../lambdas/shared/bindsToKeys.ts';
import type { TokenIssuer } from '../definition/tokenIssuer.ts';

/** Code of the authorizer that only some issuers need. */
interface IssuerPart {
  /** In the options of the authorizer. */
  readonly name: keyof IssuerParts;
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
  { name: 'possession', by: 'possessionCheck', module: 'authorizer/binding/possession', isNeededBy: bindsToKeys },
];

/** The code that these issuers need; all of it where they are not known. */
export function partsForIssuers(issuers: readonly TokenIssuer[] | undefined): readonly IssuerPart[] {
  return PARTS.filter(({ isNeededBy }) => issuers?.some(isNeededBy) ?? true);
}
