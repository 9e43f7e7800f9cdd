import { describe, expect, it } from 'vitest';
import { access } from '../../../support/accessCli.ts';

describe('every access command', () => {
  it.each(['matrix', 'diff', 'review', 'who-can', 'explain'])(
    '%s has help with examples and exit codes',
    async (name) => {
      const { code, stdout } = await access([name, '--help']);
      expect(code).toBe(0);
      for (const part of ['Examples:', `secure-api access ${name}`, 'Exit codes:', '--json', '--definition']) {
        expect(stdout).toContain(part);
      }
    },
  );

  it.each([
    ['nothing to compare with', ['diff'], 'option-missing'],
    ['an unknown ref', ['diff', 'no-such-branch'], 'git-ref-unknown'],
    ['an option of git as a ref', ['diff', '--', '--output=/tmp/x'], 'git-ref-unknown'],
    ['a folder that is not an assembly', ['diff', 'docs'], 'file-unreadable'],
    ['a file that is not a template', ['diff', 'README.md'], 'file-unreadable'],
    ['a template without access', ['diff', 'package.json'], 'option-invalid'],
    ['a permission that nobody has', ['who-can', 'document:burn'], 'option-invalid'],
    ['an unknown route', ['explain', '--token', 'package.json', '--route', 'burn'], 'option-invalid'],
    ['a missing token file', ['explain', '--token', 'nowhere', '--route', 'health'], 'file-unreadable'],
    ['a file without a token', ['explain', '--token', 'package.json', '--route', 'health'], 'file-unreadable'],
    ['a reviewer without a name', ['review', '--reviewer', ' '], 'option-invalid'],
    ['an invalid date', ['review', '--reviewer', 'Ada', '--date', '2026-02-31'], 'option-invalid'],
    ['a future date', ['review', '--reviewer', 'Ada', '--date', '2999-01-01'], 'option-invalid'],
  ])('reports %s, and exits 2', async (_, args, error) => {
    const [name = '', ...rest] = args;
    const { code, stdout, stderr } = await access([name, '--json', ...rest]);
    expect([code, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: error, fix: expect.any(String) } });
  });
});
