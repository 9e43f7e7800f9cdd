import { FilterPatternError } from './error.ts';

/** A pattern of terms over the text of an event: case matters, order does not. */
export interface TermPattern {
  /** Every one must be there. */
  readonly all: readonly string[];
  /** When there are any (`?term`), one of them must be there. */
  readonly any: readonly string[];
  /** None may be there (`-term`). */
  readonly none: readonly string[];
}

/** Reads `ERROR "out of memory" ?a ?b -debug`; an empty pattern matches every event. */
export function parseTermPattern(text: string): TermPattern {
  const pattern = { all: [] as string[], any: [] as string[], none: [] as string[] };
  const token = /([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)\s*/y;
  while (token.lastIndex < text.length) {
    const found = token.exec(text);
    if (found === null) throw new FilterPatternError(`cannot read the term pattern ${text}`);
    const [, sign, quoted, bare] = found;
    if (quoted === undefined && bare?.startsWith('%')) {
      throw new FilterPatternError('regular expressions are not matched here');
    }
    const term = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
    (sign === '?' ? pattern.any : sign === '-' ? pattern.none : pattern.all).push(term);
  }
  return pattern;
}

/** Whether the text of an event matches. */
export function matchesTerms({ all, any, none }: TermPattern, message: string): boolean {
  const has = (term: string) => message.includes(term);
  return all.every(has) && (any.length === 0 || any.some(has)) && !none.some(has);
}
