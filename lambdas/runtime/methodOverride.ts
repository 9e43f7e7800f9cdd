import { headerValues, type ProxyEvent } from './event.ts';
import { HttpProblem } from './problem.ts';

/** Some frameworks and gateways let these replace the method, past the checks of the method on the wire. */
const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'];

/**
 * Rejects requests that ask for another method than their own.
 *
 * @throws {HttpProblem} `method-override-rejected`
 */
export function rejectMethodOverride(event: ProxyEvent): void {
  if (OVERRIDES.some((name) => headerValues(event, name).length > 0)) {
    throw new HttpProblem('method-override-rejected', 'Send the method itself.');
  }
}
