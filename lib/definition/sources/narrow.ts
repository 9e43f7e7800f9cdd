import type { SchemaNode } from '../schemaNode.ts';

/** Of two lower bounds the larger one counts, of two upper bounds the smaller one. */
const LOWER = ['minLength', 'minItems', 'minProperties', 'minimum', 'exclusiveMinimum'];
const UPPER = ['maxLength', 'maxItems', 'maxProperties', 'maximum', 'exclusiveMaximum'];
/** Describe and do not check: the last one counts. */
const ANNOTATIONS = ['title', 'description', 'examples', 'default', 'deprecated', '$comment', '$id'];

/**
 * Adds keywords to a schema. It never loosens what is there: a bound is only tightened, and a keyword that is taken goes into
 * `allOf`, so that two patterns, formats or multiples all count.
 */
export function narrow(node: SchemaNode, keywords: SchemaNode): SchemaNode {
  return Object.entries(keywords).reduce<SchemaNode>((all, [keyword, value]) => add(all, keyword, value), node);
}

/**
 * What several schemas accept together: scalars and lists as one schema, objects and choices side by side, and what has a default,
 * which no library fills in there.
 */
export function intersected(schemas: readonly SchemaNode[]): SchemaNode {
  const isPlain = schemas.every(
    (schema) => typeof schema.type === 'string' && schema.type !== 'object' && !('default' in schema),
  );
  return isPlain ? schemas.reduce(narrow, {}) : { allOf: schemas };
}

function add(node: SchemaNode, keyword: string, value: unknown): SchemaNode {
  const present = node[keyword];
  if (present === undefined || isAnnotation(keyword)) return { ...node, [keyword]: value };
  if (typeof present === 'number' && typeof value === 'number') {
    if (LOWER.includes(keyword)) return { ...node, [keyword]: Math.max(present, value) };
    if (UPPER.includes(keyword)) return { ...node, [keyword]: Math.min(present, value) };
  }
  if (keyword === 'allOf') return { ...node, allOf: [...(node.allOf ?? []), ...(value as readonly SchemaNode[])] };
  if (keyword === 'required')
    return { ...node, required: [...new Set([...(node.required ?? []), ...(value as string[])])] };
  if (keyword === 'type' && isIntegerOfNumber(present, value)) return { ...node, type: 'integer' };
  if (JSON.stringify(present) === JSON.stringify(value)) return node;
  return { ...node, allOf: [...(node.allOf ?? []), { [keyword]: value }] };
}

function isAnnotation(keyword: string): boolean {
  return ANNOTATIONS.includes(keyword) || keyword.startsWith('x-');
}

function isIntegerOfNumber(one: unknown, other: unknown): boolean {
  return [one, other].includes('integer') && [one, other].every((type) => type === 'integer' || type === 'number');
}

/** The `type` of listed values, or undefined where JSON cannot hold one of them. */
function typeOfValues(values: readonly unknown[]): string | readonly string[] | undefined {
  const types = new Set(values.map(typeOfValue));
  if (types.has(undefined) || types.size === 0) return undefined;
  const named = [...types] as readonly string[];
  return named.length === 1 ? named[0] : named;
}

function typeOfValue(value: unknown): string | undefined {
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isFinite(value) ? 'number' : undefined;
  return typeof value === 'string' || typeof value === 'boolean' ? typeof value : undefined;
}

/** A schema of listed values: `enum`, or `const` for a single one; undefined where JSON cannot hold one of them. */
export function listed(values: readonly unknown[]): SchemaNode | undefined {
  const type = typeOfValues(values);
  if (type === undefined) return undefined;
  return values.length === 1 ? { type, const: values[0] } : { type, enum: [...new Set(values)] };
}

const OBJECT_KEYWORDS = ['type', 'properties', 'required', 'additionalProperties'];

/** Two objects as one: an unknown property is rejected where both reject it, as Zod does; undefined where they have more than that. */
export function mergeObjects(left: SchemaNode, right: SchemaNode): SchemaNode | undefined {
  const sides = [left, right];
  if (
    !sides.every((side) => side.type === 'object' && Object.keys(side).every((name) => OBJECT_KEYWORDS.includes(name)))
  )
    return undefined;
  if (sides.some((side) => typeof side.additionalProperties === 'object')) return undefined;
  const shared = Object.entries(right.properties ?? {}).map(([name, schema]) => {
    const other = left.properties?.[name];
    return [name, other === undefined ? schema : { allOf: [other, schema] }] as const;
  });
  const required = [...new Set(sides.flatMap((side) => side.required ?? []))];
  const isClosed = sides.every((side) => side.additionalProperties === false);
  return {
    type: 'object',
    properties: { ...left.properties, ...Object.fromEntries(shared) },
    ...(required.length === 0 ? {} : { required }),
    ...(isClosed ? { additionalProperties: false } : {}),
  };
}
