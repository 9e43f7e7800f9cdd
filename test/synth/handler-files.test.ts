import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bundleFunctions } from '../../lib/construct/bundle/bundle.ts';
import { writeHandlers } from '../support/generated.ts';
import { bundledWith, smallApi, withFolder } from './support.ts';

type Files = Readonly<Record<string, string>>;

const of = (route: string) => `export const handler = { route: '${route}', fn: () => ({ status: 200 }) };\n`;
const secure = 'const handlersOf = () => (route, fn) => ({ route, fn });\nconst secure = handlersOf();\n';

describe('handler files', () => {
  it('are looked for in a directory that exists', () => {
    expect(() => bundleFunctions(smallApi(), 'no/such/folder')).toThrow(/^handlers-directory .*no\/such\/folder/);
  });

  it('that are missing are all named at once', () => {
    const missing = bundledWith({ 'listThings.mjs': undefined, 'report.mjs': undefined });
    expect(missing).toThrow(/^handlers-missing .*no file for listThings, report/);
  });

  it('without an export named handler are all named at once', () => {
    const silent = bundledWith({ 'countThings.mjs': 'export const handle = 1;', 'report.mjs': 'export default {};' });
    expect(silent).toThrow(/^handler-without-export .*for countThings, report/);
  });

  it('are found by their exact name, also where file names have no case', () => {
    const other = bundledWith({ 'report.mjs': undefined, 'Report.mjs': of('report') });
    expect(other).toThrow(/^handlers-missing .*no file for report/);
  });

  it.each<readonly [string, Files]>([
    ['re-exported', { 'shared.mjs': of('report'), 'report.mjs': "export * from './shared.mjs';" }],
    [
      'named in the export',
      { 'report.mjs': `${secure}const h = secure('report', () => 1);\nexport { h as handler };` },
    ],
    [
      'with types',
      { 'report.ts': `${secure}export const handler = secure<'report'>(\n  'report',\n  () => 1 as never,\n);` },
    ],
    [
      'with a computed name',
      { 'report.mjs': `${secure}export const handler = secure(['re', 'port'].join(''), () => 1);` },
    ],
    [
      'wrapped, with another string',
      { 'report.mjs': `${secure}const w = (_, h) => h;\nexport const handler = w('v1', secure('report', () => 1));` },
    ],
    [
      'with a comment that names another',
      { 'report.mjs': `// export const handler = secure('listThings', f)\n${of('report')}` },
    ],
    [
      'beside files that export none',
      { 'helper.ts': 'export const help = 1;', 'report.test.mjs': '', 'data.json': '{}' },
    ],
    [
      'beside its compiled file',
      { 'report.ts': of('report'), 'report.js': of('report'), 'report.d.ts': 'export declare const handler: unknown;' },
    ],
  ])('can have the handler %s', (_, files) => {
    expect(
      bundledWith({ ...(Object.hasOwn(files, 'report.ts') ? { 'report.mjs': undefined } : {}), ...files }),
    ).not.toThrow();
  });

  it.each<readonly [string, Files]>([
    ['an object', { 'report.mjs': of('listThings') }],
    ['a call', { 'report.mjs': `${secure}export const handler = secure('listThings', () => 1);` }],
    [
      'a call by another name',
      { 'report.mjs': `${secure.replaceAll('secure =', 'safe =')}export const handler = safe("listThings", () => 1);` },
    ],
    [
      'a route that does not exist',
      { 'report.mjs': `${secure}export const handler = secure('listPermits', () => 1);` },
    ],
    ['a template', { 'report.mjs': `${secure}export const handler = secure(\`listThings\`, () => 1);` }],
    [
      'a constant',
      { 'report.mjs': `${secure}const NAME = 'listThings';\nexport const handler = secure(NAME, () => 1);` },
    ],
    ['a cast', { 'report.ts': `${secure}export const handler = secure('listThings' as never, () => 1 as never);` }],
    [
      'a list of exports',
      { 'report.mjs': `${secure}const h = secure('listThings', () => 1);\nexport { h as handler };` },
    ],
    [
      'a wrapper',
      { 'report.mjs': `${secure}const w = (h) => h;\nexport const handler = w(secure('listThings', () => 1));` },
    ],
    ['a re-export', { 'report.mjs': "export { handler } from './listThings.mjs';" }],
    ['a re-export of all', { 'report.mjs': "export * from './listThings.mjs';" }],
    ['an import', { 'report.mjs': "import { handler } from './listThings.mjs';\nexport { handler };" }],
    [
      'an import under another name',
      {
        'other.mjs': of('listThings').replace('handler', 'h'),
        'report.mjs': "export { h as handler } from './other.mjs';",
      },
    ],
  ])('that name another route by %s are rejected', (_, files) => {
    const isTyped = Object.hasOwn(files, 'report.ts');
    const wrong = bundledWith({ ...(isTyped ? { 'report.mjs': undefined } : {}), ...files });
    expect(wrong).toThrow(/^handler-of-other-route .*found report\.m?[jt]s with a handler for list(Things|Permits)/);
  });

  it.each(['old.mjs', 'old.ts', 'reports.js'])('that no route uses are rejected: %s', (name) => {
    expect(bundledWith({ [name]: of('report') })).toThrow(new RegExp(`^handler-without-route .*${name}`));
  });
});

