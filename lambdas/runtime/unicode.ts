/**
 * A value with every string in it in Normalization Form C, for routes that declare `unicode: 'normalize'`. Names stay
 * as they are: those that are declared are compared with the schema's.
 */
export function normalizeStrings(value: unknown): unknown {
  if (typeof value === 'string') return value.normalize();
  if (Array.isArray(value)) return value.map(normalizeStrings);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, normalizeStrings(child)]));
}
