import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { StandardSchema } from '../../../../lib/definition/sources/standard.ts';
import { VALIBOT_TYPES } from '../../../../lib/definition/sources/valibot.ts';
import { VALIBOT_ACTIONS } from '../../../../lib/definition/sources/valibotActions.ts';
import { type Example, proof, unlisted } from './support.ts';

type Schema = v.GenericSchema;
const text = v.string();
const number = v.number();
const list = v.array(v.number());
const map = v.record(v.string(), v.number());
/** A pipe of any steps: some of those tried here fit their schema only at run time. */
const pipe = v.pipe as unknown as (...steps: readonly unknown[]) => Schema;
const of = (...actions: readonly unknown[]) => pipe(text, ...actions);
const ofNumber = (...actions: readonly unknown[]) => pipe(number, ...actions);
const ofList = (...actions: readonly unknown[]) => pipe(list, ...actions);
const ofMap = (...actions: readonly unknown[]) => pipe(map, ...actions);
const a = (entry: Schema) => v.strictObject({ a: entry });
const code = (name: string) => new RegExp(`v\\.${name}\\(`);
const UUID = '123e4567-e89b-12d3-a456-426614174000';
interface Tree {
  readonly children: readonly Tree[];
}
const tree: v.GenericSchema<Tree> = v.lazy(() => v.strictObject({ children: v.array(tree) }));

