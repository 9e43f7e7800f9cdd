import { beforeEach, describe, expect, it, vi } from 'vitest';
import { callerReader } from '../../../lambdas/runtime/caller.ts';
import { handlersOf, problem } from '../../../lambdas/runtime/index.ts';
import { ledger } from '../../support/ledger.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import {
  call,
  create,
  expectRejected,
  inSeconds,
  list,
  serveApi,
  silenceTelemetry,
  type TestRequest,
} from './support.ts';

silenceTelemetry();

const secure = handlersOf<typeof ledger>();
const MINE = 'https://i#user-1';
const NAMES = 'abcdefghi'.split('');
/** The caller who created the entry that the handlers find. */
let creator: string | undefined = MINE;
const entry = () => ({ id: '1', text: 'Rent', createdBy: creator });
const yes = (ok = true) => ({ status: 200, body: { ok } }) as const;

beforeEach(() => {
  creator = MINE;
});

describe('a caller in a handler', () => {
  const seen = async (request: Partial<TestRequest>) => {
    let received: unknown;
    const whoami = secure('whoami', ({ caller }) => {
      const { can, hasScope, ...data } = caller;
      received = { ...data, mayWrite: can('entry:write'), mayAudit: hasScope('audit') };
      return yes();
    });
    await call(serveApi(ledger, [whoami]), { method: 'GET', resource: '/whoami', ...request });
    return received as Record<string, unknown>;
  };

  it('has an id that is unique across issuers, its scopes and its permissions', async () => {
    const expires = inSeconds(100);
    expect(await seen({ roles: 'clerk', authorizer: { scopes: 'audit entries.read', expires } })).toEqual({
      claims: {},
      id: 'https://i#user-1',
      subject: 'user-1',
      issuer: 'https://i',
      client: 'acme',
      roles: ['clerk'],
      permissions: ['entry:read', 'entry:write'],
      scopes: ['audit', 'entries.read'],
      tier: 'free',
      expires: new Date(Number(expires) * 1000),
      mayWrite: true,
      mayAudit: true,
    });
  });

  it('is its own: what a handler does to roles and permissions reaches no later request', async () => {
    const received: unknown[] = [];
    const whoami = secure('whoami', ({ caller }) => {
      received.push([[...caller.roles], [...caller.permissions], caller.can('entry:write')]);
      (caller.roles as string[]).push('auditor');
      (caller.permissions as string[]).length = 0;
      (caller.permissions as string[]).push('entry:audit');
      return yes();
    });
    const handler = serveApi(ledger, [whoami]);
    const request = { method: 'GET', resource: '/whoami', roles: 'clerk' };
    for (let i = 0; i < 3; i += 1) await call(handler, request);
    expect(received).toEqual(Array(3).fill([['clerk'], ['entry:read', 'entry:write'], true]));
  });

  it('has the permissions of its roles among any number of sets of roles', async () => {
    const read = callerReader({
      roles: Object.fromEntries(NAMES.map((name) => [name, [`${name}:read`]])),
      exclusive: [],
    });
    const context = { subject: 's', issuer: 'https://i', expires: '1' };
    for (let i = 0; i < 1_000; i += 1) {
      const roles = NAMES.filter((_, bit) => ((i % 300) & (1 << bit)) !== 0);
      const caller = read({ ...context, roles: roles.join(' ') });
      expect(caller?.permissions).toEqual(roles.map((name) => `${name}:read`).sort());
      expect(NAMES.filter((name) => caller?.can(`${name}:read`) === true)).toEqual(roles);
    }
  });

  it('has no scopes without a claim, and no permissions from roles that exclude each other or are unknown', async () => {
    const caller = await seen({ roles: 'payer approver ghost clerk clerk' });
    expect(caller).toMatchObject({ roles: ['clerk'], scopes: [], mayAudit: false });
  });
});

describe('a route that requires scopes', () => {
  const audit = secure('audit', () => yes());
  const exported = secure('exportEntries', () => yes());
  const status = async (resource: string, roles: string, scopes?: string) => {
    const served = serveApi(ledger, [audit, exported]);
    return (await call(served, { method: 'GET', resource, roles, authorizer: { scopes } })).statusCode;
  };

  it('allows a caller with all of them, and with the permission if it requires one', async () => {
    expect(await status('/entries/audit', 'auditor', 'audit entries.read')).toBe(200);
    expect(await status('/entries/export', '', 'entries.read')).toBe(200);
  });

  it.each([
    ['/entries/audit', 'auditor', 'audit'],
    ['/entries/audit', 'auditor', ''],
    ['/entries/audit', 'auditor', undefined],
    ['/entries/audit', 'member', 'audit entries.read'],
    ['/entries/export', 'treasurer', 'entries.write'],
    ['/entries/export', 'treasurer', 'entries'],
  ])('rejects %s to %s with the scopes %j', async (resource, roles, scopes) => {
    expect(await status(resource, roles, scopes)).toBe(403);
  });
});

