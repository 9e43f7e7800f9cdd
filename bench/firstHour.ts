import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packInto } from '../examples/pack.ts';
import { followQuickStart, type StartedProject } from '../test/support/quickStart.ts';
import { type Registry, startRegistry } from '../test/support/registry.ts';
import { median, type Row, row } from './row.ts';
import { inTurns } from './turns.ts';

const run = promisify(execFile);
const ROUNDS = 3;
/** What a person waits for without leaving. */
const BUDGET_SECONDS = 60;

/**
 * From an empty folder to the first 200, by the commands of README, against `npm install` of the same dependencies alone. The
 * registry is on loopback, and npm has downloaded everything before: the network is not what is measured.
 */
export async function benchFirstHour(): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-first-hour-'));
  packInto(scratch);
  const registry = await startRegistry(scratch);
  try {
    const manifest = join(scratch, 'package.json');
    await firstResponse(registry, manifest);
    const { ours, peer } = await inTurns(
      ROUNDS,
      () => firstResponse(registry),
      () => installation(registry, manifest),
    );
    const name = 'first hour: an empty folder to the first 200';
    return [
      row(`${name}, against ${BUDGET_SECONDS} seconds`, 's', median(ours), BUDGET_SECONDS, 1),
      row(`${name}, against npm install alone`, 's', median(ours), median(peer)),
    ];
  } finally {
    registry.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Seconds until the API of a new project responds. Copies its manifest, for {@link installation}. */
async function firstResponse(registry: Registry, manifest?: string): Promise<number> {
  const start = performance.now();
  const project = await followQuickStart(registry);
  try {
    const status = await statusOf(project);
    if (status !== 200) throw new Error(`The new project responds with ${status}:\n${project.output()}`);
    const seconds = (performance.now() - start) / 1000;
    if (manifest !== undefined) copyFileSync(join(project.folder, 'package.json'), manifest);
    return seconds;
  } finally {
    await project.stop();
  }
}

function statusOf({ ready }: StartedProject): Promise<number | undefined> {
  const options = { ca: readFileSync(ready.ca), agent: false };
  return new Promise((resolve, reject) => {
    get(new URL('/health', ready.url), options, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}

/** Seconds of `npm install` in a folder with nothing but the manifest. */
async function installation({ environment }: Registry, manifest: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-install-'));
  try {
    copyFileSync(manifest, join(folder, 'package.json'));
    const start = performance.now();
    await run('npm', ['install'], { cwd: folder, env: { ...environment } });
    return (performance.now() - start) / 1000;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
