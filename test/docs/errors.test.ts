import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');

/** The members of a literal union of the source. */
function union(file: string, name: string): readonly string[] {
  const declaration = new RegExp(`type ${name} =([^;]*);`).exec(read(file))?.[1] ?? '';
  return [...declaration.matchAll(/'([^']+)'/g)].map((match) => match[1] ?? '');
}

const page = read('docs/errors.md');
const section = (heading: string) => page.split('\n## ').find((part) => part.startsWith(heading)) ?? '';
const headings = (text: string) => [...text.matchAll(/^### ([a-z0-9-]+)$/gm)].map((match) => match[1] ?? '').sort();

describe('docs/errors.md explains exactly the codes that exist', () => {
  it.each([
    ['DefinitionError', 'lib/definition/errors.ts', 'FaultCode'],
    ['ConfigError', 'lib/definition/errors.ts', 'ConfigErrorCode'],
  ])('%s', (heading, file, name) => {
    const codes = union(file, name);
    expect(codes.length).toBeGreaterThan(5);
    expect(headings(section(heading)).filter((code) => !codes.includes(code))).toEqual([]);
    expect(codes.filter((code) => !page.includes(`### ${code}\n`))).toEqual([]);
  });
});
