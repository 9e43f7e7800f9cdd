import type { ClaimHint } from '../../assembly/model.ts';
import type { ClaimSettings, TokenSettings } from './tokenSettings.ts';

/** Claims of a token by the names of the definition, each value as text. */
export type AssignedClaims = Readonly<Record<string, string>>;

/** Claims of every token, which the issuer itself writes. */
const FIXED: readonly string[] = [
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti', 'client_id', 'azp', 'scope', 'typ', 'token_use', 'cnf'],
];
/** What every claim is made of, as the authorizer checks it. */
const SAFE = /^(?!\.\.?$)[A-Za-z0-9._~-]{1,128}$/;

/** Reads claims as `name=value` lists them; the last one of a name counts. */
export function claimsIn(items: readonly string[]): AssignedClaims {
  return Object.fromEntries(
    items.map((item) => {
      const at = item.indexOf('=');
      return at === -1 ? [item, ''] : [item.slice(0, at), item.slice(at + 1)];
    }),
  );
}

/** Why claims are not what the stack declares, in a sentence that lists what it does. */
export function claimFault(claims: AssignedClaims, { claims: declared }: TokenSettings): string | undefined {
  for (const [name, text] of Object.entries(claims)) {
    const shown = JSON.stringify(name.slice(0, 64));
    const known = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (known === undefined) return `the claim ${shown} is unknown; expected ${listOf(declared)}`;
    const fixed = known.names.find((one) => FIXED.includes(one));
    if (fixed !== undefined) return `the claim ${shown} is the ${fixed} of a token, which cannot be chosen`;
    if (!isAllowed(text, known)) {
      return `the claim ${shown} cannot be ${JSON.stringify(text.slice(0, 64))}; expected ${describe(known)}`;
    }
  }
  return undefined;
}

/** The claims of these names that nobody can leave out: the issuer itself writes none of their names. */
export function claimsToRequest(hints: Readonly<Record<string, ClaimHint>>, { claims }: TokenSettings): string[] {
  const isFixed = (name: string) => (claims[name]?.names ?? []).some((one) => FIXED.includes(one));
  return Object.entries(hints).flatMap(([name, { optional }]) => (optional || isFixed(name) ? [] : [name]));
}

/** Values that somebody who tries an API would choose, of each type. */
const EXAMPLES = ['acme', 'example', 'a1', '1', '42', '1001', 'true', '00000000-0000-4000-8000-000000000001'];

/** A value for each claim that a token can be requested with, where the rule of the claim allows one of the examples. */
export function exampleClaims(hints: Readonly<Record<string, ClaimHint>>, { claims }: TokenSettings): AssignedClaims {
  const entries = Object.keys(hints).flatMap((name): (readonly [string, string])[] => {
    const known = claims[name];
    if (known === undefined || known.names.some((one) => FIXED.includes(one))) return [];
    const example = [...(known.values ?? []).map(String), ...EXAMPLES].find((text) => isAllowed(text, known));
    return example === undefined ? [] : [[name, example]];
  });
  return Object.fromEntries(entries);
}

/** The claims under the names that the stack's authorizers read. */
export function namedClaims(claims: AssignedClaims, { claims: declared }: TokenSettings): [string, unknown][] {
  return Object.entries(claims).flatMap(([name, text]) => {
    const known = Object.hasOwn(declared, name) ? declared[name] : undefined;
    return (known?.names ?? []).map((one): [string, unknown] => [one, valueOfText(text, known)]);
  });
}

function valueOfText(text: string, claim: Pick<ClaimSettings, 'type'> | undefined): unknown {
  if (claim?.type === 'boolean') return text === 'true';
  return claim?.type === 'integer' ? Number(text) : text;
}

function isAllowed(text: string, claim: ClaimSettings): boolean {
  const value = valueOfText(text, claim);
  if (!SAFE.test(text) || String(value) !== text) return false;
  if (claim.values !== undefined) return claim.values.includes(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) && value <= (claim.max ?? value);
  const isMatch = claim.patterns.every((pattern) => new RegExp(pattern, 'u').test(text));
  return isMatch && text.length <= (claim.max ?? text.length);
}

function listOf(declared: TokenSettings['claims']): string {
  const names = Object.keys(declared);
  return names.length === 0 ? 'none: the stack declares no claims' : `one of ${names.join(', ')}`;
}

function describe({ type, values, patterns, max }: ClaimSettings): string {
  if (values !== undefined) return `one of ${values.join(', ')}`;
  const most = max === undefined ? [] : [`at most ${max}${type === 'string' ? ' characters' : ''}`];
  return [type === 'string' ? 'a string' : `${type === 'integer' ? 'an' : 'a'} ${type}`, ...patterns, ...most].join(
    ', ',
  );
}
