/** A string without its encodings, and where each of its characters stands in the source. */
export interface DecodedText {
  readonly text: string;
  readonly source: string;
  /** Where a character begins in the source; the length of the text gives that of the source. */
  sourceOf(index: number): number;
  /** How often a character was encoded: a delimiter that was encoded more often than its parameter is part of the value. */
  depthOf(index: number): number;
}

/** Rounds of decoding: a URL in a URL in a URL, as JSON. */
const MAX_ROUNDS = 6;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  colon: ':',
  equals: '=',
  gt: '>',
  lt: '<',
  nbsp: ' ',
  quot: '"',
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
/** Percent-encoded UTF-8 (RFC 3986, section 2.1), one character. */
const PERCENT =
  '%[cd][\\da-f]%[89ab][\\da-f]|%e[\\da-f](?:%[89ab][\\da-f]){2}|%f[0-4](?:%[89ab][\\da-f]){3}|%[\\da-f]{2}';
/** Escapes of JavaScript, also inside another string, which doubles the backslashes. */
const ESCAPE = '\\\\{1,16}(?:u[\\da-f]{4}|x[\\da-f]{2}|[nrt])';
const ENTITY = `&(?:#\\d{1,6}|#x[\\da-f]{1,5}|${Object.keys(ENTITIES).join('|')});`;
/** Full-width forms of ASCII; colours of a terminal, control characters, and characters without width. */
const FORM =
  '[\\uff01-\\uff5e]|\\x1b\\[[\\d;]{0,16}[a-z]|[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\u00ad\\u200b-\\u200f\\u2060\\ufeff]';
const ENCODED = new RegExp(`${PERCENT}|${ESCAPE}|${ENTITY}|${FORM}`, 'gi');
const MAY_BE_ENCODED = /[%\\&]|[^\t\n\r -~]/;

/** Undoes percent-encoding, escapes of JavaScript, HTML entities and full-width forms, as often as each was applied. */
export function decodedText(source: string): DecodedText {
  let text = source;
  let starts: readonly number[] | undefined;
  let depths: readonly number[] | undefined;
  for (let round = 0; round < MAX_ROUNDS && MAY_BE_ENCODED.test(text); round += 1) {
    const next = decodeOnce(text, starts, depths);
    if (next.text === text) break;
    ({ text, starts, depths } = next);
  }
  return {
    text,
    source,
    sourceOf: (index) => (starts === undefined ? index : (starts[index] ?? source.length)),
    depthOf: (index) => depths?.[index] ?? 0,
  };
}

/**
 * A text once for each depth of encoding in it, with every character that was encoded more often as a letter, and once with those
 * that were percent-encoded: what a delimiter is in an address depends on it (`u:p%27x@host`).
 */
export function textsByDepth({ text, source, sourceOf, depthOf }: DecodedText): readonly string[] {
  if (text === source) return [text];
  const masked = (isMasked: (index: number) => boolean) =>
    Array.from({ length: text.length }, (_, index) => (isMasked(index) ? 'x' : text.charAt(index))).join('');
  const depths = new Set(Array.from({ length: text.length }, (_, index) => depthOf(index)));
  return [
    masked((index) => source.charAt(sourceOf(index)) === '%'),
    ...Array.from(depths, (depth) => masked((index) => depthOf(index) > depth)),
  ];
}

function decodeOnce(text: string, starts: readonly number[] | undefined, depths: readonly number[] | undefined) {
  const pieces: string[] = [];
  const nextStarts: number[] = [];
  const nextDepths: number[] = [];
  let position = 0;
  const copyTo = (end: number) => {
    pieces.push(text.slice(position, end));
    for (let at = position; at < end; at += 1) {
      nextStarts.push(starts?.[at] ?? at);
      nextDepths.push(depths?.[at] ?? 0);
    }
  };
  for (const { 0: encoded, index } of text.matchAll(ENCODED)) {
    copyTo(index);
    const decoded = decode(encoded);
    pieces.push(decoded);
    const last = index + encoded.length - 1;
    const depth = Math.max(depths?.[index] ?? 0, depths?.[last] ?? 0) + (/^[%\\&]/.test(encoded) ? 1 : 0);
    for (let unit = 0; unit < decoded.length; unit += 1) {
      nextStarts.push(starts?.[index] ?? index);
      nextDepths.push(depth);
    }
    position = index + encoded.length;
  }
  copyTo(text.length);
  return { text: pieces.join(''), starts: nextStarts, depths: nextDepths };
}

function decode(encoded: string): string {
  if (encoded.startsWith('%')) return decodePercent(encoded);
  if (encoded.startsWith('&')) return decodeEntity(encoded.slice(1, -1));
  if (!encoded.startsWith('\\')) return /[\uff01-\uff5e]/.test(encoded) ? encoded.normalize('NFKC') : '';
  const letters = encoded.replace(/^\\+/, '');
  return CONTROLS[letters.toLowerCase()] ?? String.fromCharCode(Number.parseInt(letters.slice(1), 16));
}

function decodePercent(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return String.fromCharCode(Number.parseInt(encoded.slice(1, 3), 16));
  }
}

function decodeEntity(entity: string): string {
  if (!entity.startsWith('#')) return ENTITIES[entity.toLowerCase()] ?? '';
  const code = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
  return String.fromCodePoint(Math.min(code, 0x10_ff_ff));
}
