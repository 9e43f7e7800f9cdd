/** Every way in which a cloud assembly can be refused. */
export type AssemblyErrorCode =
  | 'missing-directory'
  | 'bad-manifest'
  | 'bad-template'
  | 'no-stack'
  | 'no-api'
  | 'choose-stack'
  | 'unknown-stack'
  | 'missing-asset'
  | 'bad-body'
  | 'unresolvable'
  | 'cycle';

/** What a refusal tells its reader: what was found and where, what was expected, and how to mend it. */
export interface AssemblyFault {
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/** A cloud assembly that cannot be run here. The message holds no values of secrets, only names and places. */
export class AssemblyError extends Error {
  readonly code: AssemblyErrorCode;

  constructor(code: AssemblyErrorCode, fault: AssemblyFault, options?: ErrorOptions) {
    super(`${code}: found ${fault.found}; expected ${fault.expected}. To mend it: ${fault.fix}.`, options);
    this.name = 'AssemblyError';
    this.code = code;
  }
}
