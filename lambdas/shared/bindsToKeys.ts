import type { TokenRules } from '../../lib/definition/tokenIssuer.ts';

/** Whether an issuer can bind its tokens to keys of clients (RFC 9449): its tokens need the code, and the table, of proofs. */
export function bindsToKeys({ dpop }: Pick<TokenRules, 'dpop'>): boolean {
  return dpop !== undefined;
}
