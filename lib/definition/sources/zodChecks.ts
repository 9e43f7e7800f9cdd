import type { SchemaNode } from '../schemaNode.ts';
import { type ConstructTable, REJECTIONS, type Rejection } from './standard.ts';
import {
  BASE64_PATTERN,
  BASE64URL_PATTERN,
  CIDRV6_PATTERN,
  DOMAIN_SOURCE,
  escaped,
  HTTP_URL_KEYWORDS,
  patternOf,
  type Translation,
  URL_KEYWORDS,
} from './stringPatterns.ts';

/** What is read of a check: its definition, which is plain data. */
export interface ZodCheckDef {
  readonly check?: string;
  readonly format?: string;
  readonly pattern?: RegExp;
  readonly [member: string]: unknown;
}

/** Checks by `check`, string formats by `format`. */
export const ZOD_CHECKS: ConstructTable = {
  enforced: {
    less_than: '`maximum`, `exclusiveMaximum`',
    greater_than: '`minimum`, `exclusiveMinimum`',
    multiple_of: '`multipleOf`',
    number_format: '`type: integer`, `minimum`, `maximum`',
    max_length: '`maxLength`, `maxItems`',
    min_length: '`minLength`, `minItems`',
    length_equals: '`minLength` and `maxLength`, `minItems` and `maxItems`',
    string_format: 'by its format',
  },
  rejected: {
    custom: 'code',
    overwrite: 'change',
    property: 'code',
    properties: 'code',
    max_size: 'value',
    min_size: 'value',
    size_equals: 'value',
    mime_type: 'value',
    bigint_format: 'value',
  },
};

const PATTERN = '`pattern`';
export const ZOD_FORMATS: ConstructTable = {
  enforced: {
    ...Object.fromEntries(
      [
        ...['regex', 'lowercase', 'uppercase', 'includes', 'starts_with', 'ends_with', 'email', 'emoji', 'nanoid'],
        ...['cuid', 'cuid2', 'ulid', 'xid', 'ksuid', 'time', 'mac', 'cidrv4', 'cidrv6', 'hostname', 'hex'],
        ...['base64', 'base64url', 'currency_code'],
      ].map((format) => [format, PATTERN]),
    ),
    guid: '`pattern`, `format: uuid`',
    uuid: '`pattern`, `format: uuid`',
    date: '`pattern`, `format: date`',
    datetime: '`pattern`, `format: date-time`',
    ipv4: '`pattern`, `format: ipv4`',
    ipv6: '`format: ipv6`',
    e164: '`pattern`, `format: phone`',
    url: '`pattern`, `format: uri` (https only)',
  },
  rejected: { credit_card: 'computed', iban: 'computed', jwt: 'computed', duration: 'unproven' },
};

/** Our formats that accept whatever the pattern accepts; shown to people, and bounded. */
const FORMATS: Readonly<Record<string, string>> = {
  ...{ guid: 'uuid', uuid: 'uuid', date: 'date', ipv4: 'ipv4', e164: 'phone' },
};
/** What code checks beside the pattern of Zod. */
const OWN_PATTERNS: Readonly<Record<string, string>> = {
  base64: BASE64_PATTERN,
  base64url: BASE64URL_PATTERN,
  cidrv6: CIDRV6_PATTERN,
};

/** @param type the type of the schema that has the check. */
export function zodCheck(def: ZodCheckDef, type: string): Translation {
  const { check = '' } = def;
  if (check === 'string_format') return type === 'string' ? formatOf(def) : rejected(`.${def.format}()`, 'code');
  if (Object.hasOwn(ZOD_CHECKS.enforced, check)) {
    const keywords = type === 'number' ? numberKeywords(def) : lengthKeywords(def, type);
    return keywords === undefined ? rejected(`.check(${camelCase(check)})`, 'code') : { keywords };
  }
  const spelled = SPELLINGS[check] ?? `.${camelCase(check)}()`;
  return rejected(spelled, ZOD_CHECKS.rejected[check] ?? 'code');
}

const SPELLINGS: Readonly<Record<string, string>> = {
  custom: '.refine(), .superRefine() or .check()',
  overwrite: '.trim(), .toLowerCase(), .overwrite() or another change of the value',
};

const rejected = (construct: string, why: Rejection): Translation => ({ construct, fix: REJECTIONS[why] });
const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

