/**
 * Computes a value once for each object, and keeps it as long as the object: for values that depend on nothing else, of objects that do not
 * change.
 *
 * @example
 * ```ts
 * const advertisedOfTier = perObject((policies: readonly AdvertisedPolicy[]) => policies.map(({ name }) => name).join(', '));
 * ```
 */
export function perObject<K extends object, V>(compute: (object: K) => V): (object: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (object) => {
    const found = known.get(object);
    if (found !== undefined) return found.value;
    const value = compute(object);
    known.set(object, { value });
    return value;
  };
}
