import { nameTest } from './nameTest.ts';
import { REDACTED } from './secretValue.ts';

/** Hides secrets in a member of an entry: the replacer of `JSON.stringify`. */
export type Redactor = (name: string, value: unknown) => unknown;

/**
 * Makes what hides secrets in entries of the log.
 *
 * @param sensitive names of properties that the definition marks `x-sensitive`; their values are hidden, too.
 * @param redact hides the secrets in the others.
 */
export function redactor(sensitive: readonly string[], redact: Redactor): Redactor {
  if (sensitive.length === 0) return redact;
  const names = new Set(sensitive.map(plainName));
  const isSensitive = nameTest((name) => names.has(plainName(name)));
  return (name, value) => (value !== null && value !== undefined && isSensitive(name) ? REDACTED : redact(name, value));
}

/** A header, camelCase and underscores spell the same name. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}
