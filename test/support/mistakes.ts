/** The mistakes that JavaScript users make and no compiler sees: misspelt names, and values of another kind. */

/** Where a value is in a whole: names and indexes, outermost first. */
export type Path = readonly (string | number)[];

/** Values that a prop or option never takes all of. */
export const STRANGE_VALUES: readonly unknown[] = [
  null,
  undefined,
  0,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '',
  'x',
  true,
  [],
  [null],
  {},
  () => 1,
  Symbol('strange'),
  1n,
];

/** Misspellings of a name: a letter missing, doubled, swapped, in another case, and one too many. */
export function misspellings(name: string): readonly string[] {
  const middle = Math.floor(name.length / 2);
  const [before, letter = '', after] = [name.slice(0, middle), name[middle], name.slice(middle + 1)];
  const swapped = name.slice(0, -2) + [...name.slice(-2)].reverse().join('');
  const all = [before + after, before + letter + letter + after, swapped, name.toUpperCase(), `${name}s`];
  return [...new Set(all)].filter((one) => one !== name && one !== '');
}

/** The path of every value in a whole, the whole excluded. `isOpaque` stops at values that are not looked into. */
export function pathsIn(whole: unknown, isOpaque: (path: Path) => boolean, path: Path = []): readonly Path[] {
  if (!isPlain(whole) || isOpaque(path)) return [];
  return Object.entries(whole).flatMap(([name, value]) => {
    const own = [...path, Array.isArray(whole) ? Number(name) : name];
    return [own, ...pathsIn(value, isOpaque, own)];
  });
}

/** A copy in which the value at a path is another. */
export function replaced(whole: unknown, [first, ...rest]: Path, value: unknown): unknown {
  if (first === undefined) return value;
  const copy = copyOf(whole);
  copy[first] = replaced(copy[first], rest, value);
  return copy;
}

/** A copy in which the name at the end of a path is another. */
export function renamed(whole: unknown, path: Path, name: string): unknown {
  const [first = '', ...rest] = path;
  const copy = copyOf(whole);
  if (rest.length > 0) return { ...copy, [first]: renamed(copy[first], rest, name) };
  const { [first]: value, ...others } = copy;
  return { ...others, [name]: value };
}

/** What is wrong with the message of an error: it shows what JavaScript prints for values that it cannot show. */
export function flawsOf(message: string): readonly string[] {
  const flaws = [/\bundefined\b/, /\[object \w+\]/, /expected *[.;]/, /one of *[.;]/, /: *\./, /found *;/, /\bNaN,/];
  return flaws.filter((flaw) => flaw.test(message)).map(String);
}

function isPlain(value: unknown): value is object {
  if (Array.isArray(value)) return true;
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function copyOf(whole: unknown): Record<string | number, unknown> {
  return (Array.isArray(whole) ? [...whole] : { ...(whole as object) }) as Record<string | number, unknown>;
}
