import { QueryError, type Token } from './tokens.ts';

/** Reads tokens from left to right. */
export interface Reader {
  /** The next token, which stays. */
  peek(ahead?: number): Token | undefined;
  /** Takes the next token when it is this word or mark. */
  skip(text: string): boolean;
  /** @throws {QueryError} unless the next token is this word or mark */
  expect(text: string): void;
  /** @throws {QueryError} unless the next token is of a kind */
  take(...kinds: readonly Token['kind'][]): Token;
  /** Reads a part within brackets, or after `not`. @throws {QueryError} where it is nested too deep to be meant */
  nested<T>(part: () => T): T;
  /** A list with commas. */
  list<T>(item: () => T): readonly T[];
}

/** A parser calls itself for each level, and a deep query must not end it. Our choice: nobody writes so many. */
const DEEPEST = 100;

export function readerOf(tokens: readonly Token[]): Reader {
  let at = 0;
  let depth = 0;
  const is = (text: string) => {
    const token = tokens[at];
    return (token?.kind === 'word' || token?.kind === 'mark') && token.text.toLowerCase() === text;
  };
  const found = () => (tokens[at] === undefined ? 'the end' : JSON.stringify(tokens[at]?.text));
  const skip = (text: string) => {
    if (!is(text)) return false;
    at += 1;
    return true;
  };
  return {
    peek: (ahead = 0) => tokens[at + ahead],
    skip,
    expect(text) {
      if (!skip(text)) throw new QueryError(`expected ${text}, found ${found()}`);
    },
    take(...kinds) {
      const token = tokens[at];
      if (token === undefined || !kinds.includes(token.kind))
        throw new QueryError(`expected a ${kinds.join(' or ')}, found ${found()}`);
      at += 1;
      return token;
    },
    nested(part) {
      depth += 1;
      if (depth > DEEPEST) throw new QueryError(`more than ${DEEPEST} levels of brackets are not computed here`);
      const read = part();
      depth -= 1;
      return read;
    },
    list(item) {
      const items = [item()];
      while (skip(',')) items.push(item());
      return items;
    },
  };
}
