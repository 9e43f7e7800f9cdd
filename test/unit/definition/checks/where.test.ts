import { describe, expect, it } from 'vitest';
import { faultsOf, read, text, wholeFaultsOf, withA, withRoute } from '../support.ts';

const claims = { org: { type: 'string', maxLength: 9, pattern: '^[a-z]+$' }, seat: { type: 'integer' } };
const definition = (where: unknown, more: object = {}) => ({
  claims,
  ...withRoute({ ...read, path: withA(text), where, ...more }, '/orgs/{a}'),
});
const faults = (where: unknown, more: object = {}) => faultsOf(definition(where, more));
const at = (end: string) => `routes.list.where${end}`;
const withoutPrototype = Object.create(null) as unknown;

describe('the check of where', () => {
  it.each([
    ['a claim', { 'path.a': 'claims.org' }, {}],
    ['a claim of another type', { 'path.a': 'claims.seat' }, {}],
    ['any valid token', { 'path.a': 'claims.org' }, { permission: undefined, authenticated: 'members see their own' }],
  ])('accepts %s', (_, where, more) => {
    expect(faults(where, more)).toEqual([]);
  });

  it.each([
    ['no rule', {}],
    ['a list', ['path.a']],
    ['an empty list', []],
    ['a string', 'claims.org'],
    ['a number', 5],
    ['null', null],
    ['false', false],
    ['true', true],
    ['a function', () => 'claims.org'],
    ['a map of JavaScript', new Map([['path.a', 'claims.org']])],
  ])('rejects %s in place of rules, and shows one', (_, where) => {
    expect(wholeFaultsOf(definition(where))).toEqual([
      expect.objectContaining({
        code: 'where-invalid',
        location: at(''),
        fix: "Compare a parameter with a claim, such as { 'path.tenantId': 'claims.tenant' }, or remove the option.",
      }),
    ]);
  });

  it.each([
    ['a', 'Write path.a.'],
    ['Path.a', 'Write path.a.'],
    ['path.A', 'Write path.a.'],
    ['path.{a}', 'Write path.a.'],
    ['path.a ', 'Write path.a.'],
    ['paht.a', 'Write path.a.'],
    ['query.a', 'Name a parameter of the path of this route.'],
    ['body.a', 'Name a parameter of the path of this route.'],
    ['claims.org', 'Name a parameter of the path of this route.'],
    ['path.__proto__', 'Name a parameter of the path of this route.'],
    ['path.constructor', 'Name a parameter of the path of this route.'],
    ['', 'Name a parameter of the path of this route.'],
  ])('rejects the parameter %j: %s', (left, fix) => {
    expect(wholeFaultsOf(definition(JSON.parse(`{${JSON.stringify(left)}:"claims.org"}`)))).toEqual([
      { code: 'where-invalid', location: at(`.${left}`), found: JSON.stringify(left), expected: 'one of path.a', fix },
    ]);
  });

  it.each<readonly [unknown, string]>([
    ['org', 'Write claims.org,'],
    ['claims.orgs', 'Write claims.org,'],
    ['claim.org', 'Write claims.org,'],
    ['Claims.Org', 'Write claims.org,'],
    ['claims.tenantOfCaller', 'Fix the spelling,'],
    ['claims.__proto__', 'Fix the spelling,'],
    ['claims.', 'Fix the spelling,'],
    ['caller.claims.org', 'Fix the spelling,'],
    ['path.a', 'Fix the spelling,'],
    ['*', 'Fix the spelling,'],
    ['', 'Fix the spelling,'],
    [['claims.org'], 'Fix the spelling,'],
    [{ claim: 'org' }, 'Fix the spelling,'],
    [withoutPrototype, 'Fix the spelling,'],
    [null, 'Fix the spelling,'],
    [undefined, 'Fix the spelling,'],
    [7, 'Fix the spelling,'],
    [true, 'Fix the spelling,'],
  ])('rejects %j, which is no declared claim: %s', (right, fix) => {
    expect(wholeFaultsOf(definition({ 'path.a': right }))).toEqual([
      {
        code: 'claim-undeclared',
        location: at('.path.a'),
        found: expect.any(String),
        expected: 'one of claims.org, claims.seat',
        fix: `${fix} or declare the claim with its schema under "claims".`,
      },
    ]);
  });

  it('says that nothing is declared where the API has no claims, or the path no parameter', () => {
    const route = withRoute({ ...read, where: { 'path.a': 'claims.org' } });
    expect(wholeFaultsOf(route).map(({ location, expected }) => [location, expected])).toEqual([
      [at('.path.a'), 'a parameter of the path, which has none'],
      [at('.path.a'), 'a claim of "claims", which declares none'],
    ]);
  });

  it('rejects a rule where no token is verified', () => {
    const rule = { 'path.a': 'claims.org' };
    const open = { permission: undefined, public: 'anybody can see this' };
    expect(wholeFaultsOf(definition(rule, open))).toEqual([
      expect.objectContaining({ code: 'where-invalid', location: at(''), fix: expect.stringContaining('permission') }),
    ]);
    const webhook = { permission: undefined, webhook: { scheme: 'github', secret: 'hub' } };
    expect(wholeFaultsOf(definition(rule, webhook))).toEqual([
      expect.objectContaining({ code: 'webhook-invalid', location: at(''), fix: expect.stringContaining('remove') }),
    ]);
  });
});

