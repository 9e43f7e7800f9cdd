import { type CallerClaims, claimString } from '../shared/callerClaims.ts';
import type { Pattern } from './patternIndex.ts';
import { ownClaims, withOwnValues } from './resourcePattern.ts';

/** The stages of an API that share an authorizer, in two forms. */
const MAX_ARNS = 16;

/** Makes the function that returns how many characters each pattern has in the policy of a caller. */
export function patternLengths(patterns: readonly Pattern[]): (claims: CallerClaims) => Uint32Array {
  const withoutValues = Uint32Array.from(
    patterns,
    ({ segments, text }) => (text ?? withOwnValues(segments, () => '')).length,
  );
  const compared = patterns.flatMap(({ segments }, pattern) =>
    ownClaims(segments).map((claim) => ({ pattern, claim })),
  );
  if (compared.length === 0) return () => withoutValues;
  const names = new Set(compared.map(({ claim }) => claim));
  return (claims) => {
    const values = new Map([...names].map((name) => [name, claimString(claims, name)?.length ?? 0]));
    const lengths = withoutValues.slice();
    for (const { pattern, claim } of compared) lengths[pattern] = (lengths[pattern] ?? 0) + (values.get(claim) ?? 0);
    return lengths;
  };
}

/**
 * Makes the function that writes the resource of a pattern. Policies share the strings of those that are the same for all callers: strings of
 * each policy alone would be most of its memory, and fewer policies would be kept.
 */
export function resourceWriter(
  patterns: readonly Pattern[],
): (arn: string, claims: CallerClaims) => (pattern: number) => string {
  const byArn = new Map<string, (string | undefined)[]>();
  return (arn, claims) => {
    let shared = byArn.get(arn);
    if (shared === undefined) {
      if (byArn.size >= MAX_ARNS) byArn.clear();
      shared = new Array(patterns.length);
      byArn.set(arn, shared);
    }
    const known = shared;
    const valueFor = (claim: string) => claimString(claims, claim);
    return (number) => {
      const found = known[number];
      if (found !== undefined) return found;
      const { segments = [], text } = patterns[number] ?? {};
      const resource = `${arn}/${text ?? withOwnValues(segments, valueFor)}`;
      if (text !== undefined) known[number] = resource;
      return resource;
    };
  };
}