function numberKeywords({ check, value, inclusive, format }: ZodCheckDef): SchemaNode | undefined {
  const step = Math.abs(Number(value));
  if (check === 'number_format') return NUMBER_FORMATS[String(format)];
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  if (check === 'less_than') return inclusive === true ? { maximum: value } : { exclusiveMaximum: value };
  if (check === 'greater_than') return inclusive === true ? { minimum: value } : { exclusiveMinimum: value };
  return check === 'multiple_of' && step > 0 ? { multipleOf: step } : undefined;
}

const integers = (minimum: number, maximum: number): SchemaNode => ({ type: 'integer', minimum, maximum });
const NUMBER_FORMATS: Readonly<Record<string, SchemaNode>> = {
  safeint: integers(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  int32: integers(-(2 ** 31), 2 ** 31 - 1),
  uint32: integers(0, 2 ** 32 - 1),
  float32: { minimum: -3.4028234663852886e38, maximum: 3.4028234663852886e38 },
  float64: {},
};

function lengthKeywords({ check, minimum, maximum, length }: ZodCheckDef, type: string): SchemaNode | undefined {
  const unit = { string: 'Length', array: 'Items', tuple: 'Items' }[type];
  const [min, max] = check === 'length_equals' ? [length, length] : [minimum, maximum];
  if (unit === undefined || ![min, max].every((bound) => bound === undefined || isCount(bound))) return undefined;
  return {
    ...(min === undefined ? {} : { [`min${unit}`]: min }),
    ...(max === undefined ? {} : { [`max${unit}`]: max }),
  };
}

const isCount = (bound: unknown): boolean => Number.isSafeInteger(bound) && Number(bound) >= 0;

function formatOf(def: ZodCheckDef): Translation {
  const { format = '', pattern } = def;
  const known = Object.hasOwn(ZOD_FORMATS.enforced, format) || /^(?:md5|sha\d+)_(?:hex|base64|base64url)$/.test(format);
  // A format of the user's own is its regular expression, or code.
  const isOwn = def['fn'] !== undefined && pattern !== undefined;
  if (!known && !isOwn) return rejected(`z.${camelCase(format)}()`, ZOD_FORMATS.rejected[format] ?? 'code');
  if (format === 'url') return url(def);
  // Zod asks `new URL`, which accepts the forms of RFC 4291 with an IPv4 address at the end, as our format does and its pattern does not.
  if (format === 'ipv6') return { keywords: { format } };
  const literal = literalPattern(def) ?? OWN_PATTERNS[format];
  if (literal !== undefined) return { keywords: { pattern: literal } };
  if (pattern === undefined) return rejected(`z.${camelCase(format)}()`, 'code');
  // Zod starts at the first character each time, so that `g` changes nothing; a format of the user's own does not.
  const regex = isOwn ? pattern : new RegExp(pattern.source, pattern.flags.replace('g', ''));
  const result = patternOf(regex, format === 'regex' ? `.regex(${pattern})` : `z.${camelCase(format)}()`);
  return 'keywords' in result ? { keywords: { ...annotation(def), ...result.keywords } } : result;
}

function annotation({ format = '', local, precision }: ZodCheckDef): SchemaNode {
  // Without seconds, or without an offset, it is no date-time of RFC 3339.
  const ours = format === 'datetime' && local !== true && precision !== -1 ? 'date-time' : FORMATS[format];
  return ours === undefined ? {} : { format: ours };
}

function literalPattern({ format, includes, prefix, suffix, position }: ZodCheckDef): string | undefined {
  if (format === 'includes' && typeof includes === 'string') {
    const before = typeof position === 'number' && position > 0 ? `^[\\s\\S]{${position}}[\\s\\S]*` : '';
    return `${before}${escaped(includes)}`;
  }
  if (format === 'starts_with' && typeof prefix === 'string') return `^${escaped(prefix)}`;
  return format === 'ends_with' && typeof suffix === 'string' ? `${escaped(suffix)}$` : undefined;
}

/** Only what code would check beside: the protocol is https anyway. */
function url({ hostname, protocol, normalize }: ZodCheckDef): Translation {
  if (normalize === true) return rejected('z.url({ normalize })', 'change');
  const isDomain = hostname instanceof RegExp && hostname.source === DOMAIN_SOURCE;
  if (hostname !== undefined && !isDomain) return rejected('z.url({ hostname })', 'code');
  if (protocol instanceof RegExp && !new RegExp(protocol.source, protocol.flags).test('https'))
    return rejected('z.url({ protocol }) without https', 'code');
  return { keywords: isDomain ? HTTP_URL_KEYWORDS : URL_KEYWORDS };
}
