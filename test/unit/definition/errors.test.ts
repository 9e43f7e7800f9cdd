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

/** What Node prints when a module throws, without its version. */
function uncaught(source: string): string {
  const folder = folderOf({ 'app.mjs': source });
  const { stderr, status } = spawnSync(process.execPath, ['app.mjs'], { cwd: folder, encoding: 'utf8' });
  expect(status).toBe(1);
  return stderr.replace(/\n\nNode\.js v[\d.]+\n$/, '');
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
  it('prints its message once, without a stack', () => {
    const definition = uncaught(`import { defineApi } from ${JSON.stringify(LIBRARY)};\ndefineApi({ nmae: 'a' });`);
    expect(definition).toMatch(
      /^\[DefinitionError: The API definition has \d faults:\n {2}1\. option-invalid at nmae: /,
    );
    expect(definition).not.toMatch(/\n\s+at |faults: \[|file:/);
    expect(definition.split('option-invalid at nmae')).toHaveLength(2);

    const config = uncaught(
      `import { ConfigError } from ${JSON.stringify(LIBRARY)};\nthrow new ConfigError(${JSON.stringify(option)});`,
    );
    expect(config).toBe(`[ConfigError: ${new ConfigError(option).message}]`);
  });

  it('prints its message alone from a module that awaits, and in a console', () => {
    const source = `import { ConfigError } from ${JSON.stringify(LIBRARY)};\nawait 1;\n`;
    const printed = uncaught(`${source}throw new ConfigError(${JSON.stringify(option)});`);
    expect(printed).toBe(`[ConfigError: ${new ConfigError(option).message}]`);
    expect(inspect(new ConfigError(option))).toBe(printed);
  });

  it('keeps what programs read', () => {
    expect(new DefinitionError([name, tier]).faults).toEqual([name, tier]);
    const { code, location, found, expected, fix } = new ConfigError(option);
    expect({ code, location, found, expected, fix }).toEqual(option);
  });
});
