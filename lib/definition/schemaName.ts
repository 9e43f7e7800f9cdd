import type { SchemaNode } from './schemaNode.ts';

/** How a schema declares its name. An `$id` is meant as one; a title is a note that can serve as one. */
export interface DeclaredName {
  readonly name: string;
  readonly by: '$id' | 'title';
}

/** Keys of `components` (OpenAPI 3.1.0, "Components Object"). */
const KEY = /^[A-Za-z0-9._-]+$/;
/** A longer title is a sentence. */
const LONGEST_TITLE = 40;
const LONGEST_ID_NAME = 128;
/** What one use of a schema can say otherwise than another: none of it is a rule. */
const NOTES = ['title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly', '$comment', '$id'];

/** `createDocument`, `properties.if-match` → `CreateDocument`, `PropertiesIfMatch`: a name of `[A-Za-z0-9]+`. */
export function pascalCase(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** The name in an `$id`: the last part of a URI, without `.json`. Undefined where it has none with a letter. */
export function nameOfId(id: unknown): string | undefined {
  if (typeof id !== 'string') return undefined;
  const last = id.split(/[/:#?]/).findLast((part) => part !== '') ?? '';
  return keyOf(last.replace(/(\.schema)?\.json$/, ''), LONGEST_ID_NAME);
}

/**
 * The name that a schema declares: its `$id`, else the title of an object, a choice or a list of values. The title of a plain value,
 * such as `First name`, describes a property and names no schema.
 */
export function declaredName(node: SchemaNode): DeclaredName | undefined {
  const id = nameOfId(node['$id']);
  if (id !== undefined) return { name: id, by: '$id' };
  const { title } = node;
  if (typeof title !== 'string' || !isStructure(node)) return undefined;
  const name = keyOf(title, LONGEST_TITLE);
  return name === undefined ? undefined : { name, by: 'title' };
}

/** Names with one canonical form are one file or type to many generators, such as `order-line` and `OrderLine`. */
export function canonicalName(name: string): string {
  return pascalCase(name).toLowerCase();
}

/** What two uses of a named schema must have in common, as text; the notes of a use do not count. */
export function sharedContent(node: SchemaNode): string {
  return JSON.stringify(Object.fromEntries(Object.entries(node).filter(([keyword]) => !isNote(keyword))));
}

/** Whether a keyword of a named schema is a note of one use of it. */
export function isNote(keyword: string): boolean {
  return NOTES.includes(keyword);
}

function isStructure({ properties, enum: values, anyOf, oneOf, type }: SchemaNode): boolean {
  return (
    properties !== undefined || values !== undefined || anyOf !== undefined || oneOf !== undefined || type === 'object'
  );
}

function keyOf(text: string, longest: number): string | undefined {
  if (text.length > longest) return undefined;
  const key = KEY.test(text) ? text : pascalCase(text);
  return /^[A-Za-z]/.test(key) ? key : undefined;
}
