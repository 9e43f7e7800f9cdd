/**
 * The two helpers that compiled validators use at run time, as source, so that a module carries what it needs (about
 * 0.4 KB) and resolves nothing from the directory it is bundled in.
 */
export const HELPERS: Readonly<Record<'ucs2length' | 'equal', string>> = {
  /** Length of a text in code points, as JSON Schema counts (2020-12, validation, section 6.3.1). */
  ucs2length: `function helper_ucs2length(text) {
  let length = text.length;
  for (let i = 0; i + 1 < text.length; i += 1) {
    const high = text.charCodeAt(i);
    if (high < 0xd800 || high > 0xdbff) continue;
    const low = text.charCodeAt(i + 1);
    if (low < 0xdc00 || low > 0xdfff) continue;
    length -= 1;
    i += 1;
  }
  return length;
}`,
  /**
   * Equality of JSON values (2020-12, core, section 4.2.2), for `const`, `enum` and `uniqueItems`. Unlike ajv's own it calls
   * nothing of the values, which come from clients: there `{"toString": 1}` throws.
   */
  equal: `function helper_equal(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && helper_equal(a[key], b[key]));
}`,
};
