import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { wasWrittenSince } from '../../../../lib/bundle/keptBuilds.ts';
import { untilWritten } from '../../../../lib/cli/dev/settled.ts';
import { temporaryFolder } from '../../../support/folders.ts';

/** Reads a file, slowly, as a build does. */
const build = (file: string) => async () => {
  const text = readFileSync(file, 'utf8');
  await sleep(60);
  if (text === '') throw new Error('empty');
  return text;
};

it('reports no fault of a file that was half written when it was read', async () => {
  const file = join(temporaryFolder(), 'handler.ts');
  writeFileSync(file, '');
  await sleep(5);
  const built = untilWritten(build(file), () => [file]);
  // The clock of a file system can be ten milliseconds behind.
  await sleep(30);
  writeFileSync(file, 'whole');
  expect(await built).toBe('whole');
});

it('reports the fault of a file that nobody writes', async () => {
  const file = join(temporaryFolder(), 'handler.ts');
  writeFileSync(file, '');
  await sleep(5);
  await expect(untilWritten(build(file), () => [file, join(file, 'missing')])).rejects.toThrow('empty');
});

it('looks at the files that the failed build loaded, too', async () => {
  const file = join(temporaryFolder(), 'handler.ts');
  writeFileSync(file, '');
  await sleep(5);
  const loaded: string[] = [];
  const loads = async () => {
    loaded.push(file);
    return build(file)();
  };
  const built = untilWritten(loads, () => loaded);
  // The clock of a file system can be ten milliseconds behind.
  await sleep(30);
  writeFileSync(file, 'whole');
  expect(await built).toBe('whole');
});

it('counts a file as written since a time that the clock of its file system has not reached yet', () => {
  const file = join(temporaryFolder(), 'handler.ts');
  writeFileSync(file, '');
  const { mtimeMs } = statSync(file);
  const times = [-10, 0, 10, 40].map((ms) => wasWrittenSince(file, mtimeMs + ms));
  expect(times).toEqual([true, true, true, false]);
});
