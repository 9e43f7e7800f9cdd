import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { canNameSecret, isPlain, isPlainList } from '../../lambdas/shared/plainText.ts';
import { redactMember, redactString, redactValue } from '../../lambdas/shared/redact.ts';
import { KNOWN_BEGINNINGS } from '../../lambdas/shared/secretFormats.ts';
import { secrecyOf } from '../../lambdas/shared/secretNames.ts';
import { secretSearch } from '../../lambdas/shared/secretSearch.ts';
import { loadSecretSearch } from '../../lambdas/shared/secretSearchOnDemand.ts';
import { CARD_AMONG_NEIGHBOURS } from '../support/plantedSecrets.ts';

// Calls of the real one are counted.
vi.mock(import('../../lambdas/shared/secretSearchOnDemand.ts'), { spy: true });

const options = { numRuns: 20_000, seed: 22 };
const stringOf = (unit: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...unit), minLength, maxLength });
/** What the search looks for, and what is between such words. */
const WORDS =
  `key token secret password passwd passphrase passcode pwd pin otp cvv cvc code credential credentials cookie authorization auth
  bearer dpop basic negotiate ntlm api apikey api-key is was of to set changed with has had the value name id type path kty d k q p kid session sig
  signature card number answer response string verifier pan ssn jwt sk-proj-a ghp_ glpat-x xoxb-1 AKIA pypi- dp.st.a sl.a key-1 dapi eyJ eyAi ew0K
  BEGIN glpat- glsoat- sk-ant- sk- tskey- tvly- plx- pul- nvapi- xoxb- xapp- xai- xkeysib- customer orders api -p --token -u --user -H rv rv: http:// // services/T012345/B012345/ webhooks/1 Go-http-client python-requests/2.31 Mozilla/5.0 Chrome/142.0.0.0
  like Gecko GET POST /documents/{id} /auth/login read:documents documents:read hunter2 correct horse 4111 1111 12345678 abcdef auth0|`
    .split(/\s+/)
    .filter((word) => word !== '');
const BETWEEN = [
  '',
  ' ',
  ' ',
  ' ',
  '  ',
  '/',
  '.',
  '-',
  '_',
  ':',
  ';',
  ',',
  ', ',
  '; ',
  '(',
  ') ',
  '{',
  '}',
  '|',
  '@',
  '=',
  '+',
  '\t',
];
/** Keys by which services let their secrets be found, also those that happen to have no digit, and beginnings of a JWT. */
const KEY = fc
  .oneof(
    ...Object.entries(KNOWN_BEGINNINGS).map(([first, others]) =>
      fc.stringMatching(new RegExp(`^${first}(?:${others})$`)),
    ),
  )
  .chain((key) => fc.constantFrom(key, key.replaceAll(/\d/g, 'a'), 'eyJhbGciOi', 'ewogImFsZyI'));
const PIECE = fc.oneof(
  { weight: 2, arbitrary: KEY },
  { weight: 1, arbitrary: KEY.map((key) => `${key}/1.20261130`) },
  { weight: 6, arbitrary: fc.constantFrom(...WORDS) },
  stringOf('abcdefghij', 1, 24),
  stringOf('0123456789', 1, 16),
  stringOf('0123456789abcdef', 1, 40),
  stringOf('abcXYZ019_-./', 1, 20),
  fc.uuid(),
);
const WRITTEN = fc
  .array(fc.tuple(PIECE, fc.constantFrom(...BETWEEN)), { minLength: 1, maxLength: 10 })
  .map((parts) => parts.flat().join(''));
const ANY = fc.oneof(
  { weight: 8, arbitrary: WRITTEN },
  stringOf('aZ09 ./(){};,:-_@|+', 1, 60),
  fc.string({ unit: 'binary', maxLength: 40 }),
  CARD_AMONG_NEIGHBOURS.map(({ text }) => text),
);

