import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { access, tokenOf } from '../../../support/accessCli.ts';
import { folderOf } from '../../../support/folders.ts';

describe('access explain', () => {
  const soon = Math.floor(Date.now() / 1000) + 300;
  const claims = { iss: 'https://i', sub: 'user-1', exp: soon, roles: ['editor', 'ghost'] };
  const explain = (token: string, route: string, more: readonly string[] = []) =>
    access(['explain', '--token', '-', '--route', route, ...more], { input: `Bearer ${token}\n` });

  it('explains the decision, says that nothing was verified, and exits 1 when access is denied', async () => {
    const token = tokenOf(claims);
    const { code, stdout, stderr } = await explain(token, 'deleteDocument');
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toBe(`Token: iss "https://i", sub "user-1"
The signature was not checked, so the claims can be forged.

  · deleteDocument is DELETE /documents/{id}; it needs document:delete.
  ✓ The token is valid until ${new Date(soon * 1000).toISOString()}.
  · The token has the role "editor".
  · The role "ghost" is not in the definition, so it grants nothing.
  ✗ No role of the caller grants the permission document:delete; admin would.

Denied: 403.
`);
    for (const part of token.split('.')) expect(stdout).not.toContain(part);
  });

  it('exits 0 when access is allowed, with a token from a file and the roles of Cognito', async () => {
    const { roles: _, ...rest } = claims;
    const folder = folderOf({ 'token.txt': tokenOf({ ...rest, 'cognito:groups': ['admin'], scope: 'openid' }) });
    const file = join(folder, 'token.txt');
    const { code, stdout } = await access(['explain', '--token', file, '--route', 'DELETE /documents/{id}', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      route: 'deleteDocument',
      status: 200,
      signatureChecked: false,
      claims: { sub: 'user-1' },
      steps: expect.arrayContaining([{ result: 'pass', sentence: expect.stringContaining('is granted by admin') }]),
    });
  });

  it('reads the claim that --roles-claim names', async () => {
    const token = tokenOf({ ...claims, groups: 'admin viewer' });
    expect((await explain(token, 'deleteDocument', ['--roles-claim', 'groups'])).code).toBe(0);
  });

  it('reports an expired token as 401, and needs no valid token for a public route', async () => {
    const token = tokenOf({ ...claims, exp: 1_000 });
    expect(await explain(token, 'me')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('expired at 1970'),
    });
    expect((await explain(token, 'health')).code).toBe(0);
  });

  it('escapes claims so that they cannot control a terminal', async () => {
    const evil = 'a\u001b[2Jb\u009b2Jc\u202e';
    const { stdout } = await explain(tokenOf({ ...claims, sub: evil, roles: [evil] }), 'me');
    expect(stdout).toContain('a\\u001b[2Jb\\u009b2Jc\\u202e');
    // Nothing below the blank but line ends, no C1 control, no change of direction.
    expect(
      [...stdout].filter((c) => (c < ' ' && c !== '\n') || (c >= '\u007f' && c <= '\u009f') || c === '\u202e'),
    ).toEqual([]);
  });

  it.each(['a.b', 'a.b.c.d.e', 'opaque-secret-token', 'eyJhbGciOiJub25lIn0.bm90IGpzb24.c2ln', 'e30.bnVsbA.x', ''])(
    'rejects %j, which is not a JWT, without repeating it',
    async (token) => {
      const { code, stdout, stderr } = await explain(token, 'me');
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('file-unreadable');
      if (token.length > 8) expect(stderr).not.toContain(token);
    },
  );
});
