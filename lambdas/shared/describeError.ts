import type { ErrorDescription } from './errorDescription.ts';
import { loadSecretSearch } from './secretSearchOnDemand.ts';

/**
 * Describes whatever was thrown, as `errorDescription.ts`. A bundle loads it on demand, with the search for secrets, which nearly each
 * stack trace needs.
 */
export function describeError(thrown: unknown): ErrorDescription | string {
  return loadSecretSearch().describeError(thrown);
}
