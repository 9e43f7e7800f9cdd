import { describe, expect, it } from 'vitest';
import { definitionOf } from '../../support/accessCli.ts';
import { folderOf, writeFiles } from '../../support/folders.ts';
import { cli } from '../../support/gateway.ts';

const LIBRARY = new URL('../../../lib/', import.meta.url).href;
const faulty = definitionOf().replace("permission: 'note:read'", "permission: 'note:burn'");
const app = (body: string) => `import { ConfigError } from '${LIBRARY}definition/index.ts';\n${body}\n`;
const wrongProp = `throw new ConfigError({ code: 'option-invalid', location: 'context dpop', found: 'x', expected: 'optional', fix: 'Fix it.' });`;

/** A project with each kind of wrong file. */
function project(cdkApp = 'app.mjs'): string {
  const folder = folderOf({ 'file.txt': 'nothing', 'api.mjs': definitionOf() });
  writeFiles(folder, {
    'faulty.mjs': faulty,
    'syntax.mjs': 'export const = 1;',
    'crash.mjs': 'null.x;',
    'data.json': '{}',
    'cdk.json': JSON.stringify({ app: `node ${cdkApp}` }),
    'app.mjs': app(wrongProp),
    'definition.mjs': app("await import('./faulty.mjs');"),
    'required.cjs': "require('./faulty.mjs');",
    'broken.mjs': "throw new Error('no table');",
    'package.json': '{ "secure-api": { "definition": "api.mjs" } }',
  });
  return folder;
}

const LOCAL = ['--data', 'local'];
const cases: readonly [string, readonly string[], string, string?][] = [
  ['a command that does not exist', ['fly'], 'option-invalid'],
  ['an option that does not exist', ['dev', '--fast'], 'option-invalid'],
  ['an option without its value', ['dev', '--port'], 'option-invalid'],
  ['an option with a wrong value', ['dev', '--port', 'x'], 'option-invalid'],
  ['a group of commands alone', ['users'], 'option-invalid'],
  ['a missing argument', ['users', 'add'], 'option-invalid'],
  ['a wrong definition', ['openapi', '--definition', 'faulty.mjs'], 'definition-invalid'],
  ['a definition that is JSON', ['openapi', '--definition', 'package.json'], 'file-unreadable'],
  ['a definition that is text', ['openapi', '--definition', '/etc/passwd'], 'file-unreadable'],
  ['a definition that is a folder', ['access', 'matrix', '--definition', '.'], 'file-unreadable'],
  ['a definition with a fault of syntax', ['access', 'matrix', '--definition', 'syntax.mjs'], 'definition-unloadable'],
  ['a definition that throws', ['access', 'review', '--definition', 'crash.mjs'], 'definition-unloadable'],
  ['a user with an unknown role', ['users', 'add', 'ada', '--role', 'nope', ...LOCAL], 'option-invalid'],
  [
    'a user with an unknown tier',
    ['users', 'add', 'ada', '--role', 'reader', '--tier', 'x', ...LOCAL],
    'option-invalid',
  ],
  ['a data directory that is a file', ['dev', '--data', 'file.txt'], 'file-unreadable'],
  ['a data directory below a file', ['users', 'add', 'ada', '--data', 'file.txt/local'], 'file-unreadable'],
  ['users in a data directory that is a file', ['users', 'list', '--data', 'file.txt'], 'file-unreadable'],
  ['an app with a wrong prop', ['dev', ...LOCAL], 'option-invalid'],
  ['an app with a wrong definition', ['dev', ...LOCAL], 'definition-invalid', 'definition.mjs'],
  ['a CommonJS app with a wrong definition', ['dev', ...LOCAL], 'definition-invalid', 'required.cjs'],
];

