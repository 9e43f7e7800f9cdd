/**
 * Loaded before the local gateway (`node --import`): at the signal SIGUSR2, its main thread writes a {@link Sample} into the file that
 * `BENCH_SAMPLE` names.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { sample } from './sample.ts';

const file = process.env['BENCH_SAMPLE'];
if (isMainThread && file !== undefined)
  process.on('SIGUSR2', async () => {
    writeFileSync(`${file}.part`, JSON.stringify(await sample()));
    renameSync(`${file}.part`, file);
  });
