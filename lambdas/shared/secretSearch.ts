import { LEAST_CARD } from './canHoldCard.ts';
import { cardNumbers } from './cardNumbers.ts';
import { textCutter } from './cutText.ts';
import { errorDescriber } from './errorDescription.ts';
import { hideSecrets } from './hideSecrets.ts';
import { isKnownPlain, keepPlain } from './plainStrings.ts';
import { isOrdinary } from './plainText.ts';
import { isNameOfName, isValueOfName, secrecyOf } from './secretNames.ts';
import { REDACTED } from './secretValue.ts';

/** A longer string is no name. */
const MAX_WORDS = 512;
const JSON_TEXT = /^\s*(?:\{\s*["}]|\[\s*["{[\d\]tfn-])/;
/** Powertools makes `{ message: 'password', extra: 'x' }` of `log.info('password', 'x')`, and numbers the items of a list. */
const EXTRA = /^(?:extra|\d+)$/;
/** As V8 writes it: with the line and the column, or with the reason why there are none. */
const FRAME = /^ +at \S.*(?::\d+:\d+\)?|\((?:native|<anonymous>|index \d+)\))$/;
const LONGEST_FRAME = 1_024;
/** An option of a command, or a header: the next item is its value, wherever they are in a list. */
const ALWAYS_NAMES = /^--?[a-z]|^(?:proxy-)?authorization:?$|cookie:?$/i;

/**
 * The replacer for a logger's JSON (`jsonReplacerFn` of Powertools): hides the values of secret names and private keys, and in
 * any string (a message, a stack, a name of a member, JSON in a string) what {@link hideSecrets} finds. Maps, headers and forms
 * become objects; bytes are shown as their number.
 */
export function redact(name: string, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  const secrecy = secrecyOf(name);
  const isCount = typeof value === 'number' || typeof value === 'boolean';
  if (secrecy === 'secret' || (secrecy === 'list' && !isCount)) return REDACTED;
  if (typeof value === 'string') return searchString(value);
  if (typeof value === 'number' || typeof value === 'bigint') {
    // A number with a fraction is no card's.
    const isLong = value >= LEAST_CARD && (typeof value === 'bigint' || Number.isInteger(value));
    return isLong && cardNumbers(String(value)).length > 0 ? REDACTED : value;
  }
  return typeof value === 'object' ? redactObject(value) : value;
}

/** Hides the secrets in a string. JSON stays JSON. */
function searchString(text: string): string {
  if (isKnownPlain(text) || isOrdinary(text)) return text;
  const hidden = (JSON_TEXT.test(text) ? redactJson(text) : undefined) ?? hideSecrets(text);
  if (hidden === text) keepPlain(text);
  return hidden;
}

/** JSON by its structure; undefined for another string. It is written anew only where something is hidden in it. */
function redactJson(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const shown = JSON.stringify(value, redact);
    // Of a name that occurs twice, the structure has the last value only.
    return shown === text || (shown === JSON.stringify(value) && hideSecrets(text) === text) ? text : shown;
  } catch {
    return undefined;
  }
}

/** Members of a JWK with a private part (RFC 7518, section 6). */
const JWK_PRIVATE = ['d', 'k', 'p', 'q', 'dp', 'dq', 'qi'];

/** Of objects that are shown with changes: a logger finds its cycles only if the same object gives the same copy. */
const copies = new WeakMap<object, readonly unknown[] | Readonly<Record<string, unknown>>>();

