import { hideCards } from './cardNumbers.ts';
import { isSecretParameter, secrecyOf } from './secretNames.ts';

/** What the log shows instead of a secret. */
export const REDACTED = '[redacted]';
/** What almost every entry holds, and never a secret: a UUID, a time (RFC 3339), an IPv4 address. */
const ORDINARY =
  /^(?:[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z|\d{1,3}(?:\.\d{1,3}){3})$/;
/** Between a name and its value. */
const SEPARATES = /[:=%]/;
/** Characters of a logged user agent. */
const MAX_USER_AGENT = 200;
/** Characters of a name that a client chose, in a problem. */
const MAX_NAME = 64;
/** Words that follow a scheme in prose or in a challenge (`Bearer realm=…`) and are no credentials. */
const PROSE =
  /^(?:access|algs=?|and|auth|authentication|authorization|error=?|header|is|or|plan|realm=?|scheme|tier|tokens?|was)$/i;

/**
 * The patterns of secrets in strings. Each runs in linear time, because a client chooses the length of what is logged: it
 * begins where none of its characters precedes it, or has bounded repetitions.
 */
const SECRET_PATTERNS = {
  /** Credentials after their scheme (RFC 9110, section 11.4), in any case, also percent-encoded. */
  scheme:
    /(?:\b|(?<=%(?:25)?[\da-f]{2}))(bearer|dpop|basic|api-?key|negotiate|ntlm)((?:[ \t:="+]|%(?:25)?(?:20|3a)|\\){1,8})([\w.~/-][\w.~+/=%-]{0,8191})/gi,
  /** User and password in the address of a server (RFC 3986, section 3.2.1). */
  userinfo: /:\/\/[^\s/@]+@/g,
  /** A name with its value: in a header, a form, a query, JSON, also inside another string, once or twice percent-encoded. */
  named:
    /(?:(?<![\w.-])|(?<=%(?:25)?[\da-f]{2}))([A-Za-z_][\w.-]{0,127})((?:["'\\]|%(?:25)?(?:22|5c)){0,4}[ \t]{0,2}(?:=>|=|:|%(?:25)?3[da])[ \t]{0,2})((?:["'\\]|%(?:25)?(?:22|5c)){0,4})/gi,
  /** The first line of a PEM block (RFC 7468). */
  pem: /-----BEGIN(?:[ +]|%(?:25)?20)/g,
  /** Characters of a token (RFC 6750, section 2.1): of a JWT (RFC 7519), and of keys with a known beginning. */
  run: /[\w.~+/=%-]{16,}/g,
} as const;
/** A JWT, whole or cut, begins with `{"` in base64url, and has at least one more part. */
const JWT_START = 'eyJ';
const NEXT_PART = /\.|%2e/i;
const SHORTEST_PART = 7;
/** AWS access keys (IAM User Guide, "unique identifiers"), and the prefixes by which services let secrets be found. */
const KNOWN_KEYS =
  /(?:^|[^A-Za-z\d])(?:(?:AKIA|ASIA)[A-Z2-7\d]{16}|gh[opsur]_\w{20}|github_pat_|glpat-|xox[a-z]-|[rs]k_(?:live|test)_|npm_\w{20}|AIza|ya29\.|whsec_)/;
/** Keys of our clients, and keys as hexadecimal: 64 digits, alone in their run. */
const HEX_KEY = /(?:^|[^\da-z])(?<!asset\.)[\da-f]{64}(?:$|[^\da-z])/i;
/** Where the value of a name ends that has no quotes. A header's value has spaces; that of a parameter has none. */
const VALUE_END = /["'&;,\s)}\]\\]|%(?:25)?(?:22|26)|$/gi;
const HEADER_END = /["'\r\n}\]]|\\[nr"']|$/g;

/**
 * The replacer for a logger's JSON (`jsonReplacerFn` of Powertools): hides the values of secret names and private keys, and in
 * any string (a message, a stack, a name of a member, JSON in a string) credentials after their scheme, JWTs, keys, PEM
 * blocks, values of secret names, and payment card numbers. Bytes are shown as their number.
 */
export function redact(name: string, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  const secrecy = secrecyOf(name);
  const isCount = typeof value === 'number' || typeof value === 'boolean';
  if (secrecy === 'secret' || (secrecy === 'list' && !isCount)) return REDACTED;
  if (typeof value === 'string') return redactString(value);
  if (typeof value === 'number' || typeof value === 'bigint') {
    const digits = String(value);
    return hideCards(digits, REDACTED) === digits ? value : REDACTED;
  }
  return typeof value === 'object' ? redactObject(value) : value;
}

/** Strings without a secret, which repeat in every entry: names of members, messages, routes, user agents. */
const plain = new Set<string>();
const MAX_PLAIN = 1_000;

/** Hides the secrets in a string. */
export function redactString(text: string): string {
  if (text.length < 6 || plain.has(text) || ORDINARY.test(text)) return text;
  const named = SEPARATES.test(text) ? hideNamed(hidePem(text)) : hidePem(text);
  const addressed = named.includes('@') ? named.replaceAll(SECRET_PATTERNS.userinfo, `://${REDACTED}@`) : named;
  const credentials = addressed
    .replaceAll(SECRET_PATTERNS.scheme, hideCredentials)
    .replaceAll(SECRET_PATTERNS.run, hideRun);
  const hidden = hideCards(credentials, REDACTED);
  if (hidden === text && text.length <= MAX_USER_AGENT) {
    if (plain.size >= MAX_PLAIN) plain.clear();
    plain.add(text);
  }
  return hidden;
}

/** A `User-Agent` for a log: without secrets, then shortened, so that no part of a secret remains at the cut. */
export function loggedUserAgent(headers: Readonly<Record<string, string | undefined>> | null | undefined) {
  const agent = headers?.['User-Agent'] ?? headers?.['user-agent'];
  return agent === undefined ? undefined : redactString(agent).slice(0, MAX_USER_AGENT);
}

/** A name that a client chose, for a problem: problems are forwarded and logged by others. Redacted before it is cut, too. */
export function shownName(name: string): string {
  return redactString(name).slice(0, MAX_NAME);
}

function hideCredentials(whole: string, scheme: string, separator: string, credentials: string): string {
  const isWord = /^[a-z]{1,20}[.,]?$/.test(credentials) && !/^(?:bearer|dpop)$/i.test(scheme);
  return isWord || PROSE.test(credentials) ? whole : `${scheme}${separator}${REDACTED}`;
}

function hideRun(run: string): string {
  const jwt = run.indexOf(JWT_START);
  if (jwt >= 0 && NEXT_PART.test(run.slice(jwt + SHORTEST_PART))) return `${run.slice(0, jwt)}${REDACTED}`;
  const decoded = run.includes('%') ? run.replaceAll(/%(?:25)?([\da-f]{2})/gi, decodedCharacter) : run;
  return KNOWN_KEYS.test(decoded) || HEX_KEY.test(decoded) || isRandom(decoded) ? REDACTED : run;
}

function decodedCharacter(_escape: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

/**
 * At least 40 characters (an AWS secret access key, the shortest of our keys) of lower case, upper case and digits that
 * alternate as in a random string: in such a string 62% of the neighbours differ in kind, in a name of words about 30%.
 */
function isRandom(run: string): boolean {
  const found = /[A-Za-z\d+/]{40,}/.exec(run)?.[0];
  if (found === undefined || !(/[a-z]/.test(found) && /[A-Z]/.test(found) && /\d/.test(found))) return false;
  const kinds = found.slice(0, 512).replaceAll(/[a-z]/g, 'a').replaceAll(/[A-Z]/g, 'A').replaceAll(/\d/g, '0');
  const changes = [...kinds].filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
  return changes / kinds.length >= (kinds.length === 40 ? 0.35 : 0.45);
}

/** From the first line of a PEM block (RFC 7468) to its last, or to the end of a string that was cut. */
function hidePem(text: string): string {
  let hidden = '';
  let position = 0;
  for (const { index: start } of text.matchAll(SECRET_PATTERNS.pem)) {
    if (start < position) continue;
    hidden += text.slice(position, start) + REDACTED;
    const end = text.indexOf('-----END', start);
    const dashes = end < 0 ? -1 : text.indexOf('-----', end + 8);
    if (dashes < 0) return hidden;
    position = dashes + 5;
  }
  return hidden + text.slice(position);
}

/** Hides the values of secret names, each from its separator to where it ends. */
function hideNamed(text: string): string {
  let hidden = '';
  let position = 0;
  for (const match of text.matchAll(SECRET_PATTERNS.named)) {
    const [whole, name = '', separator = '', quotes = ''] = match;
    const valueAt = match.index + whole.length;
    // Redacted before, perhaps by another function: it stays as it is.
    const start = text.startsWith(REDACTED, valueAt) ? valueAt + REDACTED.length : valueAt;
    if (match.index < position || valueAt >= text.length || !isSecretAt(text, match.index, name)) continue;
    const end = endOfValue(text, start, { quotes, isHeader: /authorization|cookie/i.test(name), separator });
    if (end === valueAt || PROSE.test(text.slice(start, end))) continue;
    hidden += text.slice(position, valueAt) + REDACTED;
    position = end;
  }
  return hidden + text.slice(position);
}

/** A name can be two words (`API key: …`), and a parameter of a query or a form has its own names. */
function isSecretAt(text: string, at: number, name: string): boolean {
  const before = text.slice(Math.max(0, at - 20), at);
  // In the ARN of a secret, its name follows the word: `arn:aws:secretsmanager:eu-west-1:123456789012:secret:name`.
  if (name === 'secret' && /:\d{12}:$/.test(before)) return false;
  const isParameter = /[?&#]$/.test(before);
  if (isParameter ? isSecretParameter(name) : secrecyOf(name) !== 'plain') return true;
  const previous = /([A-Za-z]{1,16}) $/.exec(before)?.[1];
  return previous !== undefined && secrecyOf(`${previous} ${name}`) === 'secret';
}

interface ValueKind {
  readonly quotes: string;
  readonly isHeader: boolean;
  readonly separator: string;
}

function endOfValue(text: string, start: number, { quotes, isHeader, separator }: ValueKind): number {
  // Inside another string its quote is escaped as often as the opening one.
  if (quotes !== '' && !quotes.includes('%')) return closing(text, start, quotes);
  if (/[[{]/.test(text.charAt(start))) return bracketEnd(text, start);
  const end = isHeader && separator.includes(':') ? HEADER_END : VALUE_END;
  end.lastIndex = start;
  return end.exec(text)?.index ?? text.length;
}

/** After the bracket that closes a list or an object; the end of the text if none does. */
function bracketEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** The next quote like the opening one that has no more backslashes before it. */
function closing(text: string, start: number, quotes: string): number {
  const quote = quotes.at(-1) ?? '"';
  const escapes = quotes.length - 1;
  for (let at = text.indexOf(quote, start); at >= 0; at = text.indexOf(quote, at + 1)) {
    let slashes = 0;
    while (at - slashes - 1 >= start && text[at - slashes - 1] === '\\') slashes += 1;
    if (slashes <= escapes) return at - slashes;
  }
  return text.length;
}

/** Objects that change are copied once, so that a logger still finds cycles. */
const copies = new WeakMap<object, unknown>();

function redactObject(value: object): unknown {
  const copied = copies.get(value);
  if (copied !== undefined) return copied;
  const bytes = bytesOf(value);
  if (bytes !== undefined) return `[${bytes} bytes]`;
  if (value instanceof Error || Array.isArray(value)) return value;
  // The private part of a JWK (RFC 7517, section 9.2).
  if ('kty' in value && ('d' in value || 'k' in value)) return REDACTED;
  const names = Object.keys(value);
  if (names.every((name) => redactString(name) === name)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, member]) => [redactString(name), member]));
  copies.set(value, copy);
  return copy;
}

/** A Buffer has become an object with its type by the time that a replacer sees it. */
function bytesOf(value: object): number | undefined {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  const { type, data } = value as { readonly type?: unknown; readonly data?: unknown };
  return type === 'Buffer' && Array.isArray(data) ? data.length : undefined;
}
