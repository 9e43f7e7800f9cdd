/** The texts of a claim: a list of texts, or one text separated by spaces (RFC 6749, section 3.3). Anything else is none. */
export function stringsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((text) => text.length > 0);
  return Array.isArray(claim) ? claim.filter((text): text is string => typeof text === 'string') : [];
}

/** Each once, in order. */
export function unique(strings: readonly string[]): readonly string[] {
  return [...new Set(strings)];
}
