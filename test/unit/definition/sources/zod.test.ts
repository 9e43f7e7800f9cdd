import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as core from 'zod/v4/core';
import { ZOD_TYPES } from '../../../../lib/definition/sources/zod.ts';
import { ZOD_CHECKS, ZOD_FORMATS } from '../../../../lib/definition/sources/zodChecks.ts';
import { type Example, proof, unlisted } from './support.ts';

const text = z.string();
const one = z.strictObject({ a: z.literal('x'), n: z.int() });
const two = z.strictObject({ a: z.literal('y') });
interface Tree {
  readonly children: readonly Tree[];
}
const tree: z.ZodType<Tree> = z.lazy(() => z.strictObject({ children: z.array(tree).max(2) }));

/** Every function of `z` that makes a schema or a check. */
const FUNCTIONS: Readonly<Record<string, Example<z.ZodType>>> = {
  any: [z.array(z.any()).max(1), [1], [1, 2]],
  array: [z.array(z.int()).max(2), [1, 2], [1, 'a']],
  base64: [z.base64(), 'YQ==', 'YQ='],
  base64url: [z.base64url(), 'YQ', 'Y'],
  bigint: [z.bigint(), /z\.bigint\(\)/],
  boolean: [z.boolean(), true, 'true'],
  catch: [z.string().catch('a'), /z\.catch\(\)/],
  check: [text.check(() => undefined), /refine.*check/],
  cidrv4: [z.cidrv4(), '10.0.0.0/8', '10.0.0.0/33'],
  cidrv6: [z.cidrv6(), '2001:db8::/32', '2001:db8::/129'],
  codec: [z.codec(text, z.int(), { decode: Number, encode: String }), /z\.codec/],
  creditCard: [z.creditCard(), /z\.creditCard\(\)/],
  cuid: [z.cuid(), 'cjld2cjxh0000qzrmn831i7rn', 'x'],
  cuid2: [z.cuid2(), 'tz4a98xxat96iws9zmbrgj3a', 'A!'],
  currencyCode: [z.currencyCode(), 'EUR', 'EUX'],
  custom: [z.custom(() => true), /z\.custom\(\)/],
  date: [z.date(), /z\.date\(\)/],
  discriminatedUnion: [z.discriminatedUnion('a', [one, two]), { a: 'x', n: 1 }, { a: 'y', n: 1 }],
  e164: [z.e164(), '+14155552671', '4155552671'],
  email: [z.email(), 'a@example.com', 'a@example'],
  emoji: [z.emoji(), '\u{1f600}', 'a'],
  endsWith: [text.endsWith('.txt'), 'a\n.txt', 'a.txts'],
  enum: [z.enum(['a', 'b']), 'b', 'c'],
  exactOptional: [z.strictObject({ a: z.exactOptional(text) }), {}, { a: 1 }],
  file: [z.file(), /z\.file\(\)/],
  float32: [z.float32(), 1.5, 1e39],
  float64: [z.float64(), 1e39, '1'],
  function: [z.function() as unknown as z.ZodType, /z\.function\(\)/],
  gt: [z.number().gt(1), 1.1, 1],
  gte: [z.number().gte(1), 1, 0.9],
  guid: [z.guid(), '00000000-0000-0000-0000-000000000001', '0000'],
  hash: [z.hash('md5'), 'd41d8cd98f00b204e9800998ecf8427e', 'd41d'],
  hex: [z.hex(), 'aF0', 'g'],
  hostname: [z.hostname(), 'a.example', '-a.example'],
  httpUrl: [z.httpUrl(), 'https://example.com/a', 'https://localhost/a'],
  iban: [z.iban(), /z\.iban\(\)/],
  includes: [text.includes('a.b'), 'xa.b', 'xaab'],
  instanceof: [z.instanceof(Date), /z\.custom\(\)/],
  int: [z.int(), 1, 2 ** 53],
  int32: [z.int32(), -(2 ** 31), 2 ** 31],
  int64: [z.int64(), /z\.bigint\(\)/],
  intersection: [
    z.intersection(z.strictObject({ a: text }), z.strictObject({ b: text })),
    { a: '', b: '' },
    { a: '', b: '', c: '' },
  ],
  invertCodec: [z.invertCodec(z.codec(text, z.int(), { decode: Number, encode: String })), /z\.codec/],
  ipv4: [z.ipv4(), '192.0.2.1', '192.0.2.256'],
  ipv6: [z.ipv6(), '2001:db8::1', '2001:db8::g'],
  json: [z.json(), /recursive/],
  jwt: [z.jwt(), /z\.jwt\(\)/],
  keyof: [z.keyof(one), 'n', 'b'],
  ksuid: [z.ksuid(), '0ujsswThIGTUYm2K8FjOOfXtY1K', '0ujss'],
  lazy: [tree, /recursive/],
  length: [text.length(2), 'ab', 'abc'],
  literal: [z.literal(['a', 1, null]), null, 'b'],
  looseObject: [z.looseObject({ a: z.int() }), { a: 1, b: 2 }, { a: 'x' }],
  looseRecord: [z.looseRecord(z.string().regex(/^a/), z.int()), /looseRecord/],
  lowercase: [text.lowercase(), 'a1', 'aB'],
  lt: [z.number().lt(1), 0.9, 1],
  lte: [z.number().lte(1), 1, 1.1],
  mac: [z.mac(), '00:1a:2b:3c:4d:5e', '00:1a:2b:3c:4d'],
  map: [z.map(text, text), /z\.map\(\)/],
  maxLength: [z.array(text).check(z.maxLength(1)), ['a'], ['a', 'b']],
  maxSize: [z.set(text).check(z.maxSize(1)), /z\.set\(\)/],
  mime: [z.file().mime('text/plain'), /z\.file\(\)/],
  minLength: [text.check(z.minLength(2)), 'ab', 'a'],
  minSize: [z.set(text).check(z.minSize(1)), /z\.set\(\)/],
  multipleOf: [z.number().multipleOf(2).multipleOf(3), 12, 4],
  nan: [z.nan(), /z\.nan\(\)/],
  nanoid: [z.nanoid(), 'V1StGXR8_Z5jdHi6B-myT', 'V1St'],
  nativeEnum: [z.nativeEnum({ A: 'a', B: 2 }), 2, 'A'],
  negative: [z.number().negative(), -1, 0],
  never: [z.strictObject({ a: z.never().optional() }), {}, { a: 1 }],
  nonnegative: [z.number().nonnegative(), 0, -1],
  nonoptional: [z.strictObject({ a: z.nonoptional(z.optional(text)) }), { a: '' }, {}],
  nonpositive: [z.number().nonpositive(), 0, 1],
  normalize: [text.normalize(), /change of the value/],
  null: [z.null(), null, 0],
  nullable: [z.nullable(z.int()), null, 'a'],
  nullish: [z.strictObject({ a: z.nullish(z.int()) }), { a: null }, { a: 'x' }],
  number: [z.number(), 1.5, '1'],
  object: [z.object({ a: z.int() }), { a: 1, b: 1 }, {}],
  optional: [z.strictObject({ a: z.optional(z.int()) }), {}, { a: 'x' }],
  overwrite: [text.overwrite((value) => value), /change of the value/],
  partialRecord: [z.partialRecord(z.enum(['a', 'b']), z.int()), { a: 1 }, { c: 1 }],
  pipe: [text.max(3).pipe(z.string().min(2)), 'ab', 'a'],
  positive: [z.number().positive(), 1, 0],
  prefault: [z.strictObject({ a: z.prefault(z.int(), 1) }), {}, { a: 'x' }],
  preprocess: [z.preprocess(String, text), /z\.preprocess/],
  promise: [z.promise(text), /z\.promise\(\)/],
  properties: [z.array(text).check(z.properties({ length: z.literal(1) })), /properties/],
  property: [text.check(z.property('length', z.literal(1))), /property/],
  readonly: [z.readonly(z.array(text).max(1)), ['a'], ['a', 'b']],
  record: [z.record(z.enum(['a', 'b']), z.int()), { a: 1, b: 2 }, { a: 1 }],
  refine: [text.refine(() => true), /refine/],
  regex: [text.regex(/^[a-z]+$/i), 'Alice', 'Al1ce'],
  set: [z.set(text), /z\.set\(\)/],
  size: [z.set(text).check(z.size(1)), /z\.set\(\)/],
  slugify: [text.slugify(), /change of the value/],
  startsWith: [text.startsWith('a+'), 'a+\nb', 'aa'],
  strictObject: [one, { a: 'x', n: 1 }, { a: 'x', n: 1, b: 1 }],
  string: [text, 'a', 1],
  stringFormat: [z.stringFormat('mine', /^\w-\d$/), 'a-1', 'a1'],
  stringbool: [z.stringbool(), /z\.stringbool/],
  success: [z.success(text), /z\.success\(\)/],
  superRefine: [text.superRefine(() => undefined), /superRefine/],
  symbol: [z.symbol(), /z\.symbol\(\)/],
  templateLiteral: [z.templateLiteral(['a', z.int(), z.enum(['b', 'c'])]), 'a-1b', 'a1d'],
  toLowerCase: [text.toLowerCase(), /change of the value/],
  toUpperCase: [text.toUpperCase(), /change of the value/],
  transform: [text.transform(Number), /transform/],
  trim: [text.trim(), /change of the value/],
  tuple: [z.tuple([text, z.int()]), ['a', 1], ['a', 1, 2]],
  uint32: [z.uint32(), 2 ** 32 - 1, -1],
  uint64: [z.uint64(), /z\.bigint\(\)/],
  ulid: [z.ulid(), '01ARZ3NDEKTSV4RRFFQ69G5FAV', '01ARZ'],
  undefined: [z.undefined(), /z\.undefined\(\)/],
  union: [z.union([z.int(), text.max(1)]), 'a', 'ab'],
  unknown: [z.tuple([z.unknown()]), [1], []],
  uppercase: [text.uppercase(), 'A1', 'Ab'],
  url: [z.url(), 'https://example.com/a?b#c', 'example.com'],
  uuid: [z.uuid(), '123e4567-e89b-12d3-a456-426614174000', '123e4567-e89b-92d3-a456-426614174000'],
  uuidv4: [z.uuidv4(), '123e4567-e89b-42d3-a456-426614174000', '123e4567-e89b-12d3-a456-426614174000'],
  uuidv6: [z.uuidv6(), '123e4567-e89b-62d3-a456-426614174000', '123e4567-e89b-12d3-a456-426614174000'],
  uuidv7: [z.uuidv7(), '123e4567-e89b-72d3-a456-426614174000', '123e4567-e89b-12d3-a456-426614174000'],
  void: [z.void(), /z\.void\(\)/],
  xid: [z.xid(), '9m4e2mr0ui3e8a215n4g', '9m4e'],
  xor: [z.xor([z.int(), z.number().max(9)]), 1.5, 1],
  // Of `z.iso`, of `z.coerce`, methods, and options that change what is accepted.
  'iso.date': [z.iso.date(), '2024-02-29', '2023-02-29'],
  'iso.datetime': [z.iso.datetime(), '2024-02-29T01:02:03Z', '2024-02-29T01:02:03+01:00'],
  'iso.datetime with an offset': [z.iso.datetime({ offset: true }), '2024-02-29T01:02:03+01:00', '2024-02-29'],
  'iso.datetime local': [z.iso.datetime({ local: true }), '2024-02-29T01:02', '2024-02-29T01:02+01:00'],
  'iso.datetime to the minute': [z.iso.datetime({ precision: -1 }), '2024-02-29T01:02Z', '2024-02-29T01:02:03Z'],
  'iso.time': [z.iso.time(), '01:02:03.4', '25:00'],
  'iso.duration': [z.iso.duration(), /z\.duration\(\)/],
  'coerce.string': [z.coerce.string(), /z\.coerce\.string/],
  'coerce.number': [z.coerce.number(), /z\.coerce\.number/],
  'coerce.boolean': [z.coerce.boolean(), /z\.coerce\.boolean/],
  'coerce.bigint': [z.coerce.bigint(), /z\.bigint/],
  'coerce.date': [z.coerce.date(), /z\.date/],
  'a looser meta': [text.max(2).meta({ maxLength: 9, pattern: '.*' }), 'ab', 'abc'],
  'a stricter meta': [
    z
      .record(text.max(2), z.int())
      .meta({ maxProperties: 1 })
      .refine(() => true),
    /refine/,
  ],
  'an id': [z.array(z.strictObject({ a: z.int() }).meta({ id: 'A' })).max(1), [{ a: 1 }], [{ a: '1' }]],
  catchall: [z.object({ a: z.int() }).catchall(text), { a: 1, b: 'x' }, { a: 1, b: 1 }],
  'a record of strings': [z.record(text.max(2), z.int()), { ab: 1 }, { abc: 1 }],
  'a record of literals': [z.record(z.union([z.literal('a'), z.literal('b')]), z.int()), { a: 1, b: 1 }, { a: 1 }],
  'a record of optional values': [z.record(z.enum(['a']), z.int().optional()), {}, { b: 1 }],
  'a record of numbers': [z.record(z.number(), z.int()), /keys of z\.number/],
  'three patterns': [text.regex(/a/).includes('b').endsWith('c'), 'abc', 'ac'],
  'a format and a pattern': [
    z.uuid().regex(/^1/),
    '123e4567-e89b-12d3-a456-426614174000',
    '223e4567-e89b-12d3-a456-426614174000',
  ],
  'regex with g': [text.regex(/^a$/g), 'a', 'b'],
  'regex with s': [text.regex(/^a.b$/s), 'a\nb', 'ab'],
  'regex with m': [text.regex(/^a$/m), /the flag "m"/],
  'regex with y': [text.regex(/a/y), /the flag "y"/],
  'regex with v': [text.regex(/[a--b]/v), /the flag "v"/],
  'regex with iu': [text.regex(/^\w$/iu), /letters outside ASCII/],
  'includes after a position': [text.includes('a', { position: 2 }), 'xya', 'xa'],
  'url of a host': [z.url({ hostname: /^a$/ }), /hostname/],
  'url of a protocol': [z.url({ protocol: /^ftp$/ }), /protocol/],
  'url normalized': [z.url({ normalize: true }), /normalize/],
  'a function as a format': [z.stringFormat('mine', () => true), /z\.mine/],
  'a default': [z.strictObject({ a: z.int().default(1) }), {}, { a: 'x' }],
  'a literal of undefined': [z.literal([undefined, 'a']), /z\.literal/],
  'a tuple with a rest': [z.tuple([text], z.int()), /z\.tuple/],
  'brand and describe': [text.max(1).brand('a').describe('b'), 'a', 'ab'],
  'and of scalars': [text.max(2).and(text.min(2)), 'ab', 'a'],
  'and of unions': [z.union([one, two]).and(z.strictObject({ b: text })), /intersection/],
  'in a list in a union': [z.union([z.array(text.trim()).max(2), z.null()]), /^anyOf\.0\.items z\.string\(\)\.trim/],
};

