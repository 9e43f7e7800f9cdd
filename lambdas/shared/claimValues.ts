/** The end of the year 9999, the last that RFC 3339 can write. */
const LATEST = 253_402_300_799;

/** The strings of a claim: a list, or a space-separated string (RFC 6749, section 3.3). Any other value has none. */
export function stringsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((name) => name.length > 0);
  return Array.isArray(claim) ? claim.filter((name): name is string => typeof name === 'string') : [];
}

/**
 * The claim of a name. A name with dots also names a member of a claim, such as `realm_access.roles`, unless a claim has the
 * whole name, as `https://api.example.com/roles`.
 */
export function claimNamed(name: string, claims: object): unknown {
  if (Object.hasOwn(claims, name)) return (claims as Readonly<Record<string, unknown>>)[name];
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    const parent: unknown = Object.getOwnPropertyDescriptor(claims, name.slice(0, dot))?.value;
    const isObject = typeof parent === 'object' && parent !== null && !Array.isArray(parent);
    const found = isObject ? claimNamed(name.slice(dot + 1), parent) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Each once, in order. */
export function unique(strings: readonly string[]): readonly string[] {
  return strings.length < 2 ? strings : [...new Set(strings)];
}

/** Whether a value is a time (RFC 7519, section 2: NumericDate): a number of seconds since 1970, not of milliseconds. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LATEST;
}
