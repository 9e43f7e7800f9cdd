import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MAX_AGE_MS, PAUSE_MS, REFRESH_MS } from '../../lambdas/authorizer/keySet.ts';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
const page = readFileSync(join(root, 'docs/identity.md'), 'utf8');
const providers = readdirSync(join(root, 'docs/identity'));
const pages = providers.map((file) => readFileSync(join(root, 'docs/identity', file), 'utf8'));
const snippets = [...[page, ...pages].join('\n').matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');

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

  it('shows the providers that people ask for, each on its page', () => {
    for (const provider of ['Okta', 'Auth0', 'Microsoft Entra ID', 'Keycloak', 'Google', 'Amazon Cognito'])
      expect(page).toMatch(new RegExp(`^\\| \\[${provider}\\]\\(identity/\\w+\\.md\\)`, 'm'));
    for (const heading of ['## What is verified', '## Typical faults', '```ts'])
      expect(pages.filter((one) => !one.includes(heading) && !one.includes('| part | verified |'))).toEqual([]);
  });

  it('names reasons that the authorizer logs', () => {
    const reasons = readFileSync(join(root, 'lambdas/authorizer/reasons.ts'), 'utf8');
    const named = pages.flatMap((one) =>
      [...one.matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) \|/gm)].map(([, names = '']) => names),
    );
    const listed = named.flatMap((names) => [...names.matchAll(/`([a-z]+-[a-z-]+)`/g)].map(([, name = '']) => name));
    expect(listed.length).toBeGreaterThan(20);
    for (const name of listed) expect(reasons).toContain(`'${name}'`);
  });

  it('states the times that the code keeps', () => {
    expect(page).toContain(`a key set is ${REFRESH_MS / 60_000} minutes old`);
    expect(page).toContain(`a withdrawn key stops working after ${MAX_AGE_MS / 60_000} minutes`);
    expect(page).toContain(`once in ${PAUSE_MS / 1000} seconds`);
  });
});