/** Each kind of the library by its `type`, as the schemas carry it. */
const ACTIONS: Readonly<Record<string, Example<Schema>>> = {
  base64: [of(v.base64()), 'YQ==', 'YQ='],
  bic: [of(v.bic()), 'DEUTDEFF', 'DEUT'],
  brand: [of(v.maxLength(1), v.brand('x')), 'a', 'ab'],
  code_points: [of(v.codePoints(2)), '\u{1f600}a', '\u{1f600}'],
  cuid2: [of(v.cuid2()), 'tz4a98', 'A'],
  decimal: [of(v.decimal()), '1.5', '1.'],
  description: [of(v.maxLength(1), v.description('x')), 'a', 'ab'],
  digits: [of(v.digits()), '12', '1a'],
  domain: [of(v.domain()), 'example.com', 'example'],
  email: [of(v.email()), 'a@example.com', 'a@example'],
  emoji: [of(v.emoji()), /v\.emoji\(\)/],
  empty: [of(v.empty()), '', 'a'],
  ends_with: [of(v.endsWith('.a')), 'x\n.a', 'xxa'],
  entries: [ofMap(v.entries(1)), { a: 1 }, {}],
  examples: [of(v.maxLength(1), v.examples(['a'])), 'a', 'ab'],
  excludes: [of(v.excludes('a.')), 'ab', 'xa.'],
  finite: [ofNumber(v.finite()), 1, '1'],
  flavor: [of(v.maxLength(1), v.flavor('x')), 'a', 'ab'],
  gt_value: [ofNumber(v.gtValue(1)), 1.1, 1],
  hash: [of(v.hash(['md5', 'crc32'])), 'd41d8cd9', 'd41d'],
  hex_color: [of(v.hexColor()), '#fff', 'fff'],
  hexadecimal: [of(v.hexadecimal()), '0xff', 'fg'],
  includes: [of(v.includes('a.')), 'xa.', 'ab'],
  integer: [ofNumber(v.integer()), 1, 1.5],
  ip: [of(v.ip()), '::1', '1.2.3'],
  ipv4: [of(v.ipv4()), '192.0.2.1', '192.0.2'],
  ipv6: [of(v.ipv6()), '2001:DB8::1', '2001'],
  iso_date: [of(v.isoDate()), '2024-02-29', '2024-13-01'],
  iso_date_time: [of(v.isoDateTime()), '2024-02-29T01:02', '2024-02-29'],
  iso_date_time_second: [of(v.isoDateTimeSecond()), '2024-02-29T01:02:03', '2024-02-29T01:02'],
  iso_time: [of(v.isoTime()), '01:02', '1:2'],
  iso_time_second: [of(v.isoTimeSecond()), '01:02:03', '01:02'],
  iso_timestamp: [of(v.isoTimestamp()), '2024-02-29 01:02:03.123Z', '2024-02-29T01:02:03'],
  iso_week: [of(v.isoWeek()), '2024-W01', '2024-W54'],
  isrc: [of(v.isrc()), 'USRC17607839', 'US'],
  jws_compact: [of(v.jwsCompact()), /v\.jwsCompact\(\)/],
  ksuid: [of(v.ksuid()), '0ujsswThIGTUYm2K8FjOOfXtY1K', '0u'],
  length: [ofList(v.length(1)), [1], []],
  lt_value: [ofNumber(v.ltValue(1)), 0.9, 1],
  mac: [of(v.mac()), '00:1a:2b:3c:4d:5e', '00'],
  mac48: [of(v.mac48()), '00-1a-2b-3c-4d-5e', '00'],
  mac64: [of(v.mac64()), '00:1a:2b:3c:4d:5e:6f:70', '00'],
  max_code_points: [of(v.maxCodePoints(1)), '\u{1f600}', 'ab'],
  max_entries: [ofMap(v.maxEntries(1)), { a: 1 }, { a: 1, b: 1 }],
  max_length: [of(v.maxLength(1)), 'a', 'ab'],
  max_value: [ofNumber(v.maxValue(1)), 1, 2],
  metadata: [of(v.maxLength(1), v.metadata({ 'x-text': 'plain', maxLength: 5 })), 'a', 'ab'],
  min_code_points: [of(v.minCodePoints(2)), 'ab', '\u{1f600}'],
  min_entries: [ofMap(v.minEntries(1)), { a: 1 }, {}],
  min_length: [of(v.minLength(2)), 'ab', 'a'],
  min_value: [ofNumber(v.minValue(1)), 1, 0],
  multiple_of: [ofNumber(v.multipleOf(2), v.multipleOf(3)), 6, 4],
  nanoid: [of(v.nanoid()), 'a-_', '!'],
  non_empty: [of(v.nonEmpty()), 'a', ''],
  not_code_points: [of(v.notCodePoints(1)), 'ab', '\u{1f600}'],
  not_entries: [ofMap(v.notEntries(1)), {}, { a: 1 }],
  not_length: [ofList(v.notLength(1)), [], [1]],
  not_value: [of(v.notValue('a')), 'b', 'a'],
  not_values: [ofNumber(v.notValues([1, 2])), 3, 2],
  octal: [of(v.octal()), '0o7', '8'],
  readonly: [of(v.maxLength(1), v.readonly()), 'a', 'ab'],
  regex: [of(v.regex(/^[a-z]+$/i), v.regex(/b/u)), 'aB'.toLowerCase(), 'aa'],
  rfc_email: [of(v.rfcEmail()), 'a@example', 'a'],
  safe_integer: [ofNumber(v.safeInteger()), 1, 2 ** 53],
  slug: [of(v.slug()), 'a_b-c', 'a b'],
  starts_with: [of(v.startsWith('a.')), 'a.\n', 'ab'],
  title: [of(v.maxLength(1), v.title('x')), 'a', 'ab'],
  ulid: [of(v.ulid()), '01ARZ3NDEKTSV4RRFFQ69G5FAV', '01'],
  url: [of(v.url()), 'https://example.com/', 'example.com'],
  uuid: [of(v.uuid()), UUID.toUpperCase(), '123'],
  value: [of(v.value('a')), 'a', 'b'],
  values: [ofNumber(v.values([1, 2])), 2, 3],
  args: [v.pipe(v.function(), v.args(v.tuple([]))), /v\.function/],
  await: [v.pipeAsync(v.promise(), v.awaitAsync()) as unknown as Schema, /Async/],
  bytes: [of(v.bytes(1)), code('bytes')],
  check: [of(v.check(() => true)), code('check')],
  check_items: [ofList(v.checkItems(() => true)), code('checkItems')],
  credit_card: [of(v.creditCard()), code('creditCard')],
  every_item: [ofList(v.everyItem(() => true)), code('everyItem')],
  filter_items: [ofList(v.filterItems(() => true)), code('filterItems')],
  find_item: [ofList(v.findItem(() => true)), code('findItem')],
  graphemes: [of(v.graphemes(1)), code('graphemes')],
  guard: [of(v.guard((value: unknown): value is string => typeof value === 'string')), code('guard')],
  imei: [of(v.imei()), code('imei')],
  isbn: [of(v.isbn()), code('isbn')],
  map_items: [ofList(v.mapItems(Number)), code('mapItems')],
  max_bytes: [of(v.maxBytes(1)), code('maxBytes')],
  max_graphemes: [of(v.maxGraphemes(1)), code('maxGraphemes')],
  max_size: [v.pipe(v.set(text), v.maxSize(1)), code('maxSize')],
  max_words: [of(v.maxWords('en', 1)), code('maxWords')],
  mime_type: [v.pipe(v.blob(), v.mimeType(['text/plain'])), code('mimeType')],
  min_bytes: [of(v.minBytes(1)), code('minBytes')],
  min_graphemes: [of(v.minGraphemes(1)), code('minGraphemes')],
  min_size: [v.pipe(v.set(text), v.minSize(1)), code('minSize')],
  min_words: [of(v.minWords('en', 1)), code('minWords')],
  normalize: [of(v.normalize()), code('normalize')],
  not_bytes: [of(v.notBytes(1)), code('notBytes')],
  not_graphemes: [of(v.notGraphemes(1)), code('notGraphemes')],
  not_size: [v.pipe(v.set(text), v.notSize(1)), code('notSize')],
  not_words: [of(v.notWords('en', 1)), code('notWords')],
  parse_boolean: [of(v.parseBoolean()), code('parseBoolean')],
  parse_json: [of(v.parseJson()), code('parseJson')],
  partial_check: [
    v.pipe(
      a(text),
      v.partialCheck([['a']], () => true),
    ),
    code('partialCheck'),
  ],
  raw_check: [of(v.rawCheck(() => undefined)), code('rawCheck')],
  raw_transform: [of(v.rawTransform(({ dataset }) => dataset.value)), code('rawTransform')],
  reduce_items: [ofList(v.reduceItems((sum: number) => sum, 0)), code('reduceItems')],
  returns: [v.pipe(v.function(), v.returns(text)), code('returns')],
  size: [v.pipe(v.set(text), v.size(1)), code('size')],
  some_item: [ofList(v.someItem(() => true)), code('someItem')],
  sort_items: [ofList(v.sortItems()), code('sortItems')],
  stringify_json: [of(v.stringifyJson()), code('stringifyJson')],
  to_bigint: [of(v.toBigint()), code('toBigint')],
  to_boolean: [of(v.toBoolean()), code('toBoolean')],
  to_camel_case: [of(v.toCamelCase()), code('toCamelCase')],
  to_date: [of(v.toDate()), code('toDate')],
  to_kebab_case: [of(v.toKebabCase()), code('toKebabCase')],
  to_lower_case: [of(v.toLowerCase()), code('toLowerCase')],
  to_max_value: [ofNumber(v.toMaxValue(1)), code('toMaxValue')],
  to_min_value: [ofNumber(v.toMinValue(1)), code('toMinValue')],
  to_number: [of(v.toNumber()), code('toNumber')],
  to_pascal_case: [of(v.toPascalCase()), code('toPascalCase')],
  to_snake_case: [of(v.toSnakeCase()), code('toSnakeCase')],
  to_string: [ofNumber(v.toString()), code('toString')],
  to_upper_case: [of(v.toUpperCase()), code('toUpperCase')],
  transform: [of(v.transform(Number)), code('transform')],
  trim: [of(v.trim()), code('trim')],
  trim_end: [of(v.trimEnd()), code('trimEnd')],
  trim_start: [of(v.trimStart()), code('trimStart')],
  words: [of(v.words('en', 1)), code('words')],
};

