/**
 * The Velocity Template Language of mapping templates, as far as mock integrations need it: references, `#set`, `#if`,
 * comparisons, and methods of strings, lists and maps. Anything else is a {@link VtlError} when the template is compiled.
 * https://velocity.apache.org/engine/1.7/vtl-reference.html
 */

/** A part of a template that is not emulated. The message names it. */
export class VtlError extends Error {}

/** A template is a list of these. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reference'; readonly reference: Reference; readonly source: string; readonly quiet: boolean }
  | { readonly kind: 'set'; readonly target: readonly string[]; readonly value: Expression }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: readonly Part[] };

/** One `#if` or `#elseif`. */
export interface Branch {
  readonly condition: Expression;
  readonly parts: readonly Part[];
}

/** `$name.member.method(arguments)`. */
export interface Reference {
  readonly name: string;
  readonly steps: readonly { readonly name: string; readonly call?: readonly Expression[] }[];
}

export type Expression =
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | { readonly kind: 'template'; readonly parts: readonly Part[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'not'; readonly operand: Expression }
  | {
      readonly kind: 'and' | 'or' | 'equal' | 'different';
      readonly left: Expression;
      readonly right: Expression;
    };

/** Where a parser is. */
export interface Cursor {
  readonly source: string;
  at: number;
}

const IDENTIFIER = /[A-Za-z][\w-]*/y;

/** Moves past a pattern, if it is next. */
export function take(cursor: Cursor, pattern: RegExp): string | undefined {
  const sticky = new RegExp(pattern.source, 'y');
  sticky.lastIndex = cursor.at;
  const found = sticky.exec(cursor.source)?.[0];
  if (found !== undefined) cursor.at += found.length;
  return found;
}

/** Moves past something that has to be next. */
export function expect(cursor: Cursor, pattern: RegExp, what: string): string {
  const found = take(cursor, pattern);
  if (found !== undefined) return found;
  throw new VtlError(`${what} is missing before ${JSON.stringify(cursor.source.slice(cursor.at, cursor.at + 20))}`);
}

/** Reads a reference whose `$` has been read. */
export function readReference(cursor: Cursor, readExpression: (cursor: Cursor) => Expression): Reference {
  const name = expect(cursor, IDENTIFIER, 'a name');
  const steps: { readonly name: string; readonly call?: readonly Expression[] }[] = [];
  while (take(cursor, /\.(?=[A-Za-z])/) !== undefined) {
    const step = expect(cursor, IDENTIFIER, 'a name');
    if (take(cursor, /\(/) === undefined) steps.push({ name: step });
    else steps.push({ name: step, call: readItems(cursor, /\s*\)/, readExpression) });
  }
  if (/^\[/.test(cursor.source.slice(cursor.at))) throw new VtlError('an index in brackets is not emulated');
  return { name, steps };
}

/** Reads expressions with commas between them, to the end of the list. */
export function readItems(
  cursor: Cursor,
  end: RegExp,
  readExpression: (cursor: Cursor) => Expression,
): readonly Expression[] {
  const items: Expression[] = [];
  if (take(cursor, end) !== undefined) return items;
  do items.push(readExpression(cursor));
  while (take(cursor, /\s*,/) !== undefined);
  expect(cursor, end, 'the end of a list');
  return items;
}
