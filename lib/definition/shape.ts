import { formatValue, kindOf } from './checks/check.ts';
import type { FaultCode } from './fault.ts';

/** What is wrong with the form of a value: a name that does not exist, or a value of another kind. */
export interface ShapeFault {
  readonly kind: 'name' | 'value';
  /** Default: that of the whole. */
  readonly code?: FaultCode;
  /** Dotted, below the location of the whole. */
  readonly location: string;
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/**
 * The form that a value must have, as a function that returns what is wrong with it. JavaScript, JSON and spreads bypass the
 * types, so everything that a user writes passes one. `undefined` is an absent value, which only {@link required} rejects.
 */
export type Shape = (value: unknown, location: string) => readonly ShapeFault[];

/** A shape for every member of `T`: a new member does not compile until it is listed. */
export type Members<T> = { readonly [Name in keyof T]-?: Shape };

/** A value whose form another check decides. */
export const anything: Shape = () => [];
export const string = kind('a string', (value) => typeof value === 'string');
export const boolean = kind('true or false', (value) => typeof value === 'boolean');

/** How to fix a value: the same for each, or by the value. */
type Fix = string | ((value: unknown) => string | undefined);

/** A value of one kind. Its fault shows the value, or with `secret` only what kind it is. */
export function kind(
  expected: string,
  matches: (value: unknown) => boolean,
  { secret = false, fix }: { readonly secret?: boolean; readonly fix?: Fix } = {},
): Shape {
  return (value, location) => {
    if (value === undefined || matches(value)) return [];
    const fault = wrongKind(location, secret ? kindOf(value) : formatValue(value), expected);
    const own = typeof fix === 'function' ? fix(value) : fix;
    return [own === undefined ? fault : { ...fault, fix: own }];
  };
}

/** What a number can be, and why. */
export interface Amount {
  readonly min: number;
  readonly max: number;
  /** What it counts, such as `milliseconds`. @default - the message names no unit */
  readonly unit?: string;
  /** Digits after the decimal point, or any number of them. @default - none: a whole number */
  readonly decimals?: number | 'any';
  /** Why it has these bounds, as a sentence. */
  readonly why: string;
}

/** A number within bounds; the message is made of them. */
export function amount(rules: Amount): Shape {
  return kind(describeAmount(rules), (value) => isAmount(value, rules), { fix: (value) => fixAmount(value, rules) });
}

/** A whole number within bounds. */
export function whole(min: number, max: number, fix: string): Shape {
  return amount({ min, max, why: fix });
}

/** Whether a value is a number within bounds. */
export function isAmount(value: unknown, { min, max, decimals = 0 }: Amount): value is number {
  if (typeof value !== 'number' || !(value >= min && value <= max)) return false;
  return decimals === 'any' || Number(value.toFixed(decimals)) === value;
}

/** `a whole number of milliseconds from 10 to 29000`. */
export function describeAmount({ min, max, unit, decimals = 0 }: Amount): string {
  const digits = typeof decimals === 'number' && decimals > 0 ? ` with at most ${decimals} decimals` : '';
  const number = decimals === 0 ? 'a whole number' : 'a number';
  return `${number}${unit === undefined ? '' : ` of ${unit}`} from ${min} to ${max}${digits}`;
}

/** How to fix a number; a number in quotes that is within bounds needs no more than to lose them. */
export function fixAmount(value: unknown, rules: Amount): string {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : undefined;
  return isAmount(number, rules) ? `Write ${number}, without quotes. ${rules.why}` : rules.why;
}

/** One of a few values. The fix names the one that was meant, where it is near. */
export function choice(...values: readonly string[]): Shape {
  return kind(
    values.length === 1 ? `${values[0]}` : `one of ${values.join(', ')}`,
    (value) => values.some((one) => one === value),
    { fix: (value) => fixChoice(value, values) },
  );
}

/** `Write 'xray'.` where a value is a typing mistake away. */
export function fixChoice(value: unknown, values: readonly string[]): string | undefined {
  const near = typeof value === 'string' ? nearest(value, values) : undefined;
  return near === undefined ? undefined : `Write '${near}'.`;
}

/** A value that has to be there. */
export function required(shape: Shape, expected: string): Shape {
  // A member that has to be there cannot be left out.
  const withoutLeaving = (fault: ShapeFault) => (fault.fix === WRITE_OR_LEAVE ? { ...fault, fix: WRITE } : fault);
  return (value, location) =>
    (value === undefined ? [wrongKind(location, 'nothing', expected)] : shape(value, location)).map((fault) =>
      fault.location === location ? withoutLeaving(fault) : fault,
    );
}

/** An object with these members and no other. */
export function object<T>(members: Members<T>): Shape {
  const shapes: Readonly<Record<string, Shape>> = members;
  return (value, location) => {
    if (value === undefined) return [];
    if (!isRecord(value))
      return [wrongKind(location, kindOf(value), `an object with ${Object.keys(shapes).join(', ')}`)];
    return [
      ...Object.keys(value).flatMap((name) =>
        Object.hasOwn(shapes, name) ? [] : [unknownName(location, name, { shapes, value })],
      ),
      ...Object.entries(shapes).flatMap(([name, shape]) => shape(value[name], join(location, name))),
    ];
  };
}

/** An object whose names the user chooses. */
export function mapOf(shape: Shape, expected: string): Shape {
  return (value, location) => {
    if (value === undefined) return [];
    if (!isRecord(value)) return [wrongKind(location, kindOf(value), expected)];
    return Object.entries(value).flatMap(([name, child]) => required(shape, expected)(child, join(location, name)));
  };
}

/** A list, each item of one shape. */
export function listOf(shape: Shape, expected: string): Shape {
  return (value, location) => {
    if (value === undefined) return [];
    if (!Array.isArray(value)) return [wrongKind(location, formatValue(value), expected)];
    return value.flatMap((item, i) => required(shape, expected)(item, `${location}.${i}`));
  };
}

/** One shape for the values that match, and another for the rest. */
export function either(matches: (value: unknown) => boolean, then: Shape, otherwise: Shape): Shape {
  return (value, location) => (matches(value) ? then : otherwise)(value, location);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const WRITE = 'Write a value of this kind.';
const WRITE_OR_LEAVE = 'Write a value of this kind, or leave the name out.';

function join(location: string, name: string): string {
  return location === '' ? name : `${location}.${name}`;
}

function wrongKind(location: string, found: string, expected: string): ShapeFault {
  return { kind: 'value', location, found, expected, fix: WRITE_OR_LEAVE };
}

/** Of two names that are as near, the one that was not written is meant. */
function unknownName(
  location: string,
  name: string,
  { shapes, value }: { readonly shapes: object; readonly value: object },
): ShapeFault {
  const names = Object.keys(shapes);
  const isWritten = (known: string) => Object.hasOwn(value, known);
  const near = nearest(name, [...names.filter((known) => !isWritten(known)), ...names.filter(isWritten)]);
  return {
    kind: 'name',
    location: join(location, name),
    found: formatValue(name),
    expected: `one of ${names.join(', ')}`,
    fix: `${near === undefined ? 'Remove it' : `Write ${near}`}. An unknown option would have no effect.`,
  };
}

/** The name that a typing mistake or two away was meant. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const [best] = names.map((known) => ({ known, typos: typos(name, known) })).sort((a, b) => a.typos - b.typos);
  return best !== undefined && best.typos <= Math.max(2, name.length / 3) ? best.known : undefined;
}

/** The name that was meant by a reference such as `claims.tenant`, also where it is written without `claims.`. */
export function nearestClaim(value: unknown, names: readonly string[]): string | undefined {
  if (typeof value !== 'string') return undefined;
  return names.find((name) => name === `claims.${value}`) ?? nearest(value, names);
}

/** Damerau-Levenshtein: characters inserted, left out, replaced, or swapped with the next, in any case. */
function typos(written: string, meant: string): number {
  const [from, to] = [written.toLowerCase(), meant.toLowerCase()];
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const at = (numbers: readonly number[], index: number) => numbers[index] ?? Number.POSITIVE_INFINITY;
      const isSwap = i > 0 && j > 0 && from[i] === to[j - 1] && from[i - 1] === to[j];
      const replaced = at(row, j) + (from[i] === to[j] ? 0 : 1);
      const swapped = isSwap ? at(before, j - 1) + 1 : replaced;
      next.push(Math.min(replaced, swapped, at(row, j + 1) + 1, at(next, j) + 1));
    }
    [before, row] = [row, next];
  }
  return row.at(-1) ?? 0;
}
