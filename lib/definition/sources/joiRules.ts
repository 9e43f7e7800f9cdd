import type { SchemaNode } from '../schemaNode.ts';
import { type ConstructTable, REJECTIONS, type Rejection } from './standard.ts';
import { BASE64_PATTERN, HOST_KEYWORDS, patternOf, type Translation, URL_KEYWORDS } from './stringPatterns.ts';

/** What is read of a rule: what `describe()` returns. */
export interface JoiRule {
  readonly name: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly warn?: boolean;
}

/** Rules by type and name. */
export const JOI_RULES: ConstructTable = {
  enforced: {
    ...{ 'string.min': '`minLength`', 'string.max': '`maxLength`', 'string.length': '`minLength` and `maxLength`' },
    ...{
      'string.pattern': '`pattern`, `not` for an inverted one',
      'string.alphanum': '`pattern`',
      'string.token': '`pattern`',
    },
    ...{ 'string.hex': '`pattern`', 'string.base64': '`pattern`', 'string.isoDuration': '`pattern`' },
    'string.email': '`pattern`, `format: email`, only with `{ tlds: false }`',
    'string.guid': '`pattern`, `format: uuid` (hyphens, no brackets)',
    'string.hostname': '`pattern`, `format: hostname` (ASCII, no two hyphens in a row)',
    'string.isoDate': '`format: date-time` (RFC 3339)',
    'string.uri': '`pattern`, `format: uri` (https only)',
    ...{ 'number.min': '`minimum`', 'number.max': '`maximum`', 'number.greater': '`exclusiveMinimum`' },
    ...{ 'number.less': '`exclusiveMaximum`', 'number.integer': '`type: integer`', 'number.multiple': '`multipleOf`' },
    'number.precision': '`multipleOf`: with more decimals a value is rejected, not rounded',
    ...{ 'number.sign': '`exclusiveMinimum`, `exclusiveMaximum`', 'number.port': '`type: integer`, bounds' },
    ...{ 'array.min': '`minItems`', 'array.max': '`maxItems`', 'array.length': '`minItems` and `maxItems`' },
    ...{ 'array.unique': '`uniqueItems`', 'object.min': '`minProperties`', 'object.max': '`maxProperties`' },
    'object.length': '`minProperties` and `maxProperties`',
    'any.warning': 'no keyword: it rejects nothing',
  },
  rejected: {
    ...{ 'any.custom': 'code', 'string.case': 'change', 'string.trim': 'change', 'string.normalize': 'change' },
    ...{ 'string.replace': 'change', 'string.truncate': 'change', 'string.creditCard': 'computed' },
    ...{ 'string.dataUri': 'computed', 'string.domain': 'computed', 'string.ip': 'computed' },
    ...{ 'array.sort': 'change', 'array.has': 'code', 'object.assert': 'relation' },
    ...{ 'object.instance': 'code', 'object.ref': 'code', 'object.regex': 'code', 'object.schema': 'code' },
  },
};

/** What a rule adds to a schema. */
export function joiRule(type: string, rule: JoiRule): Translation {
  const name = Object.hasOwn(ANY, rule.name) ? `any.${rule.name}` : `${type}.${rule.name}`;
  if (name === 'any.warning') return { keywords: {} };
  const { args = {} } = rule;
  const construct = `Joi.${type}().${rule.name}()`;
  if (rule.warn === true) return rejected(`${construct}.warn()`, 'code');
  if (!Object.hasOwn(JOI_RULES.enforced, name)) return rejected(construct, JOI_RULES.rejected[name] ?? 'code');
  if (JSON.stringify(args).includes('"ref":{')) return rejected(`${construct} of a reference`, 'relation');
  if (name === 'string.pattern') return pattern(args);
  const keywords =
    type === 'string' && STRING[rule.name] !== undefined
      ? STRING[rule.name]?.(optionsOf(args))
      : sizes(type, rule.name, args);
  return keywords === undefined ? rejected(`${construct} with these options`, 'code', FIXES[rule.name]) : { keywords };
}

const ANY = { custom: true, warning: true };
const rejected = (construct: string, why: Rejection, fix: string = REJECTIONS[why]): Translation => ({
  construct,
  fix,
});
const optionsOf = (args: Readonly<Record<string, unknown>>) =>
  (args['options'] ?? {}) as Readonly<Record<string, unknown>>;
const FIXES: Readonly<Record<string, string>> = {
  email: 'Write .email({ tlds: false }): the list of top-level domains is not exported.',
  guid: "Write .guid({ separator: '-', wrapper: false }), with a version if one is needed.",
  uri: 'Write .uri() or .uri({ scheme: "https" }): URLs of other schemes and relative ones are not accepted.',
};

