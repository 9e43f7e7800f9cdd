import type { Skipped } from './notExpressible.ts';

/** What an export makes. */
export interface Rendered {
  /** Contents by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of the alarms that are in them. */
  readonly exported: readonly string[];
  readonly skipped: readonly Skipped[];
}
