import type { SchemaNode } from '../schemaNode.ts';
import { defaultGap, valueGaps } from './defaults.ts';
import { intersected, listed, narrow } from './narrow.ts';
import { type ConstructTable, REJECTIONS, type SourceGap, type StandardSchema } from './standard.ts';
import { camelCase, type ValibotAction, valibotAction } from './valibotActions.ts';

/** What is read of a Valibot schema: plain data. */
interface ValibotSchema extends ValibotAction {
  readonly pipe?: readonly ValibotSchema[];
  readonly wrapped?: ValibotSchema;
  readonly default?: unknown;
  readonly entries?: Readonly<Record<string, ValibotSchema>>;
  readonly options?: readonly unknown[];
  readonly items?: readonly ValibotSchema[];
}

/** Types of schemas, by `type`. */
export const VALIBOT_TYPES: ConstructTable = {
  enforced: {
    ...{ string: '`type: string`', number: '`type: number`', boolean: '`type: boolean`', null: '`type: null`' },
    ...{ any: 'no keyword', unknown: 'no keyword', never: '`not: {}`', literal: '`const`' },
    ...{ enum: '`enum`', picklist: '`enum`', array: '`items`', strict_tuple: '`prefixItems`' },
    strict_object: '`properties`, `required`, `additionalProperties: false`',
    object: '`properties`, `required`; rejected as open',
    loose_object: '`properties`, `required`; rejected as open',
    object_with_rest: '`properties`, `required`, `additionalProperties`',
    record: '`properties` for listed keys, else `propertyNames` and `additionalProperties`',
    ...{
      union: '`anyOf`',
      variant: '`anyOf`',
      intersect: '`allOf`',
      lazy: 'the schema inside, unless it is recursive',
    },
    ...{ nullable: '`anyOf` with `type: null`', nullish: '`anyOf` with `type: null`, not in `required`' },
    ...{ optional: 'not in `required`', exact_optional: 'not in `required`', undefinedable: 'in `required`' },
    ...{ non_optional: 'in `required`', non_nullable: '`not` null', non_nullish: '`not` null, in `required`' },
  },
  rejected: {
    ...{ bigint: 'value', blob: 'value', date: 'value', file: 'value', map: 'value', nan: 'value', set: 'value' },
    ...{ symbol: 'value', undefined: 'value', void: 'value', custom: 'code', function: 'code', instance: 'code' },
    ...{ promise: 'code', tuple: 'open', loose_tuple: 'open', tuple_with_rest: 'open' },
  },
};

/** A schema of one type other than null excludes it already. */
const withoutNull = (node: SchemaNode): SchemaNode =>
  typeof node.type === 'string' && node.type !== 'null' ? node : narrow(node, { not: { type: 'null' } });

const OUTERMOST = 'Write v.optional(schema, value) as the outermost schema of the entry.';
const OMITTABLE = ['optional', 'exact_optional', 'nullish'];

