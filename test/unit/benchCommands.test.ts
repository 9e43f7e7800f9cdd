import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/folders.ts';

const run = (file: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [join(root, 'bench', file), ...args], { encoding: 'utf8' });

it.each([
  ['run.ts', ['--only', 'nothing'], 'There is no measurement nothing.'],
  ['run.ts', ['--onyl', 'gateway'], "Unknown option '--onyl'"],
  ['flame.ts', ['nothing'], 'Usage: npm run bench:flame'],
  ['publish.ts', ['--row', 'x'], "Unknown option '--row'"],
  ['soak/run.ts', ['--requests', 'many'], 'Usage: npm run bench:soak'],
] as const)(
  'bench/%s ends with 2 for the wrong option %j, and says what is right',
  (file, args, message) => {
    const { status, stderr } = run(file, ...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: npm run bench');
  },
  120_000,
);

it.each(['run.ts', 'flame.ts', 'publish.ts', 'soak/run.ts'])(
  'bench/%s --help measures nothing',
  (file) => {
    const { status, stdout } = run(file, '--help');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: npm run bench/);
  },
  120_000,
);
