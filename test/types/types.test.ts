import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
const files = readdirSync(`${root}test/types/invalid`).map((name) => `test/types/invalid/${name}`);
const linesOf = (file: string) => readFileSync(`${root}${file}`, 'utf8').split('\n');

/** A line that must not compile: its name is the reason beside `@ts-expect-error`. */
interface InvalidCase {
  readonly name: string;
  /** Such as `test/types/invalid/definition.ts(10`, as the compiler starts its message. */
  readonly location: string;
}

const cases: readonly InvalidCase[] = files.flatMap((file) =>
  linesOf(file).flatMap((line, index) => {
    const reason = /@ts-expect-error ?(.*)/.exec(line)?.[1];
    return reason === undefined ? [] : [{ name: reason, location: `${file}(${index + 1}` }];
  }),
);
const UNUSED_DIRECTIVE = /^(.*\(\d+),\d+\): error TS2578:/;

describe('the types', () => {
  let messages: readonly string[] = [];

  beforeAll(async () => {
    const compiler = [
      `${root}node_modules/.bin/tsc`,
      ['-p', `${root}test/types`, '--checkers', '1'],
      { cwd: root },
    ] as const;
    const { stdout } = await run(...compiler).catch((error: { readonly stdout: string }) => error);
    messages = stdout.split('\n').filter((line) => line !== '');
  });

  it('accept the valid cases', () => {
    expect(messages.filter((line) => !UNUSED_DIRECTIVE.test(line))).toEqual([]);
  });

  it.each(cases)('reject $name ($location)', ({ name, location }) => {
    const compiled = messages.some((line) => UNUSED_DIRECTIVE.exec(line)?.[1] === location);
    expect(compiled, `"${name}" compiles and must not: ${location})`).toBe(false);
  });

  it.each(files)('each rejected line of %s gives its reason', (file) => {
    const lines = linesOf(file);
    const expected = lines.filter((line) => line.includes('@ts-expect-error'));
    expect(expected.length).toBeGreaterThan(5);
    expect(expected.filter((line) => !/@ts-expect-error .{10,}/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.includes('@ts-ignore') || line.includes('@ts-nocheck'))).toEqual([]);
  });
});
