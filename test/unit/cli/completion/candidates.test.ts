import { describe, expect, it } from 'vitest';
import { complete, type ProjectKind } from '../../../../lib/cli/completion/candidates.ts';
import { program } from '../../../../lib/cli/program.ts';

const NAMES: Readonly<Record<ProjectKind, readonly string[]>> = {
  role: ['reader', 'editor'],
  tier: ['free', 'premium'],
  scope: ['notes.read'],
  route: ['listNotes', 'addNote'],
  permission: ['note:read', 'note:write'],
  stack: ['Notes'],
};

/** The values for a command line; its last word is to be completed. */
async function completed(line: string): Promise<readonly string[] | 'files'> {
  const found = await complete(await program(), line.split(' '), async (kind) => NAMES[kind]);
  return found === 'files' ? found : found.map(({ value }) => value);
}

describe('completion', () => {
  it.each<[string, string | readonly string[]]>([
    ['de', ['dev']],
    ['users ', ['add', 'list', 'set-role', 'remove', 'help']],
    ['access d', ['diff']],
    ['dev --sca', ['--scan', '--scan-delay']],
    ['dev --scan ', ['emulate', 'hold']],
    ['dev --scan=h', ['--scan=hold']],
    ['dev --port ', []],
    ['dev --data ', 'files'],
    ['dev --ready-file=x', 'files'],
    ['dev --stack ', ['Notes']],
    ['token --role ', ['reader', 'editor']],
    ['token --role reader e', ['editor']],
    ['token --role reader --tier p', ['premium']],
    ['token --tier=f', ['--tier=free']],
    ['token --scope n', ['notes.read']],
    ['token --format ', ['jwt', 'hmac', 'opaque']],
    ['users add ada --role r', ['reader']],
    ['access matrix --format m', ['markdown']],
    ['access matrix -d ', 'files'],
    ['access explain --route a', ['addNote']],
    ['access who-can n', ['note:read', 'note:write']],
    ['access who-can a', ['addNote']],
    ['certs ', ['ca', 'issue', 'revoke', 'crl', 'list', 'help']],
    ['certs revoke --reason k', ['keyCompromise']],
    ['certs issue acme --csr ', 'files'],
    ['certs list --dir ', 'files'],
    ['completion z', ['zsh']],
    ['fly', []],
    ['token -- --ro', []],
  ])('of "%s" offers %j', async (line, expected) => {
    expect(await completed(line)).toEqual(expected);
  });

  it('offers a flag once, an option with a value again, and no hidden command', async () => {
    const options = await completed('token --json --role reader --');
    expect(options).toContain('--role');
    expect(options).not.toContain('--json');
    expect(await completed('')).not.toContain('__complete');
  });

  it('offers the options of a command that takes no other words', async () => {
    expect(await completed('keys list ')).toContain('--json');
  });
});
