import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinNames, quoted } from '../../../lib/access/describe.ts';
import { evaluateRoles } from '../../../lib/access/evaluateRoles.ts';
import { explainAccess } from '../../../lib/access/explain.ts';
import { grantOf } from '../../../lib/access/grants.ts';
import { accessMatrix, decide, matrixCsv, matrixMarkdown, matrixText, whoCan } from '../../../lib/access/index.ts';
import type { AccessMatrix } from '../../../lib/access/matrix.ts';
import type { Api, Route } from '../../../lib/definition/index.ts';
import { bare, ledger } from '../../support/ledger.ts';

const api: Api = ledger;
const matrix = accessMatrix(api);
const AT = 1_800_000_000;

describe('the matrix of an API with everything', () => {
  const row = (id: string) => matrix.rows.find(({ route }) => route === id);

  it('shows how each role gets a permission, by the shortest path, own roles before the default', () => {
    expect(row('listEntries')?.grants).toEqual({
      member: { path: ['member'] },
      clerk: { path: ['clerk', 'member'] },
      payer: { path: ['member'], byDefault: true },
      approver: { path: ['member'], byDefault: true },
      treasurer: { path: ['treasurer', 'clerk', 'member'] },
      auditor: { path: ['auditor'] },
    });
    expect(row('pay')?.roles).toMatchObject({ payer: true, treasurer: true, approver: false });
    expect(row('health')?.grants).toEqual({});
    expect(grantOf(api, 'payer', 'entry:audit')).toBeUndefined();
  });

  it('shows who is allowed to use a route only for own items', () => {
    expect(row('changeEntry')?.onlyOwn).toEqual(['clerk']);
    expect(row('dropEntry')?.onlyOwn).toEqual(matrix.roles);
    expect(row('pay')?.onlyOwn).toEqual([]);
  });

  it('shows roles with what they exclude, scopes with their routes, and counts only the requested exceptions', () => {
    expect(matrix.roleDetails.find(({ name }) => name === 'treasurer')).toEqual({
      name: 'treasurer',
      isDefault: false,
      extends: ['payer', 'clerk'],
      can: ['entry:write-any'],
      permissions: ['entry:read', 'entry:write', 'entry:write-any', 'payment:make'],
      excludes: ['approver'],
    });
    expect(matrix.roleDetails.find(({ isDefault }) => isDefault)?.name).toBe('member');
    expect(matrix.scopes[0]).toEqual({
      name: 'entries.read',
      description: 'Read entries',
      routes: ['exportEntries', 'audit'],
    });
    expect(matrix.unusedPermissions).toEqual([]);
    expect(matrix.review).toEqual({ reviewed: '2026-11-01', everyDays: 90, due: '2027-01-30' });
  });

  it('reads well as text', () => {
    const lines = matrixText(matrix).split('\n');
    const words = (start: string) => lines.find((line) => line.startsWith(start))?.split(/ {2,}/);
    expect(words('PUT')).toEqual([
      'PUT',
      '/entries/{id}',
      'changeEntry',
      'entry:write, own (createdBy) unless entry:write-any',
      '-',
      'own',
      '-',
      '-',
      'yes',
      '-',
    ]);
    expect(words('GET     /entries/export')).toContain('scope entries.read');
    expect(words('member (default)')).toEqual(['member (default)', '-', 'entry:read', '-']);
    expect(words('payment:make')).toEqual(['payment:make', 'payer; treasurer → payer']);
    expect(words('audit ')).toEqual(['audit', 'Audit the books', 'audit']);
    expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
    expect(lines.at(-2)).toBe('Every permission is needed by some route.');
  });

  it('says as Markdown who reviewed it, and names its content', () => {
    const by = matrixMarkdown({ ...matrix, review: { ...matrix.review, reviewer: 'Ada' } });
    expect(by).toContain('Roles reviewed 2026-11-01 by Ada; next review due 2027-01-30 (every 90 days).');
    expect(by.split('\n').at(-1)).toBe(`Content: \`${matrix.contentHash}\``);
    expect(by).toContain('## Scopes');
  });
});

