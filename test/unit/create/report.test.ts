import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initProject } from '../../../create/initProject.ts';
import { jsonOf, reportOf } from '../../../create/report.ts';
import { shellWord } from '../../../create/shellWord.ts';
import { isOldNode } from '../../../create/versions.ts';
import { folderOf, temporaryFolder } from '../../support/folders.ts';

/** Colors of a terminal, its title in one byte, and a change of direction. */
const HOSTILE = 'a\u001b[31m\u009d\u202eb';
const ESCAPED = 'a\\u001b[31m\\u009d\\u202eb';

describe('what is printed has no character that a terminal obeys', () => {
  it('in the report, and as JSON that says the same', async () => {
    const result = await initProject(join(temporaryFolder(), HOSTILE), {});
    expect(reportOf(result)).toContain(ESCAPED);
    expect(jsonOf(result)).toContain(ESCAPED);
    expect(reportOf(result) + jsonOf(result)).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect(JSON.parse(jsonOf(result))).toEqual(result);
  });

  it.each([
    ['a file', () => initProject(folderOf({ [HOSTILE]: '' }), {})],
    ['a folder', () => initProject(join(folderOf({ [HOSTILE]: '' }), HOSTILE), {})],
    ['a name', () => initProject(temporaryFolder(), { name: HOSTILE })],
  ])('in an error about %s', async (_, run) => {
    const { message } = await run().then(
      () => expect.unreachable(),
      (error: Error) => error,
    );
    expect(message).toContain(ESCAPED);
    expect(message).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });
});

describe('the folder', () => {
  it.each([
    ['notes', 'notes'],
    ['-dash', './-dash'],
    ['=ls', "'=ls'"],
    ["it's; $(here)", "'it'\\''s; $(here)'"],
    ["'\\\u202e", "$'\\'\\\\\\u202e'"],
  ])('%j is a word that a shell takes', (path, word) => {
    expect(shellWord(path)).toBe(word);
  });

  it.each([
    ['', /at the folder: found ""/],
    ['con', /the name con/],
    ['NUL.txt', /the name NUL\.txt/],
  ])('%j is an error, and nothing is written', async (name, message) => {
    const parent = temporaryFolder();
    await expect(initProject(name && join(parent, name), {})).rejects.toThrow(message);
    expect(readdirSync(parent)).toEqual([]);
  });
});

it('Node.js before 24.5 is too old', () => {
  expect(['20.20.2', '24.4.1', '24.5.0', '24.10.0', '26.0.0'].map(isOldNode)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
