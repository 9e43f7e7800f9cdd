/** Whether a change lets somebody do what nobody could before, takes something away, or neither. */
export type Effect = 'widens' | 'narrows' | 'neither';

/** One change, in a sentence for whoever reviews it. */
export interface AccessChange {
  readonly effect: Effect;
  readonly sentence: string;
  /** The route that it is about; absent for roles and rules. */
  readonly route?: string;
  /** Roles that gain or lose by it; absent where it is about everybody. */
  readonly roles?: readonly string[];
}

/** What `some` has and `all` lacks. */
export function missingIn(all: readonly string[], some: readonly string[]): readonly string[] {
  return some.filter((one) => !all.includes(one));
}
