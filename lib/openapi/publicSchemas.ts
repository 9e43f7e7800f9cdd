import type { Api } from '../definition/api.ts';
import type { SchemaNode } from '../definition/schema.ts';
import { canonicalName, declaredName, isNote, pascalCase, sharedContent } from '../definition/schemaName.ts';
import { mapChildren, walkSchema } from '../definition/walkSchema.ts';
import { discriminatorOf } from './discriminator.ts';
import type { Json } from './json.ts';

/** The schemas of the public document. */
export interface PublicSchemas {
  /** Enters the schema of a body under the name that it declares, else under the name of its operation; returns its reference. */
  readonly add: (wanted: string, schema: object) => Json;
  /** A schema as a parameter has it: in place, unless it declares a name. */
  readonly inline: (wanted: string, schema: SchemaNode) => Json;
  /** Every entered schema by its name, in the order of entry. */
  readonly schemas: () => Readonly<Record<string, object>>;
}

/** What all uses of a declared name have in common. */
interface NamedSchema {
  readonly byId: boolean;
  readonly contents: Set<string>;
  /** Notes with the same value in each use, as JSON; undefined where a use differs. */
  readonly notes: Map<string, string | undefined>;
}

/** Notes of a use even where all uses agree: what is filled in belongs to the property. */
const ALWAYS_OF_USE = ['default'];

/**
 * Names the schemas of an API so that a name depends on no order: declared names first, whatever uses them; else the name of the one
 * operation that the schema belongs to. A title that two different schemas have names neither.
 */
export function publicSchemas(api: Api, reserved: readonly string[]): PublicSchemas {
  const named = namedSchemas(api, reserved);
  const schemas = new Map<string, object>();
  const names = new Set([...reserved, ...named.keys()]);

  const nameOf = (node: SchemaNode): string | undefined => {
    const declared = declaredName(node);
    const contents = declared && named.get(declared.name)?.contents;
    return contents?.has(sharedContent(node)) === true ? declared?.name : undefined;
  };

  /** `owner` names what has no own name. */
  const project = (node: SchemaNode, owner: string): Json => {
    const name = nameOf(node);
    if (name === undefined) return withChildren(node, owner);
    if (!schemas.has(name)) {
      // Its place in the order of entry.
      schemas.set(name, {});
      schemas.set(name, withChildren(componentOf(node, named.get(name)), name));
    }
    return { $ref: referenceTo(name), ...notesOfUse(node, named.get(name)) };
  };

  const withChildren = ({ $id: _id, ...node }: SchemaNode, owner: string): Json => {
    const projected = mapChildren<SchemaNode>(node, (child, { keyword, step }) =>
      project(child, keyword === 'properties' ? `${owner}${pascalCase(step)}` : owner),
    );
    const choices = (['anyOf', 'oneOf'] as const).filter((keyword) => node[keyword] !== undefined);
    const [choice] = choices;
    // With two choices, a discriminator could belong to either.
    if (choice === undefined || choices.length > 1) return projected;
    const discriminator = discriminatorOf(node[choice] ?? []);
    if (discriminator === undefined) return projected;
    const { propertyName, values } = discriminator;
    // Only references can be mapped (OpenAPI 3.1.0, "Discriminator Object").
    const branches = (projected[choice] as readonly Json[]).map((branch, i) =>
      '$ref' in branch ? branch : enter(`${owner}${pascalCase(values[i]?.[0] ?? '')}`, branch),
    );
    const mapping = branches.flatMap(({ $ref }, i) => (values[i] ?? []).map((value) => [value, $ref] as const));
    return { ...projected, [choice]: branches, discriminator: { propertyName, mapping: Object.fromEntries(mapping) } };
  };

  const enter = (wanted: string, schema: object): Json => {
    const name = freeName(wanted, names);
    names.add(name);
    schemas.set(name, schema);
    return { $ref: referenceTo(name) };
  };

  return {
    add: (wanted, schema) => {
      const node = schema as SchemaNode;
      if (nameOf(node) !== undefined) return project(node, wanted);
      const reference = enter(wanted, {});
      schemas.set(String(reference['$ref']).slice(PREFIX.length), project(node, wanted));
      return reference;
    },
    inline: (wanted, schema) => project(schema, wanted),
    schemas: () => Object.fromEntries(schemas),
  };
}

const PREFIX = '#/components/schemas/';
const referenceTo = (name: string): string => `${PREFIX}${name}`;

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let i = 2; taken.has(name); i += 1) name = `${wanted}${i}`;
  return name;
}

/** The declared names of an API that name one schema each. */
function namedSchemas(api: Api, reserved: readonly string[]): ReadonlyMap<string, NamedSchema> {
  const named = new Map<string, NamedSchema>();
  for (const { request, responses } of Object.values(api.routes)) {
    const { path, query, headers, cookies, body } = request;
    for (const schema of [path, query, headers, cookies, body, ...responses.map((response) => response.body)]) {
      if (schema !== undefined) walkSchema(schema, '', (node) => collect(node, named));
    }
  }
  const taken = new Map(reserved.map((name) => [canonicalName(name), 1]));
  for (const name of named.keys()) taken.set(canonicalName(name), (taken.get(canonicalName(name)) ?? 0) + 1);
  const isClear = ([name, { byId, contents }]: readonly [string, NamedSchema]) =>
    contents.size === 1 && (byId || taken.get(canonicalName(name)) === 1);
  return new Map([...named].filter(isClear));
}

function collect(node: SchemaNode, named: Map<string, NamedSchema>): void {
  const declared = declaredName(node);
  if (declared === undefined) return;
  const known = named.get(declared.name);
  const byId = declared.by === '$id';
  if (known === undefined || (byId && !known.byId)) {
    const notes = new Map(notesOf(node));
    named.set(declared.name, { byId, contents: new Set([sharedContent(node)]), notes });
    return;
  }
  // A title that is the `$id` of another schema names nothing.
  if (known.byId && !byId) return;
  known.contents.add(sharedContent(node));
  const own = new Map(notesOf(node));
  for (const keyword of new Set([...known.notes.keys(), ...own.keys()])) {
    if (known.notes.get(keyword) !== own.get(keyword)) known.notes.set(keyword, undefined);
  }
}

function notesOf(node: SchemaNode): readonly (readonly [string, string])[] {
  const notes = Object.entries(node).filter(([keyword]) => isNote(keyword) && keyword !== '$id');
  return notes.map(([keyword, value]) => [keyword, JSON.stringify(value)] as const);
}

/** Whether all uses of a schema have the same note, so that it is in the component. */
function isShared(keyword: string, named: NamedSchema | undefined): boolean {
  return !ALWAYS_OF_USE.includes(keyword) && named?.notes.get(keyword) !== undefined;
}

function componentOf(node: SchemaNode, named: NamedSchema | undefined): SchemaNode {
  return Object.fromEntries(Object.entries(node).filter(([keyword]) => !isNote(keyword) || isShared(keyword, named)));
}

/** What one use says beside its reference, as JSON Schema 2020-12 allows. */
function notesOfUse(node: SchemaNode, named: NamedSchema | undefined): Json {
  const own = Object.entries(node).filter(
    ([keyword]) => isNote(keyword) && keyword !== '$id' && !isShared(keyword, named),
  );
  return Object.fromEntries(own);
}
