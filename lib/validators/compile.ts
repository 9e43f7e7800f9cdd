import type { Route } from '../definition/api.ts';
import type { Validate } from '../definition/bundledTypes.ts';
import { validatorSource } from './source.ts';
import { evaluate } from './standalone.ts';

/**
 * The validator of a route in this process, for tests and parity: the very module that {@link validatorSource} makes,
 * evaluated here.
 *
 * @throws {DefinitionError} `schema-not-compilable` with the location of every schema that the compiler rejects.
 */
export function compileValidator(route: Route): Validate {
  return evaluate(validatorSource(route).request);
}

/** The validator of one row of a route's CSV files; see {@link compileValidator}. */
export function compileRowValidator(route: Route): Validate {
  return evaluate(validatorSource(route).row ?? '');
}

/** The validator of what a route returns, a body in the `ResponseMember` of its status; see {@link compileValidator}. */
export function compileResponseValidator(route: Route): Validate {
  return evaluate(validatorSource(route).response);
}
