import type { Fault } from '../fault.ts';
import { type SchemaNode, typesOf } from '../schema.ts';
import { formatValue } from './check.ts';

/** Formats whose strings have a maximum length, so that `maxLength` is not needed. */
const BOUNDED_FORMATS = ['uuid', 'date', 'ipv4', 'ipv6', 'phone', 'currency', 'country'];

/** What one schema node leaves open: strings without a maximum length, lists without a maximum size, objects with unknown keys. */
export function boundFaults(node: SchemaNode, location: string): readonly Fault[] {
  if (node.$ref !== undefined) return [reference(node, location)];
  const types = typesOf(node);
  const listed = node.enum !== undefined || node.const !== undefined;
  const excused = typeof node['x-unbounded'] === 'string' && node['x-unbounded'].trim().length >= 8;
  if (listed || excused) return [];
  const faults: Fault[] = [];
  if (acceptsAnything(node, types, location)) {
    faults.push(
      open('schema-open', location, 'type', 'Declare the type of the value. A schema without a type accepts anything.'),
    );
  }
  if (types.includes('array') && typeof node.items !== 'object' && node['prefixItems'] === undefined) {
    faults.push(open('schema-open', `${location}.items`, 'items', 'Declare the schema of the items.'));
  }
  if (types.includes('string') && !isBoundedString(node)) {
    faults.push(open('string-unbounded', location, 'maxLength', 'Set the longest string that makes sense.'));
  }
  if (types.includes('array') && node.maxItems === undefined) {
    faults.push(open('array-unbounded', location, 'maxItems', 'Set the largest number of items that makes sense.'));
  }
  if (types.includes('object') && !isClosed(node)) {
    faults.push(
      open(
        'object-open',
        location,
        'additionalProperties: false',
        'Use object({ … }), or bound a map with maxProperties, propertyNames.maxLength and a value schema.',
      ),
    );
  }
  return faults;
}

function isBoundedString(node: SchemaNode): boolean {
  return (
    [node.maxLength, node['x-max-decoded-bytes']].some((bound) => bound !== undefined) ||
    BOUNDED_FORMATS.includes(String(node.format))
  );
}

const COMBINERS = ['anyOf', 'oneOf', 'allOf'];
/** Below these a schema narrows another one, so that it may leave the type to it. */
const NARROWING = /\.(allOf\.\d+|not|if|then|else)(\.properties\.[^.]+)?$/;

function acceptsAnything(node: SchemaNode, types: readonly string[], location: string): boolean {
  if (types.length > 0 || COMBINERS.some((keyword) => node[keyword] !== undefined)) return false;
  return !NARROWING.test(location);
}

/** Closed: no unknown keys, or a map whose values, key names and size are all bounded. */
function isClosed(node: SchemaNode): boolean {
  if (node.additionalProperties === false || node.unevaluatedProperties === false) return true;
  const isMap = typeof node.additionalProperties === 'object' && node.additionalProperties !== null;
  return isMap && node.maxProperties !== undefined && node.propertyNames?.maxLength !== undefined;
}

function open(code: Fault['code'], location: string, keyword: string, fix: string): Fault {
  return {
    code,
    location,
    found: `no ${keyword.split(':')[0]}`,
    expected: `${keyword}, or 'x-unbounded' with a reason of at least 8 characters`,
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
