import type { SchemaNode } from '../schemaNode.ts';
import { joiGaps } from './defaults.ts';
import { type JoiRule, joiRule, parsedRegex } from './joiRules.ts';
import { intersected, listed, narrow } from './narrow.ts';
import { type ConstructTable, REJECTIONS, type Rejection, type SourceGap } from './standard.ts';
import { patternOf } from './stringPatterns.ts';

type JoiFlags = Readonly<Record<string, unknown>>;

/** What is read of a Joi schema: what its `describe()` returns. */
interface JoiNode {
  readonly type?: string;
  readonly flags?: JoiFlags;
  readonly rules?: readonly JoiRule[];
  readonly keys?: Readonly<Record<string, JoiNode>>;
  readonly items?: readonly JoiNode[];
  readonly ordered?: readonly JoiNode[];
  readonly matches?: readonly { readonly schema?: JoiNode }[];
  readonly patterns?: readonly { readonly regex?: string; readonly schema?: JoiNode; readonly rule: JoiNode }[];
  readonly allow?: readonly unknown[];
  readonly invalid?: readonly unknown[];
  readonly metas?: readonly Readonly<Record<string, unknown>>[];
  readonly preferences?: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

export const JOI_TYPES: ConstructTable = {
  enforced: {
    ...{
      any: 'no keyword',
      string: "`type: string`, `minLength: 1` unless `''` is allowed",
      boolean: '`type: boolean`',
    },
    ...{ number: '`type: number`, in the range of safe integers unless `.unsafe()`', array: '`items`, `prefixItems`' },
    object: '`properties`, `required`, `additionalProperties: false`; a map for one `.pattern()`',
    alternatives: '`anyOf`; `oneOf` and `allOf` by `.match()`',
  },
  rejected: { date: 'value', binary: 'value', function: 'value', symbol: 'value', link: 'open' },
};

/** Members and flags of `describe()`, each as the method that sets it. */
export const JOI_MEMBERS: ConstructTable = {
  enforced: {
    ...{
      presence: '`required`',
      only: '`enum`',
      unknown: 'rejected as open',
      default: '`default`',
      match: 'see alternatives',
    },
    ...{ description: '`description`', unsafe: 'see number', allow: '`anyOf` with `enum`', invalid: '`not`' },
    ...{ keys: '`properties`', items: '`items`', ordered: '`prefixItems`', matches: '`anyOf`', patterns: 'a map' },
    ...{
      metas: 'keywords that start with `x-`',
      examples: '`examples`',
      rules: 'see the rules',
      flags: 'see the flags',
    },
    ...{ type: 'see the types', notes: 'no keyword', tags: 'no keyword', label: '`title`', id: '`$id`' },
    ...{
      unit: 'no keyword',
      error: 'no keyword',
      alterations: 'no keyword',
      preferences: 'no keyword',
      sensitive: 'no keyword',
    },
  },
  rejected: {
    ...{ cast: 'change', empty: 'change', failover: 'change', result: 'change', encoding: 'change', single: 'change' },
    ...{
      sparse: 'value',
      truncate: 'change',
      insensitive: 'code',
      artifact: 'change',
      externals: 'code',
      shared: 'open',
    },
    ...{ whens: 'relation', dependencies: 'relation', renames: 'change', replacements: 'change', truthy: 'change' },
    ...{ falsy: 'change', map: 'value', link: 'open' },
  },
};
/** Preferences that change nothing in what is accepted; `convert` never runs. */
const PREFERENCES = ['convert', 'abortEarly', 'messages', 'errors', 'warnings', 'debug', 'cache', 'dateFormat'];

/** Reads a schema of Joi; every construct that JSON Schema cannot enforce is a gap. */
export function joiSchema(schema: object): { readonly json: SchemaNode; readonly gaps: readonly SourceGap[] } {
  const gaps: SourceGap[] = [];
  const report = (at: string, construct: string, why: Rejection, fix: string = REJECTIONS[why]): SchemaNode => {
    gaps.push({ at, construct, fix });
    return {};
  };

  const read = (node: JoiNode, at: string): SchemaNode => {
    const { type = 'any', flags = {} } = node;
    if (flags['presence'] === 'forbidden')
      return report(
        at,
        `Joi.${type}().forbidden()`,
        'open',
        'Leave the property out: unknown properties are rejected.',
      );
    if (!Object.hasOwn(JOI_TYPES.enforced, type))
      return report(at, `Joi.${type}()`, JOI_TYPES.rejected[type] ?? 'code');
    reportMembers(node, at);
    const json = annotated(node, valued(node, at));
    return withDefault(json, flags, at);
  };

  const reportMembers = ({ type = 'any', flags = {}, preferences = {}, ...members }: JoiNode, at: string): void => {
    const known = (name: string) => Object.hasOwn(JOI_MEMBERS.enforced, name);
    for (const name of [...Object.keys(flags), ...Object.keys(members)].filter((one) => !known(one))) {
      if (name === 'result' && flags[name] === 'raw') continue;
      for (const method of methodsOf(name, members[name]))
        report(at, `Joi.${type}().${method}()`, JOI_MEMBERS.rejected[name] ?? 'code');
    }
    for (const name of Object.keys(preferences).filter((one) => !PREFERENCES.includes(one)))
      report(at, `Joi.${type}().prefs({ ${name} })`, 'code', 'Write the same with the methods of the schemas.');
  };

  /** Listed values count instead of the type and its rules, or beside them. */
  const valued = (node: JoiNode, at: string): SchemaNode => {
    const { type = 'any', flags = {}, invalid = [] } = node;
    const allow = (node.allow ?? []).filter((value) => !isOverride(value));
    const values = listed(allow);
    if (values === undefined && allow.length > 0)
      return report(at, `Joi.${type}().valid() or .allow() of no scalar`, 'value');
    if (flags['only'] === true) return values ?? { not: {} };
    const isEmptyAllowed = type === 'string' && allow.length === 1 && allow[0] === '' && !hasOtherRules(node);
    const typed = base(node, at, isEmptyAllowed);
    const either = values === undefined || isEmptyAllowed || type === 'any' ? typed : { anyOf: [typed, values] };
    if (invalid.length === 0) return either;
    const excluded = listed(invalid);
    return excluded === undefined
      ? report(at, `Joi.${type}().invalid() of no scalar`, 'value')
      : narrow(either, { not: { enum: [...invalid] } });
  };

  const base = (node: JoiNode, at: string, isEmptyAllowed: boolean): SchemaNode =>
    (node.rules ?? []).reduce<SchemaNode>(
      (all, rule) => {
        const result = joiRule(node.type ?? 'any', rule);
        if ('keywords' in result) return narrow(all, result.keywords);
        gaps.push({ at, construct: result.construct, fix: result.fix });
        return all;
      },
      typed(node, at, isEmptyAllowed),
    );

  const typed = (node: JoiNode, at: string, isEmptyAllowed: boolean): SchemaNode => {
    switch (node.type) {
      case 'string':
        return { type: 'string', ...(isEmptyAllowed || limitOf(node) === 0 ? {} : { minLength: 1 }) };
      case 'number':
        return node.flags?.['unsafe'] === true ? { type: 'number' } : { type: 'number', ...SAFE };
      case 'boolean':
        return { type: 'boolean' };
      case 'array':
        return array(node, at);
      case 'object':
        return object(node, at);
      case 'alternatives':
        return alternatives(node, at);
      default:
        return {};
    }
  };

  const child = (node: JoiNode, at: string, step: string): SchemaNode => read(node, at === '' ? step : `${at}.${step}`);

  const array = ({ items = [], ordered = [] }: JoiNode, at: string): SchemaNode => {
    if (items.some(({ flags }) => flags?.['presence'] === 'required'))
      return report(
        at,
        'Joi.array().items() with a required item',
        'open',
        'Use .min(1) with one item type, or a fixed .ordered() list.',
      );
    if (ordered.length > 0) {
      if (items.length > 0 || ordered.some(({ flags }) => flags?.['presence'] !== 'required'))
        return report(
          at,
          'Joi.array().ordered() with items or optional entries',
          'open',
          'Make each entry .required(), and drop .items().',
        );
      const prefixItems = ordered.map((node, i) => child(node, at, `prefixItems.${i}`));
      return { type: 'array', prefixItems, items: false, minItems: ordered.length, maxItems: ordered.length };
    }
    const [only, ...more] = items;
    if (only === undefined) return { type: 'array' };
    if (more.length === 0) return { type: 'array', items: child(only, at, 'items') };
    return { type: 'array', items: { anyOf: items.map((node, i) => child(node, at, `items.anyOf.${i}`)) } };
  };

  const object = ({ keys, patterns = [], flags }: JoiNode, at: string): SchemaNode => {
    if (patterns.length > 0) return map(patterns, keys, flags?.['unknown'] === true, at);
    const entries = Object.entries(keys ?? {});
    const required = entries.filter(([, node]) => node.flags?.['presence'] === 'required').map(([name]) => name);
    return {
      type: 'object',
      properties: Object.fromEntries(entries.map(([name, node]) => [name, child(node, at, `properties.${name}`)])),
      ...(required.length === 0 ? {} : { required }),
      ...(flags?.['unknown'] === true
        ? { additionalProperties: true }
        : keys === undefined
          ? {}
          : { additionalProperties: false }),
    };
  };

  const map = (
    patterns: NonNullable<JoiNode['patterns']>,
    keys: JoiNode['keys'],
    unknown: boolean,
    at: string,
  ): SchemaNode => {
    const [one, ...more] = patterns;
    if (
      one === undefined ||
      more.length > 0 ||
      unknown ||
      Object.keys(keys ?? {}).length > 0 ||
      Object.keys(one).length > 2
    )
      return report(
        at,
        'Joi.object().pattern() beside other keys, patterns or options',
        'open',
        'Declare either a map with one .pattern(), or keys.',
      );
    const additionalProperties = child(one.rule, at, 'additionalProperties');
    if (one.schema !== undefined)
      return { type: 'object', propertyNames: child(one.schema, at, 'propertyNames'), additionalProperties };
    const regex = parsedRegex(one.regex);
    const names = patternOf(regex ?? /(?:)/v, `Joi.object().pattern(${one.regex})`);
    if (!('keywords' in names)) return report(at, names.construct, 'code', names.fix);
    return { type: 'object', propertyNames: { type: 'string', ...names.keywords }, additionalProperties };
  };

  const alternatives = ({ matches = [], flags }: JoiNode, at: string): SchemaNode => {
    const keyword = { one: 'oneOf', all: 'allOf' }[String(flags?.['match'])] ?? 'anyOf';
    if (matches.some(({ schema: tried }) => tried === undefined))
      return report(at, 'Joi.alternatives().conditional()', 'relation');
    const tried = matches.map(({ schema: option }, i) => child(option ?? {}, at, `${keyword}.${i}`));
    if (keyword === 'allOf') return intersected(tried);
    return tried.length === 0 ? {} : { [keyword]: tried };
  };

  const annotated = ({ flags = {}, metas = [], examples }: JoiNode, node: SchemaNode): SchemaNode => {
    const ours = metas.flatMap((meta) => Object.entries(meta).filter(([name]) => name.startsWith('x-')));
    const notes = { $id: flags['id'], title: flags['label'], description: flags['description'] };
    return {
      ...narrow(node, Object.fromEntries(ours)),
      ...Object.fromEntries(Object.entries(notes).filter(([, note]) => typeof note === 'string')),
      ...(Array.isArray(examples) ? { examples } : {}),
    };
  };

  const withDefault = (json: SchemaNode, flags: JoiFlags, at: string): SchemaNode => {
    const own = joiGaps(at, flags, json);
    gaps.push(...own);
    return own.length > 0 || flags['default'] === undefined ? json : { ...json, default: flags['default'] };
  };

  const described = describe(schema);
  return { json: described === undefined ? report('', NOT_DESCRIBED, 'code') : read(described, ''), gaps };
}

const NOT_DESCRIBED =
  'a Joi schema that describe() cannot describe, such as one with a default or failover of another kind';

/** Joi checks its own description, and throws where that is not one of its schemas. */
function describe(schema: object): JoiNode | undefined {
  try {
    return (schema as { readonly describe?: () => JoiNode }).describe?.();
  } catch {
    return undefined;
  }
}

/** The method that sets a member or flag, where it has another name. */
const METHODS: Readonly<Record<string, string>> = {
  ...{ externals: 'external', whens: 'when', renames: 'rename', replacements: 'replace' },
  ...{ result: 'strip', encoding: 'encoding' },
};
/** Each dependency names its own method: and, or, xor, with and others. */
const methodsOf = (name: string, member: unknown): readonly string[] =>
  name === 'dependencies' && Array.isArray(member)
    ? [...new Set(member.map(({ rel }: { readonly rel?: unknown }) => String(rel)))]
    : [METHODS[name] ?? name];
/** Joi rejects larger numbers as unsafe. */
const SAFE = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };

const isOverride = (value: unknown): boolean => typeof value === 'object' && value !== null && 'override' in value;
const hasOtherRules = ({ rules = [] }: JoiNode): boolean => rules.some(({ name }) => name !== 'max');

/** Zero where a rule accepts the empty string. */
function limitOf({ rules = [] }: JoiNode): unknown {
  return rules.find(({ name }) => name === 'min' || name === 'length')?.args?.['limit'];
}
