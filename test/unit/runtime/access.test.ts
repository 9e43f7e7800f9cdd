import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handlersOf, problem } from '../../../lambdas/runtime/index.ts';
import { ledger } from '../../support/ledger.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, inSeconds, serveApi, type TestRequest } from './support.ts';

const secure = handlersOf<typeof ledger>();
const MINE = 'https://i#user-1';
/** Who made the entry that the handlers find. */
let maker: string | undefined = MINE;
const entry = () => ({ id: '1', text: 'Rent', createdBy: maker });
const yes = (ok = true) => ({ status: 200, body: { ok } }) as const;

beforeEach(() => {
  maker = MINE;
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a caller in a handler', () => {
  const seen = async (request: Partial<TestRequest>) => {
    let told: unknown;
    const whoami = secure('whoami', ({ caller }) => {
      const { can, hasScope, ...data } = caller;
      told = { ...data, mayWrite: can('entry:write'), mayAudit: hasScope('audit') };
      return yes();
    });
    await call(serveApi(ledger, [whoami]), { method: 'GET', resource: '/whoami', ...request });
    return told as Record<string, unknown>;
  };

  it('has an id of its own among all issuers, its scopes and its permissions', async () => {
    const expires = inSeconds(100);
    expect(await seen({ roles: 'clerk', authorizer: { scopes: 'audit entries.read', expires } })).toEqual({
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

  it('without scopes has none, and can do nothing by roles that exclude each other or are unknown', async () => {
    const caller = await seen({ roles: 'payer approver ghost clerk clerk' });
    expect(caller).toMatchObject({ roles: ['clerk'], scopes: [], mayAudit: false });
  });
});

describe('a route that asks for scopes', () => {
  const audit = secure('audit', () => yes());
  const exported = secure('exportEntries', () => yes());
  const status = async (resource: string, roles: string, scopes?: string) => {
    const served = serveApi(ledger, [audit, exported]);
    return (await call(served, { method: 'GET', resource, roles, authorizer: { scopes } })).statusCode;
  };

  it('lets in who has them all, and the permission where it asks for one', async () => {
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

  it('lets callers change what they made', async () => {
    expect((await put('clerk')).statusCode).toBe(200);
  });

  it.each([
    ['another subject', 'https://i#user-2'],
    ['the same subject of another issuer', 'https://j#user-1'],
    ['the subject alone', 'user-1'],
    ['nobody', undefined],
    ['an empty text', ''],
  ])('rejects what %s made', async (_, other) => {
    maker = other;
    const { statusCode, json } = await put('clerk');
    expect([statusCode, json['code']]).toEqual([403, 'forbidden']);
  });

  it('lets who has the permission of the exception change everything', async () => {
    maker = 'https://j#user-9';
    expect((await put('treasurer')).statusCode).toBe(200);
  });

  it.each(['issuer', 'subject', 'expires'])('lets nobody in without the %s that the authorizer tells', async (part) => {
    expect((await put('clerk', { [part]: '' })).statusCode).toBe(401);
  });

  it('lets a handler ask and go on', async () => {
    maker = 'https://i#user-2';
    const request = { method: 'DELETE', resource: '/entries/{id}', path: { id: '1' } };
    expect((await call(serveApi(ledger, [drop]), request)).json).toEqual({ ok: false });
  });

  it('fails with 500 when a handler answers without having asked, and says so in the log alone', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    const served = serveApi(ledger, [secure('changeEntry', () => yes())]);
    let answer: Awaited<ReturnType<typeof call>> | undefined;
    const lines = await linesOf(async () => {
      answer = await call(served, { method: 'PUT', resource: '/entries/{id}', path: { id: '1' }, roles: 'treasurer' });
    });
    expect([answer?.statusCode, answer?.json['code']]).toEqual([500, 'internal']);
    expect(JSON.stringify(answer?.json)).not.toContain('owns');
    expect(lines.join('\n')).toContain('the handler of changeEntry returned without calling caller.owns');
  });

  it('lets a handler refuse without having asked', async () => {
    const missing = secure('changeEntry', () => {
      throw problem(404);
    });
    const request = { method: 'PUT', resource: '/entries/{id}', path: { id: '1' }, roles: 'clerk' };
    expect((await call(serveApi(ledger, [missing]), request)).statusCode).toBe(404);
  });
});
