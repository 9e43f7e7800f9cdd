import type { SchemaNode } from './schema.ts';

/** Visits every subschema of a schema, each with its dotted location. Boolean schemas are not visited. */
export function walkSchema(
  node: SchemaNode,
  location: string,
  visit: (node: SchemaNode, location: string) => void,
): void {
  visit(node, location);
  for (const [at, child] of childrenOf(node)) walkSchema(child, `${location}.${at}`, visit);
}

function childrenOf(node: SchemaNode): readonly (readonly [string, SchemaNode])[] {
  const found: (readonly [string, unknown])[] = [
    ['items', node.items],
    ['additionalProperties', node.additionalProperties],
    ['unevaluatedProperties', node.unevaluatedProperties],
    ['propertyNames', node.propertyNames],
    ['contains', node['contains']],
    ['not', node['not']],
    ['if', node['if']],
    ['then', node['then']],
    ['else', node['else']],
  ];
  for (const keyword of ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const) {
    const list = node[keyword];
    if (Array.isArray(list))
      list.forEach((child, i) => {
        found.push([`${keyword}.${i}`, child]);
      });
  }
  for (const keyword of ['properties', 'patternProperties', 'dependentSchemas'] as const) {
    const map = node[keyword];
    if (isNode(map)) for (const [name, child] of Object.entries(map)) found.push([`${keyword}.${name}`, child]);
  }
  return found.filter((entry): entry is readonly [string, SchemaNode] => isNode(entry[1]));
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