/** A regular expression as `describe()` prints it. */
export function parsedRegex(printed: unknown): RegExp | undefined {
  const [, source, flags] = /^\/(.*)\/([a-z]*)$/s.exec(String(printed)) ?? [];
  return source === undefined ? undefined : new RegExp(source, flags);
}

function pattern(args: Readonly<Record<string, unknown>>): Translation {
  const regex = parsedRegex(args['regex']);
  if (regex === undefined) return rejected('Joi.string().pattern()', 'code');
  const result = patternOf(regex, `Joi.string().pattern(${regex})`);
  return 'keywords' in result && optionsOf(args)['invert'] === true ? { keywords: { not: result.keywords } } : result;
}

type Options = Readonly<Record<string, unknown>>;
const only = (options: Options, ...names: readonly string[]) =>
  Object.keys(options).every((name) => names.includes(name));

/** Rules of strings with a format; undefined where the options ask for more than the pattern checks. */
const STRING: Readonly<Record<string, (options: Options) => SchemaNode | undefined>> = {
  alphanum: () => ({ pattern: '^[a-zA-Z0-9]+$' }),
  token: () => ({ pattern: '^[a-zA-Z0-9_]+$' }),
  hex: (options) => {
    const prefix = { true: '0[xX]', optional: '(?:0[xX])?' }[String(options['prefix'])] ?? '';
    return options['byteAligned'] === true ? undefined : { pattern: `^${prefix}[0-9a-fA-F]+$` };
  },
  base64: ({ urlSafe, paddingRequired }) =>
    urlSafe === true || paddingRequired === false ? undefined : { pattern: BASE64_PATTERN },
  isoDuration: () => ({ pattern: '^P(?!$)(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?(T(?=\\d)(\\d+H)?(\\d+M)?(\\d+S)?)?$' }),
  isoDate: () => ({ format: 'date-time', pattern: 'T' }),
  email: (options) =>
    options['tlds'] === false && only(options, 'tlds')
      ? { format: 'email', pattern: `^[^@]{1,64}@(?=[^@]{1,189}$)(?:${LABEL}\\.)+(?!\\d)${LABEL}$` }
      : undefined,
  hostname: () => HOST_KEYWORDS,
  guid: ({ version, separator, wrapper, ...more }) => {
    const versions = [version ?? []].flat().map((name) => String(name).slice('uuidv'.length));
    const isPlain =
      [undefined, '-', true].includes(separator as string) && [undefined, false].includes(wrapper as boolean);
    if (!isPlain || !only(more)) return undefined;
    const [third, fourth] =
      versions.length === 0 ? ['[0-9a-fA-F]', '[0-9a-fA-F]'] : [`[${versions.join('')}]`, '[89abAB]'];
    const hex = (count: number) => `[0-9a-fA-F]{${count}}`;
    return { format: 'uuid', pattern: `^${hex(8)}-${hex(4)}-${third}${hex(3)}-${fourth}${hex(3)}-${hex(12)}$` };
  },
  uri: (options) => {
    const schemes = [options['scheme'] ?? 'https'].flat();
    return only(options, 'scheme', 'allowQuerySquareBrackets') && schemes.includes('https') ? URL_KEYWORDS : undefined;
  },
};
/** A label of a host name that is no international one, which would have to be decoded. */
const LABEL = '(?![xX][nN]--)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';

const UNITS: Readonly<Record<string, string>> = { string: 'Length', array: 'Items', object: 'Properties' };

function sizes(type: string, name: string, args: Readonly<Record<string, unknown>>): SchemaNode | undefined {
  const { limit, base, sign, encoding, comparator, options } = args;
  if (name === 'unique') return comparator === undefined && options === undefined ? { uniqueItems: true } : undefined;
  if (name === 'integer') return { type: 'integer' };
  if (name === 'port') return { type: 'integer', minimum: 0, maximum: 65_535 };
  if (name === 'sign') return sign === 'positive' ? { exclusiveMinimum: 0 } : { exclusiveMaximum: 0 };
  if (name === 'multiple') return typeof base === 'number' ? { multipleOf: base } : undefined;
  if (name === 'precision') return typeof limit === 'number' ? { multipleOf: Number(`1e-${limit}`) } : undefined;
  if (typeof limit !== 'number' || encoding !== undefined) return undefined;
  if (type === 'number') {
    const keyword = { min: 'minimum', max: 'maximum', greater: 'exclusiveMinimum', less: 'exclusiveMaximum' }[name];
    return keyword === undefined ? undefined : { [keyword]: limit };
  }
  const unit = UNITS[type];
  return {
    ...(name === 'max' ? {} : { [`min${unit}`]: limit }),
    ...(name === 'min' ? {} : { [`max${unit}`]: limit }),
  };
}
