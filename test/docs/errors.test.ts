import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedDocs, stalePages } from '../../docs/generate.ts';
import { PROBLEMS } from '../../lambdas/runtime/problem.ts';
import { REFUSALS } from '../../lib/openapi/refusals.ts';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const all = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))];

/** The members of a literal union of the source. */
function union(file: string, name: string): readonly string[] {
  const declaration = new RegExp(`type ${name} =([^;]*);`).exec(read(file))?.[1] ?? '';
  return all(declaration, /'([^']+)'/g);
}

/** Codes of the problems of runtime, gateway and web ACL. */
function problemCodes(): readonly string[] {
  const table = /const PROBLEMS = \{([\s\S]*?)\n\} as const/.exec(read('lambdas/runtime/problem.ts'))?.[1] ?? '';
  const edge = readdirSync(`${root}lib/construct/edge`).map((name) => read(`lib/construct/edge/${name}`));
  const others = [read('lib/openapi/refusals.ts'), ...edge].join('\n');
  return [...all(table, /^ {2}'?([a-z-]+)'?:/gm), ...all(others, /(?<![a-z])code: '([a-z-]+)'/g)];
}

/** Codes of the errors that the local gateway has beside those of assemblies. */
function serveCodes(): readonly string[] {
  const files = ['gateway', 'serve'].flatMap((room) =>
    readdirSync(`${root}local/${room}`).map((name) => `${room}/${name}`),
  );
  const sources = files.filter((name) => name.endsWith('.ts')).map((name) => read(`local/${name}`));
  return all(sources.join('\n'), /readonly code = '([a-z-]+)'/g);
}

const page = read('docs/errors.md');
const section = (heading: string) => page.split('\n## ').find((part) => part.startsWith(heading)) ?? '';
const headings = (text: string) => all(text, /^### ([a-z0-9-]+)$/gm);

describe('docs/errors.md explains exactly the codes that exist', () => {
  it.each([
    ['DefinitionError', union('lib/definition/errors.ts', 'FaultCode')],
    ['ConfigError', union('lib/definition/errors.ts', 'ConfigErrorCode')],
    ['HttpProblem', problemCodes()],
    ['AssemblyError', [...union('local/assembly/error.ts', 'AssemblyErrorCode'), ...serveCodes()]],
  ])('%s', (heading, codes) => {
    expect(codes.length).toBeGreaterThan(5);
    expect(headings(section(heading)).filter((code) => !codes.includes(code))).toEqual([]);
    // A code of two families, such as option-invalid, is explained once.
    expect(codes.filter((code) => !page.includes(`### ${code}\n`))).toEqual([]);
  });

  it('the reasons of the authorizer', () => {
    const reasons = ['RejectReason', 'DenyReason', 'ErrorReason'].flatMap((name) =>
      union('lambdas/authorizer/reasons.ts', name),
    );
    const told = all(section('Why a token was refused'), /`([a-z]+(?:-[a-z]+)*)`/g);
    expect(reasons.length).toBeGreaterThan(20);
    expect(reasons.filter((reason) => !told.includes(reason))).toEqual([]);
    const listed = all(section('Why a token was refused'), /^\| `([a-z-]+)`/gm);
    expect(listed.filter((reason) => !reasons.includes(reason))).toEqual([]);
  });
});

describe('a page stands where the type of a problem points', () => {
  const pages = Object.keys(generatedDocs());
  const codes = [...Object.keys(PROBLEMS), ...REFUSALS.map(({ problem }) => problem.code)];

  it.each([...new Set(codes)])('%s', (code) => {
    expect(pages).toContain(`errors/${code}.md`);
    expect(generatedDocs()[`errors/${code}.md`]).toContain(`"type": "https://secure-api.dev/errors/${code}"`);
  });

  it('and there is no page of a code that does not exist', () => {
    expect(stalePages()).toEqual([]);
  });

  it('and a problem means one title and status, whoever answers it', () => {
    for (const { problem } of REFUSALS) {
      const own = Object.entries(PROBLEMS).find(([code]) => code === problem.code)?.[1];
      // A failed integration is an internal error, told with the status of gateways.
      if (own !== undefined && problem.status !== 502) expect(problem).toMatchObject(own);
    }
  });
});
