import type { SchemaNode } from '../schemaNode.ts';
import { contentOf } from '../walkSchema.ts';
import { memberGaps } from './defaults.ts';
import { type ConstructTable, REJECTIONS, type SourceGap } from './standard.ts';

/** Kinds and modifiers of TypeBox, by the hidden properties of its schemas. Those of plain JSON Schema have none. */
export const TYPEBOX_KINDS: ConstructTable = {
  enforced: {
    ...Object.fromEntries(
      [
        ...['Any', 'Array', 'Boolean', 'Enum', 'Integer', 'Intersect', 'Literal', 'Never', 'Null', 'Number', 'Object'],
        ...['String', 'TemplateLiteral', 'Union', 'Unknown'],
      ].map((kind) => [kind, 'its own JSON Schema']),
    ),
    Tuple: '`prefixItems`',
    Record: '`properties` for listed keys, else `additionalProperties` or `patternProperties`',
  },
  rejected: {
    ...{ BigInt: 'value', Symbol: 'value', Undefined: 'value', Void: 'value', Function: 'value', Constructor: 'value' },
    ...{ Cyclic: 'open', Ref: 'open', This: 'open', Base: 'code', Call: 'open', Conditional: 'open', Deferred: 'open' },
    ...{ Dependent: 'relation', Generic: 'open', Identifier: 'open', Infer: 'open', Parameter: 'open', Rest: 'open' },
  },
};

/** Hidden properties by name; a newer version may add some. */
export const TYPEBOX_MODIFIERS: ConstructTable = {
  enforced: {
    '~kind': 'see the kinds',
    '~optional': 'not in `required`',
    '~readonly': 'no keyword',
    '~immutable': 'no keyword',
    '~unsafe': 'the JSON Schema that it is given',
  },
  rejected: { '~refine': 'code', '~codec': 'change' },
};

const SPELLINGS: Readonly<Record<string, string>> = {
  '~refine': 'Type.Refine()',
  '~codec': 'Type.Codec(), Type.Decode() or Type.Encode()',
};
const RECURSIVE = ['Cyclic', 'Ref', 'This'];
/** Pattern of a record whose keys are any strings. */
const ANY_KEY = '^.*$';

/** Whether TypeBox made a schema, or some schema below it. */
export function isTypeBox(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  return hiddenNames(schema).length > 0 || Object.values(schema).some(isTypeBox);
}

/** Reads a schema of TypeBox, or a plain one: the rules beside its JSON Schema are code, and reported. */
export function typeboxSchema(schema: object): { readonly json: SchemaNode; readonly gaps: readonly SourceGap[] } {
  const gaps: SourceGap[] = [];
  const open = new Set<unknown>();

  const read = (value: unknown, at: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const below = (step: string) => (at === '' ? step : `${at}.${step}`);
    // TypeBox writes the items of a tuple as a list.
    if (Array.isArray(value)) return value.map((one, i) => read(one, below(String(i))));
    if (open.has(value)) throw new TypeError('a schema that contains itself is no JSON');
    open.add(value);
    reportHidden(value, at);
    gaps.push(...memberGaps(at, value));
    const data = Object.entries(value).map(([keyword, content]) => [keyword, within(keyword, content, below(keyword))]);
    open.delete(value);
    return standard(Object.fromEntries(data), kindOf(value));
  };

  /** What a keyword holds: a schema, schemas by name or in a list, or data, such as a default. */
  const within = (keyword: string, content: unknown, at: string): unknown => {
    const kind = contentOf(keyword);
    if (kind === 'schema' || kind === 'list') return read(content, at);
    if (kind !== 'map' || typeof content !== 'object' || content === null) return content;
    return Object.fromEntries(Object.entries(content).map(([name, one]) => [name, read(one, `${at}.${name}`)]));
  };

  const reportHidden = (value: object, at: string): void => {
    const kind = kindOf(value);
    if (kind !== undefined && !Object.hasOwn(TYPEBOX_KINDS.enforced, kind)) {
      const fix = RECURSIVE.includes(kind)
        ? 'Use the value itself: a recursive schema has no largest size.'
        : REJECTIONS[TYPEBOX_KINDS.rejected[kind] ?? 'code'];
      gaps.push({ at, construct: `Type.${kind}()`, fix });
    }
    for (const name of hiddenNames(value).filter((one) => !Object.hasOwn(TYPEBOX_MODIFIERS.enforced, one))) {
      const why = TYPEBOX_MODIFIERS.rejected[name] ?? (name.includes('Transform') ? 'change' : 'code');
      gaps.push({ at, construct: SPELLINGS[name] ?? `the TypeBox modifier ${name}`, fix: REJECTIONS[why] });
    }
    if (isInstance(value))
      gaps.push({ at, construct: `an instance of ${value.constructor.name}`, fix: 'Pass JSON Schema as plain data.' });
  };

  return { json: read(schema, '') as SchemaNode, gaps };
}

/** Names of hidden properties: `~kind` and others, and the symbols of TypeBox before 1.0. */
function hiddenNames(value: object): readonly string[] {
  return Reflect.ownKeys(value).flatMap((name) => {
    if (typeof name === 'string') return name.startsWith('~') ? [name] : [];
    const described = name.description ?? '';
    return OLD_SYMBOLS.includes(described) ? [] : [described];
  });
}

const OLD_SYMBOLS = ['TypeBox.Kind', 'TypeBox.Optional', 'TypeBox.Readonly', 'TypeBox.Hint'];

function kindOf(value: object): string | undefined {
  const { '~kind': kind } = value as { readonly '~kind'?: unknown };
  return typeof kind === 'string' ? kind : undefined;
}

/** Not plain data: a RegExp, a Date, a class of the user's own, such as one that extends `Type.Base`. */
function isInstance(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null && !Array.isArray(value);
}

/** Spells in 2020-12 what TypeBox spells for older drafts. */
function standard(
  node: Readonly<Record<string, unknown>>,
  kind: string | undefined,
): Readonly<Record<string, unknown>> {
  if (kind === 'Tuple' && Array.isArray(node['items'])) {
    const { items, additionalItems: _closed, ...rest } = node;
    const length = (items as readonly unknown[]).length;
    return { ...rest, prefixItems: items, items: false, minItems: length, maxItems: length };
  }
  const patterns = node['patternProperties'] as Readonly<Record<string, unknown>> | undefined;
  if (kind !== 'Record' || patterns?.[ANY_KEY] === undefined) return node;
  const { patternProperties: _patterns, ...rest } = node;
  // `additionalProperties: false` rejects nothing where each key matches.
  return { ...rest, additionalProperties: patterns[ANY_KEY] };
}
