import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bundleFunctions } from '../../lib/bundle/bundle.ts';
import { root } from '../support/folders.ts';
import { writeHandlers } from '../support/generated.ts';
import { bundledWith, smallApi, withFolder } from './support.ts';

type Files = Readonly<Record<string, string>>;

const of = (route: string) => `export const handler = { route: '${route}', fn: () => ({ status: 200 }) };\n`;
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
    expect(silent).toThrow(
      /^handler-without-export .*for countThings, report; countThings.mjs exports handle; report.mjs/,
    );
  });

  it.each([
    ['report.ts', 'report.js'],
    ['report.mjs', 'report.ts'],
    ['report.mts', 'report.mjs'],
    ['report.mjs', 'report.js'],
  ])('of one route are rejected when there are several: %s and %s', (one, other) => {
    const several = bundledWith({ 'report.mjs': undefined, [one]: of('report'), [other]: of('report') });
    expect(several).toThrow(/^handlers-ambiguous .*found report\.m?[jt]s and report\.m?[jt]s/);
    expect(several).toThrow(one);
    expect(several).toThrow(other);
  });

  it.each([
    ['report.js', 'report.d.ts', ''],
    ['report.js', 'report.js.map', '//# sourceMappingURL=report.js.map\n'],
    ['report.js', 'report.d.ts', '', 'report.tsx'],
    ['report.jsx', 'report.d.ts', '', 'report.tsx'],
    ['report.cjs', 'report.d.cts', '', 'report.cts'],
  ])('can be beside what the compiler made of them: %s with %s', (compiled, more, comment, source = 'report.ts') => {
    const files = { [source]: of('report'), [compiled]: `${of('report')}${comment}`, [more]: '' };
    expect(bundledWith({ 'report.mjs': undefined, ...files })).not.toThrow();
  });

  it.each([
    'list-things.ts',
    'list_things.mjs',
    'listthings.ts',
    'ListThings.js',
    'LISTTHINGS.ts',
    'list.things.ts',
    'listThing.ts',
    'listTihngs.ts',
    'list-things.tsx',
    'listthings.cjs',
    'listThings/index.ts',
  ])('that have nearly the name of a route are named with the right one: %s', (name) => {
    const wrong = bundledWith({ 'listThings.mjs': undefined, [name]: of('listThings') });
    const expected = `listThings${/\.[cm]?[jt]sx?$/.exec(name.replace(/\/.*/, ''))?.[0] ?? '.ts'}`;
    const shown = name.replace(/\/.*/, '');
    expect(wrong).toThrow(/^handlers-missing .*no file for listThings/);
    expect(wrong).toThrow(`; ${shown} instead of ${expected}; expected`);
    expect(wrong).toThrow(`Rename ${shown} to ${expected}.`);
  });

  it('of a route that was renamed is named with the route that is missing one', () => {
    const renamed = bundledWith({
      'report.mjs': undefined,
      'summarize.mjs': of('summarize'),
      'helper.mjs': "export const name = 'helper';",
    });
    expect(renamed).toThrow('no file for report in ');
    expect(renamed).toThrow('; summarize.mjs is there, and no route has its name; expected');
    expect(renamed).toThrow(/For a route that you have renamed, rename its file instead, and the route in it\.$/);
    expect(renamed).not.toThrow('helper.mjs');
    // A file of a similar name is the one that is meant.
    expect(bundledWith({ 'report.mjs': undefined, 'reports.mjs': of('reports') })).not.toThrow('no route has its name');
  });

  it('that have the handler of a route, but another name, are named with the right one', () => {
    const renamed = bundledWith({ 'report.mjs': undefined, 'summarize.mjs': of('report') });
    expect(renamed).toThrow('; summarize.mjs instead of report.mjs; expected');
    expect(renamed).toThrow(/Rename summarize\.mjs to report\.mjs\.$/);
    // Of two, neither is meant for certain.
    const both = bundledWith({ 'report.mjs': undefined, 'summarize.mjs': of('report'), 'digest.mjs': of('report') });
    expect(both).toThrow(/Add report\.ts with export const handler/);
  });

  it('are found by their exact name, also where file names have no case', () => {
    const other = bundledWith({ 'report.mjs': undefined, 'Report.mjs': of('report') });
    expect(other).toThrow(/^handlers-missing .*no file for report/);
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
    ['a computed name', 'module.exports = (name) => { try { return require(name.trim()); } catch {} };'],
    ['a computed name', 'module.exports = (name) => module.require(name);'],
    ['a computed name', 'module.exports = (name) => import(name);'],
    [
      'under another name',
      "var aliasedRequire;\nmodule.exports = (name) => { try { aliasedRequire = require; aliasedRequire('./locale/' + name); } catch (e) {} };",
    ],
    ['under another name', 'const load = require;\nmodule.exports = (name) => load(name);'],
    ['under another name', 'const { resolve } = require;\nmodule.exports = () => resolve("x");'],
    ['under another name', 'module.exports = (name) => (0, require)(name);'],
    ['under another name', 'const use = (f) => f;\nmodule.exports = (name) => use(require)(name);'],
    ['under another name', 'const o = { require };\nmodule.exports = (name) => o.require(name);'],
    [
      'under another name',
      'const é = "ü"; const f = typeof require === "function" ? require : 0;\nmodule.exports = () => f("./x");',
    ],
    ['under another name', 'const f = typeof require === "function" && require;\nmodule.exports = (n) => f("./" + n);'],
    ['under another name', 'module.exports = (name) => [name].map(require);'],
    ['require.call', 'module.exports = (name) => require.call(module, name);'],
    ['require.apply', 'module.exports = (name) => require.apply(module, [name]);'],
    ['require.bind', 'module.exports = require.bind(module);'],
    ['require.main.require', 'module.exports = (name) => require.main.require(name);'],
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
    ['a parameter', 'module.exports = (require, name) => require(name);'],
    ['a check', "module.exports = () => typeof require === 'function' && typeof (require) !== 'undefined';"],
    ['a check and a string', "if (typeof require !== 'undefined') module.exports = () => require('node:path').sep;"],
    ['a member', 'module.exports = () => [require.main === module, require.cache, { require: 1 }.require];'],
    [
      'the start of Browserify',
      'module.exports = (function(){function r(e,n,t){function o(i,f){if(!n[i]){if(!e[i]){var c="function"==typeof require&&require;if(!f&&c)return c(i,!0);throw 1}var p=n[i]={exports:{}};e[i][0].call(p.exports,function(r){return o(e[i][1][r]||r)},p,p.exports,r,e,n,t)}return n[i].exports}for(var u="function"==typeof require&&require,i=0;i<t.length;i++)o(t[i]);return o}return r})()({1:[function(require,module,exports){module.exports=1},{}]},{},[1]);',
    ],
  ])('that has %s of that spelling is bundled', (_, code) => {
    expect(bundledWith(using(code))).not.toThrow();
  });

  it.each([
    'ajv',
    'ajv-formats',
    'busboy',
    'joi',
    'semver',
    'debug',
    'commander',
    'file-type/source/index.js',
    '@aws-sdk/client-s3',
  ])('that teams use is bundled: %s', (name) => {
    const path = join(root, 'node_modules', name);
    const code = `import * as dep from '${path}';\nexport const handler = { route: 'report', fn: () => Object.keys(dep) };`;
    expect(bundledWith({ 'report.mjs': code })).not.toThrow();
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
