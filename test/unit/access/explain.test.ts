import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, explainAccess } from '../../../lib/access/index.ts';
import type { Api } from '../../../lib/definition/index.ts';
import { ledger } from '../../support/ledger.ts';
import { AT, notes } from './support.ts';

type Claims = Readonly<Record<string, unknown>>;
const WITHOUT_TOLERANCE = 'not counting the clock tolerance that the authorizer has for its issuer';
const END = '2027-01-15T08:01:00.000Z';

const explain = (api: Api, id: string, claims: Claims) =>
  explainAccess(
    api,
    api.routes[id] ?? expect.fail(`no route ${id}`),
    { exp: AT + 60, ...claims },
    { rolesClaim: 'roles', at: AT },
  );
const stepsOf = (api: Api, id: string, claims: Claims) =>
  explain(api, id, claims).steps.map(({ result, sentence }) => `${result}: ${sentence}`);

describe('an explanation of notes', () => {
  const decisionOn = (id: string, claims: Claims) => [
    explain(notes, id, claims).status,
    ...stepsOf(notes, id, claims).slice(1),
  ];

  it('of a public route gives the reason, and ignores the token', () => {
    expect(decisionOn('health', { exp: 'never' })).toEqual([
      200,
      'pass: It is public (monitors have no token): it needs no token.',
    ]);
  });

  it('of an authenticated route gives the reason', () => {
    expect(decisionOn('whoami', {})).toEqual([
      200,
      `pass: The token is valid until ${END}.`,
      'pass: Any valid token is enough: it returns only data of the caller.',
    ]);
  });

  it('lists each role, the grant and each scope', () => {
    expect(decisionOn('read', { roles: ['reader', 7, 'unknown', 'reader'], scope: ' notes/read  other ' })).toEqual([
      200,
      `pass: The token is valid until ${END}.`,
      expect.stringMatching(/: The token has the role "?reader"?\.$/),
      expect.stringMatching(/: The role "?unknown"? is not in the definition, so it grants nothing\.$/),
      expect.stringMatching(/^pass: The permission note:read is granted by .*reader/),
      'pass: The token has the scope read.',
    ]);
  });

  it('lists what is missing, and the roles that would grant it', () => {
    expect(
      decisionOn('write', { roles: {}, scp: ['read', 7], elevated: [{ role: 'writer', until: 'tomorrow' }, null] }),
    ).toEqual([
      403,
      `pass: The token is valid until ${END}.`,
      expect.stringMatching(
        /^fail: No role of the caller grants the permission note:read; .*reader.*writer.* would\.$/,
      ),
      'pass: The token has the scope read.',
      'fail: The token is missing the scope write.',
      expect.stringMatching(/: The handler allows the caller to use only their own resources, by createdBy\.$/),
    ]);
  });

  it('states whether ownership applies', () => {
    const explained = decisionOn('write', { roles: 'writer', scope: 'read write' });
    expect([explained[0], explained.at(-1)]).toEqual([
      200,
      'pass: The permission note:any also allows the caller to use what others own.',
    ]);
    const bound = decisionOn('write', { roles: 'reader', scope: 'read write' });
    expect([bound[0], bound.at(-1)]).toEqual([200, expect.stringMatching(/by createdBy\.$/)]);
  });

  it.each([
    ['the second at which it starts', AT, 200],
    ['the second after', AT + 1, 401],
    ['an invalid time', 'later', 401],
  ])('of a token valid from %s has status %s', (_, nbf, status) => {
    expect(decisionOn('whoami', { nbf })[0]).toBe(status);
  });

  it('finds roles in a member of a claim', () => {
    const claims = { exp: AT + 60, realm_access: { roles: 'writer,reader' } };
    const route = notes.routes['write'] ?? expect.fail('no route');
    const { steps } = explainAccess(notes, route, claims, { rolesClaim: 'realm_access.roles', at: AT });
    expect(steps.map(({ sentence }) => sentence)).toContainEqual(expect.stringMatching(/has the role "?writer"?\.$/));
  });

  it('counts a temporary role until its second', () => {
    const explained = decisionOn('write', { scope: 'read write', elevated: [{ role: 'writer', until: AT + 60 }] });
    expect(explained[0]).toBe(200);
    expect(explained[2]).toMatch(/The token has the role "?writer"? until 2027-01-15T08:01:00\.000Z\.$/);
  });
});