function redactObject(value: object): unknown {
  if (value instanceof Error) return value;
  if (Array.isArray(value)) return redactList(value);
  const bytes = bytesOf(value);
  if (bytes !== undefined) return `[${bytes} bytes]`;
  // The private part of a JWK (RFC 7517, section 9.2).
  if ('kty' in value && JWK_PRIVATE.some((member) => member in value)) return REDACTED;
  const listed = entriesOf(value);
  const entries = listed ?? Object.entries(value);
  const isSecret = ([, member]: readonly [string, unknown]) => {
    // The path in an error of a schema library is a list: `{ path: ['user', 'password'], input: 'x' }`.
    const last: unknown = Array.isArray(member) ? member.at(-1) : member;
    return typeof last === 'string' && namesSecret(last);
  };
  const hasName = entries.some((entry) => isNameOfName(entry[0]) && isSecret(entry));
  const hasMessage = entries.some((entry) => entry[0] === 'message' && isSecret(entry));
  const isPlain = !hasName && !hasMessage && entries.every(([name]) => searchString(name) === name);
  if (listed === undefined && isPlain) return value;
  const isHidden = (name: string) => (hasName && isValueOfName(name)) || (hasMessage && EXTRA.test(name));
  const shown = entries.map(([name, member]) => [searchString(name), isHidden(name) ? REDACTED : member]);
  return sameCopy(value, Object.fromEntries(shown));
}

/**
 * Names and values in turn (`rawHeaders` of Node.js, `[['authorization', 'x']]`), and options of a command with theirs. Lambda logs the lines of
 * a stack as a list, too: a frame is no value, and beside frames a sentence is no name.
 */
function redactList(list: readonly unknown[]): unknown {
  const isPaired = list.length % 2 === 0 && list.every((item) => typeof item !== 'object');
  const isStack = list.some(isFrame);
  const isHidden = (item: unknown, index: number) => {
    const name = list[index - 1];
    if (typeof name !== 'string' || !namesSecret(name) || isFrame(item)) return false;
    if (isStack && /\S\s+\S/.test(name)) return false;
    return (isPaired && index % 2 === 1) || (list.length === 2 && index === 1) || ALWAYS_NAMES.test(name);
  };
  if (!list.some(isHidden)) return list;
  return sameCopy(
    list,
    list.map((item, index) => (isHidden(item, index) ? REDACTED : item)),
  );
}

/** Whether an item of a list is a line of a stack below its message. */
function isFrame(item: unknown): boolean {
  return typeof item === 'string' && item.length <= LONGEST_FRAME && FRAME.test(item);
}

/** Whether a string is the name of a secret (`password`), or ends with one that its value follows (`the password is`). */
function namesSecret(text: string): boolean {
  if (text.length > MAX_WORDS) return false;
  return secrecyOf(text.replace(/(?:\s+(?:is|was))?[\s:=]*$/, '')) !== 'plain';
}

/** The copy that was made of an object before, unless the object has changed since. */
function sameCopy(value: object, copy: readonly unknown[] | Readonly<Record<string, unknown>>): unknown {
  const before = copies.get(value);
  const [now, then] = [Object.entries(copy), Object.entries(before ?? {})];
  const isSame =
    now.length === then.length &&
    now.every(([name, member], index) => {
      return then[index]?.[0] === name && Object.is(then[index][1], member);
    });
  if (before !== undefined && isSame) return before;
  copies.set(value, copy);
  return copy;
}

/** What JSON shows empty: a Map, and the headers, parameters and forms of the Fetch API. */
const LISTED = ['[object Map]', '[object Headers]', '[object URLSearchParams]', '[object FormData]'];

/** The entries of such an object. It is known by its tag, because naming the global `Headers` loads the whole HTTP client of Node.js. */
function entriesOf(value: object): readonly (readonly [string, unknown])[] | undefined {
  if (!LISTED.includes(Object.prototype.toString.call(value)) || !(Symbol.iterator in value)) return undefined;
  return [...(value as Iterable<unknown>)].map((entry) => {
    const [name, member] = Array.isArray(entry) ? entry : [entry];
    return [String(name), member];
  });
}

/** A Buffer has become an object with its type by the time that a replacer sees it. */
function bytesOf(value: object): number | undefined {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  const { type, data } = value as { readonly type?: unknown; readonly data?: unknown };
  return type === 'Buffer' && Array.isArray(data) ? data.length : undefined;
}

/** As `redactedAndCut` of `redact.ts`, for what has the search loaded: it searches each string. */
const searchedAndCut = textCutter(searchString, hideSecrets);

/** What finds secrets in what is logged. */
export const secretSearch = {
  redact,
  searchString,
  hideSecrets,
  searchedAndCut,
  describeError: errorDescriber(searchedAndCut),
};
