import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compilerErrors } from '../support/compilerErrors.ts';
import { root } from '../support/folders.ts';
import { cli } from '../support/gateway.ts';

const page = readFileSync(join(root, 'docs/access.md'), 'utf8');
const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');

describe('docs/access.md', () => {
  it('shows TypeScript that compiles', async () => {
    const [definition = '', handler = ''] = blocks;
    expect(await compilerErrors({ 'notes.ts': definition, 'saveNote.ts': handler })).toBe('');
  });

  it('names commands and options that exist', async () => {
    const named = [...page.matchAll(/secure-api access ([a-z-]+)([^`\n#|]*)/g)];
    expect(named.length).toBeGreaterThan(8);
    for (const name of new Set(named.map(([, command]) => command ?? ''))) {
      const { stdout } = await cli(['access', name, '--help']);
      const options = named
        .filter(([, command]) => command === name)
        .flatMap(([, , rest = '']) => rest.match(/--[a-z]+/g) ?? []);
      for (const option of options) expect(stdout).toContain(option);
    }
  });
});
