import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodeOf, exitCodesHelp, exitCodesMarkdown } from '../../../lib/cli/exitCodes.ts';
import { AssemblyError } from '../../../local/assembly/error.ts';
import { IssuerCallError } from '../../../local/services/issuer/issuerClient.ts';
import { commitAll, definitionOf, tokenOf } from '../../support/accessCli.ts';
import { folderOf, root, temporaryFolder, writeFiles } from '../../support/folders.ts';
import { cli } from '../../support/gateway.ts';

const NOTES = ['--definition', 'api.mjs'];

/** A repository of an API whose editors gain a permission after the first commit, and whose review is overdue. */
function repository(): string {
  const folder = folderOf({
    'api.mjs': definitionOf(),
    'same.mjs': definitionOf(),
    'faulty.mjs': definitionOf().replace("permission: 'note:read'", "permission: 'note:burn'"),
    'cdk.json': '{ "app": "false" }',
    'token.txt': tokenOf({ sub: 'user', exp: Math.floor(Date.now() / 1000) + 300, roles: ['reader'] }),
  });
  commitAll(folder);
  const wider = definitionOf({ editor: ['note:write', 'note:delete'], review: "{ reviewed: '2020-01-01' }" });
  writeFiles(folder, { 'api.mjs': wider });
  return folder;
}

describe('the exit code', () => {
  const explain = (route: string) => ['access', 'explain', '--token', 'token.txt', '--route', route, ...NOTES];

  it.each<[code: number, when: string, args: readonly string[]]>([
    [0, 'a command succeeds', ['access', 'matrix', ...NOTES]],
    [0, 'help is asked for', ['--help']],
    [0, 'the version is asked for', ['--version']],
    [0, 'the review is no longer valid, without --strict', ['access', 'review', ...NOTES]],
    [0, 'the token gives access to the route', explain('list')],
    [0, 'the change does not widen access', ['access', 'diff', 'HEAD', '--definition', 'same.mjs']],
    [1, 'the app of cdk.json fails', ['dev']],
    [1, 'the token does not give access to the route', explain('save')],
    [1, 'the review is no longer valid, with --strict', ['access', 'review', '--strict', ...NOTES]],
    [2, 'no command is given', []],
    [2, 'the command is unknown', ['fly']],
    [2, 'a group of commands is given alone', ['access']],
    [2, 'an option is unknown', ['access', 'diff', 'HEAD', '--fast', ...NOTES]],
    [2, 'a required option is missing', ['simulate', ...NOTES]],
    [2, 'the definition has faults', ['openapi', '--definition', 'faulty.mjs']],
    [2, 'no assembly is where --assembly says', ['dev', '--assembly', 'nowhere']],
    [2, 'no gateway runs', ['token', '--role', 'reader']],
    [3, 'the change widens access', ['access', 'diff', 'HEAD', ...NOTES]],
  ])('is %i when %s', async (code, _, args) => {
    const result = await cli(args, repository());
    expect(result.code).toBe(code);
    if (code === 2) expect(result.stderr).not.toBe('');
  });
});

describe('the exit code of an error of secure-api-local', () => {
  const choose = { found: 'two stacks', expected: 'one', fix: 'Choose one' };

  it('is 2 for an option that it does not take, else 1', () => {
    expect(exitCodeOf(new AssemblyError('unknown-stack', choose))).toBe(2);
    expect(exitCodeOf(new AssemblyError('choose-stack', choose))).toBe(2);
    expect(exitCodeOf(new AssemblyError('bad-template', choose))).toBe(1);
    expect(exitCodeOf(new IssuerCallError('request-invalid', 'the role nobody is unknown'))).toBe(2);
    expect(exitCodeOf(new IssuerCallError('rejected', 'the keys were rotated just now'))).toBe(1);
  });

  it('is 1 for other values that are thrown', () => {
    expect([undefined, null, 'a string', new Error('x')].map(exitCodeOf)).toEqual([1, 1, 1, 1]);
  });
});

describe('a signal', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('ends a command, which leaves no file: %s', async (signal) => {
    const files = { 'api.mjs': "console.log('loads'); setInterval(() => {}, 1e6); await new Promise(() => {});" };
    const [folder, scratch] = [folderOf(files), temporaryFolder()];
    const child = spawn(process.execPath, [join(root, 'bin/secure-api.js'), 'access', 'matrix', ...NOTES], {
      cwd: folder,
      env: { ...process.env, TMPDIR: scratch },
    });
    await once(child.stderr, 'data');
    child.kill(signal);
    // A shell reports 128 and the number of the signal.
    expect(await once(child, 'exit')).toEqual([null, signal]);
    expect([...readdirSync(folder), ...readdirSync(scratch)]).toEqual(['api.mjs']);
  });
});

describe('a reader of the output that goes away', () => {
  const command = [process.execPath, join(root, 'bin/secure-api.js')];
  const create = [process.execPath, join(root, 'create/bin.js')];
  const NOTHING = temporaryFolder();

  it.each<[what: string, words: readonly string[], redirect?: string]>([
    ['help', [...command, '--help']],
    ['help of one command', [...command, 'token', '--help']],
    ['the version', [...command, '--version']],
    ['the script of a shell', [...command, 'completion', 'bash']],
    ['a result of a definition', [...command, 'access', 'matrix', ...NOTES]],
    ['JSON', [...command, 'access', 'matrix', '--json', ...NOTES]],
    ['an error', [...command, 'fly'], '2>&1'],
    ['progress', [...command, 'dev', '--data', NOTHING], '2>&1'],
    ['help of the package create-secure-api', [...create, '--help']],
  ])('ends the command quietly, as SIGPIPE ends others: %s', async (_, words, redirect = '') => {
    const line = `'${words.join("' '")}' ${redirect} | true; exit \${PIPESTATUS[0]}`;
    const child = spawn('bash', ['-c', line], { cwd: repository(), stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += part));
    expect([await once(child, 'close'), text]).toEqual([[141, null], '']);
  });

  it('ends a command that cannot write for another reason with its error', async () => {
    const line = `'${command.join("' '")}' --help > /dev/full`;
    const child = spawn('bash', ['-c', line], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stderr.on('data', (part) => (text += part));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(text).toMatch(/^error ENOSPC: no space left on device, write\n$/);
  });
});

describe('the table of exit codes', () => {
  it('stands in docs/cli.md as the code has it', () => {
    expect(readFileSync(join(root, 'docs/cli.md'), 'utf8')).toContain(exitCodesMarkdown());
  });

  it('is in the help of the whole command', async () => {
    expect((await cli(['--help'], temporaryFolder())).stdout).toContain(exitCodesHelp());
  });

  it('names secure-api dev in the help of no other command', async () => {
    const { stdout } = await cli(['access', 'matrix', '--help'], temporaryFolder());
    expect(stdout).toContain('130 interrupted by Ctrl-C before the end\n');
    expect(stdout).not.toContain('secure-api dev');
    expect(exitCodesHelp('dev')).toContain('0  stopped by q, Ctrl-C or SIGTERM while it serves');
  });

  it('is in the help of one command without the rows of others', async () => {
    const { stdout } = await cli(['access', 'diff', '--help'], temporaryFolder());
    expect(stdout).toContain(exitCodesHelp('access diff'));
    expect(stdout).toContain('3  the change widens access');
    expect(stdout).not.toContain('review');
  });
});
