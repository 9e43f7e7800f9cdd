/** Every reason to reject a cloud assembly. */
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

/** What was found and where, what was expected, and how to fix it. */
export interface AssemblyFault {
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/** A cloud assembly that cannot be run locally. The message holds names and locations, and no secret. */
export class AssemblyError extends Error {
  readonly code: AssemblyErrorCode;

  constructor(code: AssemblyErrorCode, fault: AssemblyFault, options?: ErrorOptions) {
    super(`${code}: found ${fault.found}; expected ${fault.expected}. To fix it: ${fault.fix}.`, options);
    this.name = 'AssemblyError';
    this.code = code;
  }
}
