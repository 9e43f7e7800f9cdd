import type { Fault } from '../fault.ts';
import type { SchemaNode } from '../schema.ts';
import {
  anything,
  boolean,
  choice,
  either,
  isRecord,
  kind,
  listOf,
  mapOf,
  type Shape,
  string,
  whole,
} from '../shape.ts';
import { contentOf, walkSchema } from '../walkSchema.ts';
import type { UncheckedApi } from './check.ts';
import { readableSchemas } from './readSchemas.ts';

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
const aType = choice(...TYPES);
const size = whole(0, Number.MAX_SAFE_INTEGER, 'Count characters, items or properties.');
const number = kind('a number', (value) => typeof value === 'number');
const someValues = kind('a list of at least one value', (value) => Array.isArray(value) && value.length > 0);
const names = listOf(string, 'a list of property names');
const aSchema = kind('a schema', (value) => isRecord(value) || typeof value === 'boolean');

/** What each keyword takes that holds data: https://json-schema.org/draft/2020-12/json-schema-validation */
const DATA: Readonly<Record<string, Shape>> = {
  type: either(Array.isArray, both(someValues, listOf(aType, `a list of ${TYPES.join(', ')}`)), aType),
  enum: someValues,
  format: string,
  pattern: kind('a regular expression', (value) => typeof value === 'string' && isRegExp(value)),
  minLength: size,
  maxLength: size,
  minimum: number,
  maximum: number,
  exclusiveMinimum: number,
  exclusiveMaximum: number,
  multipleOf: kind('a number above 0', (value) => typeof value === 'number' && value > 0),
  minItems: size,
  maxItems: size,
  uniqueItems: boolean,
  minContains: size,
  maxContains: size,
  minProperties: size,
  maxProperties: size,
  required: names,
  dependentRequired: mapOf(names, 'lists of property names, by the name of a property'),
  title: string,
  description: string,
  examples: listOf(anything, 'a list of examples'),
};

/** What keywords take that hold schemas. */
const SCHEMAS: Readonly<Record<string, Shape>> = {
  schema: aSchema,
  list: both(someValues, listOf(aSchema, 'a list of schemas')),
  map: mapOf(aSchema, 'schemas by name'),
};

/** The value of every keyword: of the kind that JSON Schema has for it, so that the other checks can read it. */
export function schemaValueFaults(api: UncheckedApi): readonly Fault[] {
  return readableSchemas(api).flatMap(({ node, location }) => nodeValueFaults(node, location));
}

/** The faults of one schema and of those in it. */
export function nodeValueFaults(node: SchemaNode, location: string): readonly Fault[] {
  const faults: Fault[] = [];
  walkSchema(node, location, (child, at) => {
    for (const [keyword, value] of Object.entries(child)) faults.push(...valueFaults(keyword, value, at));
  });
  return faults;
}

function valueFaults(keyword: string, value: unknown, location: string): readonly Fault[] {
  const shape = Object.hasOwn(DATA, keyword) ? DATA[keyword] : SCHEMAS[contentOf(keyword) ?? ''];
  return (shape ?? anything)(value, keyword).map((fault) => ({
    code: 'schema-not-compilable',
    location,
    found: `${fault.location} ${fault.found}`,
    expected: fault.expected,
    fix: 'Fix the value of the keyword. Nothing is ignored.',
  }));
}

/** The faults of the first shape, or those of the second. */
function both(first: Shape, second: Shape): Shape {
  return (value, location) => {
    const faults = first(value, location);
    return faults.length > 0 ? faults : second(value, location);
  };
}

/** With the flag of the validators. */
function isRegExp(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') !== undefined;
  } catch {
    return false;
  }
}
