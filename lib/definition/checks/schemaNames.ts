import type { Fault } from '../fault.ts';
import { canonicalName, nameOfId, sharedContent } from '../schemaName.ts';
import type { SchemaNode } from '../schemaNode.ts';
import { walkSchema } from '../walkSchema.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { readableSchemas } from './readSchemas.ts';

/** The schema of problem documents, in the public document. */
const RESERVED = 'Problem';

interface Named {
  readonly name: string;
  readonly content: string;
  readonly location: string;
}

/** Names that schemas declare by `$id`: each can be a key of the public document, and names one schema. */
export function checkSchemaNames(api: UncheckedApi): readonly Fault[] {
  const byName = new Map<string, Named>();
  return readableSchemas(api).flatMap(({ node, location, part }) => {
    const faults: Fault[] = [];
    // The rows of a file have no schema in a document.
    if (part === 'rows') return [];
    walkSchema(node, location, (child, at) => faults.push(...faultsOf(child, `${at}.$id`, byName)));
    return faults;
  });
}

function faultsOf(node: SchemaNode, location: string, byName: Map<string, Named>): readonly Fault[] {
  if (!('$id' in node)) return [];
  const found = formatValue(node['$id']);
  const name = nameOfId(node['$id']);
  if (name === undefined) {
    const expected = 'a name that begins with a letter, such as Order, or a URI that ends in one';
    return [fault('schema-name-invalid', location, found, expected, 'Write letters, digits, ".", "_" and "-".')];
  }
  const content = sharedContent(node);
  const key = canonicalName(name);
  if (key === RESERVED.toLowerCase()) {
    const expected = `another name than ${RESERVED}, the schema of problem documents`;
    return [fault('schema-name-conflict', location, found, expected, 'Rename the schema.')];
  }
  const first = byName.get(key);
  if (first === undefined) byName.set(key, { name, content, location });
  if (first === undefined || (first.name === name && first.content === content)) return [];
  const other =
    first.name === name ? 'another schema has at' : `differs only in case or punctuation from ${first.name} at`;
  const fix =
    'Rename one of them, or use one schema in both places. Only descriptions, defaults and examples may differ.';
  return [
    fault(
      'schema-name-conflict',
      location,
      `${found}, which ${other} ${first.location}`,
      'one schema for each name',
      fix,
    ),
  ];
}

function fault(
  code: 'schema-name-invalid' | 'schema-name-conflict',
  location: string,
  found: string,
  expected: string,
  fix: string,
): Fault {
  return { code, location, found, expected, fix };
}
