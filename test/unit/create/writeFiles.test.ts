import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initProject } from '../../../create/initProject.ts';
import { openStaging, STAGING } from '../../../create/unfinished.ts';
import { writeFiles } from '../../../create/writeFiles.ts';
import { folderOf, root, temporaryFolder } from '../../support/folders.ts';
import { cli } from '../../support/gateway.ts';

const isRoot = process.getuid?.() === 0;
const unusable = (pattern: RegExp) =>
  expect.objectContaining({ code: 'project-folder-unusable', message: expect.stringMatching(pattern) });

describe('a project is written', () => {
  it('into a folder that does not exist, with its parents', async () => {
    const folder = join(temporaryFolder(), 'a b', 'notes');
    const { created } = await initProject(folder, {});
    expect(readdirSync(folder, { recursive: true }).map(String)).toEqual(expect.arrayContaining([...created]));
    expect(readdirSync(folder)).not.toContain(STAGING);
  });

  it('into a folder with nothing but a repository, and through a link', async () => {
    const folder = folderOf({ '.git/config': '' });
    const link = join(temporaryFolder(), 'notes');
    symlinkSync(folder, link);
    await initProject(link, {});
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['.git', '.gitignore', 'definition.ts']));
  });

  it('by a second run, after the first one was killed while it moved files', async () => {
    const folder = temporaryFolder();
    const { created } = await initProject(folder, { name: 'notes' });
    leaveHalf(folder, created);
    expect(existsSync(join(folder, 'definition.ts')) && !existsSync(join(folder, 'tsconfig.json'))).toBe(true);
    const second = await initProject(folder, { name: 'shop' });
    expect(readFileSync(join(folder, 'definition.ts'), 'utf8')).toContain("name: 'shop'");
    expect(readdirSync(folder)).not.toContain(STAGING);
    expect(second.created).toEqual(created);
  });
});

/** What a run leaves that is killed in the middle: its list of files, and the first half of them in place. */
function leaveHalf(folder: string, created: readonly string[]): void {
  openStaging(folder, Object.fromEntries(created.map((path) => [path, readFileSync(join(folder, path), 'utf8')])));
  for (const path of created.slice(created.indexOf('definition.ts') + 1)) rmSync(join(folder, path));
}

describe('while another run writes', () => {
  it('of two runs at once, one writes all its files, and the other one says why it does not', async () => {
    const parent = temporaryFolder();
    const run = (name: string) => cli(['notes', '--name', name, '--json'], parent, join(root, 'create/bin.js'));
    const results = await Promise.all([run('first'), run('second')]);
    expect(results.map(({ code }) => code).toSorted()).toEqual([0, 2]);
    const { name, created } = JSON.parse(results.find(({ code }) => code === 0)?.stdout ?? '');
    const folder = join(parent, 'notes');
    expect(readdirSync(folder, { recursive: true })).toEqual(expect.arrayContaining(created));
    expect(readdirSync(folder)).not.toContain(STAGING);
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toContain(`"name": "${name}"`);
    expect(readFileSync(join(folder, 'definition.ts'), 'utf8')).toContain(`name: '${name}'`);
  });

  it('its files stay, and those of a process that has ended are removed', async () => {
    const { pid: ended } = spawnSync('true');
    const journal = (pid: number) => ({
      'one.ts': 'one',
      [`${STAGING}/journal-${pid}.json`]: JSON.stringify({
        'one.ts': createHash('sha256').update('one').digest('hex'),
      }),
    });
    const taken = folderOf(journal(process.ppid));
    await expect(initProject(taken, {})).rejects.toEqual(unusable(/another run, which is writing here/));
    expect(() => openStaging(taken, {})).toThrow(/another run/);
    expect(readdirSync(taken)).toEqual([STAGING, 'one.ts']);
    const left = folderOf({ ...journal(ended), [`${STAGING}-${ended}/journal-${ended}.json`]: '{' });
    const { created } = await initProject(left, {});
    expect(readdirSync(left)).not.toContain('one.ts');
    expect(readdirSync(left, { recursive: true }).filter((path) => `${path}`.startsWith(STAGING))).toEqual([]);
    expect(created).toContain('definition.ts');
  });
});

describe('existing files', () => {
  it('keep their mode, and a link stays a link', () => {
    const folder = folderOf({ 'package.json': 'a', 'shared/ignored': 'b' });
    chmodSync(join(folder, 'package.json'), 0o600);
    chmodSync(join(folder, 'shared/ignored'), 0o444);
    symlinkSync('shared/ignored', join(folder, '.gitignore'));
    writeFiles(folder, folder, { created: {}, changed: { '.gitignore': 'c', 'package.json': 'd' } });
    expect(readlinkSync(join(folder, '.gitignore'))).toBe('shared/ignored');
    expect(readFileSync(join(folder, 'shared/ignored'), 'utf8')).toBe('c');
    const modes = ['package.json', 'shared/ignored'].map((path) => statSync(join(folder, path)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o444]);
  });
});

