import { FilterPatternError } from './error.ts';

/** One piece of a JSON filter pattern. `text` is unquoted for strings. */
export interface Token {
  readonly kind: 'selector' | 'operator' | 'string' | 'word' | 'end';
  readonly text: string;
}

const TOKEN =
  /\s*(?:(\$(?:\.[\w@*-]+|\[(?:\d+|\*)\]|\.?\["[^"]+"\]|\.?\['[^']+'\])*)|(&&|\|\||!=|>=|<=|[=<>(){}])|"((?:[^"\\]|\\.)*)"|([^\s"=<>!(){}&|]+))\s*/y;

/** Splits a JSON filter pattern into tokens; the last one is `end`. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw new FilterPatternError(`cannot read the pattern at ${text.slice(start)}`);
    found.push(tokenOf(match));
  }
  return [...found, { kind: 'end', text: 'the end' }];
}

function tokenOf([, selector, operator, quoted, word]: RegExpExecArray): Token {
  if (selector !== undefined) return { kind: 'selector', text: selector };
  if (operator !== undefined) return { kind: 'operator', text: operator };
  if (quoted !== undefined) return { kind: 'string', text: quoted.replace(/\\(.)/g, '$1') };
  return { kind: 'word', text: word ?? '' };
}
