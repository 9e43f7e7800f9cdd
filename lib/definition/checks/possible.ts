import type { Fault, FaultCode } from '../fault.ts';
import { type SchemaNode, typesOf } from '../schema.ts';
import { mapSchema, subschemas, walkSchema } from '../walkSchema.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { readableSchemas } from './readSchemas.ts';
import { rejection } from './rejection.ts';

/** Lower bounds with the upper bounds of the same measure, and the type that they measure: values of other types pass them. */
const PAIRS = [
  ['minLength', 'maxLength', 'string'],
  ['minItems', 'maxItems', 'array'],
  ['minContains', 'maxContains', 'array'],
  ['minProperties', 'maxProperties', 'object'],
] as const;
/** Below these, a schema that no value satisfies leaves the schema around it values to accept. */
const CONDITIONS = ['not', 'if', 'then', 'else', 'dependentSchemas'];

/**
 * Schemas that can be satisfied, by every part of them: bounds that leave something, required properties that are declared, listed
 * values of the type; and defaults that their own schema accepts. A route with another schema would reject every request.
 */
export function checkPossible(api: UncheckedApi): readonly Fault[] {
  return readableSchemas(api).flatMap(({ node, location, part }) => {
    const faults: Fault[] = [];
    walkSchema(unconditional(node), location, (child, at) => {
      faults.push(...boundFaults(child, at), ...requiredFaults(child, at), ...valueFaults(child, at));
      if (part !== 'response') faults.push(...defaultFaults(child, at));
    });
    return faults;
  });
}

function unconditional(node: SchemaNode): SchemaNode {
  return mapSchema(node, (one) =>
    Object.fromEntries(Object.entries(one).filter(([keyword]) => !CONDITIONS.includes(keyword))),
  );
}

/** Whether every value is of one of these types: one of the schemas that all count allows no other. */
function allows(all: readonly SchemaNode[], only: readonly string[]): boolean {
  return all.some((one) => {
    const types = typesOf(one);
    return types.length > 0 && types.every((type) => only.includes(type));
  });
}

/** A schema with those of `allOf`, all of which count. */
function together(node: SchemaNode): readonly SchemaNode[] {
  return [node, ...(node.allOf ?? []).flatMap(together)];
}

function boundFaults(node: SchemaNode, location: string): readonly Fault[] {
  const all = together(node);
  const numbers = (keyword: string) => all.map((one) => one[keyword]).filter((value) => typeof value === 'number');
  const hasContains = all.some((one) => one['contains'] !== undefined);
  const faults = PAIRS.flatMap(([lower, upper, type]) => {
    if (!allows(all, [type]) || (lower === 'minContains' && !hasContains)) return [];
    const [min, max] = [Math.max(...numbers(lower)), Math.min(...numbers(upper))];
    return min > max
      ? [impossible(location, `${lower} ${min} and ${upper} ${max}`, `${lower} of at most ${upper}`)]
      : [];
  });
  return allows(all, ['number', 'integer']) ? [...faults, ...rangeFaults(all, numbers, location)] : faults;
}

function rangeFaults(
  all: readonly SchemaNode[],
  numbers: (keyword: string) => readonly number[],
  location: string,
): readonly Fault[] {
  const [min, max] = [Math.max(...numbers('minimum')), Math.min(...numbers('maximum'))];
  const [above, below] = [Math.max(...numbers('exclusiveMinimum')), Math.min(...numbers('exclusiveMaximum'))];
  const isInteger = allows(all, ['integer']);
  const lowest = isInteger ? Math.max(Math.ceil(min), Math.floor(above) + 1) : Math.max(min, above);
  const highest = isInteger ? Math.min(Math.floor(max), Math.ceil(below) - 1) : Math.min(max, below);
  const isOpenEnd = !isInteger && (lowest === above || highest === below);
  if (!(lowest > highest || (lowest === highest && isOpenEnd))) return [];
  const [lower, upper] = [
    above >= min ? `exclusiveMinimum ${above}` : `minimum ${min}`,
    below <= max ? `exclusiveMaximum ${below}` : `maximum ${max}`,
  ];
  return [
    impossible(location, `${lower} and ${upper}`, `a range that holds ${isInteger ? 'a whole number' : 'a number'}`),
  ];
}

/** In a closed object, only declared properties can be there. */
function requiredFaults(node: SchemaNode, location: string): readonly Fault[] {
  if (!allows(together(node), ['object'])) return [];
  const { properties = {}, required = [], additionalProperties, maxProperties, minProperties } = node;
  const declared = Object.keys(properties);
  const isClosed = additionalProperties === false && node['patternProperties'] === undefined;
  const undeclared = isClosed ? required.filter((name) => !declared.includes(name)) : [];
  const counts = [
    ...(typeof maxProperties === 'number' && required.length > maxProperties
      ? [
          impossible(
            location,
            `${required.length} required properties and maxProperties ${maxProperties}`,
            'no more required properties than maxProperties',
          ),
        ]
      : []),
    ...(typeof minProperties === 'number' && isClosed && minProperties > declared.length
      ? [
          impossible(
            location,
            `minProperties ${minProperties} and ${declared.length} properties`,
            'no larger minProperties than there are properties',
          ),
        ]
      : []),
  ];
  return [
    ...undeclared.map((name) =>
      impossible(
        `${location}.required`,
        formatValue(name),
        declared.length === 0 ? 'no name: the object has no property' : `names of ${declared.join(', ')}`,
        'Fix the spelling, or declare the property.',
      ),
    ),
    ...counts,
  ];
}

/** Listed values that the rest of the schema rejects can never be sent. */
function valueFaults(node: SchemaNode, location: string): readonly Fault[] {
  const { enum: listed, const: only, default: _default, ...rest } = node;
  const values = [
    ...(Array.isArray(listed) ? listed.map((value, i) => [`enum.${i}`, value, rest] as const) : []),
    ...('const' in node
      ? [['const', only, { ...rest, ...(listed === undefined ? {} : { enum: listed }) }] as const]
      : []),
  ];
  return values.flatMap(([step, value, schema]) => {
    const found = rejection(schema, value);
    if (found === undefined) return [];
    const types = typesOf(node);
    const expected =
      found.keyword === 'type' ? `a value of the type ${types.join(' or ')}` : `a value that ${found.keyword} accepts`;
    return [impossible(`${location}.${step}`, formatValue(value), expected, 'Remove the value, or fix it.')];
  });
}

function defaultFaults(node: SchemaNode, location: string): readonly Fault[] {
  return subschemas(node).flatMap(({ keyword, location: step, node: child }) => {
    if (keyword !== 'properties' || !('default' in child)) return [];
    const found = rejection(child, child['default']);
    if (found === undefined) return [];
    const where = found.path === '' ? '' : ` at ${found.path}`;
    const shown = `${formatValue(child['default'])}, which fails ${found.keyword}${where}`;
    return [
      fault(
        'default-invalid',
        `${location}.${step}.default`,
        shown,
        'a default that its own schema accepts',
        'Change the default or the schema.',
      ),
    ];
  });
}

function impossible(
  location: string,
  found: string,
  expected: string,
  fix = 'Change one of them. No value would be accepted.',
): Fault {
  return fault('schema-impossible', location, found, expected, fix);
}

function fault(code: FaultCode, location: string, found: string, expected: string, fix: string): Fault {
  return { code, location, found, expected, fix };
}
