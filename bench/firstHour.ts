import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { followQuickStart } from '../test/support/quickStart.ts';
import type { Registry } from '../test/support/registry.ts';
import { getJson } from './getJson.ts';
import { withRegistry } from './newProject.ts';
import { median, type Row, row } from './row.ts';
import { inTurns } from './turns.ts';

const run = promisify(execFile);
/** One of each, after one that is not counted: the target is several times what it takes. */
const ROUNDS = 1;
/** What a person waits for without leaving. */
const BUDGET_SECONDS = 60;

/**
 * From an empty folder to the first 200, by the commands of README, against `npm install` of the same dependencies alone. The
 * registry is on loopback, and npm has downloaded everything before: the network is not what is measured.
 */
export function benchFirstHour(): Promise<readonly Row[]> {
  return withRegistry(async (registry) => {
    const { manifest } = await firstResponse(registry);
    const { ours, peer } = await inTurns(
      ROUNDS,
      async () => (await firstResponse(registry)).seconds,
      () => installation(registry, manifest),
    );
    const name = 'first hour: an empty folder to the first 200';
    return [
      row(`${name}, against ${BUDGET_SECONDS} seconds`, 's', median(ours), BUDGET_SECONDS, 1),
      row(`${name}, against npm install alone`, 's', median(ours), median(peer), 3),
    ];
  });
}

/** Seconds until the API of a new project responds, and what the project installs. */
async function firstResponse(registry: Registry): Promise<{ readonly seconds: number; readonly manifest: string }> {
  const start = performance.now();
  const project = await followQuickStart(registry);
  try {
    const { status } = await getJson(project.ready, '/health');
    if (status !== 200) throw new Error(`The new project responds with ${status}:\n${project.output()}`);
    const seconds = (performance.now() - start) / 1000;
    return { seconds, manifest: readFileSync(join(project.folder, 'package.json'), 'utf8') };
  } finally {
    await project.stop();
  }
}

/** Seconds of `npm install` in a folder with nothing but the manifest. */
async function installation({ environment }: Registry, manifest: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-install-'));
  try {
    writeFileSync(join(folder, 'package.json'), manifest);
    const start = performance.now();
    await run('npm', ['install'], { cwd: folder, env: { ...environment } });
    return (performance.now() - start) / 1000;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
