import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sourceFiles } from '../architecture/sources.ts';
import { root } from '../support/folders.ts';
import { sampleAssembly } from '../support/sampleAssembly.ts';
import { at } from './support.ts';

const CONTRACT = join(root, 'lambdas/shared/wireContract.ts');

/** The variables whose name a file mentions where `pattern` matches; the first group is the name. */
function named(files: readonly string[], pattern: RegExp): readonly string[] {
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  return [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))];
}

const functionFiles = sourceFiles(join(root, 'lambdas')).filter((file) => file !== CONTRACT);
const declared = named([CONTRACT], /readonly (SECURE_API_\w+)\??:/g);
const read = named(functionFiles, /(?:\.|\[')(SECURE_API_\w+)/g);
const localNames = named(sourceFiles(join(root, 'local')), /'(SECURE_API_\w+)'/g);

describe('the environment variables of the functions', () => {
  let written: readonly string[];
  beforeAll(async () => {
    const text = readFileSync(join(await sampleAssembly(), 'Documents.template.json'), 'utf8');
    const resources = Object.values(at(JSON.parse(text), 'Resources') as object);
    const names = resources.flatMap((resource) =>
      Object.keys(Object(at(resource, 'Properties.Environment.Variables'))),
    );
    written = names.filter((name) => name.startsWith('SECURE_API_'));
  });

  it('are found in the contract, in the functions and in the sample', () => {
    expect(declared.length).toBeGreaterThanOrEqual(8);
    expect(written.length).toBeGreaterThanOrEqual(4);
  });

  it('are declared in the contract, if the sample writes them', () => {
    expect(written.filter((name) => !declared.includes(name))).toEqual([]);
  });

  it('are read by a function, each of them', () => {
    expect(declared.filter((name) => !read.includes(name))).toEqual([]);
  });

  it('are declared in the contract, if a function or the local gateway reads them', () => {
    expect([...read, ...localNames].filter((name) => !declared.includes(name))).toEqual([]);
  });
});

describe("the authorizer's context", () => {
  it('is named through the contract in every template of API Gateway', () => {
    const own = named([CONTRACT], /readonly ([a-z]\w+): string;/g);
    const literal = named(sourceFiles(join(root, 'lib')), /\$context\.authorizer\.(\w+)/g);
    expect(own).toContain('rejectionCode');
    expect(literal.filter((name) => own.includes(name))).toEqual([]);
  });
});
