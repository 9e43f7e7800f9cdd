import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { root, temporaryFolder, writeFiles } from '../../../support/folders.ts';

/** It writes `id` when it runs, and `ended` when it has seen the end of npm. It ends after a while in any case. */
const WATCHING = `import { writeFileSync } from 'node:fs';
import { whenNpmEnds } from '${root}/lib/cli/dev/npmParent.ts';
whenNpmEnds(() => { writeFileSync('ended', ''); process.exit(); });
writeFileSync('id', String(process.pid));
setTimeout(() => process.exit(), 15_000);
`;
const IN_BETWEEN = `import { spawn } from 'node:child_process';
spawn(process.execPath, ['watching.ts'], { stdio: 'ignore' });
setTimeout(() => process.exit(), 15_000);
`;

async function started(start: string): Promise<{ readonly npm: ChildProcess; readonly folder: string }> {
  const folder = temporaryFolder();
  const project = JSON.stringify({ name: 'p', type: 'module', scripts: { start } });
  writeFiles(folder, { 'package.json': project, 'watching.ts': WATCHING, 'between.ts': IN_BETWEEN });
  const npm = spawn('npm', ['start', '--', 'an option'], { cwd: folder, stdio: 'ignore' });
  const has = () => existsSync(join(folder, 'id')) && readFileSync(join(folder, 'id'), 'utf8') !== '';
  await vi.waitFor(() => expect(has()).toBe(true), { timeout: 20_000 });
  return { npm, folder };
}

const endProcess = (folder: string) => {
  try {
    process.kill(Number(readFileSync(join(folder, 'id'), 'utf8')), 'SIGKILL');
  } catch {
    // It has ended.
  }
};

// Other systems do not show the parent of a parent.
describe.runIf(process.platform === 'linux')('a process that npm runs as a script', () => {
  it.each<NodeJS.Signals>(['SIGKILL', 'SIGTERM'])('learns that npm has ended, by %s', async (signal) => {
    const { npm, folder } = await started('node watching.ts');
    npm.kill(signal);
    await vi.waitFor(() => expect(existsSync(join(folder, 'ended'))).toBe(true), { timeout: 10_000 });
  });

  it.each([
    ['in the background', 'node watching.ts & sleep 2'],
    ['without a terminal', 'nohup node watching.ts'],
    ['by another program', 'node between.ts'],
  ])('is left alone where the script starts it %s', async (_, script) => {
    const { npm, folder } = await started(script);
    npm.kill('SIGKILL');
    await sleep(2_500);
    expect(existsSync(join(folder, 'ended'))).toBe(false);
    endProcess(folder);
  });
});
