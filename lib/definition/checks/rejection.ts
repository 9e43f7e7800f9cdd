import { type SchemaNode, typesOf } from '../schema.ts';

/** The keyword that rejects a value, and where below the value it does, as a JSON pointer. */
export interface Rejected {
  readonly keyword: string;
  readonly path: string;
}

/**
 * What of a schema certainly rejects a value, or undefined. It knows the keywords that definitions use most, so that a mistake is
 * reported when the definition is loaded; the compiled validators decide on the others at synth.
 */
export function rejection(node: SchemaNode | boolean | undefined, value: unknown, path = ''): Rejected | undefined {
  if (typeof node !== 'object' || node === null) return node === false ? { keyword: 'false schema', path } : undefined;
  const keyword = Object.keys(RULES).find((name) => node[name] !== undefined && RULES[name]?.(node, value) === false);
  if (keyword !== undefined) return { keyword, path };
  return inBranches(node, value, path) ?? inMembers(node, value, path);
}

type Rule = (node: SchemaNode, value: unknown) => boolean;

/** Whether a value passes a keyword, which is there. */
const RULES: Readonly<Record<string, Rule>> = {
  type: (node, value) => typesOf(node).some((type) => isOfType(type, value)),
  enum: ({ enum: values }, value) => !Array.isArray(values) || values.some((one) => isEqual(one, value)),
  const: ({ const: only }, value) => isEqual(only, value),
  minLength: ofString((text, { minLength }) => [...text].length >= Number(minLength)),
  maxLength: ofString((text, { maxLength }) => [...text].length <= Number(maxLength)),
  pattern: ofString((text, { pattern }) => typeof pattern !== 'string' || new RegExp(pattern, 'u').test(text)),
  minimum: ofNumber((number, { minimum }) => number >= Number(minimum)),
  maximum: ofNumber((number, { maximum }) => number <= Number(maximum)),
  exclusiveMinimum: ofNumber((number, { exclusiveMinimum }) => number > Number(exclusiveMinimum)),
  exclusiveMaximum: ofNumber((number, { exclusiveMaximum }) => number < Number(exclusiveMaximum)),
  minItems: ofList((list, { minItems }) => list.length >= Number(minItems)),
  maxItems: ofList((list, { maxItems }) => list.length <= Number(maxItems)),
  required: ofObject((object, { required = [], properties = {} }) =>
    required.every((name) => Object.hasOwn(object, name) || hasDefault(properties[name])),
  ),
  additionalProperties: ofObject(
    (object, { additionalProperties, properties = {}, patternProperties }) =>
      additionalProperties !== false ||
      patternProperties !== undefined ||
      Object.keys(object).every((name) => Object.hasOwn(properties, name)),
  ),
};

function inBranches(node: SchemaNode, value: unknown, path: string): Rejected | undefined {
  for (const branch of node.allOf ?? []) {
    const found = rejection(branch, value, path);
    if (found !== undefined) return found;
  }
  const choice = (['anyOf', 'oneOf'] as const).find((keyword) => {
    const branches = node[keyword] ?? [];
    return branches.length > 0 && branches.every((branch) => rejection(branch, value) !== undefined);
  });
  return choice === undefined ? undefined : { keyword: choice, path };
}

function inMembers(node: SchemaNode, value: unknown, path: string): Rejected | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const first = (node['prefixItems'] ?? []) as readonly SchemaNode[];
  const schemaOf = (name: string) =>
    Array.isArray(value) ? (first[Number(name)] ?? node.items) : node.properties?.[name];
  for (const [name, member] of Object.entries(value)) {
    const found = rejection(schemaOf(name), member, `${path}/${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @param node boolean where a schema accepts everything or nothing. */
function hasDefault(node: SchemaNode | boolean | undefined): boolean {
  return typeof node === 'object' && node !== null && 'default' in node;
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function isEqual(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  const [names, others] = [Object.keys(one), Object.keys(other)];
  const members = (whole: object) => whole as Readonly<Record<string, unknown>>;
  return names.length === others.length && names.every((name) => isEqual(members(one)[name], members(other)[name]));
}

function ofString(passes: (text: string, node: SchemaNode) => boolean): Rule {
  return (node, value) => typeof value !== 'string' || passes(value, node);
}
function ofNumber(passes: (number: number, node: SchemaNode) => boolean): Rule {
  return (node, value) => typeof value !== 'number' || passes(value, node);
}
function ofList(passes: (list: readonly unknown[], node: SchemaNode) => boolean): Rule {
  return (node, value) => !Array.isArray(value) || passes(value, node);
}
function ofObject(passes: (object: object, node: SchemaNode) => boolean): Rule {
  return (node, value) => typeof value !== 'object' || value === null || Array.isArray(value) || passes(value, node);
}
