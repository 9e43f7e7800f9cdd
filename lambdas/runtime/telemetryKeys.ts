import type { CallerClaims } from '../shared/callerClaims.ts';
import type { TraceKeys } from '../shared/trace/requestTrace.ts';

/** What every entry of a request names. */
export interface RequestKeys extends Partial<TraceKeys> {
  readonly requestId: string;
  readonly route: string;
  readonly subject?: string;
  /** Those that the definition declares, without the sensitive ones. */
  readonly claims?: CallerClaims;
}
