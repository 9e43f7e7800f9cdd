import type { Elevation, Identity } from './identity.ts';
import type { IssuerState } from './state.ts';

/**
 * The identities that were picked at sign-in, each under the grant that it made. All tokens of that grant carry it,
 * refreshed ones as well; another sign-in of the same user is another grant.
 */
export interface Identities {
  ofGrant(grantId: string): Identity | undefined;
  keep(grantId: string, identity: Identity, expiresInSeconds: number): Promise<void>;
}

export function createIdentities(state: IssuerState): Identities {
  return {
    ofGrant(grantId) {
      const kept = state.get(`Identity:${grantId}`);
      if (kept === undefined) return undefined;
      const { roles, tier, elevated } = kept as { roles?: readonly string[]; tier?: string; elevated?: Elevation[] };
      return {
        roles: roles ?? [],
        ...(tier === undefined ? {} : { tier }),
        ...(elevated === undefined ? {} : { elevated }),
      };
    },
    // `grantId` is a member too, so that revoking the grant takes its identity along.
    keep: (grantId, { roles, tier, elevated }, seconds) =>
      state.set(`Identity:${grantId}`, { grantId, roles, tier, elevated }, seconds),
  };
}
