import type { TextRange } from './cardNumbers.ts';
import type { DecodedText } from './decodedText.ts';

/** What the log shows instead of a secret. */
export const REDACTED = '[redacted]';

/** How a value follows its name. */
export interface ValueKind {
  /** Where the name begins: a quote or bracket that was open before it ends the value. */
  readonly nameStart: number;
  /** How often its separator was encoded. */
  readonly depth: number;
  /** Whether it can have spaces: after a colon, or a separator with spaces. */
  readonly isLoose: boolean;
  /** Whether it is a header's, which can have commas and semicolons. */
  readonly isHeader: boolean;
  /** Whether its name is quoted as in JSON: a number, a list and such end as there. */
  readonly isJson: boolean;
  /** Whether it begins on the line after the separator, as in YAML. */
  readonly isBlock: boolean;
}

export interface FoundValue extends TextRange {
  readonly isQuoted: boolean;
}

const OPENING_QUOTES = /\\{0,16}(?:(["'`])\1{0,2}|[“‘«„])/y;
const CLOSING_QUOTE: Readonly<Record<string, string>> = { '“': '”', '‘': '’', '«': '»', '„': '“' };
/** These are no secrets. */
const NOTHING = /^(?:null|undefined)\s*$/;
/** What JSON has without quotes. */
const LITERAL = /(?:null|undefined|true|false|-?\d[\d.eE+-]*)/y;
/** What follows a member of an object in JSON. */
const JSON_NEXT = /\s{0,64}(?:$|[}\]](?:$|[\s,;:.)\]}"'`>&\\])|,\s{0,64}(?:$|\\{0,8}"))/y;
/** The first line of a block in YAML, with a tag and a comment. */
const BLOCK_HEAD = /(?:[!&][^\s,]{0,64}[ \t]{1,8}){0,2}[|>][\d+-]{0,2}[ \t]{0,64}(?:#[^\r\n]*)?(?=[\r\n]|$)/y;
/** What can end a value without quotes, besides the end of its line. */
const LOOSE_END = /[\r\n"'`)}\]<,;|]/g;
const TIGHT_END = /[\s"'`)}\]<,;|&]/g;
const OPENED_BY: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
/** After a quote or a bracket that closes what was open before the name. */
const AFTER_CLOSE = /$|[\s,;:.)\]}"'`>&\\]/y;
const NEXT_NAME = /\s{0,64}\\{0,8}["'`]?[A-Za-z_$][\w.-]{0,64}(?:\[\w{0,64}\])?\\{0,8}["'`]?\s?(?:[=:]|=>)/y;
const NEXT_PARAMETER = /[\w.%$[\]-]{0,128}(?:[=&\s"'`)}\]<]|$)/y;
/** Lines of a block in YAML are indented or items of a list. Those of a stack are none. */
const EMPTY_LINES = /(?:\r?\n[ \t]*(?=[\r\n]))+/y;
const BLOCK_LINE = /\r?\n(?!\s{1,64}at\s)(?:[ \t]+|- )[^\r\n]*/y;

/** Returns the function that finds where the value that begins at a position of a string ends. */
export function valueFinder({ text, depthOf }: DecodedText): (at: number, kind: ValueKind) => FoundValue {
  const firsts = new Map<string, number>();
  /** Whether a character occurs before a position. */
  const isBefore = (character: string, position: number) => {
    const first = firsts.get(character) ?? text.indexOf(character);
    firsts.set(character, first);
    return first >= 0 && first < position;
  };

  /** Where a value without quotes ends. */
  const endOfBare = (start: number, { nameStart, depth, isLoose, isHeader }: ValueKind): number => {
    const ends = new RegExp(isLoose ? LOOSE_END : TIGHT_END);
    ends.lastIndex = start;
    for (let match = ends.exec(text); match !== null; match = ends.exec(text)) {
      const [character] = match;
      const { index } = match;
      // A delimiter that is encoded once more than the separator is part of the value.
      if (depthOf(index) > depth) continue;
      const opener = OPENED_BY[character] ?? character;
      const isEnd =
        /\s/.test(character) ||
        (character === '<' && text.charAt(index + 1) === '/') ||
        (/["'`)}\]]/.test(character) && isBefore(opener, nameStart) && matches(AFTER_CLOSE, text, index + 1)) ||
        (/[,;|]/.test(character) && !isHeader && matches(isLoose ? NEXT_NAME : NEXT_ITEM, text, index + 1)) ||
        (character === '&' && matches(NEXT_PARAMETER, text, index + 1));
      if (isEnd) return beforeSlashes(text, index, start);
    }
    return text.length;
  };

  return (at, kind) => {
    const quotes = matchAt(OPENING_QUOTES, text, at);
    if (quotes !== undefined) return quotedValue(text, at, quotes, depthOf(at + quotes.length - 1), depthOf);
    const block = kind.isLoose ? matchAt(BLOCK_HEAD, text, at) : undefined;
    if (block !== undefined) return { start: at, end: endOfBlock(text, at + block.length), isQuoted: false };
    const isBracket = /[[{]/.test(text.charAt(at));
    const end = isBracket ? endOfBracket(text, at) : at + (matchAt(LITERAL, text, at)?.length ?? 0);
    const bareEnd =
      kind.isJson && end > at && matches(JSON_NEXT, text, end) ? end : endOfBare(isBracket ? end : at, kind);
    if (NOTHING.test(text.slice(at, Math.min(bareEnd, at + 16)))) return { start: at, end: at, isQuoted: false };
    return { start: at, end: kind.isBlock ? endOfBlock(text, bareEnd) : bareEnd, isQuoted: false };
  };
}

/** In a list without spaces: another item follows that has a name, or nothing. */
const NEXT_ITEM = /\s|$|\\{0,8}["'`]?[A-Za-z_$][\w.-]{0,64}\\{0,8}["'`]?(?:[=:]|=>)/y;

/** After a quote, another: the value goes on. Or characters: a shell adds them to it. */
const IS_INSIDE = /^(.)(?:\1{1,2}|\\{1,4}\1\1|"'"\1)$/;
const QUOTE_INSIDE =
  /(["'`])\1{1,2}(?=[^\s,;:)\]}"'`>&\\]|\s{1,8}\w)|'(?:\\{1,4}'|"'")'|["'`](?=[^\s,;:)\]}"'`>&\\.|<=/?#-])[^\s,;:)\]}"'`>&\\|<]+|"'\w[^'\r\n]{0,256}'|'"\w[^"\r\n]{0,256}"/y;

/** Inside another string its quote is escaped as often as the opening one, and encoded as often. */
function quotedValue(
  text: string,
  at: number,
  quotes: string,
  depth: number,
  depthOf: (index: number) => number,
): FoundValue {
  const slashes = /^\\*/.exec(quotes)?.[0].length ?? 0;
  const marks = quotes.slice(slashes);
  // Two quotes are an empty value, unless they double the quote, as in CSV.
  const isEmpty = marks.length === 2 && !/[^\s,;:)\]}\\&]/.test(text.charAt(at + quotes.length));
  const start = at + quotes.length;
  if (isEmpty) return { start, end: start, isQuoted: true };
  const closing = CLOSING_QUOTE[marks] ?? marks;
  for (let end = text.indexOf(closing, start); end >= 0; end = text.indexOf(closing, end + 1)) {
    const before = beforeSlashes(text, end, start);
    if (end - before > slashes || depthOf(end) > depth) continue;
    // A quote inside is written twice in SQL and YAML, and as `'\''` in a shell.
    const more = marks.length === 1 ? matchAt(QUOTE_INSIDE, text, end) : undefined;
    if (more === undefined) return { start, end: before, isQuoted: true };
    end += more.length - 1;
    if (!IS_INSIDE.test(more)) return { start, end: end + 1, isQuoted: true };
  }
  return { start, end: text.length, isQuoted: true };
}

/** After the bracket that closes a list or an object, outside of strings; the end of the text if none does. */
function endOfBracket(text: string, start: number): number {
  let depth = 0;
  let quote = '';
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (/["'`]/.test(character)) {
      const slashes = at - beforeSlashes(text, at, Math.max(start, at - 32));
      const mark = `${character}${slashes}`;
      if (quote === '') quote = mark;
      else if (quote === mark) quote = '';
    } else if (quote === '' && (character === '[' || character === '{')) depth += 1;
    else if (quote === '' && (character === ']' || character === '}')) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

function endOfBlock(text: string, start: number): number {
  for (let end = start; ; ) {
    const next = end + (matchAt(EMPTY_LINES, text, end)?.length ?? 0);
    const line = matchAt(BLOCK_LINE, text, next);
    if (line === undefined) return end;
    end = next + line.length;
  }
}

/** The position of the backslashes before a character. */
function beforeSlashes(text: string, at: number, start: number): number {
  let before = at;
  while (before > start && text.charAt(before - 1) === '\\') before -= 1;
  return before;
}

/** What a sticky pattern matches at a position. */
export function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function matches(pattern: RegExp, text: string, at: number): boolean {
  return matchAt(pattern, text, at) !== undefined;
}
