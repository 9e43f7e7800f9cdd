import { REDACTED } from './secretValue.ts';

/** Hides secrets in a member of an entry: the replacer of `JSON.stringify`. */
export type Redactor = (name: string, value: unknown) => unknown;

/** Names are those of code, and few; those that a client chose must not take memory for good. */
const MAX_CACHED = 1_000;
const LONGEST_CACHED = 128;

/**
 * Makes what hides secrets in entries of the log.
 *
 * @param sensitive names of properties that the definition marks `x-sensitive`; their values are hidden, too.
 * @param redact hides the secrets in the others.
 */
export function redactor(sensitive: readonly string[], redact: Redactor): Redactor {
  if (sensitive.length === 0) return redact;
  const names = new Set(sensitive.map(plainName));
  const known = new Map<string, boolean>();
  const isSensitive = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = names.has(plainName(name));
    if (known.size >= MAX_CACHED) known.clear();
    if (name.length <= LONGEST_CACHED) known.set(name, found);
    return found;
  };
  return (name, value) => (value !== null && value !== undefined && isSensitive(name) ? REDACTED : redact(name, value));
}

/** A header, camelCase and underscores spell the same name. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}
