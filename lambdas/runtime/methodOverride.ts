import { headerValues, type ProxyEvent } from './event.ts';
import { HttpProblem } from './problem.ts';

/** Some frameworks and gateways use these instead of the method, which bypasses checks of the method. */
const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'];

/**
 * Rejects requests that ask to be handled as another method.
 *
 * @throws {HttpProblem} `method-override-rejected`
 */
export function rejectMethodOverride(event: ProxyEvent): void {
  if (OVERRIDES.some((name) => headerValues(event, name).length > 0)) {
    throw new HttpProblem('method-override-rejected', 'Send the method itself.');
  }
}
