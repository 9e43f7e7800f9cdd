/** What a keyword holds: data that values are checked by, a schema, a list of schemas, schemas by name, or a note for people. */
type KeywordContent = 'data' | 'schema' | 'list' | 'map' | 'annotation';

/**
 * Every keyword that a schema can have, beside our own (`x-…`). What is not listed is rejected: a validator would ignore it,
 * or the checks of the definition would not see what is below it.
 *
 * @see https://json-schema.org/draft/2020-12/json-schema-validation
 */
export const KEYWORDS: Readonly<Record<string, KeywordContent>> = {
  type: 'data',
  nullable: 'data',
  enum: 'data',
  const: 'data',
  format: 'data',
  pattern: 'data',
  minLength: 'data',
  maxLength: 'data',
  minimum: 'data',
  maximum: 'data',
  exclusiveMinimum: 'data',
  exclusiveMaximum: 'data',
  multipleOf: 'data',
  minItems: 'data',
  maxItems: 'data',
  uniqueItems: 'data',
  minContains: 'data',
  maxContains: 'data',
  minProperties: 'data',
  maxProperties: 'data',
  required: 'data',
  dependentRequired: 'data',
  default: 'data',
  items: 'schema',
  contains: 'schema',
  additionalProperties: 'schema',
  unevaluatedProperties: 'schema',
  propertyNames: 'schema',
  not: 'schema',
  if: 'schema',
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: 'schema',
  else: 'schema',
  allOf: 'list',
  anyOf: 'list',
  oneOf: 'list',
  prefixItems: 'list',
  properties: 'map',
  patternProperties: 'map',
  dependentSchemas: 'map',
  $schema: 'annotation',
  $id: 'annotation',
  $comment: 'annotation',
  title: 'annotation',
  description: 'annotation',
  examples: 'annotation',
  deprecated: 'annotation',
  readOnly: 'annotation',
  writeOnly: 'annotation',
  contentEncoding: 'annotation',
  contentMediaType: 'annotation',
  contentSchema: 'annotation',
};

/** The content of a keyword, or undefined where it is unknown. */
export function contentOf(keyword: string): KeywordContent | undefined {
  return Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
}

/** A schema directly below another one. */
export interface Subschema<Node> {
  readonly keyword: string;
  /** Name or index below the keyword; empty where the keyword holds one schema. */
  readonly step: string;
  /** Such as `properties.title`. */
  readonly location: string;
  readonly node: Node;
}

/** The schemas directly below a schema, without boolean ones. */
export function subschemas<Node extends object>(node: Node): readonly Subschema<Node>[] {
  return Object.entries(node).flatMap(([keyword, value]) => {
    const content = contentOf(keyword);
    if (content === 'schema') return isNode<Node>(value) ? [{ keyword, step: '', location: keyword, node: value }] : [];
    if ((content !== 'list' && content !== 'map') || typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([step, child]) =>
      isNode<Node>(child) ? [{ keyword, step, location: `${keyword}.${step}`, node: child }] : [],
    );
  });
}

/** Visits every subschema of a schema, each with its dotted location. Boolean schemas are not visited. */
export function walkSchema<Node extends object>(
  node: Node,
  location: string,
  visit: (node: Node, location: string) => void,
): void {
  visit(node, location);
  for (const below of subschemas(node)) walkSchema(below.node, `${location}.${below.location}`, visit);
}

/** A copy of a schema with every subschema changed, the innermost first. */
export function mapSchema<Node extends object>(node: Node, change: (node: Node) => Node): Node {
  return change(mapChildren<Node>(node, (child) => mapSchema(child, change)) as Node);
}

/** A copy of a schema with the schemas directly below it changed, each with its keyword and its name or index below that. */
export function mapChildren<Node extends object>(
  node: Node,
  change: (node: Node, at: { readonly keyword: string; readonly step: string }) => unknown,
): Readonly<Record<string, unknown>> {
  const members = Object.entries(node).map(([keyword, value]) => {
    const below = (child: unknown, step: string | number) =>
      isNode<Node>(child) ? change(child, { keyword, step: String(step) }) : child;
    const content = contentOf(keyword);
    if (content === 'schema') return [keyword, below(value, '')];
    if (content === 'list' && Array.isArray(value)) return [keyword, value.map(below)];
    if (content !== 'map' || !isNode(value)) return [keyword, value];
    return [keyword, Object.fromEntries(Object.entries(value).map(([name, child]) => [name, below(child, name)]))];
  });
  return Object.fromEntries(members);
}

function isNode<Node extends object>(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
