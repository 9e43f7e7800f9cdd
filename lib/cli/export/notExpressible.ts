/** Something that a target cannot express; the message is the reason. */
export class NotExpressible extends Error {}

/** What an export leaves out. */
export interface Skipped {
  /** The name of an alarm, or the title of a widget. */
  readonly what: string;
  readonly reason: string;
}

/** The result, or why there is none. */
export function attempt<T>(what: string, skipped: Skipped[], make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof NotExpressible)) throw error;
    skipped.push({ what, reason: error.message });
    return undefined;
  }
}
