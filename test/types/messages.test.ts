import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
const MAX_LINES = 5;
const DIRECTIVE = /^\s*\/\/ @ts-expect-error (.*)$/;
const source = readFileSync(`${root}test/types/invalid/names.ts`, 'utf8').split('\n');
/** The mistakes by the number of their line, each with what the compiler has to say. */
const mistakes = source.flatMap((line, index) => {
  const expected = DIRECTIVE.exec(line)?.[1];
  return expected === undefined ? [] : [{ expected, line: index + 2 }];
});

/** What the compiler prints, by the line of the mistake. The last line of each message is the innermost reason. */
async function messagesOf(folder: string): Promise<ReadonlyMap<number, readonly string[]>> {
  const code = source
    .map((line) => (DIRECTIVE.test(line) ? '//' : line))
    .join('\n')
    .replaceAll("'../../../", `'${root}`)
    .replaceAll("'../api.ts'", `'${root}test/types/api.ts'`);
  writeFileSync(join(folder, 'names.ts'), code);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  const options = { rewriteRelativeImportExtensions: false, typeRoots: [`${root}node_modules/@types`] };
  const config = { extends: `${root}tsconfig.json`, compilerOptions: options, include: ['names.ts'], exclude: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const compiler = [
    `${root}node_modules/.bin/tsc`,
    ['-p', folder, '--pretty', 'false', '--checkers', '1'],
    { cwd: folder },
  ] as const;
  const { stdout } = await run(...compiler).catch((error: { readonly stdout: string }) => error);
  const messages = new Map<number, string[]>();
  let current: string[] = [];
  for (const line of stdout.split('\n').filter((text) => text !== '')) {
    const at = /^names\.ts\((\d+),\d+\): error/.exec(line)?.[1];
    if (at !== undefined) current = messages.get(Number(at)) ?? [];
    current.push(line);
    if (at !== undefined) messages.set(Number(at), current);
  }
  return messages;
}

describe('the compiler', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secure-api-messages-'));
  let messages: ReadonlyMap<number, readonly string[]> = new Map();
  beforeAll(async () => {
    messages = await messagesOf(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(mistakes)('says in five lines at most: $expected', ({ expected, line }) => {
    const message = messages.get(line) ?? [];
    expect(message.join('\n')).toContain(expected);
    expect(message.length).toBeLessThanOrEqual(MAX_LINES);
  });

  it('reports nothing else', () => {
    expect([...messages.keys()]).toEqual(mistakes.map(({ line }) => line));
  });
});
