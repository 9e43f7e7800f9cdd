import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLanguageServer } from '../support/languageServer.ts';

const file = new URL('completed.ts', import.meta.url).pathname;
/** What a person has typed so far; `¦` is the cursor of a case. */
const typed = `
import { handlersOf } from '../../lambdas/runtime/index.ts';
import { defineApi, get } from '../../lib/definition/index.ts';
import type { SecureApi } from '../../lib/construct/index.ts';
import { notes, roles, tiers } from './api.ts';
export const api = defineApi({
  name: 'notes', version: '1.0.0', roles, tiers, defaultRole: '¦', scopes: { 'notes.read': 'Read notes' },
  routes: {
    health: get('/health', { public: 'liveness probe', responses: { 204: { description: 'Up' } } }),
    list: get('/notes', {
      permission: '¦',
      scopes: ['¦'],
      limits: { ¦ },
      responses: { 204: { description: 'None' } },
    }),
  },
});
export const handler = handlersOf<typeof notes>()('¦', async () => ({ status: 204 }));
declare const secureApi: SecureApi<typeof notes>;
secureApi.handler('¦');
`;
const ROUTES = Object.keys((await import('./api.ts')).notes.routes);
const CASES: readonly (readonly [what: string, names: readonly string[]])[] = [
  ['the default role', ['auditor', 'reader', 'writer']],
  ['the permission of a route', ['note:read', 'note:write']],
  ['the scopes of a route', ['notes.read']],
  ['the tiers of its limits', ['free?']],
  ['the route of a handler', ROUTES],
  ['the route of a function', ROUTES],
];

describe('an editor', () => {
  const server = startLanguageServer();
  const parts = typed.split('¦');
  beforeAll(() => server.open(file, parts.join('')));
  afterAll(() => {
    server.stop();
  });

  it.each(CASES)('completes %s', async (what, names) => {
    const index = CASES.findIndex(([each]) => each === what);
    const before = parts
      .slice(0, index + 1)
      .join('')
      .split('\n');
    const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    const labels = await server.complete(file, position);
    expect(labels.filter((label) => label.trim() !== '').sort()).toEqual([...names].sort());
  });
});
