import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MAX_AGE_MS, PAUSE_MS, REFRESH_MS } from '../../lambdas/authorizer/keySet.ts';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
const page = readFileSync(join(root, 'docs/identity.md'), 'utf8');
const snippets = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');

describe('docs/identity.md', () => {
  it('shows TypeScript that compiles', async () => {
    expect(snippets.length).toBeGreaterThan(7);
    const folder = mkdtempSync(join(root, 'test/docs/.identity-'));
    try {
      snippets.forEach((code, i) => {
        writeFileSync(join(folder, `snippet${i}.ts`), code.replaceAll("'secure-api'", "'../../../lib/index.ts'"));
      });
      const config = { extends: '../../../tsconfig.json', include: ['*.ts'], exclude: [] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
      await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder]);
    } catch (error) {
      expect.fail((error as { stdout?: string }).stdout ?? String(error));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('shows the providers that people ask for', () => {
    for (const provider of ['Okta', 'Auth0', 'Entra ID', 'Keycloak', 'Cognito'])
      expect(page).toContain(`### ${provider}`);
  });

  it('states the times that the code keeps', () => {
    expect(page).toContain(`a key set is ${REFRESH_MS / 60_000} minutes old`);
    expect(page).toContain(`a withdrawn key stops working after ${MAX_AGE_MS / 60_000} minutes`);
    expect(page).toContain(`once in ${PAUSE_MS / 1000} seconds`);
  });
});
