/**
 * The largest number of characters that a string can have when it matches a `pattern`, or undefined where there is none: so
 * `^[A-Z]{4,12}$` needs no `maxLength`. A pattern that is not anchored at both ends has no largest length.
 */
export function patternLength(pattern: string): number | undefined {
  const reader: Reader = { source: pattern, at: 0 };
  const length = alternatives(reader, true);
  return reader.at === pattern.length && Number.isFinite(length) ? length : undefined;
}

interface Reader {
  readonly source: string;
  at: number;
}

/** @param outermost each alternative has to be anchored. */
function alternatives(reader: Reader, outermost: boolean): number {
  let longest = sequence(reader, outermost);
  while (reader.source[reader.at] === '|') {
    reader.at += 1;
    longest = Math.max(longest, sequence(reader, outermost));
  }
  return longest;
}

function sequence(reader: Reader, outermost: boolean): number {
  const start = reader.at;
  let length = 0;
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at] ?? '')) {
    const own = atom(reader);
    const times = quantifier(reader);
    length += own === 0 ? 0 : own * times;
  }
  const text = reader.source.slice(start, reader.at);
  const isAnchored = text.startsWith('^') && /(?:^|[^\\])(?:\\\\)*\$$/.test(text);
  return outermost && !isAnchored ? Number.POSITIVE_INFINITY : length;
}

function atom(reader: Reader): number {
  const rest = reader.source.slice(reader.at);
  const whole = (match: RegExpExecArray | null, length: number): number => {
    reader.at += match?.[0].length ?? 1;
    return length;
  };
  if (rest.startsWith('(')) return group(reader, rest);
  if (/^[\^$]/.test(rest)) return whole(null, 0);
  // A member of a class may be an escaped bracket.
  if (rest.startsWith('[')) return whole(/^\[(?:\\[\s\S]|[^\]\\])*\]/.exec(rest), 1);
  if (/^\\[bB]/.test(rest)) return whole(/^\\./.exec(rest), 0);
  if (/^\\(?:[1-9]|k<)/.test(rest)) return whole(/^\\(?:\d+|k<[^>]*>)/.exec(rest), Number.POSITIVE_INFINITY);
  const escaped = /^\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[\s\S])/u.exec(rest);
  return whole(escaped ?? /^[\s\S]/u.exec(rest), 1);
}

function group(reader: Reader, rest: string): number {
  const opening = /^\((?:\?(?:<?[=!]|:|<[^>]*>))?/.exec(rest)?.[0] ?? '(';
  reader.at += opening.length;
  const length = alternatives(reader, false);
  reader.at += 1;
  return /[=!]$/.test(opening) ? 0 : length;
}

/** How often the atom before can be repeated. */
function quantifier(reader: Reader): number {
  const match = /^(?:([*+])|(\?)|\{(\d+)(,(\d*))?\})\??/.exec(reader.source.slice(reader.at));
  if (match === null) return 1;
  reader.at += match[0].length;
  const [, endless, , exact, range, most] = match;
  if (endless !== undefined || (range !== undefined && most === '')) return Number.POSITIVE_INFINITY;
  return exact === undefined ? 1 : Number(most ?? exact);
}
