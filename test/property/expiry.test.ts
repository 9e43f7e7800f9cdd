import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerOf } from '../../lambdas/authorizer/caller.ts';
import { checkClaims } from '../../lambdas/authorizer/claims.ts';
import { authorizerResult } from '../../lambdas/authorizer/result.ts';
import type { VerifiedToken } from '../../lambdas/authorizer/verifiedToken.ts';
import { checkAccess } from '../../lambdas/runtime/access.ts';
import { callerReader } from '../../lambdas/runtime/caller.ts';
import { HttpProblem } from '../../lambdas/runtime/problem.ts';
import type { AuthorizerContext } from '../../lambdas/shared/wireContract.ts';
import { accessPolicy } from '../../lib/access/index.ts';
import { routeContract } from '../../lib/validators/index.ts';
import { ledger } from '../support/ledger.ts';
import { claimsOf, tokenIssuerOf } from '../unit/authorizer/support/authorizer.ts';

/**
 * The end of a token and of its temporary roles, on any clock: what the handlers decide with a cached decision of the authorizer, beside what
 * the authorizer decides at that time.
 */
const START = 1_800_000_000;
const policy = accessPolicy(ledger);
const readCaller = callerReader(policy);
/** Every caller has its permission, so that its roles do not decide. */
const ROUTE = routeContract(ledger.routes.whoami);

interface Times {
  readonly token: VerifiedToken;
  /** Milliseconds. */
  readonly decidedAt: number;
  readonly handledAt: number;
}

/** Most cases are within a few milliseconds of the end of something. */
const times: fc.Arbitrary<Times> = fc
  .record({
    exp: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.double({ min: 1, max: 90, noNaN: true })),
    tolerance: fc.constantFrom(0, 1, 5, 60),
    roleEnds: fc.array(fc.integer({ min: -5, max: 120 }), { maxLength: 2 }),
    decided: fc.double({ min: 0, max: 1, noNaN: true }),
    near: fc.constantFrom('end', 'exp', 'role', 'second'),
    offset: fc.integer({ min: -2, max: 2 }),
  })
  .map(({ exp, tolerance, roleEnds, decided, near, offset }) => {
    const [role = exp] = roleEnds;
    const instant = { end: exp + tolerance, exp, role, second: Math.floor(exp) + tolerance }[near];
    const handledAt = Math.max(0, Math.round(instant * 1_000) + offset);
    const claims = claimsOf('https://i', {
      iat: START - 60,
      exp: START + exp,
      roles: [],
      elevated: roleEnds.map((end, i) => ({ role: ['payer', 'auditor'][i], until: START + end })),
    });
    return {
      token: {
        claims: claims as VerifiedToken['claims'],
        tokenIssuer: tokenIssuerOf('https://i', { clockToleranceSeconds: tolerance }),
      },
      decidedAt: START * 1_000 + Math.floor(decided * handledAt),
      handledAt: START * 1_000 + handledAt,
    };
  });

/** What the authorizer decides about a token that it sees for the first time; undefined where it rejects it. */
function contextAt({ claims, tokenIssuer }: VerifiedToken, ms: number): AuthorizerContext | undefined {
  try {
    checkClaims(claims, tokenIssuer, ms / 1_000);
  } catch {
    return undefined;
  }
  const caller = callerOf({ claims, tokenIssuer }, policy, { nowSeconds: ms / 1_000 });
  const nothing = { code: 'forbidden', detail: '' } as const;
  const policyDocument = { Version: '2012-10-17', Statement: [] } as const;
  const rest = { policyDocument, apiKey: 'k', keyOwner: 'ofTier', rejection: nothing, denialReason: '' } as const;
  return authorizerResult(caller, rest).context;
}

function isAllowed(context: AuthorizerContext, ms: number): boolean {
  const event = { resource: '/whoami', httpMethod: 'GET', requestContext: { authorizer: context } };
  try {
    checkAccess(event, ROUTE, readCaller, ms);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(HttpProblem);
    expect(error).toMatchObject({ status: 401 });
    return false;
  }
}

describe('a decision of the authorizer', () => {
  it('holds in the handlers as long as the authorizer would decide the same: 20,000 tokens and clocks', () => {
    const counts = { decided: 0, allowed: 0, toleranceUsed: 0, roleEnded: 0 };
    fc.assert(
      fc.property(times, ({ token, decidedAt, handledAt }) => {
        const cached = contextAt(token, decidedAt);
        fc.pre(cached !== undefined);
        const now = contextAt(token, handledAt);
        // A decision of this moment.
        if (now !== undefined) expect(isAllowed(now, handledAt)).toBe(true);
        // A cached one, which lives on where neither the token nor a temporary role has ended meanwhile.
        const allowed = isAllowed(cached, handledAt);
        expect(allowed).toBe(now !== undefined && now.roles === cached.roles);
        const { exp = 0 } = token.claims;
        const endMs = (exp + token.tokenIssuer.clockToleranceSeconds) * 1_000;
        if (allowed) expect(handledAt).toBeLessThan(endMs);
        counts.decided += 1;
        counts.allowed += Number(allowed);
        counts.toleranceUsed += Number(allowed && handledAt >= exp * 1_000);
        counts.roleEnded += Number(!allowed && now !== undefined);
      }),
      { numRuns: 20_000, seed: 19 },
    );
    // A test that never looks shows nothing.
    for (const [name, count] of Object.entries(counts)) expect([name, count > 500]).toEqual([name, true]);
  });
});
