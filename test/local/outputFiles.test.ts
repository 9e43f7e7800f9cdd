import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { folderOf, root, temporaryFolder } from '../support/folders.ts';
import { cli } from '../support/gateway.ts';
import { sampleAssembly } from '../support/sampleAssembly.ts';

const KEPT = '{ "name": "mine" }';
const exported = async (target: string, out: string, ...more: readonly string[]) =>
  cli(['export', target, '--assembly', await sampleAssembly(), '--out', out, '--json', ...more]);
const errorOf = (stderr: string) => JSON.parse(stderr.trim().split('\n').at(-1) ?? '').error;

describe('secure-api export', () => {
  it.each(['prometheus', 'grafana', 'datadog'])(
    'replaces what it wrote for %s, also when a person edited it',
    async (target) => {
      const out = join(temporaryFolder(), 'monitoring');
      const first = await exported(target, out);
      const files = JSON.parse(first.stdout).files as string[];
      const [file = ''] = files;
      const written = readFileSync(file, 'utf8');
      writeFileSync(file, written.replaceAll('page', 'wake-up'));
      expect((await exported(target, out)).code).toBe(0);
      expect(readFileSync(file, 'utf8')).toBe(written);
    },
  );

  it('replaces no file of somebody else, and writes none of the others, unless it is forced', async () => {
    const out = folderOf({ 'yace.yml': 'discovery: mine\n' });
    const { code, stderr } = await exported('prometheus', out);
    expect([code, errorOf(stderr)]).toEqual([
      2,
      expect.objectContaining({
        code: 'file-unreadable',
        location: '--out',
        found: `${join(out, 'yace.yml')}, which this command did not write`,
        fix: 'Name another one, or replace it with --force.',
      }),
    ]);
    expect(readdirSync(out)).toEqual(['yace.yml']);
    expect((await exported('prometheus', out, '--force')).code).toBe(0);
    expect(readFileSync(join(out, 'yace.yml'), 'utf8')).toMatch(/^# Written by secure-api export/);
  });

  it('follows no link to a file, not even when it is forced', async () => {
    const [out, target] = [temporaryFolder(), join(folderOf({ 'passwords.txt': KEPT }), 'passwords.txt')];
    symlinkSync(target, join(out, 'rules.yml'));
    symlinkSync('missing.yml', join(out, 'yace.yml'));
    const { code, stderr } = await exported('prometheus', out);
    expect([code, errorOf(stderr).found]).toEqual([2, expect.stringContaining('rules.yml, which is a link')]);
    expect([readFileSync(target, 'utf8'), readlinkSync(join(out, 'yace.yml'))]).toEqual([KEPT, 'missing.yml']);
    expect((await exported('prometheus', out, '--force')).code).toBe(0);
    expect([readFileSync(target, 'utf8'), existsSync(join(out, 'missing.yml'))]).toEqual([KEPT, false]);
  });

  it.each([
    ['', 2, 'an empty name'],
    ['/dev/full', 2, '/dev/full, which is no folder'],
    ['package.json', 2, 'package.json, which is no folder'],
    ['package.json/deeper/still', 2, 'package.json, which is no folder'],
    ['/proc/monitoring', 1, 'the folder cannot be made'],
    ['x'.repeat(300), 1, 'the name is too long'],
  ])('says in one message that it cannot write to %j', async (out, expected, found) => {
    const { code, stderr } = await exported('prometheus', out);
    expect([code, errorOf(stderr).found]).toEqual([expected, expect.stringContaining(found)]);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('leaves old or new files, and two at once do not disturb each other', async () => {
    const out = temporaryFolder();
    const runs = await Promise.all([exported('grafana', out), exported('grafana', out), exported('prometheus', out)]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(readdirSync(out).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('leaves each file old or new when it is killed', async () => {
    const folder = temporaryFolder();
    const module = JSON.stringify(join(root, 'lib/cli/writeAtomically.ts'));
    const code = `import { writeAllAtomically } from ${module};
      for (let i = 0; ; i++) writeAllAtomically({ one: String(i % 10).repeat(5e5), two: String(i % 10).repeat(5e5) }, 0o600);`;
    for (let times = 0; times < 8; times++) {
      const args = ['--input-type=module', '-e', code];
      const child = spawn(process.execPath, args, { cwd: folder, stdio: 'ignore' });
      const ended = new Promise((done) => {
        child.once('exit', done);
      });
      while (!existsSync(join(folder, 'two'))) await sleep(5);
      await sleep(200 + times * 7);
      child.kill('SIGKILL');
      await ended;
      for (const name of ['one', 'two']) expect(readFileSync(join(folder, name), 'utf8')).toMatch(/^(\d)\1{499999}$/);
    }
  });
});

describe('other commands that write files', () => {
  it('replace no file of somebody else', async () => {
    const folder = folderOf({ 'page.html': '<p>mine</p>', 'package.json': KEPT, 'linked.json': '' });
    rmSync(join(folder, 'linked.json'));
    symlinkSync('package.json', join(folder, 'linked.json'));
    mkdirSync(join(folder, 'data'));
    const definition = join(root, 'lambdas/documents/api.ts');
    const commands = [
      ['dashboard', '--html', 'page.html', '--data', 'data'],
      ['access', 'review', '--definition', definition, '--reviewer', 'Ada', '--file', 'package.json'],
      ['access', 'review', '--definition', definition, '--reviewer', 'Ada', '--file', 'linked.json'],
      ['dev', '--assembly', await sampleAssembly(), '--data', 'data', '--ready-file', 'package.json'],
      ['dev', '--assembly', await sampleAssembly(), '--data', 'data', '--ready-file', 'linked.json'],
      ['identity', 'discover', 'https://login.example', '--out', 'linked.json'],
    ];
    for (const args of commands) {
      const { code, stderr } = await cli(args, folder);
      expect([args[0], code, stderr]).toEqual([args[0], 2, expect.stringMatching(/did not write|is a link/)]);
    }
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe(KEPT);
    expect(readFileSync(join(folder, 'page.html'), 'utf8')).toBe('<p>mine</p>');
  });

  it.runIf(process.getuid?.() !== 0)('say that this user has no right to write there', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    const { code, stderr } = await exported('prometheus', join(folder, 'out'));
    expect([code, errorOf(stderr).found]).toEqual([1, expect.stringContaining('has no right to write there')]);
  });
});
