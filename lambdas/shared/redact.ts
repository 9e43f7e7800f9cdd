import { canNameSecret, isOrdinary, isPlain, isPlainList } from './plainText.ts';
import { search } from './search.ts';

/** Characters that are read after a cut, so that a secret is recognized that the cut goes through. */
const BEYOND_CUT = 4_096;
/** Characters of a logged user agent. */
const MAX_USER_AGENT = 200;
/** Characters of a name that a client chose, in a problem. */
const MAX_NAME = 64;
/** The least number that has the digits of a card. */
const LEAST_CARD = 1e12;

/** Strings without a secret that repeat in every entry, such as messages, routes and user agents: each is examined once. */
const plain = new Set<string>();
const MAX_PLAIN = 1_000;

/** Hides the secrets in a string. JSON stays JSON. */
export function redactString(text: string): string {
  if (plain.has(text) || isOrdinary(text)) return text;
  const hidden = isPlain(text) ? text : search().redactString(text);
  if (hidden === text && text.length <= MAX_USER_AGENT) {
    if (plain.size >= MAX_PLAIN) plain.clear();
    plain.add(text);
  }
  return hidden;
}

/** Names are those of code, and few. */
const names = new Map<string, boolean>();

/** As `redact` of `secretSearch.ts`. */
export function redactMember(name: string, value: unknown): unknown {
  let isSearched = names.get(name);
  if (isSearched === undefined) {
    isSearched = canNameSecret(name);
    if (names.size >= MAX_PLAIN) names.clear();
    names.set(name, isSearched);
  }
  if (isSearched) return search().redact(name, value);
  if (typeof value === 'string') return redactString(value);
  if (typeof value === 'number' && value < LEAST_CARD) return value;
  if (Array.isArray(value) && isPlainList(value)) return value;
  return search().redact(name, value);
}

/**
 * Hides the secrets in a string, then cuts it, so that no part of a secret remains at the cut. The time does not depend on the length
 * of the string.
 *
 * @param mark follows what is cut.
 */
export function redactedAndCut(text: string, characters: number, mark = ''): string {
  const isRead = text.length <= characters + BEYOND_CUT;
  const hidden = isRead ? redactString(text) : search().hideSecrets(text.slice(0, characters + BEYOND_CUT), characters);
  return isRead && hidden.length <= characters ? hidden : hidden.slice(0, characters) + mark;
}

/** A `User-Agent` for a log. */
export function loggedUserAgent(headers: Readonly<Record<string, string | undefined>> | null | undefined) {
  const agent = headers?.['User-Agent'] ?? headers?.['user-agent'];
  return agent === undefined ? undefined : redactedAndCut(agent, MAX_USER_AGENT);
}

/** A name that a client or an issuer chose: problems are forwarded and logged by others. */
export function shownName(name: string): string {
  return redactedAndCut(name, MAX_NAME);
}
