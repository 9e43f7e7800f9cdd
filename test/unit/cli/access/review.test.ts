import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { access, definitionOf, TODAY } from '../../../support/accessCli.ts';
import { folderOf, writeFiles } from '../../../support/folders.ts';

const API = ['--definition', 'api.mjs'];
const WIDER = { editor: ['note:write', 'note:delete'] };

describe('access review', () => {
  const imported = {
    head: "import review from './access-review.json' with { type: 'json' };",
    review: 'review',
  };
  const reviewed = async (definition = {}) => {
    const folder = folderOf({ 'api.mjs': definitionOf(definition) });
    const first = await access(['review', '--reviewer', 'Ada Lovelace', '--date', TODAY, ...API], {
      cwd: folder,
    });
    writeFiles(folder, { 'api.mjs': definitionOf({ ...definition, ...imported }) });
    return { folder, first, file: join(folder, 'access-review.json') };
  };

  it('records reviewer, day and content beside the definition, and says how to import it', async () => {
    const { first, file, folder } = await reviewed();
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining("with { type: 'json' }") });
    expect(first.stdout).toBe(`Recorded in access-review.json: Ada Lovelace reviewed notes on ${TODAY}.\n`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      reviewed: TODAY,
      reviewEveryDays: 90,
      reviewer: 'Ada Lovelace',
      contentHash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(statSync(file).mode & 0o777).toBe(0o644);
    const due = new Date(Date.parse(TODAY) + 90 * 86_400_000).toISOString().slice(0, 10);
    const held = await access(['review', '--strict', ...API], { cwd: folder });
    expect(held).toEqual({
      code: 0,
      stdout: `notes: reviewed ${TODAY} by Ada Lovelace, due ${due}. It holds.\n`,
      stderr: '',
    });
    // Recorded again, there is nothing to import.
    expect((await access(['review', '--reviewer', 'Bea', ...API], { cwd: folder })).stderr).toBe('');
  });

  it('warns when access has changed since the review, and fails with --strict', async () => {
    const { folder } = await reviewed();
    writeFiles(folder, { 'api.mjs': definitionOf({ ...imported, ...WIDER }) });
    const warned = await access(['review', ...API], { cwd: folder });
    expect(warned).toMatchObject({ code: 0, stdout: expect.stringContaining('It does not hold.') });
    expect(warned.stderr).toMatch(/^review-outdated at roles\.contentHash/);
    const strict = await access(['review', '--strict', '--json', ...API], { cwd: folder });
    expect(strict.code).toBe(1);
    expect(JSON.parse(strict.stdout)).toMatchObject({
      holds: false,
      reviewer: 'Ada Lovelace',
      faults: [{ code: 'review-outdated' }],
    });
  });

  it('warns when the review is overdue, also in a strict definition', async () => {
    for (const more of ['', 'strict: true,']) {
      const folder = folderOf({ 'api.mjs': definitionOf({ review: "{ reviewed: '2020-01-01' }", more }) });
      const warned = await access(['review', ...API], { cwd: folder });
      expect(warned).toMatchObject({ code: 0, stderr: expect.stringMatching(/^review-overdue/) });
      expect((await access(['review', '--strict', ...API], { cwd: folder })).code).toBe(1);
      expect((await access(['matrix', ...API], { cwd: folder })).code).toBe(0);
    }
  });

  it('lets a strict definition be reviewed again', async () => {
    const { folder } = await reviewed({ more: 'strict: true,' });
    const wider = definitionOf({ ...imported, ...WIDER, more: 'strict: true,' });
    writeFiles(folder, { 'api.mjs': wider });
    expect((await access(['review', '--strict', ...API], { cwd: folder })).code).toBe(1);
    expect((await access(['review', '--reviewer', 'Ada', ...API], { cwd: folder })).code).toBe(0);
    expect((await access(['review', '--strict', ...API], { cwd: folder })).code).toBe(0);
  });

  it('warns of a record that the definition does not import, and rejects a file that is not a record', async () => {
    const { folder, file } = await reviewed();
    writeFiles(folder, { 'api.mjs': definitionOf() });
    const unused = await access(['review', '--strict', ...API], { cwd: folder });
    expect(unused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^review-record-invalid at access-review\.json/),
    });
    writeFileSync(file, 'no record');
    expect(await access(['review', ...API], { cwd: folder })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('file-unreadable'),
    });
  });

  it('writes the record to the file that --file names', async () => {
    const folder = folderOf({ 'api.mjs': definitionOf() });
    mkdirSync(join(folder, 'audit'));
    const args = ['review', '--reviewer', 'Ada', '--file', 'audit/review.json', '--json', ...API];
    const { code, stdout } = await access(args, { cwd: folder });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ file: join(folder, 'audit/review.json'), reviewer: 'Ada' });
    expect(existsSync(join(folder, 'access-review.json'))).toBe(false);
  });
});
