import type { SchemaNode } from '../schemaNode.ts';
import { defaultGap, isZodFunction, valueGaps } from './defaults.ts';
import { intersected, listed, mergeObjects, narrow } from './narrow.ts';
import { type ConstructTable, REJECTIONS, type SourceGap } from './standard.ts';
import { unicodePattern } from './unicodePattern.ts';
import { type ZodCheckDef, zodCheck } from './zodChecks.ts';

/** What is read of a Zod 4 schema: its definition, which is plain data. */
interface ZodSchema {
  readonly _zod: {
    readonly def: ZodDef;
    readonly optin?: string;
    readonly optout?: string;
    readonly values?: ReadonlySet<unknown>;
    readonly pattern?: RegExp;
    readonly innerType?: ZodSchema;
  };
  readonly meta?: () => unknown;
  readonly '~standard': { readonly validate: (value: unknown) => unknown };
}

interface ZodDef extends ZodCheckDef {
  readonly type: string;
  readonly coerce?: boolean;
  readonly checks?: readonly { readonly _zod?: { readonly def?: ZodCheckDef } }[];
  readonly [member: string]: unknown;
}

/** Types of schemas, by `type`. */
export const ZOD_TYPES: ConstructTable = {
  enforced: {
    string: '`type: string`',
    number: '`type: number`',
    boolean: '`type: boolean`',
    null: '`type: null`',
    any: 'no keyword',
    unknown: 'no keyword',
    never: '`not: {}`',
    enum: '`enum`',
    literal: '`const`, `enum`',
    template_literal: '`pattern`',
    array: '`items`',
    tuple: '`prefixItems`',
    object: '`properties`, `required`, `additionalProperties`',
    record: '`properties` for listed keys, else `propertyNames` and `additionalProperties`',
    union: '`anyOf`; `oneOf` for `z.xor()`',
    intersection: '`allOf`; one object for two objects',
    nullable: '`anyOf` with `type: null`',
    optional: 'not in `required`',
    nonoptional: 'in `required`',
    default: '`default`',
    prefault: '`default`',
    readonly: 'no keyword',
    lazy: 'the schema inside, unless it is recursive',
    pipe: 'both schemas, unless one changes the value',
  },
  rejected: {
    ...{ transform: 'change', catch: 'change', success: 'change', custom: 'code', promise: 'code', function: 'code' },
    ...{ bigint: 'value', date: 'value', map: 'value', set: 'value', file: 'value', nan: 'value', symbol: 'value' },
    ...{ undefined: 'value', void: 'value' },
  },
};

