/**
 * A function that keeps the result for its last string: for headers that most requests send alike, and values that depend on nothing else.
 *
 * @example
 * ```ts
 * const rangesOf = ofLast((accept) => accept.split(','));
 * ```
 */
export function ofLast<T>(compute: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly value: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, value: compute(text) };
    return last.value;
  };
}
