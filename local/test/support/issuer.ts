import type { TokenSettings, TokenTarget } from '../../services/issuer/tokenSettings.ts';

/** Tokens by published keys, as most stacks accept them. */
export const JWT: TokenTarget = {
  format: 'jwt',
  audience: ['documents'],
  clientIds: [],
  algorithms: ['RS256'],
  lifetimeSeconds: 3600,
};

/** What a stack with a few roles says of its tokens, and what the test says otherwise. */
export function sampleTokenSettings(parts: Partial<TokenSettings> = {}): TokenSettings {
  return {
    targets: [JWT],
    clients: [],
    rolesClaims: ['roles'],
    tierClaims: ['tier'],
    roles: ['viewer', 'editor'],
    tiers: ['free', 'premium'],
    claims: {},
    ...parts,
  };
}