/** Reads a schema of Zod; every construct that JSON Schema cannot enforce is a gap. */
export function zodSchema(schema: object): { readonly json: SchemaNode; readonly gaps: readonly SourceGap[] } {
  const gaps: SourceGap[] = [];
  const open = new Set<ZodSchema>();
  const report = (at: string, construct: string, fix: string): SchemaNode => {
    gaps.push({ at, construct, fix });
    return {};
  };

  const read = (node: ZodSchema, at: string): SchemaNode => {
    const { def } = node._zod;
    if (open.has(node)) return report(at, 'z.lazy() or a getter that makes the schema recursive', RECURSION);
    open.add(node);
    const own = base(node, at);
    if (!Object.hasOwn(ZOD_TYPES.enforced, def.type)) return own;
    if (def.coerce === true) report(at, `z.coerce.${def.type}()`, REJECTIONS.change);
    const checked = checksOf(def).reduce<SchemaNode>((all, check) => {
      const result = zodCheck(check, def.type);
      if ('keywords' in result) return narrow(all, result.keywords);
      report(
        at,
        result.construct.startsWith('.') ? `z.${def.type}()${result.construct}` : result.construct,
        result.fix,
      );
      return all;
    }, own);
    open.delete(node);
    const meta = metaOf(node);
    if ('default' in meta) gaps.push(defaultGap(at, '.meta({ default }), which fills nothing in', PLAIN_DEFAULT));
    return narrow(checked, meta);
  };

  const below = (at: string, step: string) => (at === '' ? step : `${at}.${step}`);
  const child = (value: unknown, at: string, step: string): SchemaNode => read(value as ZodSchema, below(at, step));
  const all = (value: unknown, at: string, step: string): readonly SchemaNode[] =>
    (value as readonly unknown[]).map((one, i) => child(one, at, `${step}.${i}`));

  const base = (node: ZodSchema, at: string): SchemaNode => {
    const { def } = node._zod;
    const inner = () => read(def['innerType'] as ZodSchema, at);
    switch (def.type) {
      case 'string':
      case 'number':
      case 'boolean':
      case 'null':
        return { type: def.type };
      case 'any':
      case 'unknown':
        return {};
      case 'never':
        return { not: {} };
      case 'enum':
      case 'literal':
        return (
          listed([...(node._zod.values ?? [])]) ??
          report(at, `z.${def.type}() of undefined, a bigint or NaN`, REJECTIONS.value)
        );
      case 'template_literal':
        return template(node, at);
      case 'array':
        return { type: 'array', items: child(def['element'], at, 'items') };
      case 'tuple':
        return tuple(def, at);
      case 'object':
        return object(def, at);
      case 'record':
        return record(def, at);
      case 'union':
        return def['inclusive'] === false && def['discriminator'] === undefined
          ? { oneOf: all(def['options'], at, 'oneOf') }
          : { anyOf: all(def['options'], at, 'anyOf') };
      case 'intersection':
        return intersection(child(def['left'], at, 'allOf.0'), child(def['right'], at, 'allOf.1'), at);
      case 'nullable': {
        // Null stays null, so that a default inside takes only the place of a missing value.
        const { default: fixed, ...value } = child(def['innerType'], at, 'anyOf.0');
        return { anyOf: [value, { type: 'null' }], ...(fixed === undefined ? {} : { default: fixed }) };
      }
      case 'optional':
      case 'nonoptional':
      case 'readonly':
        return inner();
      case 'default':
      case 'prefault':
        return withDefault(inner(), def, at);
      case 'lazy':
        return read(node._zod.innerType as ZodSchema, at);
      case 'pipe':
        return pipe(def, at);
      default:
        return report(at, `z.${def.type}()`, REJECTIONS[ZOD_TYPES.rejected[def.type] ?? 'code']);
    }
  };

  /** Only `prefault` parses its value, so that defaults inside of it are filled in. */
  const withDefault = (inner: SchemaNode, def: ZodDef, at: string): SchemaNode => {
    const { default: _replaced, ...node } = inner;
    const value = isZodFunction(def) ? () => undefined : def['defaultValue'];
    if (value === undefined) return node;
    const own = valueGaps(at, value, def.type === 'default' ? node : undefined);
    gaps.push(...own);
    return own.length > 0 ? node : { ...node, default: value };
  };

  const template = ({ _zod: { pattern } }: ZodSchema, at: string): SchemaNode => {
    const translated = unicodePattern(pattern ?? /(?:)/v);
    return 'pattern' in translated
      ? { type: 'string', pattern: translated.pattern }
      : report(at, `z.templateLiteral() with ${translated.problem}`, REJECTIONS.code);
  };

  const tuple = (def: ZodDef, at: string): SchemaNode => {
    const prefixItems = all(def['items'], at, 'prefixItems');
    const isOptional = (def['items'] as readonly ZodSchema[]).some(isOmittable);
    if (isOptional || (def['rest'] ?? null) !== null)
      return report(
        at,
        'z.tuple() with a rest or optional items',
        'Declare a tuple of fixed length, or z.array() with .max().',
      );
    return { type: 'array', prefixItems, items: false, minItems: prefixItems.length, maxItems: prefixItems.length };
  };

  const object = (def: ZodDef, at: string): SchemaNode => {
    const shape = Object.entries(def['shape'] as Record<string, ZodSchema>);
    const properties = Object.fromEntries(
      shape.map(([name, value]) => [name, property(value, at, `properties.${name}`)]),
    );
    const required = shape.filter(([, value]) => !isOmittable(value)).map(([name]) => name);
    const catchall = def['catchall'] as ZodSchema | undefined;
    const rest = catchall === undefined ? {} : { additionalProperties: additional(catchall, at) };
    return { type: 'object', properties, ...(required.length === 0 ? {} : { required }), ...rest };
  };

  /** A property, which Zod handles by what its schema makes of a missing value. */
  const property = (value: ZodSchema, at: string, step: string): SchemaNode => {
    const before = gaps.length;
    const node = child(value, at, step);
    if (gaps.length > before) return node;
    const { optin, optout } = value._zod;
    const staysMissing = optin === 'optional' && optout === 'optional';
    const kind = `z.${value._zod.def.type}()`;
    const found = optin === 'defaulted' ? `a default inside ${kind}` : `${kind} that handles a missing value itself`;
    if (optin !== undefined && staysMissing === 'default' in node)
      gaps.push(defaultGap(below(at, step), found, PLAIN_DEFAULT));
    return node;
  };

  const additional = (catchall: ZodSchema, at: string): SchemaNode | boolean => {
    const { type } = catchall._zod.def;
    if (type === 'never') return false;
    return type === 'unknown' || type === 'any' ? true : child(catchall, at, 'additionalProperties');
  };

  const record = (def: ZodDef, at: string): SchemaNode => {
    const [key, value] = [def['keyType'], def['valueType']] as [ZodSchema, ZodSchema];
    const names = child(key, at, 'propertyNames');
    if (def['mode'] === 'loose') return report(at, 'z.looseRecord()', REJECTIONS.open);
    const keys = key._zod.values;
    if (keys === undefined) {
      if (names.type !== 'string')
        return report(at, `z.record() with keys of z.${key._zod.def.type}()`, REJECTIONS.open);
      return { type: 'object', propertyNames: names, additionalProperties: child(value, at, 'additionalProperties') };
    }
    const listedKeys = [...keys].map(String);
    const properties = Object.fromEntries(listedKeys.map((name) => [name, property(value, at, `properties.${name}`)]));
    const isFilled = Object.values(properties).some((node) => 'default' in node);
    if (def['partial'] === true && isFilled) gaps.push(defaultGap(at, 'a default in z.partialRecord()', PLAIN_DEFAULT));
    const required = def['partial'] === true || acceptsMissing(value) ? {} : { required: listedKeys };
    return { type: 'object', properties, ...required, additionalProperties: false };
  };

  const intersection = (left: SchemaNode, right: SchemaNode, at: string): SchemaNode => {
    const isPlain = [left, right].every(
      (side) => side.type !== 'object' && !COMBINED.some((keyword) => keyword in side),
    );
    if (isPlain) return intersected([left, right]);
    return (
      mergeObjects(left, right) ??
      report(at, 'z.intersection() of unions or records', 'Declare one z.strictObject() with all properties.')
    );
  };

  const pipe = (def: ZodDef, at: string): SchemaNode => {
    const types = [def['in'], def['out']].map((side) => (side as ZodSchema)._zod.def.type);
    const isCode = types.includes('transform') || 'transform' in def || 'reverseTransform' in def;
    if (isCode)
      return report(
        at,
        'a pipe with code: .transform(), z.preprocess(), z.codec() or z.stringbool()',
        REJECTIONS.change,
      );
    // What takes the place of a missing value at the start is what the end receives.
    const { default: fixed, ...start } = read(def['in'] as ZodSchema, at);
    const whole = narrow(start, read(def['out'] as ZodSchema, at));
    return fixed === undefined ? whole : { ...whole, default: fixed };
  };

  return { json: read(schema as ZodSchema, ''), gaps };
}