describe('the matrix of an API with little', () => {
  const small = accessMatrix(bare);

  it('says in words that there is nothing to list', () => {
    for (const text of [matrixText(small), matrixMarkdown(small)]) {
      expect(text).toContain('No route needs a permission.');
      expect(text).toContain('Nothing is exempt.');
    }
    expect(matrixText({ ...small, scopes: [] })).not.toContain('allows a client to');
  });
});

describe('the matrix as CSV', () => {
  /** A reader of RFC 4180, written apart from the writer. */
  const parse = (csv: string): readonly (readonly string[])[] => {
    const rows: string[][] = [];
    let row: string[] = [];
    for (const [, cell, plain = '', end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
      row.push(cell === undefined ? plain : cell.replaceAll('""', '"'));
      if (end === ',') continue;
      rows.push(row);
      row = [];
    }
    return rows;
  };

  it('is one line for each role and route, under heads', () => {
    const [head, ...lines] = parse(matrixCsv(matrix));
    expect(head).toEqual([
      'role',
      'route',
      'method',
      'path',
      'allowed',
      'access',
      'permission',
      'scopes',
      'ownership',
      'why',
    ]);
    expect(lines).toHaveLength(matrix.rows.length * matrix.roles.length);
    const line = (role: string, route: string) => lines.find(([a, b]) => a === role && b === route)?.slice(4);
    expect(line('clerk', 'changeEntry')).toEqual([
      'own',
      'permission',
      'entry:write',
      '',
      'createdBy unless entry:write-any',
      'clerk',
    ]);
    expect(line('payer', 'listEntries')?.at(-1)).toBe('payer by the default role member');
    expect(line('payer', 'audit')).toEqual(['no', 'permission', 'entry:audit', 'entries.read audit', '', '']);
    expect(line('payer', 'exportEntries')).toEqual([
      'yes',
      'scopes',
      '',
      'entries.read',
      '',
      'by the scopes of the token',
    ]);
    expect(line('member', 'dropEntry')).toEqual([
      'own',
      'authenticated',
      '',
      '',
      'createdBy',
      'members drop what they made',
    ]);
    expect(line('member', 'health')).toEqual(['yes', 'public', '', '', '', 'liveness probe']);
  });

  it('survives any reason, and lets no spreadsheet take one for a formula', () => {
    const [first, ...others] = matrix.rows;
    if (first === undefined) throw new Error('no row');
    const withReason = (reason: string): AccessMatrix => ({
      ...matrix,
      rows: [{ ...first, access: { kind: 'public', reason } }, ...others],
    });
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', '=', '+', '-', '@', '\t') }),
        (reason) => {
          const cell = parse(matrixCsv(withReason(reason)))[1]?.at(-1) ?? '';
          expect([cell, cell.slice(1)]).toContain(reason);
          expect(cell).not.toMatch(/^[=+\-@\t\r]/);
        },
      ),
    );
  });
});

describe('who can', () => {
  it('returns roles, routes and exceptions', () => {
    const result = whoCan(api, 'entry:write-any');
    expect(result.roles).toEqual([{ role: 'treasurer', path: ['treasurer'] }]);
    expect([result.routes, result.exceptions.map(({ id }) => id)]).toEqual([[], ['changeEntry']]);
    expect(whoCan(api, 'entry:write').routes.map(({ id }) => id)).toEqual(['addEntry', 'changeEntry']);
    expect(whoCan(api, 'x:y')).toMatchObject({ roles: [], routes: [], exceptions: [] });
  });
});

describe('the roles of a holder', () => {
  const evaluated = (holder: Parameters<typeof evaluateRoles>[1]) =>
    evaluateRoles(api, holder, AT).map(({ role, status }) => `${role} ${status}`);

  it('are evaluated one by one', () => {
    const elevated = [
      { role: 'auditor', until: AT + 1 },
      { role: 'payer', until: AT },
      { role: 'ghost', until: AT + 1 },
    ];
    expect(evaluated({ roles: ['clerk', 'clerk', 'spook'], elevated })).toEqual([
      'clerk held',
      'spook unknown',
      'member default',
      'auditor elevated',
      'ghost unknown',
      'payer ended',
    ]);
  });

  it('name what excludes them', () => {
    expect(evaluateRoles(api, { roles: ['treasurer', 'approver'] }, AT)).toEqual([
      { role: 'treasurer', status: 'exclusive', excludedBy: 'approver' },
      { role: 'approver', status: 'exclusive', excludedBy: 'treasurer' },
      { role: 'member', status: 'default' },
    ]);
    expect(evaluated({ roles: ['approver'], elevated: [{ role: 'payer', until: AT - 1 }] })).toContain('approver held');
  });

  it('last as long as their last elevation, and for good where they are held for good', () => {
    const twice = [
      { role: 'auditor', until: AT - 5 },
      { role: 'auditor', until: AT + 5 },
    ];
    expect(evaluated({ roles: [], elevated: twice })).toContain('auditor elevated');
    expect(evaluated({ roles: ['auditor'], elevated: twice })).toContain('auditor held');
  });
});

