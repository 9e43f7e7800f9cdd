/** Whether a change allows somebody more, allows somebody less, or neither. */
export type Effect = 'widens' | 'narrows' | 'neither';

/** One change, as a sentence for its reviewer. */
export interface AccessChange {
  readonly effect: Effect;
  readonly sentence: string;
  /** The route that it is about; absent for roles and rules. */
  readonly route?: string;
  /** Roles that gain or lose by it; absent where it is about everybody. */
  readonly roles?: readonly string[];
}

/** What `some` has and `all` is missing. */
export function missingFrom(all: readonly string[], some: readonly string[]): readonly string[] {
  return some.filter((one) => !all.includes(one));
}