describe('a string that is plain by its form', () => {
  it('is one that the search for secrets leaves as it is', () => {
    let plain = 0;
    fc.assert(
      fc.property(ANY, (text) => {
        if (!isPlain(text)) return;
        plain += 1;
        expect(secretSearch.searchString(text)).toBe(text);
      }),
      options,
    );
    expect(plain).toBeGreaterThan(options.numRuns / 20);
  });

  it('has no name of a secret, where it is in a list before another one', () => {
    let plain = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...WORDS), WRITTEN), { minLength: 1, maxLength: 4 }), (list) => {
        if (!isPlainList(list)) return;
        plain += 1;
        expect(JSON.stringify({ list }, secretSearch.redact)).toBe(JSON.stringify({ list }));
      }),
      options,
    );
    expect(plain).toBeGreaterThan(options.numRuns / 20);
  });

  it('is found in less than 5 ms, also where it repeats a part up to the longest strings that are examined', () => {
    const repeated = (part: string) => `${part.repeat(Math.floor(255 / part.length))}!`;
    for (const part of ['a ', 'a/', '/a', 'a-', 'a:', '.', 'ab1 ', '(', 'read:']) {
      const began = performance.now();
      for (let i = 0; i < 100; i += 1) isPlain(repeated(part));
      expect(performance.now() - began).toBeLessThan(500);
    }
  });

  it.each([
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0',
    'python-requests/2.31.0',
    'Go-http-client/2.0',
    'Apache-HttpClient/4.5.13',
    'PostmanRuntime/7.39.0',
    'POST /documents/{id}',
    'authorizer decision',
    'read:documents',
    'curl/8.5.0',
    'customer-orders-service',
    'service_undefined',
    'auth0|5f7c8ec7c33c6c004bbafe82',
    'jane.doe@example.com',
    '1h57kf5cpq17m0eml12EXAMPLE'.toLowerCase(),
  ])('is %s, so that a first response does not load the search', (text) => {
    expect(isPlain(text)).toBe(true);
  });
});

describe('an object of numbers', () => {
  it('is shown without a search only as the search shows it', () => {
    let unsearched = 0;
    const names = fc.oneof({ weight: 3, arbitrary: stringOf('abcdeno', 1, 8) }, fc.constantFrom(...WORDS), WRITTEN);
    const numbers = fc.oneof(
      fc.nat(30_000),
      fc.double(),
      fc.constantFrom(4_111_111_111_111_111, 4_111_111_111_111_111_000),
    );
    fc.assert(
      fc.property(names, fc.dictionary(names, numbers, { minKeys: 1, maxKeys: 3 }), (name, counts) => {
        vi.mocked(loadSecretSearch).mockClear();
        redactValue(name, counts);
        if (vi.mocked(loadSecretSearch).mock.calls.length === 0) unsearched += 1;
        const entry = { [name]: counts };
        expect(JSON.stringify(entry, redactValue)).toBe(JSON.stringify(entry, secretSearch.redact));
      }),
      options,
    );
    expect(unsearched).toBeGreaterThan(options.numRuns / 20);
  });
});

describe('a name that can be no secret', () => {
  it('is none in any spelling', () => {
    let plain = 0;
    const spelled = (word: string) =>
      fc.constantFrom(
        word,
        word.toUpperCase(),
        word.replace(/^./, (first) => first.toUpperCase()),
      );
    const word = fc.constantFrom(...WORDS, 'client', 'span', 'request', 'id', '2', 'value').chain(spelled);
    const name = fc.array(fc.tuple(word, fc.constantFrom('', '_', '-', ' ', '.', '2', '\u212a')), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(name, (parts) => {
        const text = parts.flat().join('');
        if (canNameSecret(text)) return;
        plain += 1;
        expect(secrecyOf(text)).toBe('plain');
      }),
      options,
    );
    expect(plain).toBeGreaterThan(options.numRuns / 20);
  });

  it.each(['spanId', 'traceId', 'requestId', 'sampling_rate', 'code', 'userAgent', 'dependencies', 'justExpired'])(
    'is %s, which lines of the log have',
    (name) => expect(canNameSecret(name)).toBe(false),
  );
});

describe('a hostile request', () => {
  it.each([
    ['a token in its path', 'GET /documents/eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl'],
    ['a card number as its user agent', '4111 1111 1111 1111'],
    ['a card number in its user agent', 'curl/8.5.0 (4111-1111-1111-1111)'],
    ['a password as a word', 'password hunter2!'],
    ['a password in a query', '/login?password=hunter2'],
    ['an option of a command', 'curl -u user:hunter2abc'],
    ['a scheme and credentials', 'Bearer abcdef'],
    ['a key of a service', 'sk-proj-abcdefghijklmnopqr'],
    ['an access key as if it were a product', 'AKIAABCDEFGHIJKLMNOP/1'],
    ['an access key and a date', 'GET AKIAABCDEFGHIJKLMNOP/20261130'],
    ['a part of a JWT as if it were a product', 'eyJabcdefghij/1.2345'],
    ['a scheme and a credential as if they were mail', 'bearer+hunter2@a.b'],
  ])('with %s is logged as the search shows it', (_, text) => {
    expect(redactString(text)).toBe(secretSearch.searchString(text));
    expect(redactString(text)).not.toBe(text);
    expect(redactMember('userAgent', text)).toBe(secretSearch.searchString(text));
  });
});
