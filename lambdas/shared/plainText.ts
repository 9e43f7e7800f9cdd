import { canHoldCard } from './canHoldCard.ts';

/**
 * What almost every entry holds, and never a secret: twelve letters, digits, underscores, points and hyphens, which are less than a card number or a
 * key has and separate no name from a value; a UUID, a time (RFC 3339), an IPv4 address, a trace id of X-Ray or W3C, and a span id as
 * `spanIdOf` makes it, in which no card number fits.
 */
const ORDINARY =
  /^(?:[\w.-]{1,12}|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z|\d{1,3}(?:\.\d{1,3}){3}|(?:Root=)?1-[\da-f]{8}-[\da-f]{24}|[\da-f]{32}|[\da-f]{8}[a-f][\da-f]{7})$/;
const SHORTEST = 6;

/** Characters that begin no string, encode nothing, and, apart from the colon, stand between no name and its value. */
const CHARACTERS = /^(?!\{)[\w ./(){};,:-]+$/;
const RUNS = /[\w./:-]+/g;
/** Shorter than any key, without an option of a command. */
const SHORT_RUN = /^[\w./](?:[\w./]|(?<=\w)-){0,14}$/;
/** Products in user agents of browsers and of common clients. Any other word before a version can be the beginning of a key. */
const PRODUCTS = [
  'AppleWebKit|Chrome|CriOS|Edg|EdgA|EdgiOS|Firefox|FxiOS|Gecko|HeadlessChrome|Mobile|Mozilla|OPR|Safari|SamsungBrowser|Version',
  'Apache-HttpClient|Dart|Go-http-client|Java|PostmanRuntime|Python|Wget|aiohttp|axios|curl|k6|node|node-fetch|okhttp|python-httpx|python-requests',
].join('|');
/** The release of a browser, a product with its version, steps of a path, and an identifier. */
const KNOWN_RUN = new RegExp(
  `^(?:rv:\\d{1,3}\\.\\d|(?:${PRODUCTS})/\\d[\\d.]{0,10}|/?[a-z]{1,20}(?:/[a-z]{1,20})*/?|[a-z\\d]{1,32}|service_undefined)$`,
);
/** Words, as the name of a service has them, none of which begins a key of a known form. */
const NAME =
  /^(?!(?:[a-z]+-)*(?:gl[a-z]+|sk|key|tskey|tvly|pypi|plx|pul|nvapi|xox[a-z]|xapp|xai|xkeysib)-)[a-z]{1,20}(?:-[a-z]{1,20}){1,5}$/;
const LONGEST = 256;
/** A string of such characters is one word, which names nothing that follows. */
const ONE_WORD = /^[\w./-]+$/;
/** A short address of mail, without the `+` that can follow the scheme of a credential, and a subject of Auth0. */
const SUBJECT = /^(?:[\w.-]{1,15}@[\w.-]{1,15}|auth0\|[\da-f]{24})$/;
/** Two words, such as a scope. */
const PAIR = /^[a-z]{1,20}:[a-z]{1,20}$/;
/** Words that credentials or a secret can follow without another separator. */
const NAMES =
  /(?:key|token|secret|passw(?:or)?d|passphrase|passcode|pwd|pin|otp|cv[vc]|code|credentials?|cookie|authorization|auth|bearer|dpop|basic|negotiate|ntlm)[ ({,;]| value /i;

/** Parts of every name of a secret (`secretNames.ts`), whatever is between its words; some words are secret only after another one. */
const OF_SECRET_NAMES =
  /key|token|cookie|cred|pass|sess|secret|assert|auth|bearer|cv[cnv]|dpop|jw[est]|otp|pin|psw|pw|sig|ssn|verif|kty|..(?:answer|code|number|response|string)/i;
/** A word, and not the end of `span`. */
const PAN = /(?:(?<![a-z])p|P)[aA][nN]/;
const NO_LETTERS = /[^A-Za-z]+/g;
const ASCII = /^[ -~]*$/;

/** Whether a string needs no search. */
export function isOrdinary(text: string): boolean {
  return text.length < SHORTEST || ORDINARY.test(text);
}

/**
 * Whether the search for secrets leaves a string as it is, by its form alone: a route, a user agent, a short sentence, a subject. Most of what
 * entries hold is such, so most instances never load the search; it is false for many others that have no secret. A property test compares
 * both.
 */
export function isPlain(text: string): boolean {
  if (isOrdinary(text)) return true;
  if (text.length > LONGEST || canHoldCard(text)) return false;
  return isSentence(text) || SUBJECT.test(text) || (PAIR.test(text) && !canNameSecret(text));
}

function isSentence(text: string): boolean {
  if (!CHARACTERS.test(text)) return false;
  for (const [run] of text.matchAll(RUNS))
    if (!SHORT_RUN.test(run) && !KNOWN_RUN.test(run) && !NAME.test(run)) return false;
  return ONE_WORD.test(text) || !NAMES.test(text);
}

/** Whether a list has only strings that are shown as they are, none of which can be the name of the next one. */
export function isPlainList(list: readonly unknown[]): boolean {
  return list.every((item) => typeof item === 'string' && isPlain(item) && (list.length === 1 || !canNameSecret(item)));
}

/** Whether a name can be that of a secret: false for most names, and never for a secret's. */
export function canNameSecret(name: string): boolean {
  return !ASCII.test(name) || PAN.test(name) || OF_SECRET_NAMES.test(name.replaceAll(NO_LETTERS, ''));
}
