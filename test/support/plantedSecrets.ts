import fc from 'fast-check';

/** A secret as a client or a handler writes it, and the parts of it that no output may hold. */
export interface PlantedSecret {
  readonly kind: string;
  readonly text: string;
  readonly hidden: readonly string[];
}

const stringOf = (characters: string, minLength: number, maxLength = minLength) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
/** Characters of a bearer token (RFC 6750), without those that an encoding writes in another way. */
const TOKEN = `${LETTERS}${DIGITS}-_`;
const HEX = '0123456789abcdef';

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const checkDigit = (digits: string) => {
  const sum = [...digits].toReversed().reduce((total, digit, index) => {
    const value = index % 2 === 0 ? Number(digit) * 2 : Number(digit);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return (10 - (sum % 10)) % 10;
};

/** Card numbers of 16 and 15 digits, in groups. */
const CARD = fc
  .tuple(fc.constantFrom('4', '51', '2221', '6011', '37'), stringOf(DIGITS, 15), fc.constantFrom('', ' ', '-'))
  .map(([issuer, random, separator]) => {
    const start = `${issuer}${random}`.slice(0, issuer === '37' ? 14 : 15);
    const groups = issuer === '37' ? /(\d{4})(\d{6})(\d{5})/ : /(\d{4})(\d{4})(\d{4})(\d{4})/;
    return (groups.exec(`${start}${checkDigit(start)}`) ?? []).slice(1).join(separator);
  });
/** What can stand before and after a card number: letters, digits that it is separated from, its expiry and code, any mark. */
const BEFORE_CARD = fc.constantFrom(
  '',
  'x',
  'EUR',
  'card',
  'card:',
  'No.',
  '#',
  '(',
  '=',
  '_',
  '.',
  '-',
  '12/27 ',
  '99, ',
  'deadbeef',
);
const AFTER_CARD = fc.constantFrom(
  '',
  'x',
  'EUR',
  ' EUR',
  'a',
  'ff',
  ')',
  ',',
  '.',
  '_',
  '/',
  '.50',
  ' 01/27',
  ' 123',
  '|0127',
  '1227',
  '123',
);

/** A card number among any neighbours. */
export const CARD_AMONG_NEIGHBOURS: fc.Arbitrary<Omit<PlantedSecret, 'kind'>> = fc
  .tuple(BEFORE_CARD, CARD, AFTER_CARD)
  .map(([before, card, after]) => ({ text: `${before}${card}${after}`, hidden: [card] }));

/** Secrets by kind. Each has at least 14 random characters, so that none is in an output by chance. */
const KINDS: Readonly<Record<string, fc.Arbitrary<Omit<PlantedSecret, 'kind'>>>> = {
  JWT: fc.tuple(stringOf(TOKEN, 24), stringOf(TOKEN, 43, 342)).map(([sub, signature]) => {
    const payload = base64url({ sub });
    return { text: `${base64url({ alg: 'ES256' })}.${payload}.${signature}`, hidden: [payload, signature] };
  }),
  'opaque bearer token': fc
    .tuple(fc.constantFrom('Bearer', 'bearer', 'DPoP'), stringOf(TOKEN, 20, 60))
    .map(([scheme, token]) => ({ text: `${scheme} ${token}`, hidden: [token] })),
  'client key': stringOf(HEX, 64).map((key) => ({ text: key, hidden: [key] })),
  'AWS key': stringOf('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16).map((id) => ({ text: `AKIA${id}`, hidden: [id] })),
  'payment card': CARD_AMONG_NEIGHBOURS,
  'password by name': fc
    .tuple(fc.constantFrom('password=', 'pwd: ', 'client_secret=', 'secretKey=', 'apiKey: '), stringOf(TOKEN, 14, 40))
    .map(([name, value]) => ({ text: `${name}${value}`, hidden: [value] })),
  'private key': fc.tuple(stringOf(TOKEN, 64), stringOf(TOKEN, 20, 64)).map(([first, last]) => ({
    text: `-----BEGIN PRIVATE KEY-----\n${first}\n${last}\n-----END PRIVATE KEY-----`,
    hidden: [first, last],
  })),
};
export const SECRET_KINDS = Object.keys(KINDS).length;

/** Secrets of each kind, the same in every run of a test. */
export function secretsToPlant(sets: number): readonly PlantedSecret[] {
  const all = Object.entries(KINDS).map(([kind, secrets]) => secrets.map((secret) => ({ kind, ...secret })));
  return fc.sample(fc.tuple(...all), { numRuns: sets, seed: 20 }).flat();
}

/** Secrets that nothing shows to be one: where no name says it either, only leaving out the whole value hides them. */
export function wordsToPlant(count: number): readonly PlantedSecret[] {
  const words = stringOf(LETTERS.toLowerCase(), 18).map((text) => ({ kind: 'word', text, hidden: [text] }));
  return fc.sample(words, { numRuns: count, seed: 18 });
}

/** The parts of a secret that an output holds, also percent-encoded or in base64. */
export function partsIn(output: string, { hidden }: PlantedSecret): readonly string[] {
  const forms = (part: string) => [part, encodeURIComponent(part), Buffer.from(part).toString('base64')];
  return hidden.filter((part) => forms(part).some((form) => output.includes(form)));
}