describe('a route with an ownership rule', () => {
  const change = secure('changeEntry', ({ caller }) => {
    caller.assertOwner(entry());
    return yes();
  });
  const drop = secure('dropEntry', ({ caller }) => yes(caller.owns(entry())));
  const put = (roles: string, authorizer: TestRequest['authorizer'] = {}) =>
    call(serveApi(ledger, [change]), {
      method: 'PUT',
      resource: '/entries/{id}',
      path: { id: '1' },
      roles,
      authorizer,
    });

  it('allows callers to change what they created', async () => {
    expect((await put('clerk')).statusCode).toBe(200);
  });

  it.each([
    ['another subject', 'https://i#user-2'],
    ['the same subject of another issuer', 'https://j#user-1'],
    ['the subject alone', 'user-1'],
    ['nobody', undefined],
    ['an empty string', ''],
  ])('rejects a change to what %s created', async (_, other) => {
    creator = other;
    const { statusCode, json } = await put('clerk');
    expect([statusCode, json['code']]).toEqual([403, 'forbidden']);
  });

  it('allows a caller with the permission of the exception to change everything', async () => {
    creator = 'https://j#user-9';
    expect((await put('treasurer')).statusCode).toBe(200);
  });

  it.each(['issuer', 'subject', 'expires'])('rejects a request without the %s of the authorizer', async (part) => {
    expect((await put('clerk', { [part]: '' })).statusCode).toBe(401);
  });

  it('allows a handler to ask for the owner and continue', async () => {
    creator = 'https://i#user-2';
    const request = { method: 'DELETE', resource: '/entries/{id}', path: { id: '1' } };
    expect((await call(serveApi(ledger, [drop]), request)).json).toEqual({ ok: false });
  });

  it('returns 500 when a handler returns without having asked, and only the log says why', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    const served = serveApi(ledger, [secure('changeEntry', () => yes())]);
    let response: Awaited<ReturnType<typeof call>> | undefined;
    const lines = await linesOf(async () => {
      response = await call(served, {
        method: 'PUT',
        resource: '/entries/{id}',
        path: { id: '1' },
        roles: 'treasurer',
      });
    });
    expect([response?.statusCode, response?.json['code']]).toEqual([500, 'internal']);
    expect(JSON.stringify(response?.json)).not.toContain('owns');
    expect(lines.join('\n')).toContain('the handler of changeEntry returned without calling caller.owns');
  });

  it('allows a handler to reject a request without having asked', async () => {
    const missing = secure('changeEntry', () => {
      throw problem(404);
    });
    const request = { method: 'PUT', resource: '/entries/{id}', path: { id: '1' }, roles: 'clerk' };
    expect((await call(serveApi(ledger, [missing]), request)).statusCode).toBe(404);
  });
});

describe('a request is rejected', () => {
  it('without the permission, even if the gateway passed it on', async () => {
    await expectRejected({ ...create, roles: 'viewer' }, 403, 'forbidden');
    await expectRejected({ ...create, roles: '' }, 403, 'forbidden');
    await expectRejected({ ...create, roles: 'constructor __proto__' }, 403, 'forbidden');
  });

  it('with a token that expired after the decision was cached, or without a caller', async () => {
    const { headers } = await expectRejected({ ...list, authorizer: { expires: inSeconds(-1) } }, 401, 'unauthorized');
    expect(headers['www-authenticate']).toMatch(/^Bearer/);
    for (const authorizer of [null, { subject: '' }, { expires: '' }, { expires: 'soon' }, { expires: undefined }]) {
      await expectRejected({ ...list, authorizer }, 401, 'unauthorized');
    }
  });

  it('with two Authorization headers, even if the gateway had cached the decision for one of them', async () => {
    await expectRejected(
      { ...list, headers: { Authorization: ['Bearer a.b.c', 'Bearer a.b.c'] } },
      401,
      'unauthorized',
    );
    await expectRejected(
      { ...list, headers: { Authorization: 'Bearer a.b.c', authorization: '' } },
      401,
      'unauthorized',
    );
  });

  it('before its body is read, so that a denied caller learns nothing about the schema', async () => {
    await expectRejected({ ...create, roles: 'viewer', raw: '{' }, 403, 'forbidden');
  });
});