describe('code that does not bundle', () => {
  it.each<readonly [string, Files, RegExp]>([
    [
      'an import of nothing',
      { 'report.mjs': "import './nowhere.mjs';\nexport const handler = 1;" },
      /report\.mjs:1:8: Could not resolve "\.\/nowhere\.mjs"/,
    ],
    ['a syntax error', { 'report.mjs': 'export const handler = ;' }, /report\.mjs:1:24: Unexpected ";"/],
    [
      'a syntax error in what it imports',
      { 'a.mjs': '\n  let a = {', 'report.mjs': `import './a.mjs';\n${of('report')}` },
      /a\.mjs:2:12: /,
    ],
    [
      'JSON with an error',
      { 'a.json': '{"a": }', 'report.mjs': `import './a.json';\n${of('report')}` },
      /a\.json:1:7: /,
    ],
    [
      'a missing export',
      { 'a.mjs': 'export {};', 'report.mjs': `import { b } from './a.mjs';\nb();\n${of('report')}` },
      /report\.mjs:1:10: No matching export in "[^"]*a\.mjs" for import "b"/,
    ],
    [
      'a native module',
      { 'a.node': '', 'report.mjs': `import './a.node';\n${of('report')}` },
      /Replace the package with one in JavaScript/,
    ],
  ])('because of %s is reported with file, line and column', (_, files, expected) => {
    const wrong = bundledWith(files);
    expect(wrong).toThrow(/^bundle-failed at handlers/);
    expect(wrong).toThrow(expected);
    expect(wrong).not.toThrow(/secure-api-bundle-|\n/);
  });
});

describe('a CommonJS package', () => {
  const using = (code: string, more: Files = {}): Files => ({
    'node_modules/dep/package.json': '{ "name": "dep", "version": "1.0.0", "main": "index.js" }',
    'node_modules/dep/index.js': code,
    'report.mjs': `import dep from 'dep';\nexport const handler = { route: 'report', fn: () => dep() };\n`,
    ...more,
  });

  it.each([
    ['__dirname', "module.exports = () => require('fs').readFileSync(__dirname + '/data.txt');"],
    ['__filename', 'module.exports = () => __filename;'],
    ['require.resolve', "module.exports = () => require.resolve('zod');"],
    ['a computed name', 'module.exports = (name) => require(name);'],
  ])('that uses %s is rejected by its name', (what, code) => {
    const wrong = bundledWith(using(code));
    expect(wrong).toThrow(/^bundle-needs-files .*node_modules\/dep\/index\.js/);
    expect(wrong).toThrow(what);
  });

  it.each(['import.meta.url', 'import.meta.dirname', 'import.meta.filename'])(
    'or file of an ES module that uses %s is, too',
    (name) => {
      const wrong = bundledWith({
        'report.mjs': `const path = ${name};\nexport const handler = { route: 'report', fn: () => path };`,
      });
      expect(wrong).toThrow(new RegExp(`^bundle-needs-files .*report\\.mjs uses ${name}`));
    },
  );

  it.each([
    ['its own name', 'module.exports = (__dirname) => __dirname;'],
    ['a property', 'module.exports = () => ({ __dirname: 1 }).__dirname;'],
    ['a string', "module.exports = () => '__dirname __filename';"],
  ])('that has %s of that spelling is bundled', (_, code) => {
    expect(bundledWith(using(code))).not.toThrow();
  });

  it('that requires modules of Node, of itself and JSON, or tries an optional one, works in the bundle', () => {
    const code = `const { join } = require('node:path');
const own = require('./own');
const data = require('./data.json');
let optional = 'none';
try { optional = require('not-installed-anywhere'); } catch {}
module.exports = () => ({ status: 200, seen: [join('a', 'b'), own.name, data.n, optional, require.main === module, typeof exports] });`;
    const more = { 'node_modules/dep/own.js': "exports.name = 'own';", 'node_modules/dep/data.json': '{ "n": 7 }' };
    withFolder((folder) => {
      writeHandlers(smallApi(), folder);
      for (const [name, content] of Object.entries(using(code, more))) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
      const bundles = bundleFunctions(smallApi(), folder);
      const index = join(bundles.groups.get('report')?.directory ?? '', 'index.mjs');
      const event = {
        httpMethod: 'POST',
        resource: '/things/report',
        headers: {},
        requestContext: { requestId: 'r-1' },
      };
      const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(index).href)});
console.log(JSON.stringify(await handler(${JSON.stringify(event)}, {})));`;
      const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
      bundles.remove();
      expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toMatchObject({ statusCode: 401 });
    });
  });
});
