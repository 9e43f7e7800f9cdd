import { EventEmitter } from 'node:events';
import type { watch } from 'node:fs';
import { mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Changes, type FileWatcher, fileWatcher } from '../../../../lib/cli/dev/fileWatcher.ts';
import { temporaryFolder } from '../../../support/folders.ts';

let folder = '';
let file = '';
let reports: Changes[] = [];
let reasons: string[] = [];
let watcher: FileWatcher;

beforeEach(async () => {
  folder = temporaryFolder();
  file = join(folder, 'a.ts');
  writeFileSync(file, '1');
  // What is written in the moment in which the work begins counts as changed.
  await sleep(40);
  reports = [];
  reasons = [];
});
afterEach(() => watcher.close());

function start(watchDirectory?: typeof watch): void {
  watcher = fileWatcher({
    changed: (changes) => void reports.push(changes),
    limited: (reason) => reasons.push(reason),
    list: (directory) => readdirSync(directory),
    ...(watchDirectory === undefined ? {} : { watchDirectory }),
  });
}

const one = (): Changes => ({ files: [file], hasOtherFiles: false });

it('reports a file once, however many times it is written in a moment', async () => {
  start();
  watcher.watch({ files: [file], directories: new Map() }, Date.now());
  for (const text of ['2', '3', '4']) writeFileSync(file, text);
  await expect.poll(() => reports).toEqual([one()]);
});

it('reports a file that an editor replaces by another one', async () => {
  start();
  watcher.watch({ files: [file], directories: new Map() }, Date.now());
  writeFileSync(join(folder, 'a.ts.new'), '2');
  renameSync(join(folder, 'a.ts.new'), file);
  await expect.poll(() => reports).toEqual([one()]);
});

it('reports no file that is only touched, and none that is not watched', async () => {
  start();
  watcher.watch({ files: [file], directories: new Map() }, Date.now());
  utimesSync(file, new Date(), new Date());
  writeFileSync(join(folder, 'other.ts'), 'x');
  await sleep(100);
  writeFileSync(file, '2');
  await expect.poll(() => reports).toEqual([one()]);
});

it('reports files that are added to a directory, and a file that is gone', async () => {
  start();
  watcher.watch({ files: [file], directories: new Map([[folder, ['a.ts']]]) }, Date.now());
  writeFileSync(join(folder, 'b.ts'), '');
  await expect.poll(() => reports).toEqual([{ files: [], hasOtherFiles: true }]);
  rmSync(file);
  await expect.poll(() => reports.at(-1)).toEqual({ files: [file], hasOtherFiles: true });
});

it('reports a file that is added after the files were listed, and before they are watched', async () => {
  start();
  const directories = new Map([[folder, readdirSync(folder)]]);
  writeFileSync(join(folder, 'b.ts'), '');
  watcher.watch({ files: [file], directories }, Date.now());
  await expect.poll(() => reports).toEqual([{ files: [], hasOtherFiles: true }]);
});

it('reports a file of a directory that is deleted and made again, as by a change of branches', async () => {
  const inner = join(folder, 'inner');
  const deep = join(inner, 'a.ts');
  mkdirSync(inner);
  writeFileSync(deep, '1');
  start();
  watcher.watch({ files: [file, deep], directories: new Map() }, Date.now());
  rmSync(inner, { recursive: true });
  await expect.poll(() => reports.length).toBe(1);
  mkdirSync(inner);
  writeFileSync(deep, '2');
  await expect.poll(() => reports.length).toBe(2);
  writeFileSync(deep, '3');
  await expect.poll(() => reports.length).toBe(3);
});

it('reports a file beside one that is written all the time', async () => {
  start();
  watcher.watch({ files: [file], directories: new Map() }, Date.now());
  const log = setInterval(() => writeFileSync(join(folder, 'x.log'), String(Math.random())), 10);
  writeFileSync(file, '2');
  await expect.poll(() => reports, { timeout: 5_000 }).toEqual([one()]);
  clearInterval(log);
});

it('reports a file that was saved after the work began, before it was watched', async () => {
  start();
  watcher.watch({ files: [file], directories: new Map() }, Date.now() - 10_000);
  await expect.poll(() => reports).toEqual([one()]);
});

it.each(['ENOSPC', 'EMFILE'])(
  'reads the files again and again when the system can watch no more (%s)',
  async (code) => {
    start((() => {
      throw Object.assign(new Error(`${code}: the limit is reached`), { code });
    }) as unknown as typeof watch);
    watcher.watch({ files: [file], directories: new Map([[folder, ['a.ts']]]) }, Date.now());
    expect(reasons).toEqual([`${code}: the limit is reached`]);
    writeFileSync(file, '2');
    await expect.poll(() => reports, { timeout: 5_000 }).toEqual([one()]);
  },
);

it('does so too when the limit shows only later', async () => {
  const emitter = Object.assign(new EventEmitter(), { close: () => {} });
  start((() => emitter) as unknown as typeof watch);
  watcher.watch({ files: [file], directories: new Map() }, Date.now());
  emitter.emit('error', Object.assign(new Error('limit'), { code: 'ENOSPC' }));
  writeFileSync(file, '2');
  await expect.poll(() => reports, { timeout: 5_000 }).toEqual([one()]);
  expect(reasons).toEqual(['limit']);
});
