import type { Route } from '../definition/api.ts';
import { schemaLocation } from '../definition/checks/readSchemas.ts';
import type { Fault } from '../definition/fault.ts';
import type { SchemaNode } from '../definition/schema.ts';
import { walkSchema } from '../definition/walkSchema.ts';
import { withAjv } from './ajv.ts';
import { FORMAT_NAMES } from './formats.ts';
import { cleanSchema } from './routeSchemas.ts';

/**
 * Locates what the compiler rejects in a route: it compiles every subschema by itself and names the innermost ones that
 * fail. Slow, and only run once something has failed.
 */
export function compileFaults(route: Route, error: unknown): readonly Fault[] {
  const responses = route.responses.map(({ status, body }) => [`responses.${status}.body`, body] as const);
  const faults = [...Object.entries(route.request), ...responses].flatMap(([part, schema]) =>
    schema === undefined ? [] : faultsIn(schema, schemaLocation(route.id, part)),
  );
  // A fault that only the whole schema shows is reported for the route.
  return faults.length > 0 ? faults : [fault(`routes.${route.id}`, error)];
}

function faultsIn(schema: SchemaNode, location: string): readonly Fault[] {
  const failed: { location: string; error: unknown }[] = [];
  walkSchema(schema, location, (node, at) => {
    try {
      // Only a property can have a default, so a schema that is compiled alone has none.
      const { default: _default, ...alone } = cleanSchema(node);
      withAjv((ajv) => ajv.compile(alone));
    } catch (error) {
      failed.push({ location: at, error });
    }
  });
  const innermost = failed.filter((one) => !failed.some((other) => other.location.startsWith(`${one.location}.`)));
  return innermost.map((one) => fault(one.location, one.error));
}

function fault(location: string, error: unknown): Fault {
  return {
    code: 'schema-not-compilable',
    location,
    found: error instanceof Error ? error.message : String(error),
    expected: `JSON Schema 2020-12 that ajv compiles in strict mode; formats: ${FORMAT_NAMES.join(', ')}`,
    fix: 'Fix the keyword that the message names. In strict mode nothing is ignored.',
  };
}
