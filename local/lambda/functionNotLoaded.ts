import type { Fault } from './protocol.ts';

/** The new code of a function cannot be loaded. `cause` is the error of the code, with its stack. */
export class FunctionNotLoaded extends Error {
  readonly code = 'function-not-loaded';
  /** Name of the function. */
  readonly functionName: string;
  /** Frames of the error, the source around the first, and its causes, as the terminal shows them. */
  report: readonly string[] = [];

  constructor(functionName: string, { errorType, message, stack }: Fault) {
    const cause = new Error(message);
    cause.name = errorType;
    if (stack !== undefined) cause.stack = stack.join('\n');
    super(
      `function-not-loaded: found ${errorType}: ${message}; expected that the function ${functionName} can be loaded. To fix it: change its code; until then the previous code is served.`,
      { cause },
    );
    this.name = 'FunctionNotLoaded';
    this.functionName = functionName;
  }
}