const TYPES: Readonly<Record<string, Example<Schema>>> = {
  any: [v.strictTuple([v.any()]), [1], [1, 2]],
  array: [list, [1], ['a']],
  boolean: [v.boolean(), true, 'true'],
  enum: [v.enum({ A: 'a', B: 1 }), 'a', 'A'],
  exact_optional: [a(v.exactOptional(number)), {}, { a: 'x' }],
  intersect: [v.intersect([v.looseObject({ a: text }), v.looseObject({ b: text })]), { a: '', b: '' }, { a: '' }],
  lazy: [tree, /recursive/],
  literal: [v.literal('a'), 'a', 'b'],
  loose_object: [v.looseObject({ a: number }), { a: 1, b: 1 }, {}],
  never: [a(v.optional(v.never())), {}, { a: 1 }],
  non_nullable: [v.nonNullable(v.nullable(number)), 1, null],
  non_nullish: [a(v.nonNullish(v.nullish(number))), { a: 1 }, { a: null }],
  non_optional: [a(v.nonOptional(v.optional(number))), { a: 1 }, {}],
  null: [v.null(), null, 0],
  nullable: [v.nullable(number), null, 'a'],
  nullish: [a(v.nullish(number)), { a: null }, { a: 'x' }],
  number: [number, 1.5, '1'],
  object: [v.object({ a: number }), { a: 1, b: 1 }, {}],
  object_with_rest: [v.objectWithRest({ a: number }, text), { a: 1, b: '' }, { a: 1, b: 1 }],
  optional: [a(v.optional(number, 1)), {}, { a: 'x' }],
  picklist: [v.picklist(['a', 1]), 1, 'b'],
  record: [v.record(v.pipe(text, v.maxLength(1)), number), { a: 1 }, { ab: 1 }],
  strict_object: [v.strictObject({ a: number }), { a: 1 }, { a: 1, b: 1 }],
  strict_tuple: [v.strictTuple([text, number]), ['a', 1], ['a', 1, 1]],
  string: [text, 'a', 1],
  undefinedable: [a(v.undefinedable(number)), { a: 1 }, {}],
  union: [v.union([number, of(v.maxLength(1))]), 'a', 'ab'],
  unknown: [v.strictTuple([v.unknown()]), [1], [1, 2]],
  variant: [
    v.variant('k', [v.strictObject({ k: v.literal('a'), n: number }), v.strictObject({ k: v.literal('b') })]),
    { k: 'b' },
    { k: 'b', n: 1 },
  ],
  bigint: [v.bigint(), code('bigint')],
  blob: [v.blob(), code('blob')],
  custom: [v.custom(() => true), code('custom')],
  date: [v.date(), code('date')],
  file: [v.file(), code('file')],
  function: [v.function(), code('function')],
  instance: [v.instance(Date), code('instance')],
  loose_tuple: [v.looseTuple([text]), code('looseTuple')],
  map: [v.map(text, text), code('map')],
  nan: [v.nan(), code('nan')],
  promise: [v.promise(), code('promise')],
  set: [v.set(text), code('set')],
  symbol: [v.symbol(), code('symbol')],
  tuple: [v.tuple([text]), code('tuple')],
  tuple_with_rest: [v.tupleWithRest([text], text), code('tupleWithRest')],
  undefined: [v.undefined(), code('undefined')],
  void: [v.void(), code('void')],
};

