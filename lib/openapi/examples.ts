import type { SchemaNode } from '../definition/schema.ts';
import { isNote } from '../definition/schemaName.ts';

/** An example in a box, so that `null` and `false` can be one. */
export interface Example {
  readonly value: unknown;
}

/** Keywords that no example below knows of: with one of them, only a declared example is shown. */
const RELATIONS = [
  ...[
    'allOf',
    'anyOf',
    'oneOf',
    'not',
    'if',
    'propertyNames',
    'patternProperties',
    'dependentRequired',
    'dependentSchemas',
  ],
  ...['minProperties', 'maxProperties', 'minItems', 'uniqueItems', 'contains', 'prefixItems', 'unevaluatedProperties'],
];

/**
 * The example of a schema: its first declared one, the only value that it accepts, that of a branch, or for an object one made of the
 * examples of its members. Optional members are in it if they declare an example. Undefined where a required member has none.
 */
export function exampleOf(node: SchemaNode): Example | undefined {
  const { examples } = node;
  if (Array.isArray(examples) && examples.length > 0) return { value: examples[0] };
  if ('const' in node) return { value: node.const };
  if (node.anyOf !== undefined && isChoiceAlone(node)) return firstExample(node.anyOf);
  if (RELATIONS.some((keyword) => keyword in node)) return undefined;
  if (Array.isArray(node.enum) && node.enum.length > 0) return { value: node.enum[0] };
  if (node.type === 'array') return listExample(node);
  return node.type === 'object' ? objectExample(node) : undefined;
}

/** Whether a value that a branch accepts is all that the schema asks for. */
function isChoiceAlone(node: SchemaNode): boolean {
  return Object.keys(node).every((keyword) => keyword === 'anyOf' || isNote(keyword));
}

function firstExample(branches: readonly SchemaNode[]): Example | undefined {
  return branches.map(exampleOf).find((example) => example !== undefined);
}

function objectExample({ properties = {}, required = [] }: SchemaNode): Example | undefined {
  const members: [string, unknown][] = [];
  for (const [name, property] of Object.entries(properties)) {
    const isRequired = required.includes(name);
    const example = isRequired || isDeclared(property) ? exampleOf(property) : undefined;
    if (example !== undefined) members.push([name, example.value]);
    else if (isRequired) return undefined;
  }
  // A required member without a schema has no example either.
  const isComplete = required.every((name) => Object.hasOwn(properties, name));
  return isComplete && members.length > 0 ? { value: Object.fromEntries(members) } : undefined;
}

function listExample({ items, maxItems = 1 }: SchemaNode): Example | undefined {
  if (typeof items !== 'object' || maxItems < 1) return undefined;
  const example = exampleOf(items);
  return example === undefined ? undefined : { value: [example.value] };
}

function isDeclared({ examples }: SchemaNode): boolean {
  return Array.isArray(examples) && examples.length > 0;
}