/** Functions that make no schema of their own: parsing, errors, registries, conversions. */
const NOT_SCHEMAS = [
  ...[
    'clone',
    'compile',
    'config',
    'core',
    'decode',
    'decodeAsync',
    'deepPartial',
    'describe',
    'encode',
    'encodeAsync',
  ],
  ...['flattenError', 'formatError', 'fromJSONSchema', 'getDiscriminatedOption', 'getErrorMap', 'input', 'memoizer'],
  ...[
    'meta',
    'output',
    'parse',
    'parseAsync',
    'prettifyError',
    'registry',
    'safeDecode',
    'safeDecodeAsync',
    'safeEncode',
  ],
  ...['safeEncodeAsync', 'safeParse', 'safeParseAsync', 'setErrorMap', 'toJSONSchema', 'toZod', 'treeifyError'],
  ...['validate', 'validateAsync', 'withParser'],
];

describe('a construct of Zod is enforced or rejected by its name', () => {
  it.each(Object.entries(FUNCTIONS))('%s', (_name, example) => {
    expect(['enforced', 'reported']).toContain(proof(example, (schema, value) => schema.safeParse(value).success));
  });

  it('every function of the library is tried here', () => {
    const functions = Object.entries(z).filter(([name, value]) => /^[a-z]/.test(name) && typeof value === 'function');
    const untried = functions
      .map(([name]) => name)
      .filter((name) => !NOT_SCHEMAS.includes(name) && !(name in FUNCTIONS));
    expect(functions.length).toBeGreaterThan(150);
    expect(untried).toEqual([]);
  });

  it('every class of schema and check is tried here', () => {
    const used = new Set(tried().flatMap(({ traits }) => [...(traits ?? [])]));
    const classes = Object.keys(core).filter((name) => /^\$Zod(?!.*(Error|Registry)$)/.test(name));
    expect(classes.length).toBeGreaterThan(80);
    expect(classes.filter((name) => !used.has(name) && name !== '$ZodObjectJIT')).toEqual([]);
  });

  it('every type, check and format that the library declares is in one of the lists', () => {
    const defs = tried().map(({ def }) => def);
    const named = (name: string) => [
      ...new Set(defs.flatMap((def) => (typeof def[name] === 'string' ? [def[name]] : []))),
    ];
    const formats = defs.filter(({ check, format }) => check === 'string_format' && format !== 'mine');
    const allFormats = [...new Set(formats.map(({ format }) => String(format)))].filter(
      (format) => format !== 'md5_hex',
    );
    expect(unlisted(named('type'), ZOD_TYPES)).toEqual({ unknown: [], outdated: [] });
    expect(unlisted(named('check'), ZOD_CHECKS)).toEqual({ unknown: [], outdated: [] });
    expect(unlisted(allFormats, ZOD_FORMATS)).toEqual({ unknown: [], outdated: [] });
  });
});

interface Internals {
  readonly traits?: ReadonlySet<string>;
  readonly def: Readonly<Record<string, unknown>>;
}

/** The internals of every schema and check in the examples. */
function tried(): readonly Internals[] {
  const found = new Map<unknown, Internals>();
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    const { _zod: internals } = value as { readonly _zod?: Internals };
    if (internals !== undefined) found.set(value, internals);
    for (const child of Object.values(internals?.def ?? value)) visit(child);
  };
  for (const [schema] of Object.values(FUNCTIONS)) visit(schema);
  return [...found.values()];
}
