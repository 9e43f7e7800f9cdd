/** Names are those of code, and few; those that a client chose must not take memory for good. */
const MAX_CACHED = 1_000;
const LONGEST_CACHED = 128;

/**
 * Remembers what a pure test returned for the names of members, because each entry of the log has the same ones.
 *
 * @example
 * ```ts
 * const isHidden = nameTest((name) => name.toLowerCase() === 'iban');
 * ```
 */
export function nameTest(test: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = test(name);
    if (known.size >= MAX_CACHED) known.clear();
    if (name.length <= LONGEST_CACHED) known.set(name, found);
    return found;
  };
}
