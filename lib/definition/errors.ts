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
  declare readonly faults: readonly Fault[];
  /** The API, where nothing but its review is at fault (with `strict`): enough to review it. */
  declare readonly api?: Api;

  constructor(faults: readonly Fault[], api?: Api) {
    super(`The API definition has ${describeFaults(faults)}`);
    this.name = 'DefinitionError';
    printMessageAlone(this, { faults, api });
  }
}

/** Every code a {@link ConfigError} may carry; each has its entry in `docs/errors.md`. */
export type ConfigErrorCode =
  | 'handlers-missing'
  | 'handlers-directory'
  | 'handlers-ambiguous'
  | 'handler-without-export'
  | 'handler-invalid'
  | 'compiler-unsupported'
  | 'bundle-failed'
  | 'bundle-needs-files'
  | 'handler-imports-cdk'
  | 'handler-of-other-route'
  | 'handler-without-route'
  | 'identity-invalid'
  | 'domain-invalid'
  | 'edge-invalid'
  | 'tls-invalid'
  | 'mtls-invalid'
  | 'cors-invalid'
  | 'notify-invalid'
  | 'limits-disconnected'
  | 'stack-too-large'
  | 'option-invalid'
  | 'option-missing'
  | 'file-unreadable'
  | 'file-not-written'
  | 'definition-unloadable'
  | 'project-folder-unusable'
  | 'gateway-not-running'
  | 'local-not-installed'
  | 'git-ref-unknown'
  | 'sdk-not-installed'
  | 'credentials-unusable'
  | 'aws-call-failed'
  | 'authority-unusable'
  | 'certificate-invalid'
  | 'revocation-list-invalid'
  | 'api-not-deployed'
  | 'clients-not-registered'
  | 'client-unknown'
  | 'client-exists'
  | 'client-changed'
  | 'keys-exhausted'
  | 'sign-in-missing'
  | 'sign-in-failed'
  | 'discovery-failed'
  | 'not-signed-in'
  | 'user-unknown'
  | 'user-exists'
  | 'webhook-unbound'
  | 'webhook-unknown'
  | 'rotation-not-deployed'
  | 'rotation-too-soon';

/**
 * A prop of the construct or an option of a command is invalid.
 *
 * @example
 * ```ts
 * try {
 *   Identity.okta({ domain: 'https://example.okta.com', audience: 'notes' });
 * } catch (error) {
 *   if (error instanceof ConfigError) console.error(error.code, error.fix); // 'identity-invalid'
 * }
 * ```
 */
export class ConfigError extends Error {
  declare readonly code: ConfigErrorCode;
  declare readonly location: string;
  declare readonly found: string;
  declare readonly expected: string;
  declare readonly fix: string;
  /** Every fault that was found at once. The other members are those of the first. */
  declare readonly faults: readonly ConfigFault[];

  /** The message contains each fault with its code, its location, what was found, what was expected and the fix. */
  constructor(first: ConfigFault, ...others: readonly ConfigFault[]) {
    const faults = [first, ...others];
    super(others.length === 0 ? describeFault(first).join(' ') : `The configuration has ${describeFaults(faults)}`);
    this.name = 'ConfigError';
    printMessageAlone(this, { ...first, faults });
  }
}

/** Whether an error is one of these. A definition can have its own copy of this package, so the name counts, not the class. */
export function isReported(error: unknown): error is DefinitionError | ConfigError {
  const { name, faults } = (error ?? {}) as { readonly name?: unknown; readonly faults?: unknown };
  return (name === 'DefinitionError' || name === 'ConfigError') && Array.isArray(faults);
}

/** What is wrong with one prop or option. */
export interface ConfigFault extends Omit<Fault, 'code'> {
  readonly code: ConfigErrorCode;
}

/**
 * Node.js prints an error that nobody catches with its stack, its members and, from CommonJS, the line that threw it. For these
 * errors that repeats the message, and the location in the definition or in the props says more than the stack.
 */
function printMessageAlone(error: Error, members: Readonly<Record<string, unknown>>): void {
  const hidden = { ...members, stack: `${error.name}: ${error.message}` };
  for (const [name, value] of Object.entries(hidden)) {
    Object.defineProperty(error, name, { value, enumerable: false, configurable: true });
  }
  printUncaught();
}

/** Copies of this package, such as those of two versions in one app, print once. */
const PRINTER = Symbol.for('secure-api.printer-of-uncaught-errors');

/** From the first of these errors on, prints one that nobody catches as one block, and ends the process as Node.js does. */
function printUncaught(): void {
  if (Reflect.has(process, PRINTER)) return;
  Reflect.set(process, PRINTER, true);
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    const isHandled = process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback();
    if (isHandled || !isReported(error)) return;
    process.stderr.write(`${error.name}: ${error.message}\n`);
    process.exit(1);
  });
}

/** A heading and a block for each fault, numbered when there are several. */
function describeFaults(faults: readonly (Fault | ConfigFault)[]): string {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  const lines = faults.map((fault, i) => {
    const number = faults.length === 1 ? '' : `${i + 1}. `;
    return `  ${number}${describeFault(fault).join('\n    ')}`;
  });
  return `${count}:\n${lines.join('\n')}`;
}

/** What is wrong, and how to fix it. */
function describeFault({ code, location, found, expected, fix }: Fault | ConfigFault): readonly [string, string] {
  return [`${code} at ${location}: found ${found}; expected ${expected}.`, fix];
}
