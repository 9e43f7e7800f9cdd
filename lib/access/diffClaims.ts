import { isClaim } from '../../lambdas/shared/callerClaims.ts';
import type { AccessPolicy } from '../definition/bundledTypes.ts';
import type { ClaimRule, ClaimRules } from '../definition/claims.ts';
import type { AccessChange } from './accessChange.ts';
import { describeRule } from './describe.ts';

/**
 * For each declared claim: whether tokens are accepted that were rejected before, and the other way round. A rule is a condition on
 * every route with callers. Another rule widens unless each of its values is proven to pass the rule before; a replaced pattern
 * counts as both.
 */
export function claimChanges(before: AccessPolicy, after: AccessPolicy): readonly AccessChange[] {
  const [old, now] = [before.claims ?? {}, after.claims ?? {}];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((name) =>
    changesOf(name, ruleIn(old, name), ruleIn(now, name)),
  );
}

function ruleIn(rules: ClaimRules, name: string): ClaimRule | undefined {
  return Object.hasOwn(rules, name) ? rules[name] : undefined;
}

function changesOf(name: string, before: ClaimRule | undefined, after: ClaimRule | undefined): readonly AccessChange[] {
  if (after === undefined) {
    const sentence = `Tokens are accepted whatever their claim ${name} is, also without it.`;
    return before === undefined ? [] : [{ effect: 'widens', sentence }];
  }
  const needed = `${describeRule(after)}${after.optional === true ? ', or missing' : ''}`;
  if (before === undefined) {
    return [{ effect: 'narrows', sentence: `Tokens are accepted only with the claim ${name}: ${needed}.` }];
  }
  const only = `Tokens are rejected unless their claim ${name} is as follows: ${needed}.`;
  const missing = `Tokens are accepted without the claim ${name}, too.`;
  const others = `Tokens are accepted with other values of the claim ${name} than before: ${describeRule(after)}.`;
  return [
    ...(after.optional === true && before.optional !== true ? [{ effect: 'widens', sentence: missing } as const] : []),
    ...(isWithin(after, before) ? [] : [{ effect: 'widens', sentence: others } as const]),
    ...(isWithin(before, after) && !(before.optional === true && after.optional !== true)
      ? []
      : [{ effect: 'narrows', sentence: only } as const]),
  ];
}

/** Whether each value that passes one rule is proven to pass another. */
function isWithin(one: ClaimRule, other: ClaimRule): boolean {
  const values = one.type === 'boolean' ? (one.values ?? [true, false]) : one.values;
  if (values !== undefined)
    return values.filter((value) => isClaim(value, one)).every((value) => isClaim(value, other));
  if (other.values !== undefined || one.type !== other.type) return false;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, patterns = [] } = one;
  return (
    min >= (other.min ?? Number.NEGATIVE_INFINITY) &&
    max <= (other.max ?? Number.POSITIVE_INFINITY) &&
    (other.patterns ?? []).every((pattern) => patterns.includes(pattern))
  );
}