const RECURSION = 'Declare the levels that you accept: a recursive schema has no largest size.';
const PLAIN_DEFAULT =
  'Write .default(value) as the last call on the property, and .optional() only where there is no default.';
const COMBINED = ['anyOf', 'oneOf', 'allOf'];

/** The checks of a schema; a format such as `z.email()` is one itself. */
function checksOf(def: ZodDef): readonly ZodCheckDef[] {
  const own: readonly ZodCheckDef[] = def.check === undefined ? [] : [def];
  // A check without data would be code.
  return [...own, ...(def.checks ?? []).map((check) => check._zod?.def ?? { check: 'custom' })];
}

/** Whether a record of listed keys may have none: Zod parses each of its values, missing ones too. */
const acceptsMissing = (schema: ZodSchema): boolean =>
  isOmittable(schema) && 'value' in (schema['~standard'].validate(undefined) as object);

const isOmittable = (schema: ZodSchema): boolean => schema._zod.optin !== undefined;

/** What `.meta()` and `.describe()` add; an id is the name of the schema. */
function metaOf(schema: ZodSchema): SchemaNode {
  const registry = (globalThis as { __zod_globalRegistry?: { get: (of: object) => unknown } }).__zod_globalRegistry;
  const { id, ...meta } = (schema.meta?.() ?? registry?.get(schema) ?? {}) as Record<string, unknown>;
  return typeof id === 'string' ? { ...meta, $id: id } : meta;
}
