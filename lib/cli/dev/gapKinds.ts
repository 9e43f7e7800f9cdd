/** A gap as the gateway says it: `Notes/Rule (AWS::Events::Rule): schedules and events do not run`. */
const GAP = /^(.+) \((AWS::[\w:]+|Custom::[\w-]+)\): (.+)$/s;

/**
 * Gaps by the type of their resources and what is missing: a stack can have a dozen equal ones. One that is alone keeps the name of its
 * resource; others have their number.
 */
export function gapKinds(gaps: readonly string[]): readonly string[] {
  const kinds = Map.groupBy(gaps, (gap) => gap.replace(GAP, '$2: $3'));
  return [...kinds].map(([kind, of]) => {
    const [gap = kind] = of;
    return of.length === 1 ? gap : gap.replace(GAP, `$2 (${of.length} resources): $3`);
  });
}
