/** A book of named schemas in which equal schemas share one name. */
export interface SchemaBook {
  /** Enters a schema under the wanted name, or under the first free one after it; returns its reference. */
  readonly add: (wanted: string, schema: object) => { readonly $ref: string };
  /** Every schema by its name, in the order of entry. */
  readonly schemas: () => Readonly<Record<string, object>>;
}

/** An empty book; references point into `components`. */
export function schemaBook(): SchemaBook {
  const names = new Map<string, string>();
  const schemas = new Map<string, object>();
  return {
    add: (wanted, schema) => {
      const text = JSON.stringify(schema);
      const name = names.get(text) ?? freeName(wanted, schemas);
      names.set(text, name);
      schemas.set(name, schema);
      return { $ref: `#/components/schemas/${name}` };
    },
    schemas: () => Object.fromEntries(schemas),
  };
}

function freeName(wanted: string, taken: ReadonlyMap<string, object>): string {
  let name = wanted;
  for (let i = 2; taken.has(name); i += 1) name = `${wanted}${i}`;
  return name;
}
