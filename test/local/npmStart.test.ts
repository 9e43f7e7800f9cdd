import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { root, temporaryFolder } from '../support/folders.ts';
import { sampleAssembly } from '../support/sampleAssembly.ts';

/** Whether a process runs. */
const runs = (id: number) => {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
};

it.runIf(process.platform === 'linux').each<NodeJS.Signals>(['SIGKILL', 'SIGTERM'])(
  'the gateway of npm start ends with npm, by %s, and gives its data directory back',
  async (signal) => {
    const data = temporaryFolder();
    const options = ['--assembly', await sampleAssembly(), '--port', '0', '--data', data, '--json'];
    const npm = spawn('npm', ['start', '--', ...options], { cwd: root });
    let printed = '';
    npm.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    npm.stderr.on('data', (chunk) => {
      printed += chunk;
    });
    const pid = await vi.waitFor(() => Number(/^\{"url".*"pid":(\d+)/m.exec(printed)?.[1] ?? expect.fail(printed)), {
      timeout: 60_000,
    });
    npm.kill(signal);
    await vi.waitFor(() => expect(runs(pid)).toBe(false), { timeout: 20_000 });
    expect(existsSync(join(data, 'ready.json'))).toBe(false);
    expect(printed).toContain('npm has ended\nSIGTERM: finishing open requests\n');
  },
);