describe('the check of limits by a claim', () => {
  const exact = (by: unknown) => ({ requests: 5, perSeconds: 60, by });
  const quota = { requests: 100, per: 'DAY' };
  const ofTier = (by: unknown) => ({ claims, tiers: { free: { rate: 1, burst: 1, quota, exact: exact(by) } } });
  const ofRoute = (by: unknown) => ({
    claims,
    ...withRoute({ ...read, limits: { free: { rate: 1, burst: 1, exact: exact(by) } } }),
  });
  const anonymous = (by: unknown) => ({ claims, anonymous: { rate: 1, burst: 1, exact: exact(by) } });

  it.each(['claims.org', 'claims.seat', 'client', 'user', 'address', undefined])('accepts %j', (by) => {
    expect([...faultsOf(ofTier(by)), ...faultsOf(ofRoute(by))]).toEqual([]);
  });

  it.each<readonly [unknown, string]>([
    ['org', 'Write claims.org.'],
    ['claims.orgs', 'Write claims.org.'],
    ['Claims.org', 'Write claims.org.'],
    ['users', 'Write user.'],
    ['claims.', 'Choose one of them, or declare the claim under "claims".'],
    ['tenantOfCaller', 'Choose one of them, or declare the claim under "claims".'],
    ['', 'Choose one of them, or declare the claim under "claims".'],
    [['claims.org'], 'Choose one of them, or declare the claim under "claims".'],
    [{ claim: 'org' }, 'Choose one of them, or declare the claim under "claims".'],
    [withoutPrototype, 'Choose one of them, or declare the claim under "claims".'],
    [null, 'Choose one of them, or declare the claim under "claims".'],
    [1, 'Choose one of them, or declare the claim under "claims".'],
    [true, 'Choose one of them, or declare the claim under "claims".'],
  ])('rejects %j: %s', (by, fix) => {
    const expected = 'one of client, user, address, claims.org, claims.seat';
    for (const [change, location] of [
      [ofTier(by), 'tiers.free.exact.by'],
      [ofRoute(by), 'routes.list.limits.free.exact.by'],
    ] as const) {
      expect(wholeFaultsOf(change)).toEqual([
        { code: 'exact-invalid', location, found: expect.any(String), expected, fix },
      ]);
    }
  });

  it('rejects a claim on public routes, whose callers have no token', () => {
    expect(faultsOf(anonymous('claims.org'))).toEqual([{ code: 'exact-invalid', location: 'anonymous.exact.by' }]);
  });
});
