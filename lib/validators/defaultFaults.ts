import type { Ajv2020 } from 'ajv/dist/2020.js';
import type { Route } from '../definition/api.ts';
import type { SchemaFault } from '../definition/bundledTypes.ts';
import { formatValue } from '../definition/checks/check.ts';
import { schemaLocation } from '../definition/checks/readSchemas.ts';
import type { Fault } from '../definition/fault.ts';
import type { SchemaNode } from '../definition/schema.ts';
import { walkSchema } from '../definition/walkSchema.ts';
import { cleanSchema } from './routeSchemas.ts';
import { evaluate, moduleSource } from './standalone.ts';

/**
 * Defaults of requests that their own schema rejects: every request that relies on one would be rejected, for a value that
 * the client did not send. Each is filled in and validated as a function does it.
 */
export function defaultFaults(ajv: Ajv2020, { id, request }: Route): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [part, schema] of Object.entries(request)) {
    if (schema === undefined) continue;
    walkSchema(schema, schemaLocation(id, part), ({ properties = {} }, location) => {
      for (const [name, property] of Object.entries(properties)) {
        if (typeof property !== 'object' || !('default' in property)) continue;
        const [found] = findingsOf(ajv, property);
        if (found !== undefined) faults.push(fault(`${location}.properties.${name}.default`, property, found));
      }
    });
  }
  return faults;
}

function findingsOf(ajv: Ajv2020, property: SchemaNode): readonly SchemaFault[] {
  const holder: SchemaNode = { type: 'object', properties: { value: cleanSchema(property) } };
  const validate = evaluate(moduleSource(ajv, holder));
  return validate({}) ? [] : (validate.errors ?? []);
}

function fault(location: string, property: SchemaNode, { instancePath, keyword }: SchemaFault): Fault {
  const below = instancePath.slice('/value'.length);
  return {
    code: 'default-invalid',
    location,
    found: `${formatValue(property['default'])}, which fails ${keyword}${below === '' ? '' : ` at ${below}`}`,
    expected: 'a default that its own schema accepts',
    fix: 'Change the default or the schema.',
  };
}
