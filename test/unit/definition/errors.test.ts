import { spawnSync } from 'node:child_process';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError, DefinitionError, type Fault } from '../../../lib/definition/index.ts';
import { folderOf } from '../../support/folders.ts';

const LIBRARY = new URL('../../../lib/definition/index.ts', import.meta.url).href;
const name: Fault = {
  code: 'name-invalid',
  location: 'name',
  found: '"Bad"',
  expected: 'lower case',
  fix: 'Rename the API.',
};
const tier: Fault = { ...name, code: 'tier-missing', location: 'tiers', fix: 'Add a tier.' };
const option = { ...name, code: 'option-invalid', location: 'throttle' } as const;

/** What is printed when a module throws. */
function uncaught(source: string, file = 'app.mjs'): string {
  const { stderr, status } = spawnSync(process.execPath, [file], {
    cwd: folderOf({ [file]: source }),
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  return stderr;
}

describe('the message', () => {
  it('of one fault has its code, location, what was found and expected, and the fix', () => {
    expect(new DefinitionError([name]).message).toBe(
      'The API definition has one fault:\n' +
        '  name-invalid at name: found "Bad"; expected lower case.\n    Rename the API.',
    );
    expect(new ConfigError(option).message).toBe(
      'option-invalid at throttle: found "Bad"; expected lower case. Rename the API.',
    );
  });

  it('of several faults numbers them', () => {
    expect(new DefinitionError([name, tier]).message).toBe(
      'The API definition has 2 faults:\n' +
        '  1. name-invalid at name: found "Bad"; expected lower case.\n    Rename the API.\n' +
        '  2. tier-missing at tiers: found "Bad"; expected lower case.\n    Add a tier.',
    );
    const error = new ConfigError(option, { ...option, location: 'waf' });
    expect(error.message).toMatch(
      /^The configuration has 2 faults:\n {2}1\. option-invalid at throttle: .*\n.*\n {2}2\. /,
    );
    expect(error.faults.map(({ location }) => location)).toEqual(['throttle', 'waf']);
  });
});

describe('an error that nobody catches', () => {
  const block = `ConfigError: ${new ConfigError(option).message}\n`;
  const thrown = `throw new ConfigError(${JSON.stringify(option)});`;
  const required = `const { ConfigError } = require(${JSON.stringify(LIBRARY.replace('file://', ''))});\n`;

  it.each([
    ['a CommonJS module', `${required}${thrown}`],
    ['a function of it', `${required}function mine() { ${thrown} }\nmine();`],
    ['a promise', `${required}(async () => { ${thrown} })();`],
    ['a timer', `${required}setTimeout(() => { ${thrown} }, 1);`],
  ])('prints its message once from %s, without the line that threw it', (_, source) => {
    expect(uncaught(source, 'app.cjs')).toBe(block);
  });

  it('is left to an app that handles it', () => {
    const source = `${required}process.on('uncaughtException', ({ code }) => { console.error(code); process.exit(1); });\n${thrown}`;
    expect(uncaught(source, 'app.cjs')).toBe('option-invalid\n');
  });

  it('leaves other errors to Node.js', () => {
    expect(
      uncaught(`${required}new ConfigError(${JSON.stringify(option)});\nthrow new Error('mine');`, 'app.cjs'),
    ).toMatch(/Error: mine\n\s+at /);
  });

  it('prints its message once, without a stack', () => {
    const definition = uncaught(`import { defineApi } from ${JSON.stringify(LIBRARY)};\ndefineApi({ nmae: 'a' });`);
    expect(definition).toMatch(/^DefinitionError: The API definition has \d faults:\n {2}1\. option-invalid at nmae: /);
    expect(definition).not.toMatch(/\n\s+at |faults: \[|file:/);
    expect(definition.split('option-invalid at nmae')).toHaveLength(2);

    const config = uncaught(
      `import { ConfigError } from ${JSON.stringify(LIBRARY)};\nthrow new ConfigError(${JSON.stringify(option)});`,
    );
    expect(config).toBe(block);
  });

  it('prints its message alone from a module that awaits, and in a console', () => {
    const source = `import { ConfigError } from ${JSON.stringify(LIBRARY)};\nawait 1;\n`;
    const printed = uncaught(`${source}throw new ConfigError(${JSON.stringify(option)});`);
    expect(printed).toBe(block);
    expect(inspect(new ConfigError(option))).toBe(`[${block.trim()}]`);
  });

  it('keeps what programs read', () => {
    expect(new DefinitionError([name, tier]).faults).toEqual([name, tier]);
    const { code, location, found, expected, fix } = new ConfigError(option);
    expect({ code, location, found, expected, fix }).toEqual(option);
  });
});
