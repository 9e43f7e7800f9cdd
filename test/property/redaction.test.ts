import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardNumbers } from '../../lambdas/shared/cardNumbers.ts';
import { hideSecrets } from '../../lambdas/shared/hideSecrets.ts';
import { isOrdinary } from '../../lambdas/shared/plainText.ts';
import { redactedAndCut, redactString } from '../../lambdas/shared/redact.ts';
import { redact } from '../../lambdas/shared/secretSearch.ts';
import { CARD_AMONG_NEIGHBOURS, partsIn, secretsToPlant } from '../support/plantedSecrets.ts';

const RUNS = 1_000;
const options = { numRuns: RUNS, seed: 15 };
const pick = (values: string) => fc.constantFrom(...values.split(' '));
const stringOf = (unit: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...unit), minLength, maxLength });

const NAMES = pick(
  `password newPassword user_password PASSWORD pwd passphrase secret client_secret clientSecret SECRET-KEY apiKey x-api-key
  api_key accessToken access_token refresh-token token id_token authorization Proxy-Authorization privateKey signingKey cvv
  otp connectionString SAMLResponse code_verifier db.password spring.datasource.password PGPASSWORD password2 jwt
  passwordConfirmation $password very_long_${'x'.repeat(200)}_password`.replaceAll(/\s+/g, ' '),
);
/** How a name is written: alone, as a member, an option, a list, quoted, emphasized. */
const NAMED = fc.constantFrom<(name: string) => string>(
  (name) => name,
  (name) => `"${name}"`,
  (name) => `'${name}'`,
  (name) => `\`${name}\``,
  (name) => `**${name}**`,
  (name) => `[${name}]`,
  (name) => `${name}[]`,
  (name) => `${name}[0]`,
  (name) => `user[${name}]`,
  (name) => `params["${name}"]`,
  (name) => `a.b.${name}`,
  (name) => `--${name}`,
  (name) => `${name}?`,
);
const SPACE = fc.constantFrom('', '', ' ', '  ', '     ', '\t', '\n', '\r\n', '\u00a0', '\u3000', ' \n  ');
const SIGN = pick('= : => := == -> \uff1a \uff1d');
const SEPARATOR = fc.tuple(SPACE, SIGN, SPACE).map((parts) => parts.join(''));
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** What no output may hold: long enough not to be there by chance. */
const WORD = stringOf(LETTERS, 14, 40);
interface Written {
  readonly text: string;
  readonly hidden: readonly string[];
}
const quoted = (quote: string) =>
  fc
    .tuple(WORD, stringOf(` ,;:&=<>(){}[]|#@!$%/${quote === '"' ? "'" : '"'}`, 0, 4), WORD)
    .map(([first, marks, last]) => {
      return { text: `${quote}${first}${marks}${last}${quote}`, hidden: [first, last] };
    });
