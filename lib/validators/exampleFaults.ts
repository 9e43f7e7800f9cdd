import type { Ajv2020 } from 'ajv/dist/2020.js';
import type { Route } from '../definition/api.ts';
import { formatValue } from '../definition/checks/check.ts';
import { schemaLocation } from '../definition/checks/readSchemas.ts';
import type { Fault } from '../definition/fault.ts';
import type { SchemaNode } from '../definition/schema.ts';
import { walkSchema } from '../definition/walkSchema.ts';
import { cleanSchema } from './routeSchemas.ts';
import { evaluate, moduleSource } from './standalone.ts';

/**
 * Examples that their own schema rejects: documents, mocks and generated tests would teach clients what the API does not accept, or
 * does not return.
 */
export function exampleFaults(ajv: Ajv2020, { id, request, responses }: Route): readonly Fault[] {
  const inRequests = Object.entries(request).map(([part, schema]) => [part, schema, 'request'] as const);
  const inResponses = responses.map(({ status, body }) => [`responses.${status}.body`, body, 'response'] as const);
  const faults: Fault[] = [];
  for (const [part, schema, use] of [...inRequests, ...inResponses]) {
    if (schema === undefined) continue;
    walkSchema(schema, schemaLocation(id, part), (node, location) => {
      if (node['examples'] !== undefined) faults.push(...faultsOf(ajv, node, use, `${location}.examples`));
    });
  }
  return faults;
}

function faultsOf(ajv: Ajv2020, node: SchemaNode, use: 'request' | 'response', location: string): readonly Fault[] {
  const { examples } = node;
  if (!Array.isArray(examples) || examples.length === 0) return [];
  // A value can be undefined and a property can be missing: the same schema as a member of an object allows both.
  const holder: SchemaNode = { type: 'object', properties: { value: cleanSchema(node, use) }, required: ['value'] };
  const { default: _default, ...value } = holder.properties?.['value'] ?? {};
  const validate = evaluate(moduleSource(ajv, { ...holder, properties: { value } }));
  return examples.flatMap((example: unknown, i) => {
    // The validator fills in defaults.
    if (validate({ value: structuredClone(example) })) return [];
    const [found] = validate.errors ?? [];
    const at = (found?.instancePath ?? '').slice('/value'.length);
    const what = `${formatValue(example)}, which fails ${found?.keyword ?? 'it'}${at === '' ? '' : ` at ${at}`}`;
    const fix = 'Change the example or the schema.';
    return [fault(`${location}.${i}`, what, 'an example that its own schema accepts', fix)];
  });
}

function fault(location: string, found: string, expected: string, fix: string): Fault {
  return { code: 'example-invalid', location, found, expected, fix };
}
