/** Secrets by one word; a name that ends with it is secret also where its words are written without separators. */
const LONG_WORDS = [
  'accesskey',
  'accesstoken',
  'apikey',
  'authtoken',
  'clientkey',
  'cookie',
  'credential',
  'credentials',
  'encryptionkey',
  'passcode',
  'passphrase',
  'passwd',
  'password',
  'passwordhash',
  'privatekey',
  'secret',
  'secretkey',
  'sessionkey',
  'signingkey',
  'token',
];
/** Too short to look for them inside a word: `shipping` ends with `ping`, and `span` with `pan`. */
const SHORT_WORDS =
  'assertion auth authorization bearer cvc cvn cvv dpop jwe jws jwt otp pan pass pin psw pw pwd sig signature ssn totp verifier';
/** `key`, `code`, `number` and `string` are secret only after one of these words. */
const PHRASES: Readonly<Record<string, string>> = {
  key: 'access account admin aes api app auth client deploy encryption hmac license master pgp private rsa secret server service session shared signing ssh storage subscription symmetric webhook wrapping',
  code: 'activation auth authorization backup card device invite login mfa otp pin recovery reset secret security user verification',
  number: 'card',
  string: 'connection',
};
/** Words after a secret that leave it one: `passwordConfirmation`, `tokenValue`. */
const SUFFIXES =
  'again base64 b64 confirm confirmation encoded header hex json new old pem plain plaintext raw repeat string text value';
/** Parameters of a query string that hold a secret, though their names elsewhere do not. */
const PARAMETERS = 'code key session sid ticket';

const LONG = new RegExp(`(?:${LONG_WORDS.join('|')})$`);
const SHORT = new Set(SHORT_WORDS.split(' '));
const AFTER = new Map(Object.entries(PHRASES).map(([last, words]) => [last, new Set(words.split(' '))]));
const SUFFIX = new Set(SUFFIXES.split(' '));
const PARAMETER = new Set(PARAMETERS.split(' '));
/** A longer name is not one that a program uses. */
const MAX_NAME = 128;
/** Names repeat in every entry, so each is decided once. */
const MAX_CACHED = 1_000;
const cache = new Map<string, Secrecy>();

/** `list`: the plural of a secret's name, which can also count them (`tokens: 7`). */
export type Secrecy = 'secret' | 'list' | 'plain';

/** Decides by the words of a name, in any spelling, whether its value is a secret; `secretName` or `keyId` are not. */
export function secrecyOf(name: string): Secrecy {
  if (name.length > MAX_NAME) return 'plain';
  const cached = cache.get(name);
  if (cached !== undefined) return cached;
  const secrecy = decide(wordsOf(name));
  if (cache.size < MAX_CACHED) cache.set(name, secrecy);
  return secrecy;
}

/** Whether a parameter of a query string or a form holds a secret. */
export function isSecretParameter(name: string): boolean {
  return PARAMETER.has(name.toLowerCase()) || secrecyOf(name) === 'secret';
}

function decide(all: readonly string[]): Secrecy {
  const end = all.findLastIndex((word) => !SUFFIX.has(word) && !/^\d+$/.test(word)) + 1;
  const words = all.slice(0, end).map((word) => word.replace(/\d+$/, ''));
  if (isSecret(words) || isSecret(all)) return 'secret';
  const last = words.at(-1) ?? '';
  const singular = last.endsWith('s') ? [...words.slice(0, -1), last.slice(0, -1)] : words;
  return singular !== words && isSecret(singular) ? 'list' : 'plain';
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