const VALUE: fc.Arbitrary<Written> = fc.oneof(
  WORD.map((text) => ({ text, hidden: [text] })),
  quoted('"'),
  quoted("'"),
  quoted('`'),
  fc.tuple(pick('12, 4] 7} -1.5e3] true, null, undefined, [a] {a} false}'), WORD).map(([literal, word]) => {
    return { text: `${literal}${word}`, hidden: [word] };
  }),
  fc.tuple(WORD, stringOf('@!$#*^~.-_/+', 1, 3), WORD).map(([first, marks, last]) => {
    return { text: `${first}${marks}${last}`, hidden: [first, last] };
  }),
);
const PAIR: fc.Arbitrary<Written> = fc.tuple(NAMES, NAMED, SEPARATOR, VALUE).map(([name, write, separator, value]) => {
  return { ...value, text: `${write(name)}${separator}${value.text}` };
});
/** Other ways in which a value belongs to a name, or credentials to a scheme. */
const OTHER: fc.Arbitrary<Written> = fc
  .tuple(
    WORD,
    NAMES,
    fc.constantFrom<(value: string, name: string) => string>(
      (value, name) => `<${name}>${value}</${name}>`.replaceAll('$', ''),
      (value, name) => `<a:${name} x="1">\n <b>${value}</b></a:${name}>`.replaceAll('$', ''),
      (value, name) => `<user id="1" ${name}='${value}'/>`,
      (value, name) => `<param name="${name}" value="${value}"/>`.replaceAll('$', ''),
      (value, name) => `<entry key="${name}">${value}</entry>`.replaceAll('$', ''),
      (value, name) => `{"name":"${name}","value":"${value}"}`.replaceAll('$', ''),
      (value, name) => `[{ 'Key': '${name}', 'Value': '${value}' }]`.replaceAll('$', ''),
      (value, name) => `["${name}","${value}"]`.replaceAll('$', ''),
      (value, name) => `[ 'host', 'a', '${name}', '${value}' ]`.replaceAll('$', ''),
      (value, name) => `- name: ${name}\n  value: ${value}`.replaceAll('$', ''),
      (value, name) => `name=${name}&type=x&value=${value}`.replaceAll('$', ''),
      (value, name) => `<key>${name}</key>\n<string>${value}</string>`.replaceAll('$', ''),
      (value, name) => `\u001b[31m${name}\u001b[0m: ${value}`,
      (value, name) => `${name} is: ${value}`,
      (value) => `| user | password | pass1${value} |`,
      (value) => `curl -u bob:${value}`,
      (value) => `Bearer, ${value}`,
      (value) => `-----begin private key-----\n${value}`,
      (value, name) => `["${name}: ${value}"]`,
      (value, name) => `form-data; name="${name}"\r\n\r\n${value}\r\n--b`.replaceAll('$', ''),
      (value, name) => `${name}: correct horse ${value}`,
      (value, name) => `${name}:\n  ${value}\n`,
      (value, name) => `${name}: |\n  first\n  ${value}\n`,
      (value, name) => `${name}: |2-\n  first\n\n  ${value}\n`,
      (value, name) => `X-${name}: t=1,v1=${value}`.replaceAll('$', ''),
      (value, name) => `{"value":"${value}","name":"${name}"}`.replaceAll('$', ''),
      (value, name) => `<input value="${value}" name="${name}">`.replaceAll('$', ''),
      (value, name) => `{"op":"add","path":"/user/${name}","value":"${value}"}`.replaceAll('$', ''),
      (value, name) => `{ path: [ 'user', '${name}' ], input: '${value}' }`.replaceAll('$', ''),
      (value, name) => `{"instancePath":"/${name}","params":{"limit":8},"data":"${value}"}`.replaceAll('$', ''),
      (value, name) => `"${name}" with value "${value}" fails`.replaceAll('$', ''),
      (value, name) => `${name}: 'it''s ${value}'`,
      (value, name) => `--${name} 'it'\\''s ${value}'`.replaceAll('$', ''),
      (value) => `{"kty":"oct","k":"${value}"}`,
      (value, name) => `run --${name} "${value}"`.replaceAll('$', ''),
      (value) => `Bearer ${value}`,
      (value) => `bearer\n${value}`,
      (value) => `Bearer '${value}'`,
      (value) => `DPoP "${value}"`,
      (value) => `Basic ${value}`,
      (value) => `ApiKey\t${value}`,
      (value) => `postgres://u:${value}@host/db`,
      (value) => `postgres://u:p%27%20%22%3C%40${value}@host/db`,
      (value) => `postgres://u:it's${value}@host/db`,
      (value) => `postgres://u:p@ss${value}@host/db`,
      (value) => `redis://:p/${value}@host`,
      (value) => `-----BEGIN\tPRIVATE KEY-----\n${value}\n-----END PRIVATE KEY-----`,
      (value) => `sk-proj-${value}`,
      (value) => `sk-ant-api03-${value}`,
      (value) => `SG.${value}${value}.${value}`,
      (value) => `xoxb-${value}`,
      (value) => `glpat-${value}`,
      (value) => `https://hooks.slack.com/services/T012345/B012345/${value}`,
    ),
  )
  .map(([value, name, write]) => ({ text: write(value, name), hidden: [value] }));

const times =
  (count: number, encode: (text: string) => string) =>
  (text: string): string =>
    Array.from({ length: count }).reduce<string>(encode, text);
