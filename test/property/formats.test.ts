import fc from 'fast-check';
import Joi from 'joi';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { functionOf } from '../unit/definition/sources/support.ts';

/** A format of a library, and whether the documents say that functions accept fewer forms of it. */
interface Format {
  readonly schema: object;
  readonly accepts: (value: string) => boolean;
  readonly narrower: boolean;
}

const zod = (schema: z.ZodType, narrower = false): Format => ({
  schema,
  accepts: (value) => schema.safeParse(value).success,
  narrower,
});
const valibot = (action: unknown, narrower = false): Format => {
  const schema = v.pipe(v.string(), action as v.GenericPipeAction<string>) as v.GenericSchema;
  return { schema, accepts: (value) => v.is(schema, value), narrower };
};
const joi = (schema: Joi.StringSchema, narrower = false): Format => ({
  schema,
  accepts: (value) => schema.validate(value, { convert: false }).error === undefined,
  narrower,
});

const FORMATS: Readonly<Record<string, Format>> = {
  'z.guid': zod(z.guid()),
  'z.uuid': zod(z.uuid()),
  'z.uuidv4': zod(z.uuidv4()),
  'z.email': zod(z.email()),
  'z.ipv4': zod(z.ipv4()),
  'z.ipv6': zod(z.ipv6()),
  'z.cidrv4': zod(z.cidrv4()),
  'z.cidrv6': zod(z.cidrv6()),
  'z.mac': zod(z.mac()),
  'z.e164': zod(z.e164()),
  'z.hostname': zod(z.hostname()),
  'z.hex': zod(z.hex()),
  'z.base64': zod(z.base64()),
  'z.base64url': zod(z.base64url()),
  'z.emoji': zod(z.emoji()),
  'z.nanoid': zod(z.nanoid()),
  'z.ulid': zod(z.ulid()),
  'z.iso.date': zod(z.iso.date()),
  'z.iso.time': zod(z.iso.time()),
  'z.iso.datetime': zod(z.iso.datetime({ offset: true }), true),
  'z.iso.datetime local': zod(z.iso.datetime({ local: true })),
  'z.url': zod(z.url(), true),
  'z.httpUrl': zod(z.httpUrl(), true),
  'v.uuid': valibot(v.uuid()),
  'v.email': valibot(v.email()),
  'v.ip': valibot(v.ip()),
  'v.ipv4': valibot(v.ipv4()),
  'v.ipv6': valibot(v.ipv6()),
  'v.mac': valibot(v.mac()),
  'v.base64': valibot(v.base64()),
  'v.hexadecimal': valibot(v.hexadecimal()),
  'v.isoDate': valibot(v.isoDate()),
  'v.isoDateTime': valibot(v.isoDateTime()),
  'v.isoTime': valibot(v.isoTime()),
  'v.isoTimestamp': valibot(v.isoTimestamp()),
  'v.isoWeek': valibot(v.isoWeek()),
  'v.slug': valibot(v.slug()),
  'v.domain': valibot(v.domain()),
  'v.url': valibot(v.url(), true),
  'Joi.guid': joi(Joi.string().guid(), true),
  'Joi.email': joi(Joi.string().email({ tlds: false }), true),
  'Joi.hostname': joi(Joi.string().hostname(), true),
  'Joi.isoDate': joi(Joi.string().isoDate(), true),
  'Joi.isoDuration': joi(Joi.string().isoDuration()),
  'Joi.uri': joi(Joi.string().uri(), true),
  'Joi.hex': joi(Joi.string().hex()),
  'Joi.base64': joi(Joi.string().base64()),
};

/** Addresses of IPv6 in every form of RFC 4291, section 2.2. */
const group = fc.stringMatching(/^[0-9a-fA-F]{1,4}$/);
const ipv6 = fc
  .tuple(fc.array(group, { maxLength: 8 }), fc.array(group, { maxLength: 8 }), fc.option(fc.ipV4(), { nil: '' }))
  .map(([left, right, last]) => `${left.join(':')}::${[...right, ...(last === '' ? [] : [last])].join(':')}`);
