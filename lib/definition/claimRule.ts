import type { ClaimRule, ClaimRules, ClaimsInput, ClaimValue } from './claims.ts';
import { type JsonSchema, readSchema, type SchemaNode } from './schema.ts';
import { isStandardSchema } from './sources/standard.ts';

/** What a claim's schema cannot be, and where in it. */
export interface ClaimFault {
  /** Below the claim; empty for the schema itself. */
  readonly at: string;
  readonly found: string;
  readonly expected: string;
}

/** The rule of a claim's schema, or why it has none. */
export type ReadClaim = { readonly rule: ClaimRule } | { readonly faults: readonly ClaimFault[] };

/** Formats whose strings every claim can have, as patterns. */
const FORMATS: Readonly<Record<string, string>> = {
  uuid: '^[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$',
  slug: '^[a-z0-9]+(?:-[a-z0-9]+)*$',
};
const UUID_LENGTH = 36;
const ANNOTATIONS = ['title', 'description', 'examples', 'deprecated', '$comment', 'x-sensitive', 'type'];
const TYPES = ['string', 'integer', 'boolean'] as const;
const EXPECTED = 'a string, an integer or a boolean with enum, const, pattern, format and bounds alone';

/** Reads a claim's schema, of any of the libraries, as a rule that the functions check without a validator of their own. */
export function readClaim(schema: JsonSchema): ReadClaim {
  const read = readSchema(schema);
  if (!('node' in read)) {
    return { faults: read.gaps.map(({ at, construct }) => ({ at, found: construct, expected: EXPECTED })) };
  }
  const parts = partsOf(read.node, '');
  const faults = parts.flatMap((part) => ('found' in part ? [part] : []));
  const nodes = parts.flatMap((part) => ('found' in part ? [] : [part.node]));
  const type = typeOf(nodes);
  if (faults.length > 0) return { faults };
  if (type === undefined) return { faults: [{ at: 'type', found: kindOf(read.node), expected: EXPECTED }] };
  const optional = isOptional(schema);
  const sensitive = nodes.some((node) => node['x-sensitive'] === true);
  return {
    rule: {
      type,
      ...(optional ? { optional } : {}),
      ...(sensitive ? { sensitive } : {}),
      ...boundsOf(type, nodes),
    },
  };
}

/** The rules of all claims, which have passed the checks. */
export function claimRules(claims: ClaimsInput): ClaimRules {
  const rules = Object.entries(claims).flatMap(([name, schema]) => {
    const read = readClaim(schema);
    return 'rule' in read ? [[name, read.rule] as const] : [];
  });
  return Object.fromEntries(rules);
}

/** A schema and those that it adds by `allOf`, or the keyword that a claim cannot have. */
function partsOf(node: SchemaNode, at: string): readonly (ClaimFault | { readonly node: SchemaNode })[] {
  const { allOf = [], anyOf, ...own } = node;
  const below = allOf.flatMap((part, i) => partsOf(part, `${at}allOf.${i}.`));
  const choices = anyOf === undefined ? [] : [choicesOf(anyOf, `${at}anyOf`)];
  const unknown = Object.keys(own).find((keyword) => !ANNOTATIONS.includes(keyword) && !isRule(keyword, own));
  if (unknown !== undefined) return [{ at: `${at}${unknown}`, found: unknown, expected: EXPECTED }];
  return [{ node: own }, ...choices, ...below];
}

/** A union of literals is a list of values. */
function choicesOf(choices: readonly SchemaNode[], at: string): ClaimFault | { readonly node: SchemaNode } {
  const values = choices.flatMap((choice) => ('const' in choice ? [choice.const] : (choice.enum ?? [])));
  const areLiterals = choices.every((choice) => 'const' in choice || choice.enum !== undefined);
  return areLiterals ? { node: { enum: values } } : { at, found: 'a union', expected: EXPECTED };
}

function isRule(keyword: string, node: SchemaNode): boolean {
  if (keyword === 'format') return Object.hasOwn(FORMATS, String(node.format));
  const rules = ['enum', 'const', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum'];
  return [...rules, 'exclusiveMinimum', 'exclusiveMaximum'].includes(keyword);
}

/** Literals need not name their type. */
function typeOf(nodes: readonly SchemaNode[]): ClaimRule['type'] | undefined {
  const named = nodes.flatMap(({ type }) => (type === undefined ? [] : [type]));
  const values = valuesOf(nodes) ?? [];
  const types = new Set([...named, ...values.map((value) => (typeof value === 'number' ? 'integer' : typeof value))]);
  // A list of whole numbers has the type `number` in some libraries.
  if (values.length > 0 && values.every(Number.isInteger)) types.delete('number');
  const [type] = types;
  return types.size === 1 ? TYPES.find((one) => one === type) : undefined;
}

function valuesOf(nodes: readonly SchemaNode[]): readonly unknown[] | undefined {
  const lists = nodes.flatMap((node) =>
    'const' in node ? [[node.const]] : node.enum === undefined ? [] : [node.enum],
  );
  const [first, ...others] = lists;
  return first?.filter((value) => others.every((list) => list.includes(value)));
}

function boundsOf(type: ClaimRule['type'], nodes: readonly SchemaNode[]): Omit<ClaimRule, 'type'> {
  const values = valuesOf(nodes) as readonly ClaimValue[] | undefined;
  const numbers = (...keywords: readonly string[]) =>
    nodes.flatMap((node) => keywords.map((keyword) => node[keyword]).filter((value) => typeof value === 'number'));
  const [lower, upper] = type === 'string' ? ['minLength', 'maxLength'] : ['minimum', 'maximum'];
  const format = nodes.find((node) => node.format === 'uuid') === undefined ? [] : [UUID_LENGTH];
  const mins = [...numbers(lower ?? ''), ...numbers('exclusiveMinimum').map((bound) => Math.floor(bound) + 1)];
  const maxes = [
    ...numbers(upper ?? ''),
    ...numbers('exclusiveMaximum').map((bound) => Math.ceil(bound) - 1),
    ...format,
  ];
  const patterns = nodes.flatMap(({ pattern, format }) => [
    ...(typeof pattern === 'string' ? [pattern] : []),
    ...(format === undefined ? [] : [FORMATS[format] ?? '']),
  ]);
  return {
    ...(values === undefined ? {} : { values }),
    ...(mins.length === 0 ? {} : { min: Math.max(...mins) }),
    ...(maxes.length === 0 ? {} : { max: Math.min(...maxes) }),
    ...(patterns.length === 0 ? {} : { patterns }),
  };
}

/** Optional in TypeBox, also around plain JSON Schema; in other libraries, what accepts `undefined`. */
function isOptional(schema: JsonSchema): boolean {
  if (!isStandardSchema(schema)) return '~optional' in schema;
  const { validate } = schema['~standard'] as { readonly validate?: (value: unknown) => unknown };
  const result = validate?.(undefined);
  return typeof result === 'object' && result !== null && 'value' in result && !(result as { issues?: unknown }).issues;
}

function kindOf({ type }: SchemaNode): string {
  return type === undefined ? 'no type' : JSON.stringify(type);
}