describe('an explanation of the ledger', () => {
  it('agrees with the decision for any token', () => {
    const names = ['member', 'clerk', 'payer', 'approver', 'treasurer', 'auditor', 'ghost'];
    const elevation = fc.record({ role: fc.constantFrom(...names), until: fc.constantFrom(AT - 1, AT, AT + 1) });
    const rights = fc.record({
      roles: fc.subarray(names),
      scopes: fc.subarray(Object.keys(ledger.scopes)),
      elevated: fc.array(elevation, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(rights, fc.constantFrom(...Object.values(ledger.routes)), ({ roles, scopes, elevated }, route) => {
        const path = route.path.replace('{id}', '1');
        const decision = decide(ledger, { roles, scopes, elevated, method: route.method, path, at: AT });
        const result = explain(ledger, route.id, { roles, scope: scopes.join(' '), elevated });
        expect(result.status === 200).toBe(decision.kind === 'allow');
        const own = result.steps.some(({ sentence }) =>
          sentence.startsWith('The handler allows the caller to use only'),
        );
        expect(result.status === 200 && own).toBe(decision.kind === 'allow' && decision.onlyOwn !== undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('explains the status of each role, and which roles have the permission', () => {
    const elevated = [{ role: 'auditor', until: AT - 60 }, { role: 'x' }, 'auditor', null];
    expect(stepsOf(ledger, 'pay', { roles: 'payer approver', elevated })).toEqual([
      'note: pay is POST /payments; it needs payment:make.',
      'pass: The token is valid until 2027-01-15T08:01:00.000Z.',
      'note: The role "payer" excludes "approver", which the caller also has, so neither grants anything.',
      'note: The role "approver" excludes "payer", which the caller also has, so neither grants anything.',
      'note: Every caller has the default role "member".',
      'note: The role "auditor" was temporary and ended at 2027-01-15T07:59:00.000Z, so it grants nothing.',
      'fail: No role of the caller grants the permission payment:make; payer and treasurer would.',
    ]);
  });

  it('explains scopes one by one, also in Cognito notation', () => {
    const elevated = [{ role: 'auditor', until: AT + 30 }];
    expect(stepsOf(ledger, 'audit', { elevated, scope: 'ledger/audit openid' }).slice(2)).toEqual([
      'note: Every caller has the default role "member".',
      'note: The token has the role "auditor" until 2027-01-15T08:00:30.000Z.',
      'pass: The permission entry:audit is granted by auditor.',
      'fail: The token is missing the scope entries.read.',
      'pass: The token has the scope audit.',
    ]);
    expect(explain(ledger, 'exportEntries', { scp: ['entries.read'] }).status).toBe(200);
  });

  it('explains ownership and its exception', () => {
    expect(stepsOf(ledger, 'changeEntry', { roles: ['clerk'] }).at(-1)).toBe(
      'note: The handler allows the caller to use only their own resources, by createdBy.',
    );
    expect(stepsOf(ledger, 'changeEntry', { roles: ['treasurer'] }).at(-1)).toBe(
      'pass: The permission entry:write-any also allows the caller to use what others own.',
    );
    expect(stepsOf(ledger, 'whoami', {}).at(-1)).toBe('pass: Any valid token is enough: callers may see who they are.');
  });

  it.each([
    [{ exp: undefined }, 'fail: The token has no exp, so it is rejected.'],
    [{ exp: 'soon' }, "fail: The token's exp is not a time, so it is rejected."],
    [{ iat: -1 }, "fail: The token's iat is not a time, so it is rejected."],
    [{ exp: AT }, `fail: The token expired at 2027-01-15T08:00:00.000Z, ${WITHOUT_TOLERANCE}.`],
    [{ nbf: AT + 1 }, `fail: The token is not valid before 2027-01-15T08:00:01.000Z, ${WITHOUT_TOLERANCE}.`],
    [{ exp: 1e300 }, "fail: The token's exp is not a time, so it is rejected."],
    [{ exp: 253_402_300_799 }, 'pass: The token is valid until 9999-12-31T23:59:59.000Z.'],
  ])('reads the times of %j', (claims, text) => {
    expect(stepsOf(ledger, 'whoami', claims)[1]).toBe(text);
    expect(explain(ledger, 'whoami', claims).status).toBe(text.startsWith('fail') ? 401 : 200);
    expect(explain(ledger, 'health', claims).status).toBe(200);
  });
});
