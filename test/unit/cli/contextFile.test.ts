import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeContextNumber } from '../../../lib/cli/contextFile.ts';
import { temporaryFolder } from '../../support/folders.ts';

const KEY = 'secure-api:accountRate';

/** What becomes of a file's text. */
function written(text: string, value = 2_500): string {
  const file = join(temporaryFolder(), 'cdk.context.json');
  writeFileSync(file, text);
  writeContextNumber(file, KEY, value);
  return readFileSync(file, 'utf8');
}

describe('a number in the context file', () => {
  it.each([
    ['an empty object', '{}', `{\n  "${KEY}": 2500\n}`],
    ['an empty object with Windows line ends', '{\r\n}\r\n', `{\r\n  "${KEY}": 2500\r\n}\r\n`],
    ['a member before', '{\n  "a": 1\n}\n', `{\n  "a": 1,\n  "${KEY}": 2500\n}\n`],
    ['an indent of tabs', '{\n\t"a": {"b": [1, 2]}\n}', `{\n\t"a": {"b": [1, 2]},\n\t"${KEY}": 2500\n}`],
    ['one line', '{"a":"}"}', `{"a":"}","${KEY}":2500}`.replace('":2500', '": 2500')],
    [
      'a value to replace',
      `{\n  "${KEY}": 10000,\n  "z": "ü\\u00e9"\n}\n`,
      `{\n  "${KEY}": 2500,\n  "z": "ü\\u00e9"\n}\n`,
    ],
    ['a string to replace', `{ "${KEY}" : "10000" }`, `{ "${KEY}" : 2500 }`],
    ['an object to replace', `{ "${KEY}": { "a": [1, {"b": 2}] }, "c": 1 }`, `{ "${KEY}": 2500, "c": 1 }`],
    ['the same key inside another', `{ "a": { "${KEY}": 1 } }`, `{ "a": { "${KEY}": 1 }, "${KEY}": 2500 }`],
    ['an escaped key', '{ "secure-api\\u003aaccountRate": 1 }', '{ "secure-api\\u003aaccountRate": 2500 }'],
    ['numbers beyond a double', '{ "a": 12345678901234567890.0 }', `{ "a": 12345678901234567890.0, "${KEY}": 2500 }`],
    ['a byte order mark', '\uFEFF{ "a": 1 }', `\uFEFF{ "a": 1, "${KEY}": 2500 }`],
    ['a repeated key: the last one counts', `{ "${KEY}": 1, "${KEY}": 2 }`, `{ "${KEY}": 1, "${KEY}": 2500 }`],
  ])('keeps all other text beside %s', (_, before, expected) => {
    expect(written(before)).toBe(expected);
  });

  it('parses to the old members and the new one, for every JSON object in every format', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom('', '  ', '\t'), (members, indent) => {
        const { ['__proto__']: _, ...before } = members;
        const text = JSON.stringify(before, null, indent);
        expect(JSON.parse(written(text))).toEqual({ ...JSON.parse(text), [KEY]: 2_500 });
      }),
      { numRuns: 60 },
    );
  });

  it('makes a file that is missing', () => {
    const file = join(temporaryFolder(), 'cdk.context.json');
    expect(writeContextNumber(file, KEY, 10_000)).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe(`{\n  "${KEY}": 10000\n}\n`);
  });

  it('leaves a file alone that has the number already', () => {
    const file = join(temporaryFolder(), 'cdk.context.json');
    writeFileSync(file, `{"${KEY}":10000}`);
    const { mtimeMs } = statSync(file);
    expect(writeContextNumber(file, KEY, 10_000)).toBe(false);
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
  });

  it('keeps the mode of the file, and a link a link', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'shared'));
    const file = join(folder, 'shared/context.json');
    writeFileSync(file, '{}');
    chmodSync(file, 0o640);
    symlinkSync(file, join(folder, 'cdk.context.json'));
    writeContextNumber(join(folder, 'cdk.context.json'), KEY, 1);
    expect(lstatSync(join(folder, 'cdk.context.json')).isSymbolicLink()).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ [KEY]: 1 });
  });

  it.each(['', '[]', '{ "a": }', '1', 'null', '{ "a": 1 } x'])(
    'is not written into what is no JSON object: %j',
    (text) => {
      const folder = temporaryFolder();
      const file = join(folder, 'cdk.context.json');
      writeFileSync(file, text);
      expect(() => writeContextNumber(file, KEY, 1)).toThrow(/file-unreadable/);
      expect(readFileSync(file, 'utf8')).toBe(text);
      expect(existsSync(`${file}.${process.pid}.tmp`)).toBe(false);
    },
  );
});
