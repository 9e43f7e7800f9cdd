/** The strings of a claim: a list, or a space-separated string (RFC 6749, section 3.3). Any other value has none. */
export function stringsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((name) => name.length > 0);
  return Array.isArray(claim) ? claim.filter((name): name is string => typeof name === 'string') : [];
}

/** Each once, in order. */
export function unique(strings: readonly string[]): readonly string[] {
  return [...new Set(strings)];
}
