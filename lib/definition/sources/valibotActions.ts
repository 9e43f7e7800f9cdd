import type { SchemaNode } from '../schemaNode.ts';
import { listed } from './narrow.ts';
import { type ConstructTable, REJECTIONS } from './standard.ts';
import { escaped, patternOf, type Translation, URL_KEYWORDS } from './stringPatterns.ts';

/** What is read of an action: plain data. */
export interface ValibotAction {
  readonly kind: string;
  readonly type: string;
  readonly async?: boolean;
  readonly requirement?: unknown;
  readonly [member: string]: unknown;
}

/** Formats whose whole check is a regular expression. */
const PATTERNS = [
  ...['regex', 'base64', 'bic', 'cuid2', 'decimal', 'digits', 'domain', 'email', 'hash', 'hexadecimal'],
  ...['hex_color', 'ip', 'ipv4', 'ipv6', 'iso_date', 'iso_date_time', 'iso_date_time_second', 'iso_time'],
  ...['iso_time_second', 'iso_timestamp', 'iso_week', 'isrc', 'ksuid', 'mac', 'mac48', 'mac64'],
  ...['nanoid', 'octal', 'rfc_email', 'slug', 'ulid', 'uuid'],
];
/** Our formats that accept whatever the pattern accepts. */
const FORMATS: Readonly<Record<string, string>> = { email: 'email', ipv4: 'ipv4', uuid: 'uuid' };

/** Actions by `type`. */
export const VALIBOT_ACTIONS: ConstructTable = {
  enforced: {
    ...Object.fromEntries(
      PATTERNS.map((type) => [type, FORMATS[type] ? `\`pattern\`, \`format: ${FORMATS[type]}\`` : '`pattern`']),
    ),
    url: '`pattern`, `format: uri` (https only)',
    ...{ starts_with: '`pattern`', ends_with: '`pattern`', includes: '`pattern`', excludes: '`not`' },
    ...{ length: '`minLength` and `maxLength`, `minItems` and `maxItems`', not_length: '`not`' },
    ...{ min_length: '`minLength`, `minItems`', max_length: '`maxLength`, `maxItems`' },
    ...{ empty: '`maxLength`, `maxItems`', non_empty: '`minLength`, `minItems`' },
    ...{ code_points: '`minLength` and `maxLength`', min_code_points: '`minLength`', max_code_points: '`maxLength`' },
    ...{ not_code_points: '`not`', not_entries: '`not`', entries: '`minProperties` and `maxProperties`' },
    ...{ min_entries: '`minProperties`', max_entries: '`maxProperties`', multiple_of: '`multipleOf`' },
    ...{ min_value: '`minimum`', max_value: '`maximum`', gt_value: '`exclusiveMinimum`' },
    ...{ lt_value: '`exclusiveMaximum`', integer: '`type: integer`', safe_integer: '`type: integer`, bounds' },
    ...{ finite: 'no keyword', value: '`const`', values: '`enum`', not_value: '`not`', not_values: '`not`' },
    ...{ brand: 'no keyword', flavor: 'no keyword', readonly: 'no keyword' },
    ...{ title: '`title`', description: '`description`', examples: '`examples`', metadata: 'its keywords' },
  },
  rejected: {
    ...{ check: 'code', check_items: 'code', every_item: 'code', some_item: 'code', partial_check: 'code' },
    ...{ raw_check: 'code', guard: 'code', args: 'code', returns: 'code', await: 'code' },
    ...{
      emoji: 'unproven',
      jws_compact: 'unproven',
      credit_card: 'computed',
      imei: 'computed',
      isbn: 'computed',
      bytes: 'computed',
      min_bytes: 'computed',
    },
    ...{ max_bytes: 'computed', not_bytes: 'computed', graphemes: 'computed', min_graphemes: 'computed' },
    ...{ max_graphemes: 'computed', not_graphemes: 'computed', words: 'computed', min_words: 'computed' },
    ...{ max_words: 'computed', not_words: 'computed', size: 'value', min_size: 'value', max_size: 'value' },
    ...{ not_size: 'value', mime_type: 'value', filter_items: 'change', find_item: 'change', map_items: 'change' },
    ...{ normalize: 'change', parse_boolean: 'change', parse_json: 'change', raw_transform: 'change' },
    ...{ reduce_items: 'change', sort_items: 'change', stringify_json: 'change', to_bigint: 'change' },
    ...{ to_boolean: 'change', to_camel_case: 'change', to_date: 'change', to_kebab_case: 'change' },
    ...{ to_lower_case: 'change', to_max_value: 'change', to_min_value: 'change', to_number: 'change' },
    ...{ to_pascal_case: 'change', to_snake_case: 'change', to_string: 'change', to_upper_case: 'change' },
    ...{ transform: 'change', trim: 'change', trim_end: 'change', trim_start: 'change' },
  },
};

