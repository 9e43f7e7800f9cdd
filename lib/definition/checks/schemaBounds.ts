import type { Fault } from '../fault.ts';
import { type SchemaNode, typesOf } from '../schema.ts';
import { KNOWN_FORMATS } from '../schemaNode.ts';
import type { SchemaLibrary } from '../sources/standard.ts';
import { formatValue } from './check.ts';
import { patternLength } from './patternLength.ts';

/** Formats whose strings have a maximum length. */
export const BOUNDED_FORMATS = Object.entries(KNOWN_FORMATS).flatMap(([name, isBounded]) => (isBounded ? [name] : []));

/** How each library spells a bound. */
const FIXES: Readonly<Record<SchemaLibrary, Readonly<Record<'string' | 'array' | 'object' | 'map', string>>>> = {
  zod: {
    string: 'Set the longest string that makes sense: .max(200).',
    array: 'Set the largest number of items that makes sense: .max(20).',
    object: 'Use z.strictObject({ … }) instead of z.object, z.looseObject or .catchall().',
    map: 'Bound the map: z.record(z.string().max(40), …).meta({ maxProperties: 20 }).',
  },
  valibot: {
    string: 'Set the longest string that makes sense: v.maxLength(200).',
    array: 'Set the largest number of items that makes sense: v.maxLength(20).',
    object: 'Use v.strictObject({ … }) instead of v.object, v.looseObject or v.objectWithRest.',
    map: 'Bound the map: v.pipe(v.record(v.pipe(v.string(), v.maxLength(40)), …), v.maxEntries(20)).',
  },
  joi: {
    string: 'Set the longest string that makes sense: .max(200).',
    array: 'Set the largest number of items that makes sense: .max(20).',
    object: 'Declare the keys, Joi.object({ … }), and remove .unknown().',
    map: 'Bound the map: Joi.object().pattern(Joi.string().max(40), …).max(20).',
  },
  typebox: {
    string: 'Set the longest string that makes sense: { maxLength: 200 }.',
    array: 'Set the largest number of items that makes sense: { maxItems: 20 }.',
    object: 'Use object({ … }), or Type.Object with { additionalProperties: false }.',
    map: 'Bound the map: Type.Record(Type.String(), …, { maxProperties: 20, propertyNames: { maxLength: 40 } }).',
  },
  json: {
    string: 'Set the longest string that makes sense: maxLength.',
    array: 'Set the largest number of items that makes sense: maxItems.',
    object: 'Set additionalProperties: false.',
    map: 'Bound the map: maxProperties, propertyNames with maxLength, and a schema for its values.',
  },
};

const NAMED = 'Names that match no pattern are accepted, too: add additionalProperties: false to this schema.';

/** What one schema node leaves open: strings without a maximum length, lists without a maximum size, objects with unknown keys. */
export function boundFaults(node: SchemaNode, location: string, library: SchemaLibrary = 'json'): readonly Fault[] {
  if (node.$ref !== undefined) return [reference(node, location)];
  const types = typesOf(node);
  const listed = node.enum !== undefined || node.const !== undefined;
  const excused = typeof node['x-unbounded'] === 'string' && node['x-unbounded'].trim().length >= 8;
  // The names of a map are checked with the map.
  if (listed || excused || location.endsWith('.propertyNames')) return [];
  const fixes = FIXES[library];
  const faults: Fault[] = [];
  if (acceptsAnything(node, types, location)) {
    const fix = 'Declare the type of the value. A schema without a type accepts anything.';
    faults.push(open('schema-open', location, 'no type', 'type', fix));
  }
  if (types.includes('array') && typeof node.items !== 'object' && node['prefixItems'] === undefined) {
    faults.push(open('schema-open', `${location}.items`, 'no items', 'items', 'Declare the schema of the items.'));
  }
  if (types.includes('string') && !isBoundedString(node)) {
    faults.push(open('string-unbounded', location, unboundedString(node), 'maxLength', fixes.string));
  }
  if (types.includes('array') && node.maxItems === undefined) {
    faults.push(open('array-unbounded', location, 'no maxItems', 'maxItems', fixes.array));
  }
  const openness = types.includes('object') ? opennessOf(node) : undefined;
  if (openness !== undefined) {
    const [found, kind] = openness;
    const expected = kind === 'map' ? 'maxProperties, and names with a maximum length' : 'additionalProperties: false';
    // A record whose names have a pattern still accepts other names, with any value.
    const fix = kind === 'object' && node['patternProperties'] !== undefined ? NAMED : fixes[kind];
    faults.push(open('object-open', location, found, expected, fix));
  }
  return faults;
}

function isBoundedString(node: SchemaNode): boolean {
  const { pattern } = node;
  return (
    [node.maxLength, node['x-max-decoded-bytes']].some((bound) => bound !== undefined) ||
    BOUNDED_FORMATS.includes(String(node.format)) ||
    (typeof pattern === 'string' && patternLength(pattern) !== undefined) ||
    (node.allOf ?? []).some(isBoundedString)
  );
}

/** A format or pattern that one could take for a bound is named. */
function unboundedString({ format, pattern }: SchemaNode): string {
  if (format !== undefined) return `no maxLength, and strings of the format ${format} have any length`;
  return pattern === undefined ? 'no maxLength' : 'no maxLength, and a pattern that matches strings of any length';
}

const COMBINERS = ['anyOf', 'oneOf', 'allOf'];
/** Below these a schema narrows another one, so that it may leave the type to it. */
const NARROWING = /\.(allOf\.\d+|not|if|then|else)(\.properties\.[^.]+)?$/;

function acceptsAnything(node: SchemaNode, types: readonly string[], location: string): boolean {
  if (types.length > 0 || COMBINERS.some((keyword) => node[keyword] !== undefined)) return false;
  // The schema that accepts nothing, which a library has for a property that is never sent.
  if (typeof node['not'] === 'object' && node['not'] !== null && Object.keys(node['not']).length === 0) return false;
  return !NARROWING.test(location);
}

/** What an object leaves open: unknown keys, or a map whose key names or size are not bounded. */
function opennessOf(node: SchemaNode): readonly [found: string, kind: 'object' | 'map'] | undefined {
  const { additionalProperties: additional, propertyNames: names = {} } = node;
  if (additional === false || node.unevaluatedProperties === false) return undefined;
  if (typeof additional !== 'object') {
    return [
      additional === undefined
        ? 'no additionalProperties, so unknown properties are accepted'
        : 'additionalProperties: true',
      'object',
    ];
  }
  const hasListedNames = names.enum !== undefined || names.const !== undefined;
  const missing = [
    ...(node.maxProperties === undefined && !hasListedNames ? ['no maxProperties'] : []),
    ...(isBoundedString(names) || hasListedNames ? [] : ['names of any length']),
  ];
  return missing.length === 0 ? undefined : [`a map with ${missing.join(' and ')}`, 'map'];
}

function open(code: Fault['code'], location: string, found: string, expected: string, fix: string): Fault {
  return {
    code,
    location,
    found,
    expected: `${expected}, or 'x-unbounded' with a reason of at least 8 characters`,
    fix,
  };
}

function reference(node: SchemaNode, location: string): Fault {
  return {
    code: 'schema-reference',
    location,
    found: formatValue(node.$ref),
    expected: 'a schema without $ref',
    fix: 'Inline the schema (in TypeBox, use the value itself instead of Type.Ref or Type.Module).',
  };
}