describe('an error of the command line is one block, with exit code 2', () => {
  it.each(cases)('for %s', async (_, args, code, cdkApp) => {
    const folder = project(cdkApp);
    const [text, json] = [await cli(args, folder), await cli([...args, '--json'], folder)];
    expect([text.code, text.stdout, json.code, json.stdout]).toEqual([2, '', 2, '']);
    expect(text.stderr).not.toMatch(/\n\s+at |node:internal|Node\.js v|undefined|\[object/);
    expect(text.stderr).toMatch(/^(?:Synthesizing .*\n)?error /);
    expect(text.stderr.match(/^error/gm)).toHaveLength(1);

    const { error } = JSON.parse(json.stderr);
    expect(error.code).toBe(code);
    for (const fault of error.faults ?? [error]) {
      expect(fault).toEqual({
        ...fault,
        code: expect.any(String),
        location: expect.stringMatching(/./),
        found: expect.stringMatching(/./),
        expected: expect.stringMatching(/./),
        fix: expect.stringMatching(/./),
      });
    }
  });

  it.each([
    ['the app', ['dev', ...LOCAL], "throw new Error('no table, password=hunter2');"],
    ['a definition', ['openapi', '--definition', 'mine.mjs'], "throw new Error('no table, password=hunter2');"],
    ['a definition that throws a string', ['openapi', '--definition', 'mine.mjs'], "throw 'password=hunter2';"],
  ])('hides the secrets in an error of %s, in text and in JSON alike', async (_, args, source) => {
    const folder = project('mine.mjs');
    writeFiles(folder, { 'mine.mjs': source });
    for (const { stderr } of [await cli(args, folder), await cli([...args, '--json'], folder)]) {
      // Node.js prints what the app throws, before the command repeats it.
      const ours = stderr.slice(stderr.search(/^(?:\S*error |\{"error")/m));
      expect(ours).toMatch(/password=\[redacted\]/);
      expect(ours).not.toContain('hunter2');
    }
  });

  it.each([
    [['fyl'], 'unknown command'],
    [['devv'], 'Did you mean dev?'],
    [['dev', '--prot', '1'], 'Did you mean --port?'],
    [['users', 'ad'], 'Did you mean add?'],
    [['matrix'], 'Did you mean access matrix?'],
  ])('suggests what is meant, in text and in JSON alike: %s', async (args, expected) => {
    const [text, json] = [await cli(args), await cli([...args, '--json'])];
    expect(text.stderr).toContain(expected);
    const { error } = JSON.parse(json.stderr);
    if (!args.includes('fyl')) expect(error.fix).toContain(expected);
    expect(text.stderr).toBe(`error ${error.message}\n`);
  });

  it.each([
    [
      ['dev', '--port', '65536'],
      "option '--port <number>' argument '65536' is invalid",
      'a whole number from 0 to 65535',
    ],
    [['token', '--format', 'x'], "option '--format <format>' argument 'x' is invalid", 'one of jwt, hmac, opaque'],
  ])('says once what an option takes: %s', async (args, found, expected) => {
    const { error } = JSON.parse((await cli([...args, '--json'])).stderr);
    expect(error).toMatchObject({ found, expected });
  });

  it('starts an app as its own command does, so that a compiler such as ts-node can hook into require', async () => {
    const folder = project('-r ./compiler.cjs app.note');
    const compiler = "require.extensions['.note'] = (module) => { console.error('compiled'); process.exit(0); };";
    writeFiles(folder, { 'compiler.cjs': compiler, 'app.note': 'no JavaScript' });
    expect((await cli(['dev', ...LOCAL], folder)).stderr).toContain('compiled');
  });

  it('leaves an app alone that handles such an error, or ends well in spite of one in a process that it started', async () => {
    const child =
      "import { spawnSync } from 'node:child_process';\nspawnSync(process.execPath, ['app.mjs']);\nprocess.exit(0);";
    const handled = `process.on('uncaughtException', () => process.exit(0));\nthrow Object.assign(new Error('x'), { name: 'ConfigError', faults: [] });`;
    for (const source of [child, handled]) {
      const folder = project('mine.mjs');
      writeFiles(folder, { 'mine.mjs': source });
      const { stderr } = await cli(['dev', ...LOCAL], folder);
      expect(stderr).not.toContain('option-invalid at context');
      // There is no assembly, but the app is not to blame.
      expect(stderr).toMatch(/file-unreadable at cdk\.json: found an app .* that ended well/);
    }
  });

  it.each(['package.json', 'cdk.json', 'cdk.context.json'])(
    'names %s when it is no JSON, instead of starting the app',
    async (file) => {
      const folder = project();
      writeFiles(folder, { [file]: '{ "garb' });
      const { code, stderr } = await cli(['dev', ...LOCAL], folder);
      expect([code, stderr.split('\n').length - 1]).toEqual([2, 1]);
      expect(stderr).toContain(`error file-unreadable at ${file}: found no JSON object`);
    },
  );

  it('lists the roles for a user with an unknown one', async () => {
    const { stderr } = await cli(['users', 'add', 'ada', '--role', 'nope', ...LOCAL], project());
    expect(stderr).toContain('option-invalid at --role: found "nope"; expected one of reader, editor, admin.');
  });

  it('leaves an error that the app made itself to Node, with its stack and exit code 1', async () => {
    const { stderr, code } = await cli(['dev', ...LOCAL], project('broken.mjs'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/Error: no table\n\s+at /);
    expect(stderr).toMatch(/\nerror The CDK app failed: Error: no table \(broken\.mjs:1:7\)\n$/);
  });
});
