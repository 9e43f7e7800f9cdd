import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerOf } from '../../lambdas/authorizer/caller.ts';
import { callerAccess } from '../../lambdas/authorizer/callerAccess.ts';
import { checkAccess } from '../../lambdas/runtime/access.ts';
import { callerReader } from '../../lambdas/runtime/caller.ts';
import { diffAccess } from '../../lib/access/diff.ts';
import { activeRoles, evaluateRoles, permissionsOfAll } from '../../lib/access/evaluateRoles.ts';
import { accessPolicy, authorizerPolicy, decide } from '../../lib/access/index.ts';
import type { Api } from '../../lib/definition/index.ts';
import { routeContract } from '../../lib/validators/index.ts';
import { allows, STAGE, tokenIssuerOf } from '../unit/authorizer/support/authorizer.ts';
import { apiOf, edit, model, PLACES, ROLES, SCOPES } from './accessModel.ts';

const AT = 1_800_000_000;
const caller = fc.record({
  roles: fc.subarray([...ROLES, 'ghost']),
  scopes: fc.subarray(SCOPES),
  elevated: fc.array(
    fc.record({ role: fc.constantFrom(...ROLES, 'ghost'), until: fc.constantFrom(AT - 1, AT, AT + 1, AT + 99) }),
    { maxLength: 2 },
  ),
});
type Caller = typeof caller extends fc.Arbitrary<infer C> ? C : never;

/** One request for each route; its parameter equals no literal segment. */
const requests = PLACES.map((location) => {
  const [method = '', path = ''] = location.replace('{id}', '1').split(' ');
  return { method, path };
});

/** The access of a caller: none, own resources by a field, or everything. */
function reach(api: Api, who: Caller | undefined, request: { method: string; path: string }): string {
  const decision = decide(api, { ...who, roles: who?.roles, ...request, at: AT });
  // Another route that takes over a removed path grants no caller a new route.
  const isOwn = 'route' in decision && api.routes[decision.route]?.path.replace('{id}', '1') === request.path;
  if (decision.kind !== 'allow' || !isOwn) return 'nothing';
  return decision.onlyOwn === undefined ? 'everything' : `own by ${decision.onlyOwn.field}`;
}

const isMore = (before: string, after: string) => before !== after && after !== 'nothing' && before !== 'everything';

function permissionsFor(api: Api, who: Caller | undefined): readonly string[] {
  return who === undefined ? [] : permissionsOfAll(api, activeRoles(evaluateRoles(api, who, AT)));
}

describe('a difference of two definitions', () => {
  it('widens whenever any caller may use a route, or has a permission, that was rejected before', () => {
    let narrower = 0;
    const change = fc.record({ before: model, edits: fc.array(edit, { minLength: 1, maxLength: 3 }) });
    fc.assert(
      fc.property(
        change,
        fc.array(fc.option(caller, { nil: undefined }), { minLength: 8, maxLength: 8 }),
        (given, callers) => {
          const before = apiOf(given.before);
          const after = apiOf(given.edits.reduce((made, one) => one(made), given.before));
          fc.pre(before !== undefined && after !== undefined);
          if (diffAccess(accessPolicy(before), accessPolicy(after)).widens) return;
          narrower += 1;
          for (const who of callers) {
            for (const request of requests) {
              const [was, is] = [reach(before, who, request), reach(after, who, request)];
              expect([who, request, was, is, isMore(was, is)]).toEqual([who, request, was, is, false]);
            }
            const had = permissionsFor(before, who);
            expect(permissionsFor(after, who).filter((one) => !had.includes(one))).toEqual([]);
          }
        },
      ),
      { numRuns: 800 },
    );
    // A test that never looks shows nothing.
    expect(narrower).toBeGreaterThan(100);
  });

  it('is empty where nothing was changed', () => {
    fc.assert(
      fc.property(model, (given) => {
        const api = apiOf(given);
        fc.pre(api !== undefined);
        expect(diffAccess(accessPolicy(api), accessPolicy(api))).toEqual({ widens: false, changes: [] });
      }),
      { numRuns: 200 },
    );
  });
});

describe('decision, authorizer and handlers', () => {
  it('agree on every caller and route of any definition', () => {
    fc.assert(
      fc.property(model, caller, (given, who) => {
        const api = apiOf(given);
        fc.pre(api !== undefined);
        const policy = accessPolicy(api);
        const claims = {
          iss: 'https://i',
          sub: 'u',
          exp: AT + 300,
          roles: who.roles,
          scope: who.scopes.join(' '),
          elevated: who.elevated,
        };
        const caller = callerOf({ claims, tokenIssuer: tokenIssuerOf('https://i') }, policy, { nowSeconds: AT });
        const context = {
          subject: 'u',
          issuer: 'https://i',
          expires: String(caller.expires),
          roles: caller.roles.join(' '),
          scopes: caller.scopes.join(' '),
        };
        const readCaller = callerReader(policy);
        const { missing, policies } = callerAccess(authorizerPolicy(policy))(caller, `${STAGE}/GET/none`);
        const { document } = policies.permitted;
        for (const route of Object.values(api.routes).filter(({ access }) => access.kind !== 'public')) {
          const path = route.path.replace('{id}', '1');
          const decision = decide(api, { ...who, method: route.method, path, at: AT });
          const expected = decision.kind === 'allow';
          const event = { resource: route.path, httpMethod: route.method, requestContext: { authorizer: context } };
          const handler = checkAccessted(() => checkAccess(event, routeContract(route), readCaller, AT * 1000));
          const rule = policy.routes.find(({ id }) => id === route.id) ?? expect.fail(route.id);
          expect([route.id, missing(rule) === undefined, handler]).toEqual([route.id, expected, expected]);
          // Wildcards of the policy may open more than they should; what they close must be closed.
          if (expected) expect(allows(document, route.method, path)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

function checkAccessted(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}