const full = fc.array(group, { minLength: 6, maxLength: 9 }).map((groups) => groups.join(':'));
const mapped = fc
  .tuple(fc.array(group, { minLength: 5, maxLength: 7 }), fc.ipV4())
  .map(([a, b]) => [...a, b].join(':'));

const SEEDS = [
  ...[
    '123e4567-e89b-12d3-a456-426614174000',
    '123e4567-e89b-42d3-a456-426614174000',
    'A@Example.com',
    "o'neil+tag@a-b.co.uk",
  ],
  ...['10.0.0.1', '255.255.255.255', '::ffff:1.2.3.4', '::1', '::', '10.0.0.0/8', '2001:db8::/32', '::ffff:1.2.3.4/96'],
  ...[
    '00:1b:44:11:3a:b7',
    '00-1B-44-11-3A-B7',
    '+4915112345678',
    'example.com',
    'localhost',
    'a.b-c.example.',
    'cafe',
    '0xCAFE',
  ],
  ...[
    'YQ==',
    'YWI=',
    'YWJj',
    'YQ',
    '-_',
    '\u{1f600}',
    '\u{1f468}\u200d\u{1f469}',
    '\u{1f1e9}\u{1f1ea}',
    '1\ufe0f\u20e3',
  ],
  ...[
    'V1StGXR8_Z5jdHi6B-myT',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    '2024-02-29',
    '2023-02-29',
    '23:59:59',
    '23:59',
    '2024-W53',
  ],
  ...['2024-02-29T01:02:03Z', '2024-02-29T01:02:03.123+01:00', '2024-02-29T01:02', '2024-02-29T01:02:03', 'a-b-c'],
  ...[
    'https://example.com',
    'https://a.example:8443/b?c=d#e',
    'https://1.2.3.4/',
    'http://example.com',
    'P1DT2H',
    'P3W',
    'PT1.5S',
  ],
];
const LETTERS = [...'abcfgzAFZ0159:.-_/@+=T %xP', '\u{1f600}', '\u00e9'];
const edit = fc.tuple(fc.nat(40), fc.constantFrom('insert', 'remove', 'replace', 'keep'), fc.constantFrom(...LETTERS));
const edited = fc.tuple(fc.constantFrom(...SEEDS), fc.array(edit, { maxLength: 2 })).map(([seed, edits]) =>
  edits.reduce((text, [at, how, letter]) => {
    const index = text.length === 0 ? 0 : at % text.length;
    const rest = text.slice(index + (how === 'insert' || how === 'keep' ? 0 : 1));
    return `${text.slice(0, index)}${how === 'insert' || how === 'replace' ? letter : ''}${rest}`.toWellFormed();
  }, seed),
);
const strings = fc.oneof(
  { weight: 5, arbitrary: edited },
  ipv6,
  full,
  mapped,
  fc.ipV4(),
  fc.emailAddress(),
  fc.domain(),
);
const RUNS = 2_000;

describe('a string of a format is accepted by the functions exactly when the library accepts it', () => {
  const samples = [...SEEDS, ...fc.sample(strings, { numRuns: RUNS, seed: 12 })];

  it.each(Object.entries(FORMATS))('%s: 2,000 strings', (_, { schema, accepts, narrower }) => {
    const validate = functionOf(schema);
    if (typeof validate === 'string') throw new Error(`reported: ${validate}`);
    // Policies of text apply beside every format: what is normalized and has no control character passes them.
    const compared = samples.filter((value) => value.normalize() === value);
    const differing = compared.filter((value) => {
      const [theirs, ours] = [accepts(value), validate(value)];
      return narrower ? ours && !theirs : ours !== theirs;
    });
    expect(differing).toEqual([]);
    expect(compared.filter((value) => accepts(value)).length).toBeGreaterThan(0);
    expect(compared.filter((value) => validate(value)).length).toBeGreaterThan(0);
  });
});
