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

/** From the first second to the third, the process can read nothing of `/proc`, as where it has no free descriptor. */
const NO_DESCRIPTORS = `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { readFileSync } = fs;
const began = Date.now();
fs.readFileSync = (path, ...options) => {
  const seconds = (Date.now() - began) / 1_000;
  if (String(path).startsWith('/proc/') && seconds > 1 && seconds < 3) throw Object.assign(new Error(), { code: 'EMFILE' });
  return readFileSync(path, ...options);
};
syncBuiltinESMExports();
`;

async function started(
  start: string,
  shell = '/bin/sh',
): Promise<{ readonly npm: ChildProcess; readonly folder: string }> {
  const folder = temporaryFolder();
  const project = JSON.stringify({ name: 'p', type: 'module', scripts: { start } });
  writeFiles(folder, {
    'package.json': project,
    'watching.ts': WATCHING,
    'between.ts': IN_BETWEEN,
    'noDescriptors.mjs': NO_DESCRIPTORS,
  });
  const npm = spawn('npm', ['start', '--', 'an option'], {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, npm_config_script_shell: shell },
  });
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
  // bash runs the only command of a script in its own process, so npm passes SIGTERM on to it.
  it.each([
    ['SIGKILL', '/bin/sh'],
    ['SIGTERM', '/bin/sh'],
    ['SIGKILL', '/bin/bash'],
  ] as const)('learns that npm has ended, by %s, in the shell %s', async (signal, shell) => {
    const { npm, folder } = await started('node watching.ts', shell);
    npm.kill(signal);
    await vi.waitFor(() => expect(existsSync(join(folder, 'ended'))).toBe(true), { timeout: 10_000 });
  });

  it('does not take a shell that it cannot read for one that has ended', async () => {
    const { npm, folder } = await started(`node --import ./noDescriptors.mjs watching.ts`);
    await sleep(2_500);
    expect(existsSync(join(folder, 'ended'))).toBe(false);
    npm.kill('SIGKILL');
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