describe('nothing is written', () => {
  it('outside of the project, when the folder of the API is a link', () => {
    const outside = temporaryFolder();
    const folder = temporaryFolder();
    symlinkSync(outside, join(folder, 'api'));
    const writing = { created: { 'api/stack.ts': '' }, changed: {} };
    expect(() => writeFiles(folder, folder, writing)).toThrow(`at api: found a link to ${outside}`);
    rmdirSync(outside);
    expect(() => writeFiles(folder, folder, writing)).toThrow('at api: found a link to nothing');
    expect(readdirSync(folder)).toEqual(['api']);
  });

  it('below a file, or where no folder can be made', async () => {
    const folder = folderOf({ api: '' });
    const writing = { created: { 'api/stack.ts': '' }, changed: {} };
    expect(() => writeFiles(folder, folder, writing)).toThrow('at api: found a file');
    await expect(initProject(join(folder, 'n'.repeat(300)), {})).rejects.toEqual(unusable(/a name that is too long/));
    if (existsSync('/proc/self')) await expect(initProject('/proc/notes/a', {})).rejects.toEqual(unusable(/ENOENT/));
  });

  it('into a folder with files that is no CDK project', async () => {
    const folder = folderOf({ 'index.html': '', 'main.css': '' });
    await expect(initProject(folder, {})).rejects.toEqual(
      unusable(/2 files, among them index\.html, and no cdk\.json/),
    );
    expect(readdirSync(folder).toSorted()).toEqual(['index.html', 'main.css']);
  });

  it('for a wrong option', async () => {
    const folder = join(temporaryFolder(), 'notes');
    await expect(initProject(folder, { name: 'No' })).rejects.toMatchObject({ code: 'option-invalid' });
    expect(existsSync(folder)).toBe(false);
  });

  it('in place of a file, below a file, or through a link to nothing', async () => {
    const folder = folderOf({ file: '' });
    symlinkSync(join(folder, 'nowhere'), join(folder, 'link'));
    await expect(initProject(join(folder, 'file'), {})).rejects.toEqual(unusable(/found a file/));
    await expect(initProject(join(folder, 'link'), {})).rejects.toEqual(unusable(/a link to nothing/));
    await expect(initProject(join(folder, 'file/notes'), {})).rejects.toEqual(unusable(/ENOTDIR/));
  });

  it.skipIf(isRoot)('into a folder that cannot be written', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    await expect(initProject(join(folder, 'notes'), {})).rejects.toEqual(unusable(/EACCES/));
    await expect(initProject(folder, {})).rejects.toEqual(unusable(/EACCES/));
  });

  it('over files that somebody changed after a run that was killed', async () => {
    const folder = temporaryFolder();
    const { created } = await initProject(folder, {});
    leaveHalf(folder, created);
    writeFileSync(join(folder, 'app.ts'), 'changed');
    await expect(initProject(folder, {})).rejects.toEqual(unusable(/app\.ts, and no cdk\.json/));
    expect(readFileSync(join(folder, 'app.ts'), 'utf8')).toBe('changed');
  });

  it('outside of the folder, whatever a list of files says', async () => {
    const parent = folderOf({ 'kept.txt': 'kept', 'notes/.git': '' });
    openStaging(join(parent, 'notes'), { '../kept.txt': 'kept' });
    await initProject(join(parent, 'notes'), {});
    expect(existsSync(join(parent, 'kept.txt'))).toBe(true);
  });

  it('and nothing is left, when the last file cannot be moved', () => {
    const folder = folderOf({ 'taken/file': '', ignored: 'before' });
    const writing = { created: { 'a/b.ts': 'b', 'c.ts': 'c' }, changed: { ignored: 'after', taken: 'd' } };
    expect(() => writeFiles(folder, folder, writing)).toThrow(/EISDIR.*Nothing was written/);
    expect(readdirSync(folder)).toEqual(['ignored', 'taken']);
    expect(readFileSync(join(folder, 'ignored'), 'utf8')).toBe('before');
  });

  it('and nothing is left, when one of the files cannot be written', () => {
    const folder = folderOf({ taken: '' });
    const writing = { created: { 'a/b.ts': 'b', 'taken/c.ts': 'c' }, changed: {} };
    expect(() => writeFiles(folder, folder, writing)).toThrow(/Nothing was written/);
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});
