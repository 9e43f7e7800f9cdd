/** Reading unknown JSON: each function returns a value of the type in its name, or `undefined`, and never throws. */

export type Json = Readonly<Record<string, unknown>>;

/** An object that is not a list, or an empty one when the value is anything else. */
export function record(value: unknown): Json {
  return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The list, or an empty one when the value is anything else. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A string; numbers and booleans become strings, as CloudFormation coerces them. */
export function string(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A finite number; a numeric string counts, as CloudFormation coerces it. */
export function number(value: unknown): number | undefined {
  if (typeof value === 'string' && value.trim() !== '') return number(Number(value));
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** True for `true` and `"true"`. */
export function flag(value: unknown): boolean {
  return value === true || value === 'true';
}

/** The members of an object that are strings, coerced. */
export function stringRecord(value: unknown): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [key, member] of Object.entries(record(value))) {
    const coerced = string(member);
    if (coerced !== undefined) result[key] = coerced;
  }
  return result;
}

/** The items of a list that are strings, coerced. */
export function strings(value: unknown): string[] {
  return list(value)
    .map(string)
    .filter((item) => item !== undefined);
}

/** `[{ Name, Value }]` (or another pair of keys) as one object. */
export function pairs(value: unknown, keyName: string, valueName: string): Record<string, string> {
  const entries = list(value).map(record);
  return stringRecord(Object.fromEntries(entries.map((entry) => [string(entry[keyName]) ?? '', entry[valueName]])));
}
