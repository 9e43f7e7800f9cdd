import type { ClaimRule, ClaimRules, ClaimValue, Where } from '../../lib/definition/claims.ts';

/** Claims of a caller that passed their rules. */
export type CallerClaims = Readonly<Record<string, ClaimValue | undefined>>;

/** The claims, or the first one that is not accepted: the token has none, or a value that its rule does not allow. */
type ReadClaims =
  | { readonly claims: CallerClaims }
  | { readonly reason: 'claim-missing' | 'claim-invalid'; readonly claim: string };

/**
 * The characters that a claim can have: those that a URL never encodes (RFC 3986, section 2.3). So a value has one spelling in a
 * path, and holds no wildcard of a policy, no separator, no blank and no control.
 */
export const CLAIM_CHARACTERS = /^[A-Za-z0-9._~-]+$/;
/** Characters of a string: a resource of a policy has at most 512, and most of them are the path. */
export const MAX_CLAIM_LENGTH = 128;
/** Steps of a path. */
const STEPS: readonly string[] = ['.', '..'];
const patterns = new Map<string, RegExp>();

/**
 * Reads the declared claims. `null` counts as missing, as some issuers write it; a value of another type or form never counts as
 * missing, also where the claim is optional.
 *
 * @param valueFor the value of a claim in the token, by its name in the definition.
 */
export function readClaims(rules: ClaimRules | undefined, valueFor: (name: string) => unknown): ReadClaims {
  if (rules === undefined) return { claims: {} };
  const claims: [string, ClaimValue][] = [];
  for (const [name, rule] of Object.entries(rules)) {
    const value = valueFor(name);
    if (value === undefined || value === null) {
      if (rule.optional === true) continue;
      return { reason: 'claim-missing', claim: name };
    }
    if (!isClaim(value, rule)) return { reason: 'claim-invalid', claim: name };
    claims.push([name, value]);
  }
  return { claims: Object.fromEntries(claims) };
}

/** Whether a value is what the rule of a claim says. */
export function isClaim(value: unknown, rule: ClaimRule): value is ClaimValue {
  const { type, values, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = rule;
  if (values !== undefined && !values.some((one) => one === value)) return false;
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'integer') return Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  if (typeof value !== 'string' || !isSafeClaim(value)) return false;
  return value.length >= min && value.length <= max && (rule.patterns ?? []).every((one) => compiled(one).test(value));
}

/** Whether a string has the length and the characters of a claim, whatever its rule is. */
export function isSafeClaim(value: string): boolean {
  return value.length <= MAX_CLAIM_LENGTH && CLAIM_CHARACTERS.test(value) && !STEPS.includes(value);
}

/**
 * Whether the parameters of a path equal the claims that a route compares them with: exactly, and as the client spells them.
 * A claim has characters that a path never has to encode, so another spelling, such as `%61cme`, is another value.
 *
 * @param sent the parameter as the client sent it, percent-encoded.
 */
export function whereHolds(
  where: Where = {},
  claims: CallerClaims,
  sent: (parameter: string) => string | undefined,
): boolean {
  return Object.entries(where).every(([parameter, name]) => {
    const expected = claimString(claims, name);
    return expected !== undefined && sent(parameter) === expected;
  });
}

/** The value of a claim as it stands in paths, policies and counters; undefined where the caller has none. */
export function claimString(claims: CallerClaims, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return value === undefined ? undefined : String(value);
}

/** The value that a string stands for: contexts and commands have strings only. It has one spelling; any other stays a string. */
export function claimOf(sent: unknown, rule: ClaimRule | undefined): unknown {
  if (typeof sent !== 'string' || rule === undefined || rule.type === 'string') return sent;
  const value = rule.type === 'boolean' ? sent === 'true' : Number(sent);
  return String(value) === sent ? value : sent;
}

/** The claims that logs show. */
export function loggedClaims(rules: ClaimRules = {}, claims: CallerClaims): CallerClaims | undefined {
  // Most APIs declare none.
  if (Object.keys(claims).length === 0) return undefined;
  const shown = Object.entries(claims).filter(([name]) => rules[name]?.sensitive !== true);
  return shown.length === 0 ? undefined : Object.fromEntries(shown);
}

function compiled(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern, 'u');
  patterns.set(pattern, known);
  return known;
}
