import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_AGE_MS, PAUSE_MS, REFRESH_MS } from '../../lambdas/authorizer/keySet.ts';
import { compilerErrors } from '../support/compilerErrors.ts';
import { root } from '../support/folders.ts';

const page = readFileSync(join(root, 'docs/identity.md'), 'utf8');
const providers = readdirSync(join(root, 'docs/identity'));
const pages = providers.map((file) => readFileSync(join(root, 'docs/identity', file), 'utf8'));
const snippets = [...[page, ...pages].join('\n').matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');

describe('docs/identity.md', () => {
  it('shows TypeScript that compiles', async () => {
    expect(snippets.length).toBeGreaterThan(7);
    expect(await compilerErrors(Object.fromEntries(snippets.map((code, i) => [`snippet${i}.ts`, code])))).toBe('');
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
