import type { CallerClaims } from '../shared/callerClaims.ts';
import type { Described } from '../shared/logLine.ts';
import type { HeldRoles } from './roles.ts';

/** The caller, in the terms of the definition. */
export interface TokenCaller extends Described {
  readonly subject: string;
  readonly client: string;
  /** Roles that count, in the order of the token, each once. */
  readonly roles: readonly string[];
  /** Scopes of the token that the API declares. */
  readonly scopes: readonly string[];
  readonly tier: string;
  /** Epoch seconds: the end of the token, with the clock tolerance of its issuer, or of a temporary role before that. */
  readonly expires: number;
  readonly issuer: string;
  /** The claims that the definition declares. */
  readonly claims: CallerClaims;
  /** Roles without effect by cause, and an unknown tier; for the log. */
  readonly ignored: Pick<HeldRoles, 'unknown' | 'exclusive' | 'ended'> & { readonly tier: string | undefined };
}
