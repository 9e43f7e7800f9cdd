import { describe, expect, it, vi } from 'vitest';
import { cacheProject, waitAMoment } from './cacheProject.ts';
import { counted } from './countedBuilds.ts';

vi.mock('esbuild', async (load) => (await import('./countedBuilds.ts')).countingBuilds(await load()));
const project = cacheProject();
const { write } = project;

/** Bundles the handler, and says how many builds that takes. */
function bundled() {
  counted.builds = 0;
  return { code: project.bundled('main.ts'), calls: counted.builds };
}

/** Ways to import whatever fits, which esbuild bundles. */
const COMPUTED = [
  "import('./data/' + name + '.ts')",
  "import /* one of many */ ('./data/' + name + '.ts')",
  "require('./data/' + name + '.ts')",
  "require!('./data/' + name + '.ts')",
  "(require as any)('./data/' + name + '.ts')",
  "require<any>('./data/' + name + '.ts')",
];

describe('a second build', () => {
  it.each(COMPUTED)('bundles again what an import takes from another file that fits: %s', (written) => {
    write('data/first.ts', "export const text = 'first';\n");
    write('text.ts', `declare const require: any;\nexport const text = (name: string) => ${written};\n`);
    expect(bundled().code).toContain('first');
    write('data/second.ts', "export const text = 'second';\n");
    expect(bundled()).toMatchObject({ calls: 1, code: expect.stringContaining('second') });
  });

  it.each([
    ['a comment', '// It may import (RFC 6797), or /* require (x) */ nothing.'],
    ['a comment of a license', '/*! It may require (whatever it likes). */'],
  ])('takes the bundles of the first where %s has the words of a computed import', (_, comment) => {
    write('text.ts', `${comment}\nexport const text = 'first';\n`);
    waitAMoment();
    bundled();
    expect(bundled()).toMatchObject({ calls: 0, code: expect.stringContaining('first') });
  });
});
