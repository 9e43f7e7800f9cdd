/**
 * Reasons of a revocation, by their names and numbers in RFC 5280 (section 5.3.1). `certificateHold` is left out: it would have to be
 * taken back, and a list of this CA only grows.
 */
export const REASON_CODES = {
  unspecified: 0,
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  privilegeWithdrawn: 9,
} as const;

export type RevocationReason = keyof typeof REASON_CODES;
export const REASONS = Object.keys(REASON_CODES) as readonly RevocationReason[];
