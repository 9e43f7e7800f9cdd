import type { Api } from './api.ts';
import type { Fault } from './fault.ts';

/**
 * The definition is wrong. Thrown by `defineApi` (and by the projections, for what only they can see) with **every**
 * fault at once, so that you can fix them all in one pass.
 *
 * @example
 * ```ts
 * try {
 *   await import('./notes.ts');
 * } catch (error) {
 *   if (error instanceof DefinitionError) for (const { location, fix } of error.faults) console.error(location, fix);
 * }
 * ```
 */
export class DefinitionError extends Error {
  readonly faults: readonly Fault[];
  /** The API, where nothing but its review is at fault (with `strict`): enough to review it. */
  readonly api?: Api;

  constructor(faults: readonly Fault[], api?: Api) {
    super(describeFaults(faults));
    this.name = 'DefinitionError';
    this.faults = faults;
    this.api = api;
  }
}

/** Every code a {@link ConfigError} may carry; each has its entry in `docs/errors.md`. */
export type ConfigErrorCode =
  | 'handlers-missing'
  | 'handlers-directory'
  | 'handler-without-export'
  | 'bundle-failed'
  | 'identity-invalid'
  | 'domain-invalid'
  | 'notify-invalid'
  | 'limits-disconnected'
  | 'option-invalid'
  | 'option-missing'
  | 'file-unreadable'
  | 'gateway-not-running'
  | 'local-not-installed'
  | 'git-ref-unknown'
  | 'sdk-not-installed'
  | 'api-not-deployed'
  | 'clients-not-registered'
  | 'client-unknown'
  | 'client-exists'
  | 'client-changed'
  | 'keys-exhausted';

/**
 * A prop of the construct or an option of a command is invalid.
 *
 * @example
 * ```ts
 * try {
 *   Identity.oidc({ issuer: 'http://login.example.com', audience: 'notes' });
 * } catch (error) {
 *   if (error instanceof ConfigError) console.error(error.code, error.fix); // 'identity-invalid'
 * }
 * ```
 */
export class ConfigError extends Error {
  readonly code: ConfigErrorCode;
  readonly location: string;
  readonly expected: string;
  readonly fix: string;

  /** The message contains `found` together with code, location, what was expected and the fix. */
  constructor(error: { code: ConfigErrorCode; location: string; found: string; expected: string; fix: string }) {
    super(`${error.code} at ${error.location}: found ${error.found}; expected ${error.expected}. ${error.fix}`);
    this.name = 'ConfigError';
    this.code = error.code;
    this.location = error.location;
    this.expected = error.expected;
    this.fix = error.fix;
  }
}

function describeFaults(faults: readonly Fault[]): string {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  const lines = faults.map(
    (f) => `  ${f.code} at ${f.location}: found ${f.found}; expected ${f.expected}.\n    ${f.fix}`,
  );
  return `The API definition has ${count}:\n${lines.join('\n')}`;
}
