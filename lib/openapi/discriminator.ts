import type { SchemaNode } from '../definition/schema.ts';

/** The property whose value selects the branch of a choice, with the values of each branch. */
export interface Discriminator {
  readonly propertyName: string;
  /** By the index of the branch. */
  readonly values: readonly (readonly string[])[];
}

/**
 * The discriminator of a choice (OpenAPI 3.1.0, "Discriminator Object"): every branch is an object with one common required property
 * whose strings are listed, and no string belongs to two branches. Of several such properties, the first one of the first branch.
 */
export function discriminatorOf(branches: readonly SchemaNode[]): Discriminator | undefined {
  const [first, ...others] = branches;
  if (first === undefined || others.length === 0) return undefined;
  for (const propertyName of Object.keys(first.properties ?? {})) {
    const values = branches.map((branch) => valuesOf(branch, propertyName));
    const all = values.flat();
    if (values.some(({ length }) => length === 0) || new Set(all).size < all.length) continue;
    return { propertyName, values };
  }
  return undefined;
}

/** The strings that a property of a branch can have; none where it can be missing, or be anything else. */
function valuesOf({ type, properties = {}, required = [] }: SchemaNode, name: string): readonly string[] {
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (type !== 'object' || property === undefined || !required.includes(name)) return [];
  const values = 'const' in property ? [property.const] : (property.enum ?? []);
  const strings = values.filter((value) => typeof value === 'string');
  return strings.length === values.length ? [...new Set(strings)] : [];
}
