import { headerValues, type ProxyEvent } from './event.ts';
import { HttpProblem } from './problem.ts';

/** Some frameworks and gateways use these instead of the method, which bypasses checks of the method. */
const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'];
const LENGTHS = OVERRIDES.map((name) => name.length);

/**
 * Rejects requests that ask to be handled as another method.
 *
 * @throws {HttpProblem} `method-override-rejected`
 */
export function rejectMethodOverride(event: ProxyEvent): void {
  if (!isNamedIn(event.multiValueHeaders) && !isNamedIn(event.headers)) return;
  if (OVERRIDES.some((name) => headerValues(event, name).length > 0)) {
    throw new HttpProblem('method-override-rejected', 'Send the method itself.');
  }
}

/** Whether a header may have one of the names: one look at each header, because almost no request has one. */
function isNamedIn(headers: object | null | undefined): boolean {
  for (const name in headers) if (LENGTHS.includes(name.length) && OVERRIDES.includes(name.toLowerCase())) return true;
  return false;
}
