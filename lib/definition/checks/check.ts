import type { ApiInput, RoutesInput } from '../api.ts';
import type { Fault } from '../fault.ts';
import type { RolesInput } from '../roles.ts';
import type { TiersInput } from '../tiers.ts';

/** A definition as the checks receive it: JavaScript and JSON bypass the types, so every value is checked. */
export type UncheckedApi = ApiInput<RolesInput, TiersInput, RoutesInput>;

/** Inspects one aspect of a definition and returns every fault in it. */
export type Check = (api: UncheckedApi) => readonly Fault[];

const LONGEST = 80;

/**
 * What `JSON.stringify` leaves as it is, and terminals and editors obey: controls of ISO 6429 above ASCII, such as CSI, marks of
 * direction, and characters without a width.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** User and password of a URL, up to the last `@` before its path, also where somebody forgot to encode a character of them. */
const USER_INFO = /\/\/[^/"]*@/g;

/**
 * A value as a fault shows it: shortened JSON without passwords of URLs, `nothing` for `undefined`, or the kind of value that JSON does
 * not have.
 */
export function formatValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  const json = jsonOf(value);
  const shown = json.replace(USER_INFO, '//…@');
  const short = shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
  return escapeInvisible(short);
}

/** A string in which each character that nobody sees is written as JSON escapes it. */
export function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, escaped);
}

/** Whether a string has a character that nobody sees. */
export function hasInvisible(text: string): boolean {
  return text.search(INVISIBLE) !== -1;
}

/** Whether a value is a day that exists, `YYYY-MM-DD`: `Date.parse` makes 2026-02-31 a day in March. */
export function isCalendarDate(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

/** The kind of a value, for a fault that must not show it: it can be a secret. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Names as a fault lists them after "expected". A list of names is never empty: without one, `otherwise` says why. */
export function oneOf(names: Iterable<string>, otherwise: string): string {
  const list = [...names].join(', ');
  return list === '' ? otherwise : `one of ${list}`;
}

/** Whether a value is one of the names. A list of one name is none, although it has the same string. */
export function isOneOf(names: readonly string[], value: unknown): boolean {
  return typeof value === 'string' && names.includes(value);
}

/** As JSON escapes a character. */
function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/** Cycles and big integers are no JSON. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? kindOf(value);
  } catch {
    return kindOf(value);
  }
}
