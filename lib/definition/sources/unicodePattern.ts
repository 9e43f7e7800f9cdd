/** A regular expression as a JSON Schema `pattern`, or why it cannot become one. */
export type UnicodePattern = { readonly pattern: string } | { readonly problem: string };

/** Escapes that mean the same with and without the flag `u`, whatever the case. */
const PLAIN_ESCAPES = 'dDsStnrvf0';
/** Escapes of word characters, which the flags `iu` extend beyond ASCII. */
const WORD_ESCAPES = 'wWbB';
const SYNTAX = '^$\\.*+?()[]{}|/';

interface Flags {
  readonly unicode: boolean;
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
}

/**
 * Translates a regular expression of JavaScript into a `pattern`, which is read with the flag `u` and no other: letters of `i`
 * become classes, the dot of `s` a class of everything, and spellings that `u` rejects their equivalents. What cannot be
 * translated exactly is a problem, named.
 *
 * Without `u` the dot and negated classes match half of a character outside of the basic plane; a pattern matches it whole.
 */
export function unicodePattern({ source, flags }: RegExp): UnicodePattern {
  const foreign = [...flags].find((flag) => !'uisd'.includes(flag));
  if (foreign !== undefined) return { problem: `the flag "${foreign}" of a regular expression` };
  const isPortable = !/\(\?[a-z-]+:/.test(source) && (flags.includes('u') || !/\\[upk][{<]/i.test(source));
  const isSame = /^[ud]*$/.test(flags) && isPortable;
  if (isSame && isUnicode(source)) return { pattern: source };
  const read = { unicode: flags.includes('u'), ignoreCase: flags.includes('i'), dotAll: flags.includes('s') };
  const pattern = translate(source, read);
  if (pattern === undefined) {
    const why = read.ignoreCase
      ? 'letters outside ASCII, back references or \\w beside the flag "i"'
      : 'syntax that a pattern does not have';
    return { problem: `a regular expression with ${why}` };
  }
  return isUnicode(pattern) ? { pattern } : { problem: 'a regular expression that is invalid with the flag "u"' };
}

function isUnicode(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') !== undefined;
  } catch {
    return false;
  }
}

function translate(source: string, flags: Flags): string | undefined {
  const parts: (string | undefined)[] = [];
  for (let at = 0; at < source.length; ) {
    const [length, part] = source[at] === '[' ? classAt(source, at, flags) : atomAt(source, at, flags);
    parts.push(part);
    at += length;
  }
  return parts.includes(undefined) ? undefined : parts.join('');
}

type Read = readonly [length: number, translation: string | undefined];

function atomAt(source: string, at: number, flags: Flags): Read {
  const rest = source.slice(at);
  const name = /^\(\?<(?![=!])[^>]*>/.exec(rest)?.[0];
  if (name !== undefined) return [name.length, name];
  const group = /^\(\?(?:<?[=!]|:)/.exec(rest)?.[0];
  if (group !== undefined) return [group.length, group];
  // A modifier such as (?i:
  if (rest.startsWith('(?')) return [2, undefined];
  const quantifier = /^\{\d+(?:,\d*)?\}/.exec(rest)?.[0];
  if (quantifier !== undefined) return [quantifier.length, quantifier];
  if (rest.startsWith('\\')) {
    const { length, char, kept } = escapeAt(rest, flags);
    return [length, kept ?? (char === undefined ? undefined : literal(char, flags))];
  }
  const char = characterAt(rest);
  if (char === '.') return [1, flags.dotAll ? '[\\s\\S]' : '.'];
  if (!flags.unicode && '{}]'.includes(char)) return [1, `\\${char}`];
  return [char.length, '^$*+?()|{}]'.includes(char) ? char : literal(char, flags)];
}

function literal(char: string, { ignoreCase, unicode }: Flags): string | undefined {
  // Without `u` a quantifier would repeat only half of the character.
  if (char.length > 1 && !unicode) return undefined;
  const own = SYNTAX.includes(char) ? `\\${char}` : char;
  if (!ignoreCase) return own;
  if (char > '\x7f') return undefined;
  const others = otherCases(char, char, unicode);
  return others === '' ? own : `[${char}${others}]`;
}

/** The letters that the flag `i` adds to a range of ASCII, as members of a class. */
function otherCases(from: string, to: string, unicode: boolean): string {
  const cased = [
    ['a', 'z', -32],
    ['A', 'Z', 32],
  ] as const;
  const swapped = cased.flatMap(([first, last, shift]) => {
    const [low, high] = [from > first ? from : first, to < last ? to : last];
    if (low > high) return [];
    const [a, z] = [low, high].map((char) => String.fromCharCode(char.charCodeAt(0) + shift)) as [string, string];
    return a === z ? [a] : [`${a}-${z}`];
  });
  // U+017F and U+212A are the long s and the Kelvin sign: cases of s and k with `u`, not without.
  const holds = (letter: string) => from <= letter && letter <= to;
  const folded = unicode ? [holds('s') || holds('S') ? '\\u017f' : '', holds('k') || holds('K') ? '\\u212a' : ''] : [];
  return [...swapped, ...folded].join('');
}

interface Escape {
  readonly length: number;
  /** The one character that it stands for. */
  readonly char?: string;
  /** What it becomes where it stands for more, such as `\d`. */
  readonly kept?: string;
}

function escapeAt(rest: string, { unicode, ignoreCase }: Flags): Escape {
  const next = characterAt(rest.slice(1));
  // Octal and control escapes of the legacy syntax.
  if (/^\\(?:0\d|c(?![A-Za-z]))/.test(rest)) return { length: 2 };
  if (PLAIN_ESCAPES.includes(next)) return { length: 2, kept: `\\${next}` };
  if (WORD_ESCAPES.includes(next)) return ignoreCase && unicode ? { length: 2 } : { length: 2, kept: `\\${next}` };
  const code =
    /^\\(?:x([0-9a-f]{2})|u([0-9a-f]{4}))/i.exec(rest) ?? (unicode ? /^\\(?:u\{([0-9a-f]+)\})/i.exec(rest) : null);
  if (code !== null) {
    const point = Number.parseInt(code[1] ?? code[2] ?? '', 16);
    return ignoreCase
      ? { length: code[0].length, char: String.fromCodePoint(point) }
      : { length: code[0].length, kept: code[0] };
  }
  const more = /^\\(?:c[A-Za-z]|[pPk][{<][^}>]*[}>]|[1-9]\d*)/.exec(rest)?.[0];
  if (more !== undefined) {
    const exact = more[1] === 'c' || (!ignoreCase && (unicode || !/^\\[pP]/.test(more)));
    return exact ? { length: more.length, kept: more } : { length: more.length };
  }
  return /[\da-zA-Z]/.test(next) && unicode ? { length: 2 } : { length: 1 + next.length, char: next };
}

function classAt(source: string, start: number, flags: Flags): Read {
  const parts: (string | undefined)[] = [source[start + 1] === '^' ? '[^' : '['];
  let at = start + (parts[0] ?? '').length;
  while (at < source.length && source[at] !== ']') {
    const from = memberAt(source, at, flags);
    const dash = source[at + from.length] === '-' && ![']', undefined].includes(source[at + from.length + 1]);
    const to = dash ? memberAt(source, at + from.length + 1, flags) : undefined;
    at += from.length + (to === undefined ? 0 : 1 + to.length);
    parts.push(members(from, to, flags));
  }
  return [at + 1 - start, parts.includes(undefined) ? undefined : `${parts.join('')}]`];
}

function memberAt(source: string, at: number, flags: Flags): Escape {
  const rest = source.slice(at);
  if (rest.startsWith('\\b')) return { length: 2, char: '\b' };
  if (rest.startsWith('\\B')) return { length: 2 };
  if (rest.startsWith('\\')) return escapeAt(rest, flags);
  const char = characterAt(rest);
  return { length: char.length, char };
}

function members(from: Escape, to: Escape | undefined, flags: Flags): string | undefined {
  const low = member(from, flags);
  const high = to === undefined ? '' : member(to, flags);
  if (low === undefined || high === undefined) return undefined;
  const isRange = from.char !== undefined && (to === undefined || to.char !== undefined);
  // Between classes, as in [\w-.], a dash is a dash.
  if (!isRange) {
    if (to === undefined) return low;
    if (!isPoint(from.kept) || !isPoint(to.kept)) return flags.unicode ? undefined : `${low}\\-${high}`;
    return flags.ignoreCase ? undefined : `${low}-${high}`;
  }
  const [first, last] = [from.char ?? '', to?.char ?? from.char ?? ''];
  const others = flags.ignoreCase ? otherCases(first, last, flags.unicode) : '';
  if (flags.ignoreCase && last > '\x7f') return undefined;
  return `${to === undefined ? low : `${low}-${high}`}${others}`;
}

/** Whether an escape stands for one character, so that it can be the end of a range. */
function isPoint(kept: string | undefined): boolean {
  return kept === undefined || !/^\\[dDsSwWpP]/.test(kept);
}

function member({ char, kept }: Escape, { unicode }: Flags): string | undefined {
  if (kept !== undefined) return kept;
  if (char === undefined || (char.length > 1 && !unicode)) return undefined;
  return char === '\b' ? '\\b' : '^-]\\['.includes(char) ? `\\${char}` : char;
}

const characterAt = (rest: string): string => String.fromCodePoint(rest.codePointAt(0) ?? 0);
