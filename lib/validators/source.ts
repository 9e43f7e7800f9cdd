import type { Ajv2020 } from 'ajv/dist/2020.js';
import type { Route } from '../definition/api.ts';
import { ConfigError, DefinitionError } from '../definition/errors.ts';
import type { Fault } from '../definition/fault.ts';
import type { SchemaNode } from '../definition/schema.ts';
import { withAjv } from './ajv.ts';
import { compileFaults } from './compileFaults.ts';
import { defaultFaults } from './defaultFaults.ts';
import { exampleFaults } from './exampleFaults.ts';
import { cleanSchema, requestSchema, responseSchema } from './routeSchemas.ts';
import { moduleSource } from './standalone.ts';

/** The sources of a route's validators. */
export interface ValidatorSource {
  /** Default export: the `Validate` of `{ path, query, headers, cookies, body }`. */
  readonly request: string;
  /** Default export: the `Validate` of what the handler returns, a body in the `ResponseMember` of its status. */
  readonly response: string;
  /** Default export: the `Validate` of one row of a CSV file; absent where rows have no schema. */
  readonly row?: string;
}

/**
 * The sources of ES modules whose default export is a `Validate`: a predicate that stores its findings in its `errors`. That of
 * requests fills in the declared defaults of missing properties and changes nothing else: strings of parameters are coerced
 * before, by the kinds of `routeContract`. Errors have no `message`: the runtime writes its own messages.
 *
 * A module imports nothing, so it bundles from any directory, to ESM or CommonJS, without the compiler: 0.7–9 KB minified
 * for the routes of the sample. The same route gives the same source on every machine.
 *
 * @throws {DefinitionError} `schema-not-compilable` with the location of every schema that the compiler rejects, and
 * `default-invalid` and `example-invalid` with that of every default and example that its own schema rejects.
 */
export function validatorSource(route: Route): ValidatorSource {
  return validatorSources([route])[route.id] ?? NONE;
}

const NONE: ValidatorSource = { request: '', response: '' };

/**
 * The sources of many routes by route id.
 *
 * @throws {DefinitionError} with the faults of every route.
 */
export function validatorSources(routes: readonly Route[]): Readonly<Record<string, ValidatorSource>> {
  return withAjv((ajv) => sourcesBy(ajv, routes));
}

function sourcesBy(ajv: Ajv2020, routes: readonly Route[]): Readonly<Record<string, ValidatorSource>> {
  const faults: Fault[] = [];
  const compile = compilerOfEqualOnce(ajv);
  const sources = routes.map((route) => {
    try {
      const request = compile(requestSchema(route));
      const response = compile(responseSchema(route));
      const { rows } = route.request;
      const row = rows === undefined ? {} : { row: compile(cleanSchema(rows)) };
      faults.push(...defaultFaults(ajv, route), ...exampleFaults(ajv, route));
      return [route.id, { request, response, ...row }] as const;
    } catch (error) {
      // Of the compiler, not of a schema.
      if (error instanceof ConfigError) throw error;
      faults.push(...compileFaults(route, error));
      return [route.id, NONE] as const;
    }
  });
  if (faults.length > 0) throw new DefinitionError(faults);
  return Object.fromEntries(sources);
}

/** Routes often take the same parameters and return the same bodies. The source of a schema depends on nothing else. */
function compilerOfEqualOnce(ajv: Ajv2020): (schema: SchemaNode) => string {
  const known = new Map<string, string>();
  return (schema) => {
    const key = JSON.stringify(schema);
    const source = known.get(key) ?? moduleSource(ajv, schema);
    known.set(key, source);
    return source;
  };
}
