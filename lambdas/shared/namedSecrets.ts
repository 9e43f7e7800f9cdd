import type { TextRange } from './cardNumbers.ts';
import type { DecodedText } from './decodedText.ts';
import { isNameOfName, isProse, isSecretParameter, secrecyOf, VALUE_NAMES } from './secretNames.ts';
import { type FoundValue, matchAt, REDACTED, type ValueKind, valueFinder } from './secretValue.ts';

/** What is hidden, and what stands for it where that is not just the mark. */
export interface HiddenRange extends TextRange {
  readonly replacement?: string;
}

/** Between a name and its value, besides white space; `>` ends the tag of an XML element. */
const SEPARATOR = /[:=]{1,3}>?|[-~]>|[→⇒>]/g;
/** Between a name and its separator: white space, quotes, the brackets of a list or an index, marks of Markdown and TypeScript. */
const CLOSES = /[\s"'`\\[\])*?!>+]/;
const MAX_SPACE = 64;
const MAX_NAME = 128;
const MAX_TAG = 512;
const MAX_SPOKEN = 256;
const QUOTE = /\\{0,8}"/y;
const SPACE = /\s{0,64}/y;
/** A name and its value can be members of one object: `{"name":"password","value":"x"}`, or attributes of one element. */
const SECRET_NAME =
  /(?:\[\s{0,64}(?:\\{0,8}["'`]?[\w-]{1,64}\\{0,8}["'`]?\s{0,64},\s{0,64}){0,8})?\\{0,8}["'`]?[\w./~#-]{1,512}\\{0,8}["'`]?(?:\s{0,64}\])?/y;
const VALUE_OF_NAME = new RegExp(
  `(?:[^{}<>]|\\{[^{}<>]{0,256}\\}){0,256}?(?<![\\w-])(?:${VALUE_NAMES})[\\s"'\`\\\\]{0,64}[:=]{1,3}>?`,
  'iy',
);
/** The value can be before the name. */
const VALUE_BEFORE = new RegExp(`(?<![\\w-])(?:${VALUE_NAMES})[\\s"'\`\\\\]{0,64}[:=]{1,3}>?\\s{0,64}`, 'gi');
const MAX_BEFORE = 1_024;
/** The private parts of a JWK (RFC 7518, section 6), whose names are words only beside its `kty`. */
const JWK_PRIVATE = /^(?:k|d|p|q|dp|dq|qi)$/;
/** The location in a frame of a stack; it follows the name of a function. */
const FRAME = /\((?:[a-z][\w+.-]*:|\/|<|native|\.{0,2}\/|[A-Za-z]:\\)[^()\r\n]{0,1024}(?::\d{1,9}){1,2}\)/y;
const BEFORE_FRAME = /(?:^|[\r\n])\s{0,64}at (?:(?:async|new) )?[\w.$<>#]{0,128}$/;
/** Or elements one after the other: `<key>password</key><string>x</string>`. */
const ELEMENT_OF_NAME = /\s{0,64}[\w.-]{1,512}\s{0,64}<\/[^<>]{1,64}>\s{0,64}<[^<>]{1,128}>/y;
/** The part of a form (RFC 7578, section 4.2) that has the name, up to the empty line before its value. */
const FORM_PART = /[^\r\n]{0,256}(?:\r?\n[^\r\n]{1,256}){0,4}\r?\n\r?\n/y;
/** A list of names and values in turn (`["authorization","x"]`). */
const PAIRED = /[[(,]\s{0,64}\\{0,8}["'`]([\w.-]{1,512})[\s:]{0,8}\\{0,8}["'`]\s{0,64},\s{0,64}(?=\\{0,8}["'`]|[[{])/g;
/** The end of a name, and a value with only spaces, a verb or a mark between them: options of a command, SQL, tables, prose. */
const SPOKEN =
  /(?:(?<![\w-])--?[a-z][\w.-]{0,127}|key|token|secret|passw(?:or)?d|passphrase|passcode|pwd|pin|otp|cvv|cvc|code|credentials?|cookie|authorization|auth|bearer)\\{0,8}["'`]?(?:[ \t]{1,8}(?:(?:is|was|of|to|(?:set|changed) to|(?:(?:with|has|had) )?(?:the )?value|[-–—])[ \t]{1,8})?|[ \t]{0,8}[,;|][ \t]{0,8})(?=[^\s,;|])|(?<![\w.-])[\w.-]{1,128}\\{0,8}["'`] (?:with|has) (?:the )?value (?=\S)/gi;
/** What {@link SPOKEN} needs, in lower case: most strings have none, and this search takes half as long. */
const NAMES_SPOKEN =
  /-[a-z]|key|token|secret|passw|passphrase|passcode|pwd|pin|otp|cvv|cvc|code|credential|cookie|auth|bearer| value /;
/** Names whose values can be digits only, without a separator before them. */
const NAMES_DIGITS = /(?:passw(?:or)?d|passcode|pwd|pin|otp|cvv|cvc|code)$/i;
/** A word that no sentence has: letters and digits mixed, or characters of neither kind. */
const NO_WORD = /^(?=\S{3})(?:(?=\S*\d)(?=\S*[A-Za-z])|(?=[^\s]*[@#$%^&*+~|]))\S+/;
const DIGITS = /^\d{3,12}$/;

/** A decoded string, with the function that finds where a value in it ends. */
interface Searched extends DecodedText {
  readonly valueAt: (at: number, kind: ValueKind) => FoundValue;
  readonly hasJwk: boolean;
}

/**
 * Finds the values of secret names in a decoded string: in a header, a form, a query, JSON, YAML, XML, a list of pairs, options of
 * a command, also inside another string. It goes from separator to separator, looks back a bounded way for the name, and
 * goes on after the value, so its time grows like the length of the string.
 */
export function namedSecrets(decoded: DecodedText): readonly HiddenRange[] {
  const searched = { ...decoded, valueAt: valueFinder(decoded), hasJwk: decoded.text.includes('kty') };
  const { text } = decoded;
  const hidden: HiddenRange[] = [];
  let position = 0;
  for (const { 0: separator, index: at } of text.matchAll(SEPARATOR)) {
    if (at < position || text.startsWith('://', at)) continue;
    for (const range of separator === '>' ? elementAt(text, at) : pairAt(searched, at, separator)) {
      hidden.push(range);
      position = Math.max(position, range.end);
    }
  }
  return [...hidden, ...listed(searched), ...spoken(searched)];
}

interface Name {
  readonly name: string;
  readonly start: number;
  /** After the last character of the name. */
  readonly end: number;
}

function nameBefore(text: string, at: number): Name | undefined {
  let end = at;
  while (end > 0 && at - end < MAX_SPACE && CLOSES.test(text.charAt(end - 1))) end -= 1;
  let start = end;
  while (start > 0 && end - start < MAX_NAME && /[\w.$-]/.test(text.charAt(start - 1))) start -= 1;
  return start === end ? undefined : { name: text.slice(start, end), start, end };
}

/** The value after a separator, if its name is that of a secret. */
function pairAt(searched: Searched, at: number, separator: string): readonly HiddenRange[] {
  const { text } = searched;
  const name = nameBefore(text, at);
  if (name === undefined) return [];
  const after = at + separator.length;
  const start = afterSpace(text, after);
  const secrecy = searched.hasJwk && JWK_PRIVATE.test(name.name) ? 'secret' : secrecyAt(text, name);
  if (secrecy === 'plain') return isNameOfName(name.name) ? memberAt(searched, name.start, start) : [];
  if (secrecy === 'list' && /^-?\d{1,6}(?![\w.])/.test(text.slice(start, start + 8))) return [];
  // Redacted before, perhaps by another function: it stays as it is.
  const isMarked = text.startsWith(REDACTED, start);
  const space = text.slice(after, start);
  const slashes = /^\\*/.exec(text.slice(name.end, name.end + 16))?.[0].length ?? 0;
  const found = searched.valueAt(isMarked ? start + REDACTED.length : start, {
    nameStart: name.start,
    depth: searched.depthOf(at),
    isLoose: !isMarked && (separator.includes(':') || space !== '' || /\s/.test(text.charAt(at - 1))),
    isHeader:
      /authorization|cookie/i.test(name.name) || (separator === ':' && name.end === at && isHeaderName(text, name)),
    isJson: separator === ':' && text.charAt(name.end + slashes) === '"',
    isBlock: /[\r\n]/.test(space),
  });
  if (found.end <= found.start || (!found.isQuoted && isProse(text.slice(found.start, found.end)))) return [];
  const quote = separator === ':' && !isMarked && !found.isQuoted ? matchAt(QUOTE, text, name.end) : undefined;
  return [{ ...found, replacement: quote === undefined ? undefined : inQuotes(searched, name.end, quote.length) }];
}

/** Whether a line can be a header, whose value can have parameters (`Stripe-Signature: t=1,v1=x`). */
function isHeaderName(text: string, { name, start }: Name): boolean {
  return /\w-\w/.test(name) || (/^[A-Z]/.test(name) && /(?:^|[\r\n])$/.test(text.slice(Math.max(0, start - 1), start)));
}

/** In JSON, a number becomes a string: the mark in the quotes that the name has, encoded as they are. */
function inQuotes({ source, sourceOf }: DecodedText, at: number, length: number): string {
  const quotes = source.slice(sourceOf(at), sourceOf(at + length));
  return `${quotes}${REDACTED}${quotes}`;
}

/** A name can be two words (`API key: …`), and a parameter of a query or a form has its own names. */
function secrecyAt(text: string, { name, start }: Name) {
  const before = text.slice(Math.max(0, start - 20), start);
  // In the ARN of a secret, its name follows the word: `arn:aws:secretsmanager:eu-west-1:123456789012:secret:name`.
  if (name === 'secret' && /:\d{12}:$/.test(before)) return 'plain';
  if (/[?&#]$/.test(before) && isSecretParameter(name)) return 'secret';
  const secrecy = secrecyOf(name);
  // `password is: x`
  if (/^(?:is|was)$/i.test(name)) return secrecyOf(nameBefore(text, start)?.name ?? '');
  // An item or a member of a parameter: `password[0]`, `password[new]`.
  if (secrecy === 'plain' && /\w\[["']?$/.test(before)) return secrecyOf(nameBefore(text, start)?.name ?? '');
  const previous = secrecy === 'plain' ? /([A-Za-z\d]{1,16}) $/.exec(before)?.[1] : undefined;
  return previous === undefined ? secrecy : secrecyOf(`${previous} ${name}`);
}

/** The value of a member beside the one whose value is the name of a secret. */
function memberAt(searched: Searched, nameStart: number, at: number): readonly HiddenRange[] {
  const { text } = searched;
  const name = matchAt(SECRET_NAME, text, at);
  if (name === undefined || secrecyOf(name) === 'plain') return [];
  const end = at + name.length;
  const member = matchAt(VALUE_OF_NAME, text, end);
  if (member !== undefined) {
    const kind = { ...tightAt(searched, at), isLoose: /:$/.test(member) };
    const found = searched.valueAt(afterSpace(text, end + member.length), kind);
    const needsQuotes = !found.isQuoted && name.endsWith('"') && member.endsWith('":');
    return [{ ...found, replacement: needsQuotes ? inQuotes(searched, end - 1, 1) : undefined }];
  }
  const before = valueBefore(searched, nameStart);
  if (text.charAt(end) === '>') return [...before, { start: end + 1, end: indexOr(text, '<', end) }];
  const part = matchAt(FORM_PART, text, end);
  if (part === undefined) return before;
  return [...before, { start: end + part.length, end: indexOr(text, '\n--', end + part.length) }];
}

/** The value of a member before the one that has its name: `{"value":"x","name":"password"}`. */
function valueBefore(searched: Searched, at: number): readonly HiddenRange[] {
  const from = Math.max(0, at - MAX_BEFORE);
  const before = searched.text.slice(from, at);
  return [...before.matchAll(VALUE_BEFORE)].slice(-1).map(({ 0: member, index }) => {
    const start = from + index;
    const found = searched.valueAt(start + member.length, {
      ...tightAt(searched, start),
      isLoose: /:\s*$/.test(member),
    });
    return { start: found.start, end: Math.min(found.end, at) };
  });
}

const tightAt = ({ depthOf }: DecodedText, at: number): ValueKind => {
  return { nameStart: at, depth: depthOf(at), isLoose: false, isHeader: false, isJson: false, isBlock: false };
};

/** The content of an XML element that has the name of a secret, to its end or to that of a string that was cut. */
function elementAt(text: string, at: number): readonly HiddenRange[] {
  const before = text.slice(Math.max(0, at - MAX_TAG), at);
  const open = before.lastIndexOf('<');
  // `Promise<Token>` is a type.
  if (open < 0 || /\w$/.test(before.slice(0, open)) || before.endsWith('/')) return [];
  const name = /^<([\w.:-]{1,512})(?:\s|$)/.exec(before.slice(open))?.[1] ?? '';
  const member = isNameOfName(name) ? matchAt(ELEMENT_OF_NAME, text, at + 1) : undefined;
  if (member !== undefined && secrecyOf(/[\w.-]+/.exec(member)?.[0] ?? '') !== 'plain') {
    const start = at + 1 + member.length;
    return [{ start, end: indexOr(text, '</', start) }];
  }
  if (secrecyOf(name.split(':').at(-1) ?? '') === 'plain') return [];
  const end = indexOr(text, `</${name}`, at);
  return end > at + 1 ? [{ start: at + 1, end }] : [];
}

/** The values of a list of names and values in turn. */
function listed(searched: Searched): readonly HiddenRange[] {
  const hidden: HiddenRange[] = [];
  for (const { 0: whole, 1: name = '', index } of searched.text.matchAll(PAIRED)) {
    // What is inside a value is hidden with it, and is not searched again.
    if (index < (hidden.at(-1)?.end ?? 0) || secrecyOf(name) === 'plain') continue;
    hidden.push(searched.valueAt(index + whole.length, tightAt(searched, index)));
  }
  return hidden;
}

/** Values that follow a name without a separator. */
function spoken(searched: Searched): readonly HiddenRange[] {
  const { text } = searched;
  if (!NAMES_SPOKEN.test(text.toLowerCase())) return [];
  return [...text.matchAll(SPOKEN)].flatMap(({ 0: whole, index }) => {
    const start = index + whole.length;
    const name = nameBefore(text, index + (/^[\w.-]+/.exec(whole)?.[0].length ?? 0));
    if (name === undefined || secrecyAt(text, name) === 'plain') return [];
    if (/^\\{0,8}(["'`]).{1,256}\1/s.test(text.slice(start, start + 264))) {
      const isOfParser = /unexpected\s+$/i.test(text.slice(Math.max(0, name.start - 12), name.start));
      const found = searched.valueAt(start, tightAt(searched, name.start));
      // `"/user/password","value":"x"`: the next is a name.
      const isName =
        /["'`]\s*,\s*$/.test(whole) && /^\\{0,8}["'`]\s{0,64}:/.test(text.slice(found.end, found.end + 80));
      return isOfParser || isName ? [] : [found];
    }
    const isFrame = matchAt(FRAME, text, start) !== undefined;
    if (isFrame && BEFORE_FRAME.test(text.slice(Math.max(0, name.start - 256), name.start))) return [];
    const next = /^\S+/.exec(text.slice(start, start + MAX_SPOKEN))?.[0].replace(/[.,;:!?)\]}"'`]+$/, '') ?? '';
    const isOption = /^--?[a-z]/i.test(name.name) && !next.startsWith('-') && !isProse(next);
    const isSecret = isOption || NO_WORD.test(next) || (DIGITS.test(next) && NAMES_DIGITS.test(name.name));
    return isSecret ? [{ start, end: start + next.length }] : [];
  });
}

function afterSpace(text: string, at: number): number {
  return at + (matchAt(SPACE, text, at)?.length ?? 0);
}

function indexOr(text: string, part: string, from: number): number {
  const index = text.indexOf(part, from);
  return index < 0 ? text.length : index;
}
