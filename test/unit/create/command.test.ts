import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, temporaryFolder } from '../../support/folders.ts';
import { cli } from '../../support/gateway.ts';

/** Both commands, each run in a new folder and without a terminal. */
const commands = [
  ['npm create secure-api', 'create/bin.js', []],
  ['secure-api init', 'bin/secure-api.js', ['init']],
] as const;

describe.each(commands)('%s', (_, bin, first) => {
  const run = (cwd: string, ...args: readonly string[]) => cli([...first, ...args], cwd, join(root, bin));

  it('takes the defaults without a terminal, and says what is next', async () => {
    const parent = temporaryFolder();
    const { code, stdout } = await run(parent, 'my notes');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Wrote the API my-notes: \d+ files in /);
    expect(stdout).toContain("Next:\n  cd 'my notes'\n  npm install\n  npm start\n");
    expect(readdirSync(join(parent, 'my notes'))).toContain('definition.ts');
  });

  it('prints JSON, in the current folder', async () => {
    const folder = temporaryFolder();
    const { stdout } = await run(folder, '--name', 'shop', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ folder, name: 'shop', added: [], next: ['npm install', 'npm start'] });
  });

  it('reports a wrong option with exit code 2, and writes nothing', async () => {
    const parent = temporaryFolder();
    const unknown = await run(parent, 'notes', '--nme', 'x');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/^error option-invalid .*--nme/)]);
    const missing = await run(parent, 'notes', '--identity', 'okta', '--json');
    expect(missing.code).toBe(2);
    expect(JSON.parse(missing.stderr)).toMatchObject({
      error: { code: 'option-missing', location: '--provider', fix: expect.any(String), message: expect.any(String) },
    });
    expect((await run(parent, 'notes', 'again')).code).toBe(2);
    expect(existsSync(join(parent, 'notes'))).toBe(false);
  });

  it('has help with its options and examples', async () => {
    const { code, stdout } = await run(temporaryFolder(), '--help');
    expect(code).toBe(0);
    for (const word of ['--zone-name', '--yes', 'Examples:', 'Exit codes:']) expect(stdout).toContain(word);
  });
});
