import type { SchemaNode } from '../definition/schema.ts';
import type { Draft4, Draft4Reporter } from './draft4.ts';

/** `type`, `enum` and `const` in the words of OpenAPI 3.0: one type, a list of plain values of that type. */
export function typeOf(node: SchemaNode, location: string, reporter: Draft4Reporter): Draft4 {
  const values = valuesOf(node);
  if (values === undefined) return singleType(node, location, reporter);
  const types = new Set(values.map((value) => typeof value));
  const [type = ''] = types;
  if (types.size === 1 && PLAIN.includes(type)) {
    const declared = typeof node.type === 'string' ? node.type : type;
    return { type: declared, enum: values };
  }
  reporter.drop(location, 'const' in node ? 'const' : 'enum', 'values of several types, null or structures');
  return singleType(node, location, reporter);
}

const PLAIN = ['string', 'number', 'boolean'];

function valuesOf(node: SchemaNode): readonly unknown[] | undefined {
  return 'const' in node ? [node.const] : node.enum;
}

function singleType({ type }: SchemaNode, location: string, reporter: Draft4Reporter): Draft4 {
  const [only, ...others] = typeof type === 'string' ? [type] : (type ?? []);
  if (only === undefined) return {};
  if (others.length === 0 && only !== 'null') return { type: only };
  reporter.drop(location, 'type', 'OpenAPI 3.0 has neither null nor lists of types');
  return {};
}
