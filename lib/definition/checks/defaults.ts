import type { Fault } from '../fault.ts';
import type { RouteInput } from '../routes.ts';
import type { SchemaNode } from '../schema.ts';
import { type Subschema, subschemas } from '../walkSchema.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { readableSchemas, requestSchemas, tryReadSchema } from './readSchemas.ts';

/** Where a validator fills in the defaults of an object's properties. Below any other keyword it may not be the object's schema. */
const PLAIN = ['properties', 'items', 'prefixItems', 'additionalProperties', 'patternProperties'];

/**
 * Defaults of requests: constant, and where a validator fills them in, which is in optional properties of an object. Elsewhere
 * a default would be documented and never apply. That each fits its schema is checked when the validators are compiled.
 */
export function checkDefaults(api: UncheckedApi): readonly Fault[] {
  const written = Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const options: Partial<RouteInput> = route.options ?? {};
    return requestSchemas(id, options).flatMap(([, location, schema]) => sourceFaults(location, schema));
  });
  const misplaced = readableSchemas(api).flatMap(({ node, location, part }) =>
    part === 'response'
      ? []
      : [...faultOf(node, location, `of the whole ${part}`), ...faultsBelow(node, location, part)],
  );
  const isReported = (location: string) => written.some((fault) => `${location}.`.startsWith(`${fault.location}.`));
  return [...written, ...misplaced.filter(({ location }) => !isReported(location))];
}

/** What its library does with a default and a validator cannot do. */
function sourceFaults(location: string, schema: unknown): readonly Fault[] {
  return (tryReadSchema(schema)?.defaults ?? []).map(({ at, construct, fix = '' }) => ({
    code: 'default-invalid',
    location: at === '' ? location : `${location}.${at}`,
    found: construct,
    expected: 'a constant default of an optional property: the function fills in the same as the library',
    fix,
  }));
}

/** @param part the part of the request, or the keyword of a branch that everything here is below. */
function faultsBelow(node: SchemaNode, location: string, part: string): readonly Fault[] {
  return subschemas(node).flatMap((below) => {
    const at = `${location}.${below.location}`;
    const inBranch = part.startsWith('below ') || PLAIN.includes(below.keyword) ? part : `below ${below.keyword}`;
    return [...faultOf(below.node, at, obstacle(node, below, inBranch)), ...faultsBelow(below.node, at, inBranch)];
  });
}

function faultOf(node: SchemaNode, location: string, where: string | undefined): readonly Fault[] {
  if (where === undefined || !('default' in node)) return [];
  return [
    {
      code: 'default-invalid',
      location,
      found: `the default ${formatValue(node['default'])} ${where}`,
      expected: 'a default of an optional property of an object, outside of branches: only there it is filled in',
      fix:
        where === REQUIRED
          ? 'Make the property optional, or remove the default.'
          : 'Move the default to such a property, or remove it.',
    },
  ];
}

const REQUIRED = 'of a required property';

/** Why a default of this schema would never be filled in, or always break the request; undefined where it is. */
function obstacle(
  parent: SchemaNode,
  { keyword, step, node }: Subschema<SchemaNode>,
  part: string,
): string | undefined {
  if (part.startsWith('below ')) return part;
  if (keyword !== 'properties') return `of ${keyword}`;
  if (part === 'path') return 'of a path parameter, which every request has';
  if (parent.required?.includes(step)) return REQUIRED;
  const entails = [parent['dependentRequired'], parent['dependentSchemas']];
  if (entails.some((rules) => typeof rules === 'object' && rules !== null && Object.hasOwn(rules, step))) {
    return 'of a property on which others depend';
  }
  return JSON.stringify(node['default'] ?? null).includes('"__proto__":') ? 'with the name __proto__' : undefined;
}
