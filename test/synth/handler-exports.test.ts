import { describe, expect, it } from 'vitest';
import { bundledWith } from './support.ts';

type Files = Readonly<Record<string, string | undefined>>;

const of = (route: string) => `export const handler = { route: '${route}', fn: () => ({ status: 200 }) };\n`;
/** Files of which each exports what the next one does. */
const chain = (length: number): Files =>
  Object.fromEntries(
    Array.from({ length }, (_, i) => [
      `link${i}.mjs`,
      `export * from './${i + 1 < length ? `link${i + 1}` : 'listThings'}.mjs';`,
    ]),
  );
const secure = 'const handlersOf = () => (route, fn) => ({ route, fn });\nconst secure = handlersOf();\n';

describe('handler files', () => {
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

  it.each<readonly [string, Files]>([
    ['a comment with the right name', { 'report.mjs': `// handler = secure('report', f)\n${of('listThings')}` }],
    ['a comment in a block', { 'report.mjs': `/*! handler = secure('report', f) */\n${of('listThings')}` }],
    [
      'a string with the right name',
      { 'report.mjs': `const s = "handler = secure('report', f)";\n${of('listThings')}` },
    ],
    [
      'a re-export without ending',
      { 'report.mjs': undefined, 'report.ts': "export { handler } from './other';", 'other.ts': of('listThings') },
    ],
    ['a chain of re-exports', { ...chain(9), 'report.mjs': "export * from './link0.mjs';" }],
    ['a folder', { 'all/index.ts': of('listThings'), 'report.mjs': "export * from './all';" }],
    ['CommonJS', { 'report.mjs': undefined, 'report.js': of('listThings').replace('export const ', 'exports.') }],
    ['a choice', { 'report.mjs': `${secure}export const handler = 1 > 2 ? 0 : secure('listThings', () => 1);` }],
    [
      'a package that wraps it',
      { 'report.mjs': `import w from 'w';\n${secure}export const handler = w(secure('listThings', () => 1)).use(2);` },
    ],
    [
      'a package',
      { 'report.mjs': "import { secure } from '@acme/s';\nexport const handler = secure('listThings', () => 1);" },
    ],
    ['a class', { 'report.mjs': "export const handler = new (class { route = 'listThings'; fn() {} })();" }],
  ])('that name another route are recognized in spite of, or by, %s', (_, files) => {
    expect(bundledWith(files)).toThrow(/^handler-of-other-route .*found report\.m?[jt]s with a handler for listThings/);
  });

  const real = "import { handlersOf } from 'secure-api/runtime';\nconst secure = handlersOf();\n";
  it.each<readonly [string, string, string]>([
    ['a function', 'export const handler = async () => ({ status: 200 });', 'a function'],
    ['a declared function', 'export async function handler() {}', 'a function'],
    ['a function in CommonJS', 'exports.handler = () => 1;', 'a function'],
    ['a class', 'export class handler {}', 'a function'],
    ['a number', 'export const handler = 3;', 'a number'],
    ['null', 'export const handler = null;', 'null'],
    ['a list', `${real}export const handler = [secure('report', () => 1)];`, 'a list'],
    ['an empty object', 'export const handler = {};', 'an object'],
    ['the function of a handler', `${real}export const handler = secure('report', () => 1).fn;`, 'a function'],
    ['secure itself', `${real}export const handler = secure;`, 'a function'],
    [
      'no function',
      `${real}export const handler = secure('report');`,
      'a handler for report whose function is nothing',
    ],
    [
      'a number as function',
      `${real}export const handler = secure('report', 3);`,
      'a handler for report whose function is a number',
    ],
    [
      'an object as function',
      `${real}export const handler = secure('report', {});`,
      'a handler for report whose function is an object',
    ],
    ['no route', `${real}export const handler = secure(() => 1);`, 'a handler whose route is a function'],
    [
      'a function that needs its environment',
      `const [a] = process.env.TABLE.split(',');\nexport const handler = () => a;`,
      'a function',
    ],
    [
      'a function beside its start',
      'async function start() { throw 1; }\nstart();\nimport("node:fs");\nexport const handler = () => 1;',
      'a function',
    ],
  ])('that export no handler but %s are rejected', (_, code, kind) => {
    const wrong = bundledWith({ 'report.mjs': undefined, 'report.js': code });
    expect(wrong).toThrow(
      `handler-invalid at handlers: found report.js with ${kind}; expected export const handler = secure(`,
    );
  });

  it.each<readonly [string, string]>([
    ['a default export', 'export default { route: "report", fn: () => 1 };'],
    ['the default export of CommonJS', 'module.exports = { route: "report", fn: () => 1 };'],
    ['another name', 'export const main = { route: "report", fn: () => 1 };'],
    ['a handler that is undefined', 'export let handler;\nexport const x = 1;'],
  ])('that export no handler but %s are shown with what they export', (_, code) => {
    const wrong = bundledWith({ 'report.mjs': undefined, 'report.js': code });
    expect(wrong).toThrow(/^handler-without-export .*no export named "handler" for report; report\.js exports \w+/);
  });

  it('with a second handler are rejected, unless the file of its route exports it', () => {
    const second = `${of('report')}export const more = { route: 'listThings', fn: () => 1 };\n`;
    const wrong = bundledWith({ 'report.mjs': second });
    expect(wrong).toThrow(/^handler-without-route .*found report\.mjs with a second handler, more, for listThings/);
    const used = { 'report.mjs': second, 'listThings.mjs': "export { more as handler } from './report.mjs';" };
    expect(bundledWith(used)).not.toThrow();
    expect(bundledWith({ 'report.mjs': `${of('report')}export default handler;\n` })).not.toThrow();
  });

  it('are all checked at once, each kind of fault with its files', () => {
    const wrong = bundledWith({ 'report.mjs': of('listThings'), 'listThings.mjs': 'export const handler = 1;' });
    expect(wrong).toThrow(/has 2 faults:\n {2}1\. handler-invalid .*\n.*\n {2}2\. handler-of-other-route /);
  });

  it.each([
    ['waits at its top', 'await 1;\nexport const handler = () => 1;'],
    ['fails without its packages', 'import { a } from "a";\nif (a !== 1) throw 1;\nexport const handler = () => 1;'],
    ['is made by a package', 'import w from "w";\nexport const handler = w();'],
  ])('are left to the start of the function where one %s', (_, code) => {
    const files = {
      'node_modules/a/package.json': '{ "name": "a" }',
      'node_modules/a/index.js': 'exports.a = 1;',
      'node_modules/w/package.json': '{ "name": "w" }',
      'node_modules/w/index.js': 'module.exports = () => 1;',
    };
    expect(bundledWith({ ...files, 'report.mjs': code })).not.toThrow();
  });

  it.each(['old.mjs', 'old.ts', 'reports.js'])('that no route uses are rejected: %s', (name) => {
    expect(bundledWith({ [name]: of('report') })).toThrow(new RegExp(`^handler-without-route .*${name}`));
  });
});
