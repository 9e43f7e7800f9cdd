/**
 * The largest number of characters that a string can have when it matches a `pattern`, or undefined where there is none: so
 * `^[A-Z]{4,12}$` needs no `maxLength`. A pattern that is not anchored at both ends has no largest length.
 */
export function patternLength(pattern: string): number | undefined {
  const [, longest] = matchLengths(pattern);
  return Number.isFinite(longest) ? longest : undefined;
}

/**
 * The smallest and the largest number of characters of a string that matches a pattern: 0 and Infinity where they are unknown,
 * and for a pattern that is not anchored.
 */
export function matchLengths(pattern: string): Lengths {
  const reader: Reader = { source: pattern, at: 0 };
  const lengths = alternatives(reader, true);
  return reader.at === pattern.length ? lengths : UNKNOWN;
}

type Lengths = readonly [shortest: number, longest: number];

const UNKNOWN: Lengths = [0, Number.POSITIVE_INFINITY];

interface Reader {
  readonly source: string;
  at: number;
}

/** @param outermost each alternative has to be anchored. */
function alternatives(reader: Reader, outermost: boolean): Lengths {
  let [shortest, longest] = sequence(reader, outermost);
  while (reader.source[reader.at] === '|') {
    reader.at += 1;
    const [shorter, longer] = sequence(reader, outermost);
    [shortest, longest] = [Math.min(shortest, shorter), Math.max(longest, longer)];
  }
  return [shortest, longest];
}

function sequence(reader: Reader, outermost: boolean): Lengths {
  const start = reader.at;
  let [shortest, longest] = [0, 0];
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at] ?? '')) {
    const [least, most] = atom(reader);
    const [fewest, times] = quantifier(reader);
    shortest += least * fewest;
    longest += most === 0 ? 0 : most * times;
  }
  const text = reader.source.slice(start, reader.at);
  const isAnchored = text.startsWith('^') && /(?:^|[^\\])(?:\\\\)*\$$/.test(text);
  return outermost && !isAnchored ? UNKNOWN : [shortest, longest];
}

function atom(reader: Reader): Lengths {
  const rest = reader.source.slice(reader.at);
  const whole = (match: RegExpExecArray | null, longest: number, shortest = longest): Lengths => {
    reader.at += match?.[0].length ?? 1;
    return [shortest, longest];
  };
  if (rest.startsWith('(')) return group(reader, rest);
  if (/^[\^$]/.test(rest)) return whole(null, 0);
  // A member of a class may be an escaped bracket.
  if (rest.startsWith('[')) return whole(/^\[(?:\\[\s\S]|[^\]\\])*\]/.exec(rest), 1);
  if (/^\\[bB]/.test(rest)) return whole(/^\\./.exec(rest), 0);
  if (/^\\(?:[1-9]|k<)/.test(rest)) return whole(/^\\(?:\d+|k<[^>]*>)/.exec(rest), Number.POSITIVE_INFINITY, 0);
  const escaped = /^\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[\s\S])/u.exec(rest);
  return whole(escaped ?? /^[\s\S]/u.exec(rest), 1);
}

function group(reader: Reader, rest: string): Lengths {
  const opening = /^\((?:\?(?:<?[=!]|[a-z-]*:|<[^>]*>))?/.exec(rest)?.[0] ?? '(';
  reader.at += opening.length;
  const lengths = alternatives(reader, false);
  reader.at += 1;
  return /[=!]$/.test(opening) ? [0, 0] : lengths;
}

/** How often the atom before is repeated: at least, and at most. */
function quantifier(reader: Reader): Lengths {
  const match = /^(?:([*+])|(\?)|\{(\d+)(,(\d*))?\})\??/.exec(reader.source.slice(reader.at));
  if (match === null) return [1, 1];
  reader.at += match[0].length;
  const [, endless, , exact, range, most] = match;
  if (endless !== undefined) return [endless === '+' ? 1 : 0, Number.POSITIVE_INFINITY];
  if (exact === undefined) return [0, 1];
  const open = range !== undefined && most === '';
  return [Number(exact), open ? Number.POSITIVE_INFINITY : Number(most ?? exact)];
}