/** What an action adds to a schema. */
export function valibotAction(action: ValibotAction, node: SchemaNode): Translation {
  const { type } = action;
  const construct = `v.${camelCase(type)}()`;
  const why = VALIBOT_ACTIONS.rejected[type] ?? (action.kind === 'transformation' ? 'change' : 'code');
  const rejected = { construct, fix: REJECTIONS[why] };
  if (action.async === true || !Object.hasOwn(VALIBOT_ACTIONS.enforced, type)) return rejected;
  if (PATTERNS.includes(type)) {
    if (!(action.requirement instanceof RegExp) || node.type !== 'string') return rejected;
    const result = patternOf(action.requirement, type === 'regex' ? `v.regex(${action.requirement})` : construct);
    return 'keywords' in result && FORMATS[type] ? { keywords: { ...result.keywords, format: FORMATS[type] } } : result;
  }
  const keywords = keywordsOf(action, typeof node.type === 'string' ? node.type : '');
  return keywords === undefined ? rejected : { keywords };
}

export const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Undefined where JSON Schema does not apply the keyword to values of this type. */
function keywordsOf(action: ValibotAction, type: string): SchemaNode | undefined {
  const { requirement } = action;
  switch (action.type) {
    case 'starts_with':
    case 'ends_with':
    case 'includes':
    case 'excludes':
      return type === 'string' && typeof requirement === 'string'
        ? partOf(action.type, escaped(requirement))
        : undefined;
    case 'url':
      return type === 'string' ? URL_KEYWORDS : undefined;
    case 'title':
    case 'description':
    case 'examples':
      return { [action.type]: action[action.type] };
    case 'metadata':
      return action['metadata'] as SchemaNode;
    case 'brand':
    case 'flavor':
    case 'readonly':
      return {};
    case 'value':
    case 'values':
    case 'not_value':
    case 'not_values':
      return valuesOf(action.type, [requirement].flat());
    default:
      return ['number', 'integer'].includes(type)
        ? numberOf(action.type, requirement)
        : sizeOf(action.type, requirement, type);
  }
}

function partOf(type: string, literal: string): SchemaNode {
  if (type === 'excludes') return { not: { pattern: literal } };
  return { pattern: `${type === 'starts_with' ? '^' : ''}${literal}${type === 'ends_with' ? '$' : ''}` };
}

function valuesOf(type: string, values: readonly unknown[]): SchemaNode | undefined {
  const allowed = listed(values);
  if (!type.startsWith('not_') || allowed === undefined) return allowed;
  return { not: { enum: values } };
}

function numberOf(type: string, limit: unknown): SchemaNode | undefined {
  if (type === 'integer') return { type: 'integer' };
  if (type === 'finite') return {};
  if (type === 'safe_integer')
    return { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
  if (typeof limit !== 'number' || !Number.isFinite(limit)) return undefined;
  if (type === 'multiple_of') return limit === 0 ? undefined : { multipleOf: Math.abs(limit) };
  const keyword = {
    min_value: 'minimum',
    max_value: 'maximum',
    gt_value: 'exclusiveMinimum',
    lt_value: 'exclusiveMaximum',
  }[type];
  return keyword === undefined ? undefined : { [keyword]: limit };
}

const UNITS: Readonly<Record<string, string>> = { string: 'Length', array: 'Items', object: 'Properties' };

function sizeOf(type: string, requirement: unknown, of: string): SchemaNode | undefined {
  const [, prefix = '', measure = ''] = /^(min_|max_|not_|non_)?(length|code_points|entries|empty)$/.exec(type) ?? [];
  const measures = { string: ['length', 'code_points', 'empty'], array: ['length', 'empty'], object: ['entries'] }[of];
  const fits = measures?.includes(measure) ?? false;
  const unit = UNITS[of];
  const size = measure === 'empty' ? (prefix === 'non_' ? 1 : 0) : requirement;
  if (unit === undefined || !fits || !Number.isSafeInteger(size) || Number(size) < 0) return undefined;
  if (prefix === 'not_') return { not: { [`min${unit}`]: size, [`max${unit}`]: size } };
  if (prefix === 'min_' || prefix === 'non_') return { [`min${unit}`]: size };
  if (prefix === 'max_' || measure === 'empty') return { [`max${unit}`]: size };
  return { [`min${unit}`]: size, [`max${unit}`]: size };
}
