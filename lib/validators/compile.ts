import type { Route } from '../definition/api.ts';
import type { Validate } from '../definition/bundledTypes.ts';
import { validatorSource } from './source.ts';

/** How the module ends in names: `export const validate = validate20;export default validate20;`. */
const EXPORTS = /export const validate = (\w+);export default \1;/;

/**
 * The validator of a route in this process, for tests and parity: the very module that {@link validatorSource} makes,
 * evaluated here. (ajv's own in-process function would differ: its comparison of objects throws on a key `toString`.)
 *
 * @throws {DefinitionError} `schema-not-compilable` with the location of every schema that the compiler rejects.
 */
export function compileValidator(route: Route): Validate {
  return evaluate(validatorSource(route).request);
}

/** The validator of what a route returns, `{ [status]: body }`; see {@link compileValidator}. */
export function compileResponseValidator(route: Route): Validate {
  return evaluate(validatorSource(route).response);
}

function evaluate(source: string): Validate {
  const name = EXPORTS.exec(source)?.[1] ?? '';
  return new Function(`${source.replace(EXPORTS, '')}\nreturn ${name};`)() as Validate;
}
