import type { Fault } from './protocol.ts';

/**
 * The parts of a thrown value that Lambda reports: the error's name, its message and its stack, line by line.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
export function faultOf(error: unknown): Fault {
  if (error instanceof Error || isErrorLike(error)) {
    const stack = typeof error.stack === 'string' ? error.stack.split('\n') : undefined;
    return { errorType: error.name || 'Error', message: error.message, ...(stack === undefined ? {} : { stack }) };
  }
  return { errorType: typeof error, message: describe(error) };
}

/** Errors of another realm are errors too. */
function isErrorLike(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'name' in value && 'message' in value && 'stack' in value;
}

function describe(value: unknown): string {
  try {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return String(value);
  }
}