/** Reads a schema of Valibot, itself or in `toStandardJsonSchema`. */
export function valibotSchema(schema: StandardSchema): {
  readonly json: SchemaNode;
  readonly gaps: readonly SourceGap[];
} {
  const gaps: SourceGap[] = [];
  const open = new Set<unknown>();
  const report = (at: string, construct: string, fix: string): SchemaNode => {
    gaps.push({ at, construct, fix });
    return {};
  };

  /** A schema with its pipe: every further step narrows the first. */
  const read = (node: ValibotSchema, at: string): SchemaNode => {
    if ('fallback' in node) report(at, 'v.fallback()', REJECTIONS.change);
    if (node.async === true) return report(at, `v.${camelCase(node.type)}Async() or v.pipeAsync()`, REJECTIONS.code);
    if (node.pipe === undefined) return base(node, at);
    return steps(node.pipe, at);
  };

  const steps = (pipe: readonly ValibotSchema[], at: string): SchemaNode =>
    pipe.reduce<SchemaNode>((all, step, i) => {
      if (step.kind === 'schema') return i === 0 ? read(step, at) : narrow(all, undefaulted(read(step, at), at));
      const result = valibotAction(step, all);
      if (step.type === 'metadata' && 'default' in (step['metadata'] as object))
        gaps.push(defaultGap(at, 'v.metadata({ default }), which fills nothing in', OUTERMOST));
      if ('keywords' in result) return narrow(all, result.keywords);
      report(at, result.construct, result.fix);
      return all;
    }, {});

  /** A schema whose default Valibot never fills in. */
  const undefaulted = ({ default: unused, ...node }: SchemaNode, at: string): SchemaNode => {
    if (unused !== undefined) gaps.push(defaultGap(at, 'a default that Valibot never fills in', OUTERMOST));
    return node;
  };

  const child = (node: unknown, at: string, step: string) =>
    read(node as ValibotSchema, at === '' ? step : `${at}.${step}`);
  const all = (nodes: readonly unknown[] = [], at: string, step: string) =>
    nodes.map((node, i) => child(node, at, `${step}.${i}`));

  const base = (node: ValibotSchema, at: string): SchemaNode => {
    switch (node.type) {
      case 'string':
      case 'number':
      case 'boolean':
      case 'null':
        return { type: node.type };
      case 'any':
      case 'unknown':
        return {};
      case 'never':
        return { not: {} };
      case 'literal':
      case 'enum':
      case 'picklist':
        return (
          listed(node.options ?? [node['literal']]) ??
          report(at, `v.${node.type}() of a bigint or symbol`, REJECTIONS.value)
        );
      case 'array':
        return { type: 'array', items: child(node['item'], at, 'items') };
      case 'strict_tuple':
        return tuple(node, at);
      case 'object':
      case 'strict_object':
      case 'loose_object':
      case 'object_with_rest':
        return object(node, at);
      case 'record':
        return record(node, at);
      case 'union':
      case 'variant':
        return { anyOf: all(node.options, at, 'anyOf') };
      case 'intersect':
        return intersected(all(node.options, at, 'allOf'));
      case 'lazy':
        return lazy(node['getter'] as () => ValibotSchema, at);
      default:
        return wrapper(node, at);
    }
  };

  const wrapper = (node: ValibotSchema, at: string): SchemaNode => {
    const { type, wrapped } = node;
    if (wrapped === undefined || !Object.hasOwn(VALIBOT_TYPES.enforced, type))
      return report(at, `v.${camelCase(type)}()`, REJECTIONS[VALIBOT_TYPES.rejected[type] ?? 'code']);
    if (type.startsWith('non_n')) return withoutNull(read(wrapped, at));
    const isNullable = type.startsWith('null');
    const inner = isNullable ? child(wrapped, at, 'anyOf.0') : read(wrapped, at);
    const { default: within, ...value } = inner;
    if (within !== undefined) gaps.push(defaultGap(at, `a default inside v.${camelCase(type)}()`, OUTERMOST));
    return withDefault(isNullable ? { anyOf: [value, { type: 'null' }] } : value, node, at);
  };

  /** Valibot fills in the default of the outermost schema of an entry, and parses it; other defaults replace null or undefined. */
  const withDefault = (value: SchemaNode, { type, default: fixed }: ValibotSchema, at: string): SchemaNode => {
    if (fixed === undefined || (fixed === null && type === 'nullable')) return value;
    const replacesNull = type.startsWith('null') && fixed !== null;
    const own =
      typeof fixed === 'function' || (OMITTABLE.includes(type) && !replacesNull)
        ? valueGaps(at, fixed)
        : [
            defaultGap(
              at,
              `v.${camelCase(type)}() with a default, which replaces ${replacesNull ? 'null' : 'undefined'}`,
              OUTERMOST,
            ),
          ];
    gaps.push(...own);
    return own.length > 0 ? value : { ...value, default: fixed };
  };

  const tuple = ({ items = [] }: ValibotSchema, at: string): SchemaNode => {
    if (items.some(({ type }) => OMITTABLE.includes(type)))
      return report(at, 'v.strictTuple() with optional items', REJECTIONS.open);
    const length = items.length;
    return {
      type: 'array',
      prefixItems: all(items, at, 'prefixItems'),
      items: false,
      minItems: length,
      maxItems: length,
    };
  };

  const object = ({ type, entries = {}, rest }: ValibotSchema, at: string): SchemaNode => {
    const listedEntries = Object.entries(entries);
    const required = listedEntries.filter(([, entry]) => !OMITTABLE.includes(entry.type)).map(([name]) => name);
    return {
      type: 'object',
      properties: Object.fromEntries(
        listedEntries.map(([name, entry]) => [name, child(entry, at, `properties.${name}`)]),
      ),
      ...(required.length === 0 ? {} : { required }),
      ...(type === 'strict_object' ? { additionalProperties: false } : {}),
      ...(type === 'loose_object' ? { additionalProperties: true } : {}),
      ...(type === 'object_with_rest' ? { additionalProperties: child(rest, at, 'additionalProperties') } : {}),
    };
  };

  const record = ({ key, value }: ValibotSchema, at: string): SchemaNode => {
    const names = child(key, at, 'propertyNames');
    const keys = names.enum ?? (names.const === undefined ? undefined : [names.const]);
    if (keys !== undefined && Object.keys(names).length === 2) {
      const properties = keys.map((name) => {
        const step = `properties.${name}`;
        return [String(name), undefaulted(child(value, at, step), at === '' ? step : `${at}.${step}`)] as const;
      });
      return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false };
    }
    if (names.type !== 'string') return report(at, 'v.record() with keys that are no strings', REJECTIONS.open);
    return { type: 'object', propertyNames: names, additionalProperties: child(value, at, 'additionalProperties') };
  };

  const lazy = (getter: () => ValibotSchema, at: string): SchemaNode => {
    if (open.has(getter))
      return report(
        at,
        'v.lazy() that makes the schema recursive',
        'Declare the levels that you accept: a recursive schema has no largest size.',
      );
    open.add(getter);
    const inner = read(getter(), at);
    open.delete(getter);
    return inner;
  };

  const pipe = stepsOf(schema);
  if (pipe === undefined)
    return { json: report('', 'a Valibot schema of an unknown wrapper', 'Pass the Valibot schema itself.'), gaps };
  return { json: steps(pipe, ''), gaps };
}