const ENCODING = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => text,
  ...[1, 2, 3].map((count) => times(count, encodeURIComponent)),
  ...[1, 2].map((count) => times(count, JSON.stringify)),
  (text) => JSON.stringify({ note: text, kept: 1 }),
  (text) => encodeURIComponent(JSON.stringify({ note: text })),
  (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;').replaceAll('=', '&#x3d;'),
  (text) => text.replaceAll(/["'=:]/g, (mark) => `\\u00${mark.charCodeAt(0).toString(16)}`),
);
const BEFORE = fc.constantFrom(
  '',
  'failed with ',
  '{',
  '(',
  '/a?page=2&',
  '\n',
  'x=1, ',
  '[2026-11-28] ',
  'got: ',
  'user=a ',
);
const AFTER = fc.constantFrom('', ' ', ' for the user', ', x: 1', '&page=2', ')', '}', '\n at run (a.js:1:2)', '; x=1');

const shown = (text: string, { hidden }: Written) => hidden.filter((part) => redactString(text).includes(part));

describe('a generated secret', () => {
  it.each([
    ['beside its name', PAIR],
    ['in another form', OTHER],
    ['that is a card number', CARD_AMONG_NEIGHBOURS],
  ])('%s is hidden, whatever the spelling, the encoding and the neighbours', (_, secrets) => {
    let runs = 0;
    fc.assert(
      fc.property(secrets, ENCODING, BEFORE, AFTER, (secret, encode, before, after) => {
        runs += 1;
        expect(shown(encode(`${before}${secret.text}${after}`), secret)).toEqual([]);
        expect(shown(`${before}${encode(secret.text)}${after}`, secret)).toEqual([]);
      }),
      options,
    );
    expect(runs).toBe(RUNS);
  });
});

describe('a number that is no card', () => {
  const hex = (length: number) => stringOf('0123456789abcdef', length, length);
  const number = (min: number, max: number) => fc.integer({ min, max });
  const epoch = number(1_262_304_000_000, 1_999_999_999_999);
  it.each<readonly [string, fc.Arbitrary<string>]>([
    ['a UUID', fc.uuid()],
    ['an object id', hex(24)],
    ['a trace id or an MD5', hex(32)],
    ['a SHA-1', hex(40)],
    ['a fraction', fc.double({ min: 0.001, max: 0.999_999, noNaN: true }).map(String)],
    ['a time in milliseconds', epoch.map(String)],
    ['a time in microseconds', fc.tuple(epoch, number(100, 999)).map((parts) => parts.join(''))],
    ['a time in nanoseconds', fc.tuple(epoch, number(100_000, 999_999)).map((parts) => parts.join(''))],
    ['a time of RFC 3339', epoch.map((time) => new Date(time).toISOString())],
    ['a compact time', epoch.map((time) => new Date(time).toISOString().replaceAll(/\D/g, ''))],
    ['a length or a count', number(0, 999_999_999).map(String)],
  ])('%s stays, alone and among others', (_, numbers) => {
    fc.assert(
      fc.property(numbers, (text) => {
        for (const written of [text, `id ${text}.`, `[${text},1]`, `GET /a/${text}?x=${text}`, `x=${text} ms`])
          expect(redactString(written)).toBe(written);
      }),
      options,
    );
  });
});

describe('JSON in a string', () => {
  const names = fc.oneof(NAMES, pick('nextToken tokens key id title note count name value'));
  const scalar = fc.oneof(
    WORD,
    fc.integer(),
    fc.constantFrom(4_111_111_111_111_111, null, true, 'Bearer abc', '[redacted]'),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(names, tie('value'), { maxKeys: 4 }),
    ),
  }));

  it('stays JSON, and shows what the logger shows of the same value', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(value, { maxLength: 3 }), fc.dictionary(names, value, { maxKeys: 5 })), (data) => {
        const shownData: unknown = JSON.parse(JSON.stringify(data, redact));
        for (const text of [JSON.stringify(data), JSON.stringify(data, null, 2)])
          expect(JSON.parse(redactString(text))).toEqual(shownData);
      }),
      options,
    );
  });

  it.each([
    ['{"nextToken":null}', '{"nextToken":null}'],
    ['got {"nextToken":null,"pin":1234,"a":1}', 'got {"nextToken":null,"pin":"[redacted]","a":1}'],
    ['got {\\"pin\\":1234}', 'got {\\"pin\\":\\"[redacted]\\"}'],
    ['{"a":4111111111111111,"a":1}', '{"a":1}'],
    ['{"tokens":5,"token":5}', '{"tokens":5,"token":"[redacted]"}'],
  ])('%s becomes %s', (text, expected) => {
    expect(redactString(text)).toBe(expected);
  });
});

it('no part of a secret is left at a cut, wherever the cut goes through it', () => {
  let cuts = 0;
  for (const secret of secretsToPlant(4)) {
    for (let from = 1; from < Math.min(secret.text.length, 120); from += 3) {
      for (const after of ['', 'y'.repeat(10_000)]) {
        const text = `${'x'.repeat(300)} ${secret.text} ${after}`;
        const cut = redactedAndCut(text, 301 + from);
        const parts = secret.hidden.map((part) => part.slice(0, 14));
        expect([secret.kind, cut.length <= 301 + from, partsIn(cut, { ...secret, hidden: parts })]).toEqual([
          secret.kind,
          true,
          [],
        ]);
        cuts += 1;
      }
    }
  }
  expect(cuts).toBeGreaterThan(1_000);
});

it('a string without other scripts is searched for card numbers as one with them', () => {
  const pieces = fc.oneof(
    stringOf('0123456789', 1, 20),
    fc.constantFrom('4111111111111111', '4111 1111', '1111-1111', '378282246310005', '0.', 'a', 'ff', 'Z'),
    stringOf(' -./,:;_()#', 1, 4),
    fc.uuid(),
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 10 }), (list) => {
      const text = list.join('');
      // Too far away to be a part of a number.
      expect(cardNumbers(text)).toEqual(cardNumbers(`${text}          é`));
    }),
    { ...options, numRuns: 5_000 },
  );
});

it('what is not searched has no secret that a search finds', () => {
  const pieces = fc.constantFrom(
    ...'-._',
    'password',
    'pin',
    'bearer',
    'eyJ',
    'AKIA',
    '-u',
    'sk_',
    '411111',
    'secret',
    'a',
    'Z',
    '0',
    '9',
  );
  const texts = fc
    .array(fc.oneof(pieces, stringOf(`${LETTERS}-._`, 0, 4)), { maxLength: 8 })
    .map((list) => list.join('').slice(0, 12));
  fc.assert(
    fc.property(fc.oneof(texts, stringOf('0123456789', 0, 12)), (text) => {
      if (text !== '') expect(isOrdinary(text)).toBe(true);
      expect(hideSecrets(text)).toBe(text);
    }),
    { ...options, numRuns: 20_000 },
  );
});
