/** As many values as a project's requests repeat, such as its paths and the names of its headers. */
const MOST = 500;
/** Characters of a string that is remembered; few that repeat are longer. */
const LONGEST = 256;

/**
 * Remembers what a pure function returned for strings that requests repeat. Memory is bounded: when there are too many, all are forgotten.
 *
 * @param compute its result depends on the string alone
 */
export function remembered<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (text.length > LONGEST) return compute(text);
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as T;
    const result = compute(text);
    if (known.size >= MOST) known.clear();
    known.set(text, result);
    return result;
  };
}
