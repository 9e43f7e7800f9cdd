/** Dimensions of a metric, name to value. */
export type Dimensions = Readonly<Record<string, string>>;

/** The key of a series: the same for the same namespace, name and dimensions, in whatever order these are. */
export type SeriesKeys = (namespace: string, name: string, dimensions: Dimensions) => string;

/**
 * Remembers the keys of an object of dimensions for as long as it lives. Most data of requests have the same objects, and to write a key and
 * find it by its characters takes longer than to count.
 */
export function createSeriesKeys(): SeriesKeys {
  const known = new WeakMap<Dimensions, Map<string, { readonly namespace: string; readonly key: string }>>();
  return (namespace, name, dimensions) => {
    const keys = known.get(dimensions);
    const found = keys?.get(name);
    if (found !== undefined && found.namespace === namespace) return found.key;
    const made = { namespace, key: seriesKey(namespace, name, dimensions) };
    if (keys === undefined) known.set(dimensions, new Map([[name, made]]));
    else keys.set(name, made);
    return made.key;
  };
}

function seriesKey(namespace: string, name: string, dimensions: Dimensions): string {
  const names = Object.keys(dimensions);
  if (names.length > 1) names.sort();
  let key = `${namespace}\0${name}`;
  for (const each of names) key += `\0${each}\0${dimensions[each]}`;
  return key;
}
