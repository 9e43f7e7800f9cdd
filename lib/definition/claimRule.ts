import { formatValue } from './checks/check.ts';
import {
  CLAIM_FORMATS,
  CLAIM_TYPES,
  type ClaimFault,
  EXPECTED_CLAIM,
  isScalar,
  keywordFault,
  uselessKeyword,
} from './claimKeywords.ts';
import type { ClaimRule, ClaimRules, ClaimsInput, ClaimValue } from './claims.ts';
import { type JsonSchema, readSchema, type SchemaNode } from './schema.ts';
import { isStandardSchema } from './sources/standard.ts';

/** The rule of a claim's schema, or why it has none. */
export type ReadClaim = { readonly rule: ClaimRule } | { readonly faults: readonly ClaimFault[] };

/** A schema that counts: the claim's own, one of its `allOf`, or the list of values of a union. */
interface Part {
  readonly node: SchemaNode;
  /** Where it is below the claim: empty, or ending with a dot. */
  readonly at: string;
}

const UUID_LENGTH = 36;

/** Reads a claim's schema, of any of the libraries, as a rule that the functions check without a validator of their own. */
export function readClaim(schema: JsonSchema): ReadClaim {
  const read = readSchema(schema);
  if (!('node' in read)) {
    return { faults: read.gaps.map(({ at, construct }) => ({ at, found: construct, expected: EXPECTED_CLAIM })) };
  }
  const found = partsOf(read.node, '');
  const faults = found.flatMap((part) => ('found' in part ? [part] : []));
  if (faults.length > 0) return { faults };
  const parts = found.flatMap((part) => ('found' in part ? [] : [part]));
  const nodes = parts.map(({ node }) => node);
  const type = typeOf(nodes);
  if (type === undefined) return { faults: [{ at: 'type', found: kindOf(read.node), expected: EXPECTED_CLAIM }] };
  const useless = parts.flatMap(({ node, at }) => uselessKeyword(node, type, at) ?? []);
  if (useless.length > 0) return { faults: useless };
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
function partsOf(node: SchemaNode, at: string): readonly (ClaimFault | Part)[] {
  const fault = keywordFault(node, at);
  if (fault !== undefined) return [fault];
  const { allOf = [], anyOf, ...own } = node;
  const values = (own.enum ?? []).find((value) => !isScalar(value));
  if (values !== undefined) {
    const expected = 'strings, whole numbers, true or false';
    return [{ at: `${at}enum`, found: formatValue(values), expected }];
  }
  const below = allOf.flatMap((part, i) => partsOf(part, `${at}allOf.${i}.`));
  return [{ node: own, at }, ...(anyOf === undefined ? [] : choicesOf(anyOf, `${at}anyOf`)), ...below];
}

/** A union of literals is a list of values. */
function choicesOf(choices: readonly SchemaNode[], at: string): readonly (ClaimFault | Part)[] {
  const parts = choices.flatMap((choice, i) => partsOf(choice, `${at}.${i}.`));
  const faults = parts.filter((part) => 'found' in part);
  if (faults.length > 0) return faults;
  const isLiteral = (choice: SchemaNode) =>
    ('const' in choice || choice.enum !== undefined) && typeOf([choice]) !== undefined && onlyValues(choice);
  if (!choices.every(isLiteral)) return [{ at, found: 'a union', expected: EXPECTED_CLAIM }];
  const sensitive = choices.some((choice) => choice['x-sensitive'] === true);
  const values = choices.flatMap((choice) => valuesOf([choice]) ?? []);
  return [{ node: { enum: values, ...(sensitive ? { 'x-sensitive': true } : {}) }, at: `${at}.` }];
}

/** Whether a choice is its values alone: another rule of it would not count in the list of all values. */
function onlyValues(choice: SchemaNode): boolean {
  const others = ['pattern', 'format', 'minLength', 'maxLength', 'minimum', 'maximum', 'allOf', 'anyOf'];
  return ![...others, 'exclusiveMinimum', 'exclusiveMaximum'].some((keyword) => keyword in choice);
}

/** Literals need not name their type. */
function typeOf(nodes: readonly SchemaNode[]): ClaimRule['type'] | undefined {
  const named = nodes.flatMap(({ type }) => (type === undefined ? [] : [type]));
  const values = listsOf(nodes).flat();
  const types = new Set([...named, ...values.map((value) => (typeof value === 'number' ? 'integer' : typeof value))]);
  // A list of whole numbers has the type `number` in some libraries.
  if (values.some(Number.isInteger)) types.delete('number');
  const [type] = types;
  return types.size === 1 ? CLAIM_TYPES.find((one) => one === type) : undefined;
}

function valuesOf(nodes: readonly SchemaNode[]): readonly unknown[] | undefined {
  const [first, ...others] = listsOf(nodes);
  return first?.filter((value) => others.every((list) => list.includes(value)));
}

function listsOf(nodes: readonly SchemaNode[]): readonly (readonly unknown[])[] {
  return nodes.flatMap((node) => [
    ...('const' in node ? [[node.const]] : []),
    ...(node.enum === undefined ? [] : [node.enum]),
  ]);
}

function boundsOf(type: ClaimRule['type'], nodes: readonly SchemaNode[]): Omit<ClaimRule, 'type'> {
  const values = valuesOf(nodes) as readonly ClaimValue[] | undefined;
  const numbers = (keyword: string) =>
    nodes.map((node) => node[keyword]).filter((value): value is number => typeof value === 'number');
  const [lower, upper] = type === 'string' ? ['minLength', 'maxLength'] : ['minimum', 'maximum'];
  const uuid = nodes.some((node) => node.format === 'uuid') ? [UUID_LENGTH] : [];
  const mins = [...numbers(lower).map(Math.ceil), ...numbers('exclusiveMinimum').map((bound) => Math.floor(bound) + 1)];
  const maxes = [
    ...numbers(upper).map(Math.floor),
    ...numbers('exclusiveMaximum').map((bound) => Math.ceil(bound) - 1),
    ...uuid,
  ];
  const patterns = nodes.flatMap(({ pattern, format }) => [
    ...(typeof pattern === 'string' ? [pattern] : []),
    ...(format === undefined ? [] : [CLAIM_FORMATS[format] ?? '']),
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
