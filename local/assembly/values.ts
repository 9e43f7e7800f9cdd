/** Reading unknown JSON: each reader gives a value of the type it names or `undefined`, and never throws. */

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

/** Text; numbers and booleans become text, as CloudFormation coerces them. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A finite number; numeric text counts, as CloudFormation coerces it. */
export function number(value: unknown): number | undefined {
  if (typeof value === 'string' && value.trim() !== '') return number(Number(value));
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** True for `true` and `"true"`. */
export function flag(value: unknown): boolean {
  return value === true || value === 'true';
}

/** The object's members whose values are text, coerced. */
export function textRecord(value: unknown): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [key, member] of Object.entries(record(value))) {
    const string = text(member);
    if (string !== undefined) result[key] = string;
  }
  return result;
}

/** The list's members that are text, coerced. */
export function strings(value: unknown): string[] {
  return list(value)
    .map(text)
    .filter((item) => item !== undefined);
}

/** `[{ Name, Value }]` (or another pair of keys) as one object. */
export function pairs(value: unknown, keyName: string, valueName: string): Record<string, string> {
  const entries = list(value).map(record);
  return textRecord(Object.fromEntries(entries.map((entry) => [text(entry[keyName]) ?? '', entry[valueName]])));
}
