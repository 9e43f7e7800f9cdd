import Joi from 'joi';
import { describe, expect, it } from 'vitest';
import { JOI_MEMBERS, JOI_TYPES } from '../../../../lib/definition/sources/joi.ts';
import { JOI_RULES } from '../../../../lib/definition/sources/joiRules.ts';
import { type Example, proof } from './support.ts';

type Schema = Joi.Schema;
const text = Joi.string();
const number = Joi.number();
const list = Joi.array();
const object = Joi.object({ a: Joi.number(), b: Joi.number() });
const UUID = '123e4567-e89b-12d3-a456-426614174000';
const code = (name: string) => new RegExp(`${name}\\(`);

/** Rules, by type and method. A method that sets other rules or flags is tried under its own name. */
const RULES: Readonly<Record<string, Example<Schema>>> = {
  'any.custom': [text.custom((value) => value), code('custom')],
  'any.warning': [text.max(1).warning('any.x', {}), 'a', 'ab'],
  'any.messages': [text.max(1).messages({ 'string.max': 'x' }), 'a', 'ab'],
  'any.shared': [text.shared(number.id('x')), code('shared')],
  'string.alphanum': [text.alphanum(), 'a1', 'a_'],
  'string.base64': [text.base64(), 'YQ==', 'YQ'],
  'string.case': [text.case('lower'), code('case')],
  'string.creditCard': [text.creditCard(), code('creditCard')],
  'string.dataUri': [text.dataUri(), code('dataUri')],
  'string.domain': [text.domain(), code('domain')],
  'string.email': [text.email({ tlds: false }), 'a@example.test', 'a@example'],
  'string.guid': [text.guid({ version: 'uuidv4' }), UUID.replace('12d3', '42d3'), UUID],
  'string.hex': [text.hex({ prefix: 'optional' }), '0xfF', 'fg'],
  'string.hostname': [text.hostname(), 'a.example', '-a'],
  'string.insensitive': [text.valid('a').insensitive(), code('insensitive')],
  'string.ip': [text.ip(), code('ip')],
  'string.isoDate': [text.isoDate(), '2024-02-29T01:02:03Z', '2024-13-29T01:02:03Z'],
  'string.isoDuration': [text.isoDuration(), 'P1DT2H', 'P'],
  'string.length': [text.length(1), 'a', 'ab'],
  'string.lowercase': [text.lowercase(), code('case')],
  'string.max': [text.max(1), 'a', 'ab'],
  'string.min': [text.min(2), 'ab', 'a'],
  'string.normalize': [text.normalize(), code('normalize')],
  'string.pattern': [text.pattern(/^[a-z]+$/i).pattern(/b/), 'Ab', 'aa'],
  'string.replace': [text.replace(/a/, 'b'), code('replace')],
  'string.token': [text.token(), 'a_', 'a-'],
  'string.trim': [text.trim(), code('trim')],
  'string.truncate': [text.max(1).truncate(), code('truncate')],
  'string.uppercase': [text.uppercase(), code('case')],
  'string.uri': [text.uri(), 'https://example.com/', 'example.com'],
  'number.compare': [number.min(1), 1, 0],
  'number.greater': [number.greater(1), 1.1, 1],
  'number.integer': [number.integer(), 1, 1.5],
  'number.less': [number.less(1), 0.9, 1],
  'number.max': [number.max(1), 1, 2],
  'number.min': [number.min(1), 1, 0],
  'number.multiple': [number.multiple(2).multiple(3), 6, 4],
  'number.negative': [number.negative(), -1, 0],
  'number.port': [number.port(), 443, 65_536],
  'number.positive': [number.positive(), 1, 0],
  'number.precision': [number.precision(1), 1.2, 1.25],
  'number.sign': [number.sign('negative'), -1, 1],
  'number.unsafe': [number.unsafe().max(2 ** 54), 2 ** 53 + 2, 2 ** 55],
  'array.has': [list.has(number), code('has')],
  'array.items': [list.items(number, text.max(1)), [1, 'a'], ['ab']],
  'array.length': [list.length(1), [1], []],
  'array.max': [list.max(1), [1], [1, 2]],
  'array.min': [list.min(1), [1], []],
  'array.ordered': [list.ordered(number.required(), text.required()), [1, 'a'], [1]],
  'array.single': [list.single(), code('single')],
  'array.sort': [list.sort(), code('sort')],
  'array.sparse': [list.sparse(), code('sparse')],
  'array.unique': [list.unique(), [1, 2], [1, 1]],
  'object.and': [object.and('a', 'b'), code('and')],
  'object.append': [object.append({ c: number }), { c: 1 }, { d: 1 }],
  'object.assert': [object.assert('.a', number), code('assert')],
  'object.instance': [Joi.object().instance(Date), code('instance')],
  'object.keys': [Joi.object().keys({ a: number.required() }), { a: 1 }, {}],
  'object.length': [Joi.object().length(1), { a: 1 }, {}],
  'object.max': [Joi.object().max(1), { a: 1 }, { a: 1, b: 1 }],
  'object.min': [Joi.object().min(1), { a: 1 }, {}],
  'object.nand': [object.nand('a', 'b'), code('nand')],
  'object.or': [object.or('a', 'b'), code('or')],
  'object.oxor': [object.oxor('a', 'b'), code('oxor')],
  'object.pattern': [Joi.object().pattern(/^a/, number), { ab: 1 }, { b: 1 }],
  'object.ref': [Joi.object().ref(), code('ref')],
  'object.regex': [Joi.object().regex(), code('regex')],
  'object.rename': [object.rename('c', 'a'), code('rename')],
  'object.schema': [Joi.object().schema(), code('schema')],
  'object.unknown': [object.unknown(), { c: 1 }, { a: 'x' }],
  'object.with': [object.with('a', 'b'), code('with')],
  'object.without': [object.without('a', 'b'), code('without')],
  'object.xor': [object.xor('a', 'b'), code('xor')],
  'boolean.falsy': [Joi.boolean().falsy('no'), code('falsy')],
  'boolean.sensitive': [Joi.boolean().sensitive(), true, 'TRUE'],
  'boolean.truthy': [Joi.boolean().truthy('yes'), code('truthy')],
  'alternatives.conditional': [Joi.alternatives().conditional('a', { is: 1, otherwise: number }), code('conditional')],
  'alternatives.match': [Joi.alternatives().try(number.integer(), number.max(9)).match('one'), 1.5, 1],
  'alternatives.try': [Joi.alternatives().try(number, text.max(1)), 'a', 'ab'],
};

