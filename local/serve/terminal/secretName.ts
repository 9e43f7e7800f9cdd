import { remembered } from '../../assembly/remembered.ts';

/** A value that is hidden beside the name of a secret alone. */
const PROBE = '0f1e2d3c4b5a6978';

/**
 * Returns whether a name is that of a secret, for names that requests repeat.
 *
 * @param redact hides secrets in a string
 */
export function secretNames(redact: (text: string) => string): (name: string) => boolean {
  return remembered((name) => isSecretName(name, redact));
}

/** Whether a name is that of a secret: `redact` hides a value beside it. */
export function isSecretName(name: string, redact: (text: string) => string): boolean {
  return redact(`${name}=${PROBE}`) !== `${name}=${PROBE}`;
}
