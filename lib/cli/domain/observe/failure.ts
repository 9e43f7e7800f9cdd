import { connectionFault } from '../../../../lambdas/shared/connectionFault.ts';
import type { Failure } from './facts.ts';

/** What an error of Node.js or OpenSSL means. */
export function failureOf(error: unknown): Failure {
  const code = typeof error === 'string' ? error : (error as { readonly code?: unknown } | undefined)?.code;
  return { reason: connectionFault(error), ...(typeof code === 'string' && { cause: code }) };
}

/** The limit of time has passed. */
export function lateness(what: string, timeoutMs: number): Failure {
  return { reason: `${what} within ${timeoutMs / 1000} seconds` };
}