/** Types without rules of their own, flags, and members that change what is accepted. */
const MORE: Readonly<Record<string, Example<Schema>>> = {
  'any with listed values': [Joi.valid(1, 'a', null), null, 2],
  date: [Joi.date(), code('date')],
  binary: [Joi.binary(), code('binary')],
  function: [Joi.function(), code('function')],
  symbol: [Joi.symbol(), code('symbol')],
  link: [Joi.object({ a: Joi.link('#x') }).id('x'), /^properties\.a Joi\.link\(/],
  'the empty string': [text, 'a', ''],
  'the empty string, allowed': [text.allow('').max(1), '', 'ab'],
  'the empty string beside a format': [text.allow('').alphanum(), '', '!'],
  'a number that is not safe': [number, 1, 2 ** 53],
  'only listed values': [text.valid('a', null), null, 'b'],
  'null beside a type': [text.max(1).allow(null), null, 'ab'],
  invalid: [text.invalid('a'), 'b', 'a'],
  default: [Joi.object({ a: number.default(1) }), {}, { a: 'x' }],
  forbidden: [Joi.object({ a: number.forbidden() }), code('forbidden')],
  strip: [Joi.object({ a: number.strip() }), code('strip')],
  raw: [text.max(1).raw(), 'a', 'ab'],
  cast: [number.cast('string'), code('cast')],
  empty: [text.empty('a'), code('empty')],
  failover: [text.failover('a'), code('failover')],
  external: [text.external(() => undefined), code('external')],
  when: [Joi.object({ a: number.when('b', { is: 1, otherwise: Joi.required() }) }), code('when')],
  'a reference': [Joi.object({ b: number, a: number.min(Joi.ref('b')) }), /reference/],
  'a listed reference': [Joi.object({ b: number, a: Joi.valid(Joi.ref('b')) }), /no scalar/],
  'a listed object': [Joi.valid({ a: 1 }), /no scalar/],
  'email with its top-level domains': [text.email(), /email\(\) with these options/],
  'pattern, inverted': [text.pattern(/a/, { invert: true }), 'b', 'a'],
  'pattern with m': [text.pattern(/^a$/m), /the flag "m"/],
  'length in bytes': [text.max(1, 'utf8'), /max\(\) with these options/],
  'a rule as a warning': [text.max(1).warn(), code('warn')],
  'unique by a key': [list.unique('a'), /unique\(\) with these options/],
  'a required item': [list.items(number.required()), /required item/],
  'ordered with items': [list.ordered(number).items(text), code('ordered')],
  'a map by a schema': [Joi.object().pattern(text.max(1), number), { a: 1 }, { ab: 1 }],
  'a map beside keys': [object.pattern(/^a/, number), code('pattern')],
  'a preference for unknown keys': [object.prefs({ allowUnknown: true }), /prefs\(\{ allowUnknown/],
  'a preference for presence': [object.prefs({ presence: 'required' }), /prefs\(\{ presence/],
  strict: [number.strict(), 1, '1'],
  'a required property': [Joi.object({ a: number.required() }), { a: 1 }, {}],
  'a tag, note, unit, label, id and description': [
    text.max(1).tag('a').note('b').unit('c').label('d').id('e').description('f'),
    'a',
    'ab',
  ],
  'an alteration': [text.max(1).alter({ x: (schema) => schema.min(1) }), 'a', 'ab'],
  'an error of the user': [text.max(1).error(new Error('x')), 'a', 'ab'],
  'an example and a meta': [text.max(1).example('a').meta({ 'x-text': 'plain' }), 'a', 'ab'],
  'in a list in alternatives': [
    Joi.alternatives(list.items(text.trim()), number),
    /^anyOf\.0\.items Joi\.string\(\)\.trim/,
  ],
};

const accepts = (schema: Schema, value: unknown) => schema.validate(value, { convert: false }).error === undefined;

interface Definition {
  readonly rules: object;
  readonly flags: object;
  readonly terms: object;
}
/** What the library declares of each type. */
const types = Object.entries(
  Joi.types() as unknown as Record<string, { readonly type: string; readonly _definition: Definition }>,
);
const declared = new Map(types.map(([, { type, _definition }]) => [type, _definition]));
const names = (of: (definition: Definition) => object) =>
  new Set([...declared.values()].flatMap((one) => Object.keys(of(one))));

describe('a construct of Joi is enforced or rejected by its name', () => {
  it.each(Object.entries({ ...RULES, ...MORE }))('%s', (_name, example) => {
    expect(['enforced', 'reported']).toContain(proof(example, accepts));
  });

  it('every type that the library declares is in one of the lists', () => {
    const known = [...Object.keys(JOI_TYPES.enforced), ...Object.keys(JOI_TYPES.rejected)];
    expect(declared.size).toBeGreaterThan(8);
    // A link has no place in the types of the library.
    expect([...declared.keys(), 'link'].filter((type) => !known.includes(type))).toEqual([]);
  });

  it('every rule that the library declares is tried here', () => {
    const shared = Object.keys(declared.get('any')?.rules ?? {}).map((rule) => `any.${rule}`);
    const own = Object.entries(JOI_TYPES.enforced).flatMap(([type]) => {
      const rules = Object.keys(declared.get(type)?.rules ?? {}).map((rule) => `${type}.${rule}`);
      return rules.filter((rule) => !shared.includes(`any.${rule.split('.')[1]}`));
    });
    const rules = [...new Set([...shared, ...own])];
    expect(rules.length).toBeGreaterThan(70);
    expect(rules.filter((rule) => !Object.hasOwn(RULES, rule))).toEqual([]);
    const listed = [...Object.keys(JOI_RULES.enforced), ...Object.keys(JOI_RULES.rejected)];
    expect(listed.filter((rule) => !rules.includes(rule))).toEqual([]);
  });

  it('every flag and member that the library declares is in one of the lists', () => {
    const known = [...Object.keys(JOI_MEMBERS.enforced), ...Object.keys(JOI_MEMBERS.rejected)];
    const found = [...names(({ flags }) => flags), ...names(({ terms }) => terms)].filter(
      (name) => !name.startsWith('_'),
    );
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter((name) => !known.includes(name))).toEqual([]);
  });
});
