import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
const invalid = readdirSync(`${root}test/types/invalid`).map((file) => `${root}test/types/invalid/${file}`);

describe('the types', () => {
  it('let the valid cases compile, and refuse each line of the invalid ones', async () => {
    const compiled = await run(`${root}node_modules/.bin/tsc`, ['-p', `${root}test/types`]).catch(
      (error: { readonly stdout: string }) => error,
    );
    expect(compiled.stdout).toBe('');
  });

  it.each(invalid)('each refused line of %s says why', (file) => {
    const lines = readFileSync(file, 'utf8').split('\n');
    const expected = lines.filter((line) => line.includes('@ts-expect-error'));
    expect(expected.length).toBeGreaterThan(5);
    expect(expected.filter((line) => !/@ts-expect-error .{10,}/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.includes('@ts-ignore') || line.includes('@ts-nocheck'))).toEqual([]);
  });
});
