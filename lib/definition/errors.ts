import type { Api } from './api.ts';

/** One fault of a definition: what is wrong, where, what was expected and how to mend it. */
export interface Fault {
  readonly code: FaultCode;
  /** Dotted place in the definition, such as `routes.createDocument.body.properties.title`. */
  readonly location: string;
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/** Every code a {@link DefinitionError} may carry; each has its entry in `docs/errors.md`. */
export type FaultCode =
  | 'name-invalid'
  | 'version-invalid'
  | 'role-extends-unknown'
  | 'role-cycle'
  | 'role-exclusive-unknown'
  | 'role-exclusive-conflict'
  | 'default-role-unknown'
  | 'default-role-exclusive'
  | 'scope-invalid'
  | 'scope-undeclared'
  | 'ownership-invalid'
  | 'permission-invalid'
  | 'permission-not-granted'
  | 'review-date-invalid'
  | 'review-overdue'
  | 'review-outdated'
  | 'review-record-invalid'
  | 'tier-missing'
  | 'tier-without-limit'
  | 'tier-invalid'
  | 'default-tier-unknown'
  | 'limit-unknown-tier'
  | 'limit-invalid'
  | 'limits-too-many'
  | 'tier-client-ambiguous'
  | 'default-tier-reserved'
  | 'anonymous-invalid'
  | 'flood-invalid'
  | 'exact-invalid'
  | 'floods-too-many'
  | 'route-id-invalid'
  | 'route-missing'
  | 'route-without-access'
  | 'route-access-ambiguous'
  | 'access-reason-missing'
  | 'route-duplicate'
  | 'path-invalid'
  | 'path-reserved'
  | 'path-parameter-undeclared'
  | 'path-parameter-unknown'
  | 'path-parameter-conflict'
  | 'resources-too-many'
  | 'body-not-allowed'
  | 'response-missing'
  | 'option-invalid'
  | 'header-name-invalid'
  | 'cookie-name-invalid'
  | 'parameter-not-scalar'
  | 'schema-invalid'
  | 'schema-not-object'
  | 'schema-reference'
  | 'schema-not-compilable'
  | 'schema-not-expressible'
  | 'schema-open'
  | 'string-unbounded'
  | 'array-unbounded'
  | 'object-open'
  | 'input-below-schema'
  | 'pattern-unsafe'
  | 'text-policy-invalid'
  | 'sensitive-in-url'
  | 'upload-invalid'
  | 'upload-type-unknown'
  | 'upload-extension-unknown'
  | 'upload-too-large';

/**
 * The definition is wrong. Thrown by `defineApi` (and by the projections, for what only they can see) with **every**
 * fault at once, so that one round mends them all.
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

/** A prop of the construct or an option of a command is wrong. */
export class ConfigError extends Error {
  readonly code: ConfigErrorCode;
  readonly location: string;
  readonly expected: string;
  readonly fix: string;

  /** `found` goes into the message together with where, what was expected and the mend. */
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
