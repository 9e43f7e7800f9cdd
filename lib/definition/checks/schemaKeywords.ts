import type { Fault } from '../fault.ts';
import type { SchemaNode } from '../schema.ts';
import { KNOWN_FORMATS, OWN_KEYWORDS } from '../schemaNode.ts';
import { nearest } from '../shape.ts';
import { KEYWORDS, walkSchema } from '../walkSchema.ts';
import { formatValue, type UncheckedApi } from './check.ts';
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

/** Keywords and formats that the validators check or that describe; any other would be ignored, and what is below it not checked. */
export function checkSchemaKeywords(api: UncheckedApi): readonly Fault[] {
  return readableSchemas(api).flatMap(({ node, location }) => {
    const faults: Fault[] = [];
    walkSchema(node, location, (child, at) =>
      faults.push(...unknownKeywords(child, at), ...unknownFormat(child, at), ...inheritedNames(child, at)),
    );
    return faults;
  });
}

function unknownKeywords(node: SchemaNode, location: string): readonly Fault[] {
  // `$ref` has its own fault.
  const unknown = Object.keys(node).filter((keyword) => !ALLOWED.includes(keyword) && keyword !== '$ref');
  return unknown.map((keyword) => {
    const meant = keyword.startsWith('x-') ? nearest(keyword, OWN_KEYWORDS) : nearest(keyword, Object.keys(KEYWORDS));
    const allowed = keyword.startsWith('x-') ? `one of ${OWN_KEYWORDS.join(', ')}` : 'a keyword of JSON Schema 2020-12';
    const spelling = meant === undefined ? 'Remove it' : `Write ${meant}`;
    return {
      code: 'schema-not-compilable',
      location,
      found: `the keyword ${keyword}`,
      expected: meant ?? allowed,
      fix: Object.hasOwn(INSTEAD, keyword)
        ? (INSTEAD[keyword] ?? '')
        : `${spelling}. An unknown keyword would check nothing.`,
    };
  });
}

const ALLOWED: readonly string[] = [...Object.keys(KEYWORDS), ...OWN_KEYWORDS];
const FORMAT_NAMES = Object.keys(KNOWN_FORMATS);

/** A format that no validator knows would check nothing. */
function unknownFormat({ format }: SchemaNode, location: string): readonly Fault[] {
  if (typeof format !== 'string' || FORMAT_NAMES.includes(format)) return [];
  const meant = nearest(format, FORMAT_NAMES);
  return [
    {
      code: 'schema-not-compilable',
      location,
      found: `the format ${formatValue(format)}`,
      expected: `one of ${FORMAT_NAMES.join(', ')}`,
      fix: meant === undefined ? 'Write a pattern instead, or remove the format.' : `Write ${meant}.`,
    },
  ];
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
