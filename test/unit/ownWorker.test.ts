import { describe, expect, it } from 'vitest';
import { needsOwnWorker } from '../support/ownWorker.ts';

describe('a test file', () => {
  it.each([
    "vi.mock(import('./a.ts'))",
    'vi.resetModules()',
    "process.env['A'] = 'b';",
    "  process.env.A ??= 'b';",
    'process.env = before;',
    "delete process.env['A'];",
    'Object.assign(process.env, more);',
  ])('with %s has its own worker', (source) => expect(needsOwnWorker(`it('a', () => {\n${source}\n});`)).toBe(true));

  it.each([
    "vi.stubEnv('A', 'b')",
    "vi.spyOn(console, 'log')",
    "if (process.env['A'] === 'b') run();",
    '({ ...process.env, A })',
  ])('with %s shares one', (source) => expect(needsOwnWorker(source)).toBe(false));
});
