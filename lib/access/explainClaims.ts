import { type CallerClaims, claimString, readClaims } from '../../lambdas/shared/callerClaims.ts';
import { claimNamed } from '../../lambdas/shared/claimValues.ts';
import type { Api } from '../definition/api.ts';
import type { Where } from '../definition/claims.ts';
import { quoted } from './describe.ts';

/** One step of a decision: what was checked, and with which result. */
export interface Step {
  readonly result: 'pass' | 'fail' | 'note';
  readonly sentence: string;
}

/**
 * Reads the declared claims of a token, as the authorizer does.
 *
 * @param names names in the token by name of the definition's claim, where they differ.
 * @returns the claims, or the step that says why the token is rejected.
 */
export function readTokenClaims(
  { claimRules }: Pick<Api, 'claimRules'>,
  token: Readonly<Record<string, unknown>>,
  names: Readonly<Record<string, string>> = {},
): { readonly claims: CallerClaims } | Step {
  const nameOf = (name: string) => (Object.hasOwn(names, name) ? (names[name] ?? name) : name);
  const read = readClaims(claimRules, (name) => claimNamed(nameOf(name), token));
  if ('claims' in read) return read;
  const { reason, claim } = read;
  const inToken = nameOf(claim) === claim ? `claim ${claim}` : `${nameOf(claim)}, which is the claim ${claim}`;
  const sentences = {
    'claim-missing': `The token has no ${inToken}, so it is rejected.`,
    'claim-invalid': `The token has a ${inToken} that its schema does not allow, so it is rejected.`,
  };
  return { result: 'fail', sentence: sentences[reason] };
}

/** Only a request has values of parameters, so a step of a comparison says which value is allowed. */
export function whereSteps(where: Where = {}, claims: CallerClaims): readonly Step[] {
  return Object.entries(where).map(([parameter, name]) => {
    const value = claimString(claims, name);
    return value === undefined
      ? { result: 'fail', sentence: `The token has no claim ${name}, with which the route compares {${parameter}}.` }
      : { result: 'note', sentence: `Allowed only with ${quoted(value)} as {${parameter}}, the claim ${name}.` };
  });
}
