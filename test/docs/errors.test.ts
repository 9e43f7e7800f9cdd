import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedDocs, stalePages } from '../../docs/generate.ts';
import { PROBLEMS, type Problem, problemType } from '../../lambdas/shared/problems.ts';
import { GATEWAY_REJECTIONS } from '../../lib/openapi/gatewayRejections.ts';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const all = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))];

/** The members of a literal union of the source. */
function union(file: string, name: string): readonly string[] {
  const declaration = new RegExp(`type ${name} =([^;]*);`).exec(read(file))?.[1] ?? '';
  return all(declaration, /'([^']+)'/g);
}

/** The sources of a folder, in one string. */
function sources(folder: string): string {
  const files = readdirSync(`${root}${folder}`).filter((name) => name.endsWith('.ts'));
  return files.map((name) => read(`${folder}/${name}`)).join('\n');
}

/** The codes of all problems, each with its statuses. */
function problems(): ReadonlyMap<string, readonly number[]> {
  const statuses = Object.entries<Problem>(PROBLEMS).map(([code, { status, gateway = {} }]) => {
    const all = [status, ...Object.values(gateway).map((cause) => cause.status)].filter((one) => one !== undefined);
    return [code, all.toSorted()] as const;
  });
  return new Map(statuses);
}

/** The codes that the local gateway adds to those of assemblies. */
function serveCodes(): readonly string[] {
  const parts = ['local/gateway', 'local/lambda', 'local/serve'].map(sources);
  return all(parts.join(''), /readonly code = '([a-z-]+)'/g);
}

/** The classes of the local gateway that have one code, with it. */
function classCodes(): readonly (readonly [name: string, code: string])[] {
  const text = ['local/gateway', 'local/lambda', 'local/serve'].map(sources).join('');
  const found = text.matchAll(/class (\w+) extends Error \{\n {2}readonly code = '([a-z-]+)'/g);
  return [...found].map(([, name = '', code = '']) => [name, code] as const);
}

/** The codes of `errors[]` in a problem document: those of validator keywords, of the runtime and of the gateway. */
function faultCodes(): readonly string[] {
  const runtime = sources('lambdas/runtime');
  return [
    ...all(runtime, /(?:=>|\?\?) \['([a-z-]+)', /g),
    ...all(runtime, /\bcode: '([a-z-]+)', message/g),
    ...all(sources('lib/openapi'), /"code":"([a-z-]+)"/g),
  ];
}

/** The members of the literal union that a property `code` declares inline. */
function codesIn(file: string): readonly string[] {
  const declared = /readonly code: ('[^;]*');/.exec(read(file))?.[1] ?? '';
  return all(declared, /'([a-z-]+)'/g);
}

const page = read('docs/errors.md');
const section = (heading: string) => page.split('\n## ').find((part) => part.startsWith(heading)) ?? '';
const headings = (text: string) => all(text, /^### ([a-z0-9-]+)$/gm);

describe('docs/errors.md explains exactly the codes that exist', () => {
  it.each([
    ['DefinitionError', union('lib/definition/fault.ts', 'FaultCode')],
    ['ConfigError', union('lib/definition/errors.ts', 'ConfigErrorCode')],
    ['HttpProblem', [...problems().keys()]],
    ['AssemblyError', [...union('local/assembly/error.ts', 'AssemblyErrorCode'), ...serveCodes()]],
    ['IssuerCallError', codesIn('local/services/issuer/issuerClient.ts')],
    ['UserError', codesIn('local/services/issuer/users.ts')],
  ])('%s', (heading, codes) => {
    expect(codes.length).toBeGreaterThan(2);
    expect(headings(section(heading)).filter((code) => !codes.includes(code))).toEqual([]);
    // A code of two families, such as option-invalid, is explained once.
    expect(codes.filter((code) => !page.includes(`### ${code}\n`))).toEqual([]);
  });

  it('by the class that has the code', () => {
    const classes = classCodes();
    expect(classes.map(([, code]) => code).toSorted()).toEqual([...serveCodes()].toSorted());
    const pages = generatedDocs();
    expect(classes.filter(([name, code]) => !pages[`errors/${code}.md`]?.includes(`**${name}**: `))).toEqual([]);
  });

  it('the statuses of each problem', () => {
    const documented = [...problems()].map(([code]) => {
      const text = section('HttpProblem').split(`### ${code}\n`)[1] ?? '';
      const [first = ''] = text.split(/[.:] |\.\n/);
      return [code, all(first, /\b([45]\d\d)\b/g).map(Number)] as const;
    });
    expect(new Map(documented)).toEqual(problems());
  });

  it('the codes of single faults of a request', () => {
    const codes = [...new Set(faultCodes())].sort();
    const rows = [...section('HttpProblem').matchAll(/^\| (`.*) \| [^|]+ \|$/gm)].map((match) => match[1] ?? '');
    expect(codes.length).toBeGreaterThan(15);
    expect(all(rows.join(), /`([a-z-]+)`/g).toSorted()).toEqual(codes);
  });

  it('the reasons of the authorizer', () => {
    const reasons = ['RejectReason', 'BindingReason', 'DenyReason', 'ErrorReason'].flatMap((name) =>
      union('lambdas/authorizer/reasons.ts', name),
    );
    const documented = all(section('Why a token was rejected'), /`([a-z]+(?:-[a-z]+)*)`/g);
    expect(reasons.length).toBeGreaterThan(20);
    expect(reasons.filter((reason) => !documented.includes(reason))).toEqual([]);
    const rejected = ['RejectReason', 'BindingReason'].flatMap((name) => union('lambdas/authorizer/reasons.ts', name));
    const listed = all(section('Why a token was rejected'), /^\| `([a-z-]+)`/gm);
    expect([...listed].sort()).toEqual([...rejected].sort());
  });
});

describe('the type of each problem is the URL of its page', () => {
  const pages = Object.keys(generatedDocs());

  it.each(Object.keys(PROBLEMS))('%s', (code) => {
    expect(pages).toContain(`errors/${code}.md`);
    expect(generatedDocs()[`errors/${code}.md`]).toContain(`"type": "${problemType(code)}"`);
  });

  it('no page exists for a code that does not exist', () => {
    expect(stalePages()).toEqual([]);
  });

  it('the gateway and the Lambda return a problem with the same title and status', () => {
    for (const { code, title, status } of GATEWAY_REJECTIONS) {
      const { title: ownTitle, status: ownStatus }: Problem = PROBLEMS[code];
      // A failed integration is an internal error, but its status is 502, as of a gateway.
      expect({ code, title, status }).toEqual({ code, title: ownTitle, status: status === 502 ? 502 : ownStatus });
    }
  });
});
