import { spawn } from 'node:child_process';
import { cpSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../test/support/folders.ts';
import type { StartedProject } from '../test/support/quickStart.ts';
import { getJson } from './getJson.ts';
import { median, type Row, row } from './row.ts';

const ROUNDS = 3;
const MAX_MS = 2_500;
const POLL_MS = 10;
const LIMIT_MS = 60_000;
const OWN_FOLDERS = /(node_modules|\.secure-api|cdk\.out)$/;

/** From the command `secure-api dev` to the first response, in a copy of a new project where the command ran once before. */
export async function benchDevStart({ folder }: StartedProject): Promise<Row> {
  const copy = temporaryFolder();
  try {
    cpSync(folder, copy, { recursive: true, filter: (path) => !OWN_FOLDERS.test(path) });
    symlinkSync(join(folder, 'node_modules'), join(copy, 'node_modules'));
    await firstResponse(copy);
    const took: number[] = [];
    for (let round = 0; round < ROUNDS; round++) took.push(await firstResponse(copy));
    return row('dev: warm start to the first response, against 2.5 s', 'ms', median(took), MAX_MS, 1);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

async function firstResponse(folder: string): Promise<number> {
  const readyFile = join(temporaryFolder(), 'ready.json');
  const command = join(folder, 'node_modules/.bin/secure-api');
  const started = performance.now();
  const dev = spawn(command, ['dev', '--port', '0', '--ready-file', readyFile], { cwd: folder, stdio: 'ignore' });
  try {
    while (dev.exitCode === null && performance.now() < started + LIMIT_MS) {
      const ready = readyOf(readyFile);
      if (ready === undefined) await sleep(POLL_MS);
      else if ((await getJson(ready, '/health')).status === 200) return performance.now() - started;
    }
    throw new Error(`secure-api dev does not respond; its exit code is ${dev.exitCode}`);
  } finally {
    const ended = dev.exitCode === null ? new Promise((done) => dev.once('exit', done)) : undefined;
    dev.kill('SIGTERM');
    await ended;
  }
}

function readyOf(file: string): { readonly url: string; readonly ca: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { readonly url: string; readonly ca: string };
  } catch {
    return undefined;
  }
}