/** Options and combinations that change what is accepted. */
const MORE: Readonly<Record<string, Example<Schema>>> = {
  'three patterns': [of(v.startsWith('a'), v.includes('b'), v.endsWith('c')), 'abc', 'ac'],
  'regex with g': [of(v.regex(/a/g)), /the flag "g"/],
  'regex with v': [of(v.regex(/[a--b]/v)), /the flag "v"/],
  fallback: [v.fallback(v.string(), 'a'), /v\.fallback/],
  'an asynchronous schema': [v.arrayAsync(text) as unknown as Schema, /Async/],
  'a record of listed keys': [v.record(v.picklist(['a', 'b']), number), { a: 1 }, { c: 1 }],
  'excludes in a list': [ofList(v.excludes(1)), /v\.excludes/],
  'includes in a list': [ofList(v.includes(1)), /v\.includes|unknown wrapper/],
  'values of another type': [ofList(v.minValue(1 as never)), /v\.minValue/],
  'a pipe in a pipe': [pipe(of(v.minLength(2)), v.maxLength(2)), 'ab', 'abc'],
  'a schema in a pipe': [v.pipe(v.unknown(), v.string(), v.maxLength(1)), 'a', 'ab'],
  'in a list in a union': [v.union([v.array(of(v.trim())), v.null()]), /^anyOf\.0\.items v\.trim/],
};

const accepts = (schema: Schema, value: unknown) => v.safeParse(schema, value).success;

describe('a construct of Valibot is enforced or rejected by its name', () => {
  it.each(Object.entries({ ...ACTIONS, ...TYPES, ...MORE }))('%s', (_name, example) => {
    expect(['enforced', 'reported']).toContain(proof(example, accepts));
    // The same through its Standard JSON Schema, from which the schema itself is recovered.
    const [schema, ...values] = example;
    const wrapped = toStandardJsonSchema(schema) as unknown as StandardSchema;
    const again = proof([wrapped, ...values] as unknown as Example<StandardSchema>, (_wrapped, value) =>
      accepts(schema, value),
    );
    if (!('async' in schema && schema.async)) expect(['enforced', 'reported']).toContain(again);
  });

  it('every schema and action that the library declares is tried here and in one of the lists', () => {
    const source = readFileSync(createRequire(import.meta.url).resolve('valibot'), 'utf8');
    const declared = [...source.matchAll(/kind: "(\w+)",\s*type: "(\w+)"/g)].map(
      ([, kind, type]) => [kind, type] as const,
    );
    const named = (isSchema: boolean) => [
      ...new Set(declared.filter(([kind]) => (kind === 'schema') === isSchema).map(([, type]) => type ?? '')),
    ];
    expect([named(true).length, named(false).length].every((count) => count > 40)).toBe(true);
    expect(unlisted(named(true), VALIBOT_TYPES)).toEqual({ unknown: [], outdated: [] });
    expect(unlisted(named(false), VALIBOT_ACTIONS)).toEqual({ unknown: [], outdated: [] });
    expect(named(true).filter((type) => !(type in TYPES))).toEqual([]);
    expect(named(false).filter((type) => !(type in ACTIONS))).toEqual([]);
  });
});
