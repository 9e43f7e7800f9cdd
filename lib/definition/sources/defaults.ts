import { walkSchema } from '../walkSchema.ts';
import { convertSchema } from './convert.ts';
import { isStandardSchema, type SourceGap, type StandardSchema } from './standard.ts';

type Bag = Readonly<Record<string, unknown>>;

const COMPUTED = 'a default that a function computes';

/**
 * Defaults that are not one JSON value: functions, references, and what a library puts in the place of null. In JSON Schema they
 * would be lost, or frozen as they were at synth. A function that always returns the same value is as good as that value.
 */
export function variableDefaults(schema: unknown): readonly SourceGap[] {
  if ((typeof schema !== 'object' && typeof schema !== 'function') || schema === null) return [];
  try {
    return isStandardSchema(schema)
      ? inLibrary(schema)
      : defaultsOf(schema).flatMap(({ at, value }) => gapOf(at, value));
  } catch {
    // What cannot be read at all is reported by the check of schemas.
    return [];
  }
}

interface Default {
  readonly at: string;
  readonly value: unknown;
  readonly node: Bag;
}

function defaultsOf(json: object): readonly Default[] {
  const defaults: Default[] = [];
  walkSchema(json as Bag, '', (node, location) => {
    if ('default' in node) defaults.push({ at: location.slice(1), value: node['default'], node });
  });
  return defaults;
}

function inLibrary(schema: StandardSchema): readonly SourceGap[] {
  const { vendor } = schema['~standard'];
  if (vendor === 'joi') return inJoi((schema as unknown as { describe(): unknown }).describe(), '');
  const first = defaultsOf(convertSchema(schema).json);
  if (first.length === 0) return [];
  // Libraries call a function when they convert, and do not show it: the time, too, differs between two conversions.
  untilNextMillisecond();
  const second = new Map(defaultsOf(convertSchema(schema).json).map(({ at, value }) => [at, value]));
  return first.flatMap(({ at, value, node }) => [
    ...gapOf(at, value, second.get(at)),
    // `nullish` of Valibot converts to the same as `optional` of `nullable`.
    ...(vendor === 'valibot' && value !== null && acceptsNull(node)
      ? [{ at, construct: 'a default of a value that can be null, in whose place nullish and nullable would put it' }]
      : []),
  ]);
}

/** Joi describes a function as it is, and a reference or `default()` without a value as an object. */
function inJoi(node: unknown, at: string): readonly SourceGap[] {
  const {
    flags,
    keys = {},
    items = [],
    ordered = [],
    matches = [],
    patterns = [],
  } = node as {
    readonly flags?: { readonly default?: unknown };
    readonly keys?: Bag;
    readonly items?: readonly unknown[];
    readonly ordered?: readonly unknown[];
    readonly matches?: readonly { readonly schema?: unknown }[];
    readonly patterns?: readonly { readonly rule?: unknown }[];
  };
  const value = flags?.default;
  const { ref, special } = (value ?? {}) as { readonly ref?: { readonly path?: unknown }; readonly special?: unknown };
  const isComputed = Array.isArray(ref?.path) || special === 'deep';
  const below = [
    ...Object.entries(keys).map(([name, child]) => [`properties.${name}`, child] as const),
    ...items.map((child) => ['items', child] as const),
    ...ordered.map((child, i) => [`prefixItems.${i}`, child] as const),
    ...matches.map(({ schema }, i) => [`anyOf.${i}`, schema ?? {}] as const),
    ...patterns.map(({ rule }, i) => [`patternProperties.${i}`, rule ?? {}] as const),
  ];
  return [
    ...(value === undefined ? [] : isComputed ? [{ at, construct: COMPUTED }] : gapOf(at, value)),
    ...below.flatMap(([step, child]) => inJoi(child, at === '' ? step : `${at}.${step}`)),
  ];
}

function gapOf(at: string, first: unknown, second: unknown = first): readonly SourceGap[] {
  if (typeof first === 'function') return [{ at, construct: COMPUTED }];
  if (!isJson(first)) return [{ at, construct: 'a default that is no JSON value' }];
  return JSON.stringify(first) === JSON.stringify(second) ? [] : [{ at, construct: COMPUTED }];
}

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== 'object' || ![Object.prototype, null].includes(Object.getPrototypeOf(value))) return false;
  return Object.values(value).every(isJson);
}

function acceptsNull({ type, anyOf }: Bag): boolean {
  const isNull = (one: unknown) => one === 'null' || (one as Bag | null)?.['type'] === 'null';
  return [type, anyOf].flat().some(isNull);
}

function untilNextMillisecond(): void {
  const start = Date.now();
  while (Date.now() === start);
}
