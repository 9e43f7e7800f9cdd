import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../lambdas/shared/secretSearch.ts';
import { root } from '../../support/folders.ts';

describe('the first log entry of a function', () => {
  it('does not load the HTTP client of Node.js, which takes most of a cold start', () => {
    const program = `
      import { makeLogger } from ${JSON.stringify(join(root, 'lambdas/shared/telemetry.ts'))};
      makeLogger().info('request', { headers: { a: 'b' }, list: [1], map: new Map([['password', 'x']]) });
      console.log(process.moduleLoadList.filter((name) => name.includes('undici/undici')).length);
    `;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(output.trim().split('\n').at(-1)).toBe('0');
    expect(output).not.toContain('"x"');
  });

  it.each([
    ['headers', new Headers({ authorization: 'opaque', accept: 'text' })],
    ['a form', new URLSearchParams({ password: 'opaque', accept: 'text' })],
    [
      'a Map',
      new Map([
        ['password', 'opaque'],
        ['accept', 'text'],
      ]),
    ],
  ])('shows the entries of %s, without its secrets', (_, value) => {
    const shown = JSON.stringify(redact('seen', value), redact);
    expect(shown).toContain('"accept":"text"');
    expect(shown).not.toContain('opaque');
  });

  it.each([
    ['no entries', { [Symbol.toStringTag]: 'Headers' }],
    [
      'other entries',
      {
        [Symbol.toStringTag]: 'Map',
        *[Symbol.iterator]() {
          yield 1;
          yield null;
        },
      },
    ],
  ])('does not fail on an object that only looks like a list of headers, with %s', (_, value) => {
    expect(() => JSON.stringify(redact('seen', value), redact)).not.toThrow();
  });
});
