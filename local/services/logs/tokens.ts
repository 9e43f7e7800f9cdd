/** A query that CloudWatch Logs Insights or its local part does not understand. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

/** A piece of a query. */
export interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'regex' | 'mark';
  readonly text: string;
}

const LINE_COMMENT = /^\s*#.*$/gm;
/** A field can have dots and begin with @; one with other characters stands between backticks. */
const PIECES =
  /\s+|(?<word>@?[A-Za-z_][\w.]*|@?`[^`\n]+`)|"(?<double>(?:[^"\\\n]|\\.)*)"|'(?<single>(?:[^'\\\n]|\\.)*)'|(?<number>\d+(?:\.\d+)?)|(?<mark>=~|!=|<=|>=|[|=<>(),*[\]-])/y;
const REGEX = /\/(?<regex>(?:[^/\\\n]|\\.)+)\//y;
/** What a regular expression comes after; elsewhere a slash divides, which is not computed here. */
const BEFORE_REGEX = ['like', '=~'];

/**
 * Splits a query of Logs Insights into tokens.
 *
 * @throws {QueryError} for a character that begins none.
 */
export function tokensOf(query: string): readonly Token[] {
  const text = query.replaceAll(LINE_COMMENT, '');
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const isRegex = BEFORE_REGEX.includes(tokens.at(-1)?.text.toLowerCase() ?? '') && text[at] === '/';
    const pattern = isRegex ? REGEX : PIECES;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) throw new QueryError(`unexpected ${JSON.stringify(text.slice(at, at + 12))}`);
    const token = tokenOf(found.groups ?? {});
    if (token !== undefined) tokens.push(token);
    at = pattern.lastIndex;
  }
  return tokens;
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>): Token | undefined {
  const { word, double, single, number, mark, regex } = groups;
  if (word !== undefined) return { kind: 'word', text: word.replaceAll('`', '') };
  const quoted = double ?? single;
  if (quoted !== undefined) return { kind: 'string', text: quoted.replaceAll(/\\(.)/g, '$1') };
  if (number !== undefined) return { kind: 'number', text: number };
  if (mark !== undefined) return { kind: 'mark', text: mark };
  return regex === undefined ? undefined : { kind: 'regex', text: regex };
}
