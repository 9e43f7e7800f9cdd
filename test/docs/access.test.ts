import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { root } from '../support/folders.ts';
import { cli } from '../support/gateway.ts';

const run = promisify(execFile);
const page = readFileSync(join(root, 'docs/access.md'), 'utf8');
const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');

describe('docs/access.md', () => {
  it('shows TypeScript that compiles', async () => {
    const folder = mkdtempSync(join(root, 'test/docs/.access-'));
    const inRepo = (code: string) =>
      code
        .replaceAll("'secure-api/runtime'", "'../../../lambdas/runtime/index.ts'")
        .replaceAll("'secure-api'", "'../../../lib/index.ts'");
    const [definition = '', handler = ''] = blocks;
    try {
      writeFileSync(join(folder, 'notes.ts'), inRepo(definition));
      writeFileSync(join(folder, 'saveNote.ts'), inRepo(handler));
      const config = { extends: '../../../tsconfig.json', include: ['*.ts'], exclude: [] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
      const compiled = await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder]).catch(
        (error: { readonly stdout: string }) => error,
      );
      expect(compiled.stdout).toBe('');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
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