/**
 * The steps of a schema: itself, or what `toStandardJsonSchema` hides in its closure. Its options for converting hand out each
 * schema and action in order, and the result carries those of the outermost schema.
 */
export function stepsOf(schema: StandardSchema): readonly ValibotSchema[] | undefined {
  const own = schema as unknown as Partial<ValibotSchema>;
  if (own.kind === 'schema') return [own as ValibotSchema];
  interface Collected {
    readonly steps?: readonly ValibotSchema[];
  }
  const collect = (step: ValibotSchema, { steps = [] }: Collected): Collected => {
    // An optional schema has passed on the steps of what it wraps.
    const wrapped = step.kind === 'schema' && TRANSPARENT.includes(step.type) ? flat(step.wrapped).length : 0;
    return { steps: [...steps.slice(0, steps.length - wrapped), step] };
  };
  const libraryOptions = {
    ...{ typeMode: 'ignore', errorMode: 'ignore', definitions: {} },
    overrideSchema: (found: { valibotSchema: ValibotSchema; jsonSchema: Collected }) =>
      collect(found.valibotSchema, found.jsonSchema),
    overrideAction: (found: { valibotAction: ValibotSchema; jsonSchema: Collected }) =>
      collect(found.valibotAction, found.jsonSchema),
  };
  try {
    return (schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12', libraryOptions }) as Collected | undefined)
      ?.steps;
  } catch {
    // It throws where an action has an argument that it does not expect.
    return undefined;
  }
}

const TRANSPARENT = ['optional', 'exact_optional', 'undefinedable'];
const flat = (schema: ValibotSchema | undefined): readonly ValibotSchema[] =>
  schema === undefined
    ? []
    : (schema.pipe ?? [schema]).flatMap((step) => (step.pipe === undefined ? [step] : flat(step)));
