import { LEAST_CARD } from './canHoldCard.ts';
import { textCutter } from './cutText.ts';
import { nameTest } from './nameTest.ts';
import { isKnownPlain, keepPlain } from './plainStrings.ts';
import { canNameSecret, isOrdinary, isPlain, isPlainList } from './plainText.ts';
import { loadSecretSearch } from './secretSearchOnDemand.ts';

/** Characters of a logged user agent. */
const MAX_USER_AGENT = 200;
/** Characters of a name that a client chose, in a problem. */
const MAX_NAME = 64;

/** Hides the secrets in a string. JSON stays JSON. */
export function redactString(text: string): string {
  if (isKnownPlain(text) || isOrdinary(text)) return text;
  const hidden = isPlain(text) ? text : loadSecretSearch().searchString(text);
  if (hidden === text) keepPlain(text);
  return hidden;
}

const isSearched = nameTest(canNameSecret);

/** Hides the secrets in a value of any kind, as `redact` of `secretSearch.ts`. Counts, such as the times of calls, do not load it. */
export function redactValue(name: string, value: unknown): unknown {
  return isCount(name, value) ? value : loadSecretSearch().redact(name, value);
}

/** Whether a member is a number that is no card's, or an object of such, with names that are no secret's. */
function isCount(name: string, value: unknown): boolean {
  if (isSearched(name)) return false;
  if (typeof value === 'number') return value < LEAST_CARD;
  if (Object.getPrototypeOf(value ?? '') !== Object.prototype) return false;
  return Object.entries(value as object).every(
    ([key, member]) => typeof member === 'number' && isOrdinary(key) && isCount(key, member),
  );
}

/** As {@link redactValue}, which it needs only for what is not plain. */
export function redactMember(name: string, value: unknown): unknown {
  if (isSearched(name)) return redactValue(name, value);
  if (typeof value === 'string') return redactString(value);
  if (value === null || typeof value === 'boolean' || (typeof value === 'number' && value < LEAST_CARD)) return value;
  if (Array.isArray(value) && isPlainList(value)) return value;
  return redactValue(name, value);
}

/** Hides the secrets in a string, then cuts it. The search is loaded only for a string that is not plain, as in {@link redactString}. */
export const redactedAndCut = /* @__PURE__ */ textCutter(redactString, (text, shown) =>
  loadSecretSearch().hideSecrets(text, shown),
);

/** A `User-Agent` for a log. */
export function loggedUserAgent(headers: Readonly<Record<string, string | undefined>> | null | undefined) {
  const agent = headers?.['User-Agent'] ?? headers?.['user-agent'];
  return agent === undefined ? undefined : redactedAndCut(agent, MAX_USER_AGENT);
}

/** A name that a client or an issuer chose: problems are forwarded and logged by others. */
export function shownName(name: string): string {
  return redactedAndCut(name, MAX_NAME);
}