describe('an explanation', () => {
  const explain = (id: string, claims: Readonly<Record<string, unknown>>) => {
    const options = { rolesClaim: 'roles', at: AT };
    return explainAccess(api, api.routes[id] as Route, { exp: AT + 60, ...claims }, options);
  };
  const strings = (id: string, claims: Readonly<Record<string, unknown>>) =>
    explain(id, claims).steps.map(({ result, sentence }) => `${result}: ${sentence}`);

  it('ends like the decision, whatever the token says', () => {
    const names = ['member', 'clerk', 'payer', 'approver', 'treasurer', 'auditor', 'ghost'];
    const elevation = fc.record({ role: fc.constantFrom(...names), until: fc.constantFrom(AT - 1, AT, AT + 1) });
    const rights = fc.record({
      roles: fc.subarray(names),
      scopes: fc.subarray(Object.keys(api.scopes)),
      elevated: fc.array(elevation, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(rights, fc.constantFrom(...Object.values(api.routes)), ({ roles, scopes, elevated }, route) => {
        const path = route.path.replace('{id}', '1');
        const decision = decide(api, { roles, scopes, elevated, method: route.method, path, at: AT });
        const result = explain(route.id, { roles, scope: scopes.join(' '), elevated });
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
    expect(strings('pay', { roles: 'payer approver', elevated })).toEqual([
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
    expect(strings('audit', { elevated, scope: 'ledger/audit openid' }).slice(2)).toEqual([
      'note: Every caller has the default role "member".',
      'note: The token has the role "auditor" until 2027-01-15T08:00:30.000Z.',
      'pass: The permission entry:audit is granted by auditor.',
      'fail: The token is missing the scope entries.read.',
      'pass: The token has the scope audit.',
    ]);
    expect(explain('exportEntries', { scp: ['entries.read'] }).status).toBe(200);
  });

  it('explains ownership and its exception', () => {
    expect(strings('changeEntry', { roles: ['clerk'] }).at(-1)).toBe(
      'note: The handler allows the caller to use only their own resources, by createdBy.',
    );
    expect(strings('changeEntry', { roles: ['treasurer'] }).at(-1)).toBe(
      'pass: The permission entry:write-any also allows the caller to use what others own.',
    );
    expect(strings('whoami', {}).at(-1)).toBe('pass: Any valid token is enough: callers may see who they are.');
  });

  it.each([
    [{ exp: undefined }, 'fail: The token has no exp, so it is rejected.'],
    [{ exp: 'soon' }, 'fail: The token has no exp, so it is rejected.'],
    [{ exp: AT }, 'fail: The token has expired at 2027-01-15T08:00:00.000Z.'],
    [{ nbf: AT + 1 }, 'fail: The token is not valid before 2027-01-15T08:00:01.000Z.'],
    [{ exp: 1e300 }, 'pass: The token is valid until 1e+300.'],
  ])('reads the times of %j', (claims, text) => {
    expect(strings('whoami', claims)[1]).toBe(text);
    expect(explain('whoami', claims).status).toBe(text.startsWith('fail') ? 401 : 200);
    expect(explain('health', claims).status).toBe(200);
  });
});

describe('words', () => {
  it('join names', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(joinNames)).toEqual(['', 'a', 'a and b', 'a, b and c']);
  });

  it('quote foreign text without control characters', () => {
    expect(quoted('a"\n\u0000\u007f\u009b\u2028\u202eé')).toBe('"a\\"\\n\\u0000\\u007f\\u009b\\u2028\\u202eé"');
    expect(quoted(undefined)).toBe('');
    expect(quoted(['a', 1])).toBe('["a",1]');
  });
});
