/** Secrets by one word; a name that ends with it is secret also where its words are written without separators. */
const LONG_WORDS = [
  'accesskey',
  'accesstoken',
  'apikey',
  'authtoken',
  'cardnumber',
  'clientkey',
  'cookie',
  'creds',
  'credential',
  'credentials',
  'encryptionkey',
  'jsessionid',
  'passcode',
  'passphrase',
  'passwd',
  'password',
  'passwordhash',
  'phpsessid',
  'privatekey',
  'samlresponse',
  'secret',
  'secretkey',
  'secretkeybase',
  'sessionkey',
  'signingkey',
  'token',
];
/** Too short to look for them inside a word: `shipping` ends with `ping`, and `span` with `pan`. */
const SHORT_WORDS =
  'assertion auth authorization bearer cvc cvn cvv dpop jwe jws jwt otp pan pass pin psw pw pwd sig signature ssn totp verifier';
/** These are secret only after one of their words. */
const PHRASES: Readonly<Record<string, string>> = {
  key: 'access account admin aes api app auth client deploy encryption hmac license master pgp private rsa secret server service session shared signing ssh storage subscription symmetric webhook wrapping',
  answer: 'secret security',
  code: '2fa activation auth authorization backup card device invite login mfa otp pin recovery reset secret security sms tfa user validation verification',
  number: 'card',
  response: 'saml',
  string: 'connection',
};
/** Words after a secret that leave it one: `passwordConfirmation`, `tokenValue`. */
const SUFFIXES =
  'again base64 b64 confirm confirmation encoded header hex json new old pem plain plaintext raw repeat string text value';
/** Parameters of a query string that hold a secret, though their names elsewhere do not. */
const PARAMETERS = 'code key session sid ticket';
/**
 * Words that describe a secret, and so are none (`API key: rejected`, `the bearer token is missing`): articles and the like,
 * things that have the names of schemes, states.
 */
const PROSE = [
  'a after all already also an and any are as at be because been before but by can cannot could did do does every for from',
  'had has have if in into is it its must no none not of off on only or other should so than that the their then there these',
  'this to too under until was were when where which while will with without would yet your',
  'access audience auth authentication authorization basic bearer challenge claim client credentials dpop error example expiry field',
  'format header headers hours issuer key keys length milliseconds minutes name parameter plan proof proofs request response',
  'scheme scope seconds server signature string tier time token tokens type user value values version',
  'absent accepted active allowed anonymous bad bound cached changed character characters contain checked closed compared configured created',
  'declared deleted denied different disabled empty enabled exceeded expected expired failed fetched fewer fit forbidden found given',
  'held ignored inactive include input incorrect invalid known late least limited loaded locked logged long lost malformed matched missing more most needed',
  'new null ok old omit omitted origin optional pending present provided read received redacted rejected removed replaced required restored',
  'retrieved returned same reused revoked rotated rotation sent set short signed stale stored supported suspended unchanged',
  'undefined unfit unknown unreachable unset unsigned unsupported unusable unverified updated used valid verified weak wrong',
].join(' ');

/** Names of members, columns and attributes whose values are a name, and those of the value that belongs to it. */
const NAME_NAMES =
  /^(?:attribute|dataPath|field|header|id|instancePath|k|key|kind|label|loc|n|name|path|pointer|param|parameter|property|scheme|setting|type|variable)$/i;
export const VALUE_NAMES = '[\\w.]{0,32}value|content|credentials|data|default|input|received|text|v|val|values';
const VALUE_NAME = new RegExp(`^(?:${VALUE_NAMES})$`, 'i');

const LONG = new RegExp(`(?:${LONG_WORDS.join('|')})$`);
const SHORT = new Set(SHORT_WORDS.split(' '));
const AFTER = new Map(Object.entries(PHRASES).map(([last, words]) => [last, new Set(words.split(' '))]));
const SUFFIX = new Set(SUFFIXES.split(' '));
const PARAMETER = new Set(PARAMETERS.split(' '));
const PROSE_WORDS = new Set(PROSE.split(' '));
/** A longer text is not compared word by word. */
const MAX_PROSE = 200;
/** The end of a name decides. */
const MAX_NAME = 128;
/** Names repeat in every entry, and deciding on one takes a microsecond: each is decided once. */
const MAX_CACHED = 1_000;
const cache = new Map<string, Secrecy>();

/** `list`: the plural of a secret's name, which can also count them (`tokens: 7`). */
export type Secrecy = 'secret' | 'list' | 'plain';

/** Decides by the words of a name, in any spelling, whether its value is a secret; `secretName` or `keyId` are not. */
export function secrecyOf(name: string): Secrecy {
  if (name.length > MAX_NAME) return secrecyOf(name.slice(-MAX_NAME));
  const cached = cache.get(name);
  if (cached !== undefined) return cached;
  const secrecy = decide(wordsOf(name));
  // Clients write names, too, and theirs must not displace the others for good.
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(name, secrecy);
  return secrecy;
}

/** Whether a member holds a name: `{ name: 'password', value: 'x' }`. */
export function isNameOfName(name: string): boolean {
  return NAME_NAMES.test(name);
}

/** Whether a member holds the value of a name in another member. */
export function isValueOfName(name: string): boolean {
  return VALUE_NAME.test(name);
}

/** Whether a parameter of a query string or a form holds a secret. */
export function isSecretParameter(name: string): boolean {
  return PARAMETER.has(name.toLowerCase()) || secrecyOf(name) === 'secret';
}

/** Whether a text consists of words that describe a secret; small numbers can follow (`too short, at least 8 characters`). */
export function isProse(text: string): boolean {
  if (text.length > MAX_PROSE) return false;
  const words = text.toLowerCase().match(/[^\s.,;:!?()"'`-]+/g) ?? [];
  return PROSE_WORDS.has(words[0] ?? '') && words.every((word) => PROSE_WORDS.has(word) || /^\d{1,3}$/.test(word));
}

function decide(all: readonly string[]): Secrecy {
  const end = all.findLastIndex((word) => !SUFFIX.has(word) && !/^\d+$/.test(word)) + 1;
  const words = all.slice(0, end).map((word) => word.replace(/\d+$/, ''));
  if (isSecret(words) || isSecret(all)) return 'secret';
  const last = words.at(-1) ?? '';
  const singular = last.endsWith('s') ? [...words.slice(0, -1), last.slice(0, -1)] : words;
  if (singular === words || !isSecret(singular)) return 'plain';
  // Nobody counts PINs, and `pins: 1234` can be one.
  return SHORT.has(singular.at(-1) ?? '') ? 'secret' : 'list';
}

function isSecret(words: readonly string[]): boolean {
  const [previous = '', last = ''] = ['', ...words].slice(-2);
  if (SHORT.has(last) || AFTER.get(last)?.has(previous) === true) return true;
  return LONG.test(words.slice(-2).join(''));
}

/** `clientSecret`, `client_secret`, `CLIENT-SECRET` and `APIKey2` in words. */
function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
}
