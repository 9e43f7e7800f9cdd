import type { Fault } from '../fault.ts';
import type { SchemaNode } from '../schema.ts';
import { contentOf, KEYWORDS, walkSchema } from '../walkSchema.ts';
import type { UncheckedApi } from './check.ts';
import { readableSchemas } from './readSchemas.ts';

/** What other drafts, OpenAPI 3.0 and ajv name so, with what to write instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  $async: 'Remove it. A validator never waits.',
  $defs: 'Write each schema where it is used.',
  definitions: 'Write each schema where it is used.',
  $dynamicRef: 'Write the schema itself.',
  $recursiveRef: 'Write the schema itself.',
  $anchor: 'Remove it. Nothing can refer to it.',
  id: 'Remove it, or write $id.',
  additionalItems: 'Write the first items in prefixItems and the others in items.',
  unevaluatedItems: 'Write prefixItems and items: false, or the schema of the other items.',
  dependencies: 'Write dependentRequired or dependentSchemas.',
  discriminator: 'Remove it. Give each branch of oneOf a property with its own const.',
  example: 'Write examples, a list.',
};

/** Keywords that the validators check or that describe; any other would be ignored, and what is below it not checked. */
export function checkSchemaKeywords(api: UncheckedApi): readonly Fault[] {
  return readableSchemas(api).flatMap(({ node, location }) => {
    const faults: Fault[] = [];
    walkSchema(node, location, (child, at) => faults.push(...unknownKeywords(child, at), ...inheritedNames(child, at)));
    return faults;
  });
}

function unknownKeywords(node: SchemaNode, location: string): readonly Fault[] {
  // `$ref` has its own fault.
  const unknown = Object.keys(node).filter(
    (keyword) => contentOf(keyword) === undefined && keyword !== '$ref' && !keyword.startsWith('x-'),
  );
  return unknown.map((keyword) => ({
    code: 'schema-not-compilable',
    location,
    found: `the keyword ${keyword}`,
    expected: nearest(keyword) ?? 'a keyword of JSON Schema 2020-12, or one of your own that starts with x-',
    fix: Object.hasOwn(INSTEAD, keyword)
      ? (INSTEAD[keyword] ?? '')
      : 'Fix the spelling. An unknown keyword would check nothing.',
  }));
}

/** Validators read members of objects, and every object has these: a missing one would count as there. */
function inheritedNames(node: SchemaNode, location: string): readonly Fault[] {
  const { properties, required } = node;
  const names = new Set([...Object.keys(properties ?? {}), ...(Array.isArray(required) ? required.map(String) : [])]);
  return [...names]
    .filter((name) => name in Object.prototype)
    .map((name) => ({
      code: 'schema-not-compilable',
      location,
      found: `the property ${name}`,
      expected: 'a name that no JavaScript object inherits',
      fix: 'Rename the property.',
    }));
}

/** The keyword with the same letters in another order or case, or with one letter more, less or other. */
function nearest(keyword: string): string | undefined {
  const sorted = (text: string) => [...text.toLowerCase()].sort().join('');
  return Object.keys(KEYWORDS).find((known) => sorted(known) === sorted(keyword) || isOneOff(known, keyword));
}

function isOneOff(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a.length < 4) return false;
  const start = [...a].findIndex((letter, i) => letter !== b[i]);
  const [restA, restB] = start < 0 ? ['', b.slice(a.length)] : [a.slice(start), b.slice(start)];
  return restA.slice(1) === restB || restA === restB.slice(1) || restA.slice(1) === restB.slice(1);
}
