import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { access, commitAll, definitionOf } from '../../../support/accessCli.ts';
import { folderOf, writeFiles } from '../../../support/folders.ts';

const API = ['--definition', 'api.mjs'];
const WIDER = { editor: ['note:write', 'note:delete'] };

describe('access diff against a git ref', () => {
  it('exits 3 and names the role that gains when a change widens it', async () => {
    const folder = folderOf({ 'api.mjs': definitionOf() });
    commitAll(folder);
    writeFiles(folder, { 'api.mjs': definitionOf(WIDER) });
    const { code, stdout } = await access(['diff', 'main', ...API], { cwd: folder });
    expect(code).toBe(3);
    expect(stdout).toBe(`notes: access compared with main

Grants
  + editor gains the permission note:delete.
  + editor can now call drop (DELETE /notes).

Somebody gains access: have this change reviewed.
`);
  });

  it('exits 0 when it narrows or changes nothing', async () => {
    const folder = folderOf({ 'api.mjs': definitionOf(WIDER) });
    const git = commitAll(folder);
    const same = await access(['diff', 'HEAD', ...API], { cwd: folder });
    expect([same.code, same.stdout]).toEqual([0, expect.stringContaining('Nobody gains or loses access.')]);
    writeFiles(folder, { 'api.mjs': definitionOf() });
    git(['commit', '--all', '--quiet', '--message=second']);
    const { code, stdout } = await access(['diff', 'HEAD~1', ...API, '--json'], { cwd: folder });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      before: 'HEAD~1',
      after: 'definition',
      widens: false,
      changes: [
        { effect: 'narrows', sentence: 'editor loses the permission note:delete.', roles: ['editor'] },
        {
          effect: 'narrows',
          sentence: 'editor can no longer call drop (DELETE /notes).',
          route: 'drop',
          roles: ['editor'],
        },
      ],
    });
  });

  it('leaves checkout, index and worktrees as they are, runs no hook, and leaves no folder behind', async () => {
    const folder = folderOf({ 'api.mjs': definitionOf(), 'other.txt': 'before' });
    const git = commitAll(folder);
    writeFileSync(join(folder, '.git/hooks/post-checkout'), '#!/bin/sh\ntouch hooked\n', { mode: 0o755 });
    writeFiles(folder, { 'other.txt': 'staged', 'api.mjs': definitionOf(WIDER), 'new.txt': 'untracked' });
    git(['add', 'other.txt']);
    writeFiles(folder, { 'other.txt': 'changed again' });
    const stateOf = () => [
      git(['status', '--porcelain']),
      git(['worktree', 'list']),
      git(['ls-files', '--stage']),
      readdirSync(folder).sort(),
      readFileSync(join(folder, 'other.txt'), 'utf8'),
    ];
    const before = stateOf();
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('secure-api-ref-'));
    const others = left();
    // A hook of git names an index of its own.
    const env = { GIT_INDEX_FILE: join(folder, '.git/index-of-a-hook'), GIT_DIR: join(folder, '.git') };
    expect((await access(['diff', 'main', ...API], { cwd: folder, env })).code).toBe(3);
    expect(stateOf()).toEqual(before);
    expect(existsSync(join(folder, '.git/index-of-a-hook'))).toBe(false);
    expect(left().filter((name) => !others.includes(name))).toEqual([]);
  });

  it('finds the definition in a folder below, its helpers of that commit, and the installed packages', async () => {
    const using = (from: string) =>
      definitionOf({ head: `import { editor } from '${from}'; import 'installed';`, editor: ['x:y'] }).replace(
        '["x:y"]',
        'editor',
      );
    const folder = folderOf({
      'service/src/api.mjs': using('./editor.mjs'),
      'service/src/editor.mjs': "export const editor = ['note:write'];",
      'service/package.json': '{ "secure-api": { "definition": "src/api.mjs" } }',
      '.gitignore': 'node_modules\n',
      'service/node_modules/installed/package.json': '{ "name": "installed", "exports": "./index.mjs" }',
      'service/node_modules/installed/index.mjs': '',
    });
    commitAll(folder);
    writeFiles(folder, { 'service/src/editor.mjs': `export const editor = ${JSON.stringify(WIDER.editor)};` });
    const { code, stdout } = await access(['diff', 'main'], { cwd: join(folder, 'service') });
    expect([code, stdout]).toEqual([3, expect.stringContaining('editor gains the permission note:delete')]);
  });

  it('reports a definition that is not in the commit, and a missing repository', async () => {
    const folder = folderOf({ 'old.mjs': definitionOf() });
    commitAll(folder);
    writeFiles(folder, { 'api.mjs': definitionOf() });
    const missing = await access(['diff', 'main', ...API], { cwd: folder });
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringMatching(/git-ref-unknown.*no file api\.mjs in it/),
    ]);
    const none = await access(['diff', 'main', ...API], { cwd: folderOf({ 'api.mjs': definitionOf() }) });
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('neither a file nor a git repository')]);
  });

  it('compares strict definitions whose reviews are overdue, then and now', async () => {
    const overdue = { review: "{ reviewed: '2020-01-01' }", more: 'strict: true,' };
    const folder = folderOf({ 'api.mjs': definitionOf(overdue) });
    commitAll(folder);
    writeFiles(folder, { 'api.mjs': definitionOf({ ...overdue, ...WIDER }) });
    const { code, stdout } = await access(['diff', 'main', ...API], { cwd: folder });
    expect([code, stdout]).toEqual([3, expect.stringContaining('editor gains')]);
  });
});
