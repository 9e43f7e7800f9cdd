import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { access, definitionOf } from '../../../support/accessCli.ts';
import { folderOf, root } from '../../../support/folders.ts';
import { type LoadResult, loadAll } from '../../../support/loadDefinitions.ts';

const run = promisify(execFile);
const MODULE = '{ "type": "module" }';
const START = "import { make } from './make';\n";

interface Expected {
  readonly code?: string;
  readonly location: string;
  readonly found: string | RegExp;
  readonly fix: string | RegExp;
}

/** By what is wrong: the files, and the fault. */
const cases: Readonly<Record<string, readonly [Readonly<Record<string, string>>, Expected]>> = {
  'a fault of syntax': [
    { 'api.ts': `${START}export const = make('ok');` },
    { location: 'api.ts:2:14', found: 'Expected identifier but found "="', fix: /line/ },
  ],
  'a fault of syntax in the first line of a file that uses its own path': [
    { 'api.ts': 'const = import.meta.url;' },
    { location: 'api.ts:1:7', found: 'Expected identifier but found "="', fix: /line/ },
  ],
  'an import of a file that does not exist': [
    {
      'api.ts': "import './parts/list';",
      'parts/list.ts': "import '../text.mjs';",
      'text.tsx': '',
    },
    {
      location: 'parts/list.ts:1:8',
      found: 'an import of "../text.mjs", which does not exist',
      fix: /^Did you mean "\.\.\/text\.tsx"\?/,
    },
  ],
  'two wrong imports': [
    { 'api.ts': "import './mkae';\nimport './text';" },
    { location: 'api.ts:1:8', found: /mkae/, fix: /make/ },
  ],
  'a mistyped import': [
    { 'api.ts': "import { make } from './mkae'; make();" },
    { location: 'api.ts:1:22', found: /"\.\/mkae"/, fix: /^Did you mean "\.\/make"\?/ },
  ],
  'a package that is not installed': [
    { 'api.ts': "import { z } from '@scope/zed/mini'; z();" },
    { location: 'api.ts:1:19', found: /"@scope\/zed\/mini"/, fix: /npm install @scope\/zed\b.*"paths"/ },
  ],
  'a package that does not export a path': [
    {
      'node_modules/closed/package.json': '{ "exports": { ".": "./index.js" } }',
      'node_modules/closed/index.js': '',
      'api.ts': "import 'closed/inner';",
    },
    { location: 'api.ts:1:8', found: /"closed\/inner"/, fix: /not exported by package "closed"/ },
  ],
  'an alias that tsconfig.json does not have': [
    { 'api.ts': "import text from '@/text'; text();" },
    { location: 'api.ts:1:18', found: /"@\/text"/, fix: /"paths" of the tsconfig\.json/ },
  ],
  'an import that package.json does not have': [
    { 'package.json': '{ "type": "module", "imports": {} }', 'api.ts': "import text from '#text'; text();" },
    { location: 'api.ts:1:18', found: /"#text"/, fix: /"imports" of package\.json/ },
  ],
  'a file of another kind': [
    { 'api.ts': "import './schema.graphql';", 'schema.graphql': 'type A' },
    { location: 'api.ts:1:8', found: /No loader is configured for "\.graphql" files/, fix: /./ },
  ],
  'an exception in a file that it imports': [
    {
      'api.ts': "import './parts/table';",
      'parts/table.ts':
        'interface Env {\n  A: string;\n}\nenum E { A }\n\nexport const table = (process.env as any as Env).A.length + E.A;',
    },
    {
      location: 'parts/table.ts:6:52',
      found: "TypeError: Cannot read properties of undefined (reading 'length')",
      fix: /throws/,
    },
  ],
  'an exception in a package': [
    {
      'node_modules/angry/index.js': "exports.shout = () => {\n  throw new RangeError('loud');\n};",
      'api.ts': "import { shout } from 'angry';\n\nexport const api = shout();",
    },
    { location: 'api.ts:3:20', found: 'RangeError: loud', fix: /throws/ },
  ],
  'a thrown value that is no error': [
    { 'api.ts': "throw 'text';" },
    { location: 'api.ts', found: 'the thrown value text', fix: /throws/ },
  ],
  'an export that a package does not have': [
    {
      'package.json': MODULE,
      'node_modules/esm/package.json': MODULE,
      'node_modules/esm/index.js': 'export const a = 1;',
      'api.ts': "import { b } from 'esm';\nconsole.log(b);",
    },
    { location: 'api.ts', found: /SyntaxError: .*does not provide an export named 'b'/, fix: /./ },
  ],
  'an await that never ends': [
    { 'package.json': MODULE, 'api.ts': 'await new Promise(() => {});' },
    { location: 'api.ts', found: /"await".*cannot happen/, fix: /top of the module/ },
  ],
  'a call of process.exit': [
    { 'api.ts': `${START}export const a = make('ok');\nprocess.exitCode = 7;\nprocess.exit(0);` },
    { location: 'api.ts:4:9', found: /process\.exit/, fix: /Remove it/ },
  ],
  'a call of process.exit whose end is caught, by a name from Node.js': [
    {
      'package.json': MODULE,
      'api.ts': `${START}import { exit } from 'node:process';\ntry { exit(0); } catch {}\nexport const a = make('ok');`,
    },
    { location: 'api.ts:3:7', found: /process\.exit/, fix: /Remove it/ },
  ],
  'a call of process.exit in a callback': [
    {
      'package.json': MODULE,
      'api.ts': 'setTimeout(() => process.reallyExit(0), 1); await new Promise(() => {});',
    },
    { location: 'api.ts:1:26', found: /process\.exit/, fix: /Remove it/ },
  ],
  'an export that throws when it is read': [
    { 'api.ts': "export const api = new Proxy({}, { get() { throw new Error('px'); } });" },
    { location: 'api.ts:1:50', found: 'Error: px', fix: /throws/ },
  ],
  'a thrown value without toString': [
    { 'api.ts': 'throw Object.create(null);' },
    { location: 'api.ts', found: /^the thrown value \[Object/, fix: /throws/ },
  ],
  'the removal of what JavaScript provides': [
    {
      'api.ts': `${START}Array.prototype.map = null as never;\nPromise.race = null as never;\nexport const a = make('ok');`,
    },
    { location: 'api.ts', found: 'a module that removes Array.prototype.map, which others need', fix: /Leave/ },
  ],
  'an exception in a callback': [
    {
      'package.json': MODULE,
      'api.ts': "setTimeout(() => { throw new RangeError('late'); }, 1);\nawait new Promise(() => {});",
    },
    { location: 'api.ts:1:26', found: 'RangeError: late', fix: /throws/ },
  ],
  'a promise that nobody handles': [
    {
      'package.json': MODULE,
      'api.ts': "Promise.reject(new RangeError('lost'));\nawait new Promise(() => {});",
    },
    { location: 'api.ts:1:16', found: 'RangeError: lost', fix: /throws/ },
  ],
  'no exports': [
    { 'api.ts': 'export {};' },
    { code: 'option-invalid', location: '--definition', found: /which exports nothing/, fix: /defineApi/ },
  ],
  'other exports, and a promise': [
    { 'api.ts': `${START}export const load = Promise.resolve(make('ok')), other = 1;` },
    {
      code: 'option-invalid',
      location: '--definition',
      found: /exports load \(a promise: await it\), other/,
      fix: /Export/,
    },
  ],
  'several definitions': [
    { 'api.ts': `${START}export const a = make('a'), b = make('b');` },
    { code: 'option-invalid', location: '--definition', found: /several definitions: a, b/, fix: /api\.ts#name/ },
  ],
  'a fault of the definition itself': [
    { 'api.ts': `${START}export const a = make('A b');` },
    { code: 'name-invalid', location: 'name', found: '"A b"', fix: /Rename/ },
  ],
};

let results: Readonly<Record<string, LoadResult>>;
beforeAll(async () => {
  ({ results } = await loadAll(Object.fromEntries(Object.entries(cases).map(([name, [files]]) => [name, files]))));
});

describe('a definition that does not load', () => {
  it.each(Object.entries(cases).map(([name, [, fault]]) => [name, fault] as const))(
    'says where and why, and how to fix it: %s',
    (name, { code = 'definition-unloadable', location, found, fix }) => {
      const matching = (what: string | RegExp) => (typeof what === 'string' ? what : expect.stringMatching(what));
      expect(results[name]?.fault).toEqual({
        code,
        location,
        found: matching(found),
        expected: expect.any(String),
        fix: matching(fix),
      });
      expect(results[name]?.error).not.toMatch(/undefined:|\?secure-api|\[object/);
    },
  );

  it('reports every message of esbuild, not only the first', () => {
    expect(results['two wrong imports']?.error).toMatch(/2 faults:.*api\.ts:1:8.*mkae.*api\.ts:2:8.*text/s);
  });

  it('is given up after its time, also when something keeps the process alive', async () => {
    const folder = folderOf({
      'package.json': MODULE,
      'api.ts': 'setInterval(() => {}, 1e6); await new Promise(() => {});',
    });
    const load = (name: string) => JSON.stringify(join(root, 'lib/cli/load', name));
    const file = JSON.stringify(join(folder, 'api.ts'));
    const script = `
      import { bundleModule } from ${load('bundleModule.ts')};
      import { endProcess } from ${load('guardProcess.ts')};
      import { importBundle } from ${load('importBundle.ts')};
      const bundled = await bundleModule(${file});
      await importBundle(${file}, bundled, 50).catch((error) => console.log(error.seconds));
      endProcess(0);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: root });
    expect(stdout).toBe('0.05\n');
  });

  it('does not end the command early, and does not choose its exit code', async () => {
    const strict = (module: string) => {
      const folder = folderOf({ 'api.mjs': definitionOf({ review: "{ reviewed: '2020-01-01' }" }) + module });
      return access(['review', '--strict', '-d', 'api.mjs'], { cwd: folder });
    };
    expect(await strict('process.exit(0);')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('definition-unloadable at api.mjs:'),
    });
    const later =
      "setInterval(() => 0, 1e6); process.on('exit', () => { process.exitCode = 0; }); process.exitCode = 0;";
    expect(await strict(later)).toMatchObject({ code: 1, stdout: expect.stringContaining('It does not hold.') });
  });

  it('is no named pipe and no folder, and is not suggested itself', async () => {
    const folder = folderOf({ 'folder.ts/notes.ts': '' });
    spawnSync('mkfifo', [join(folder, 'pipe.ts')]);
    for (const name of ['folder.ts', 'pipe.ts']) {
      const { code, stderr } = await access(['matrix', '-d', name], { cwd: folder });
      expect([code, stderr]).toEqual([2, expect.stringContaining(`found ${name}, which is no regular file`)]);
      expect(stderr).not.toContain('Did you mean');
    }
  });

  it('suggests the file that is meant', async () => {
    const folder = folderOf({ 'notes.ts': '' });
    const bin = join(root, 'bin/secure-api.js');
    const running = run(process.execPath, [bin, 'access', 'matrix', '-d', './note.ts'], { cwd: folder });
    await expect(running).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean notes.ts?') });
  });
});
