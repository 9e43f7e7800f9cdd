import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundles, bundleFunctions } from '../../lib/bundle/bundle.ts';
import { readExports } from '../../lib/bundle/handlerExports.ts';
import { type Api, defineApi, defineRoles, get } from '../../lib/definition/index.ts';
import { folderOf } from '../support/folders.ts';

/** What a handler returns through the imports of its style. */
const fn = (text: string) => `async () => ({ status: 200, body: { style: ${text} } })`;
const esm = (id: string, imports: string, text = 'text') =>
  `${imports}\nexport const handler = { route: '${id}', fn: ${fn(text)} };\n`;
const cjs = (id: string, exported: string, head = "const text = require('../parts/text');") =>
  `${head}\n${exported} { route: '${id}', fn: ${fn('text.text ?? text')} };\n`;

/** By route: the ending of its file, and the file. */
const HANDLERS = {
  extensionless: ['.ts', esm('extensionless', "import { text } from '../parts/text';")],
  folder: ['.ts', esm('folder', "import { text } from '../parts';")],
  javascriptName: ['.ts', esm('javascriptName', "import { text } from '../parts/text.js';")],
  alias: ['.ts', esm('alias', "import { text } from '@parts/text';")],
  baseUrl: ['.ts', esm('baseUrl', "import { text } from 'parts/text';")],
  subpath: ['.ts', esm('subpath', "import { text } from '#text';")],
  jsonFile: ['.ts', esm('jsonFile', "import data from '../parts/data.json';", 'data.text')],
  enums: ['.ts', esm('enums', "enum Text { A = 'ok' }\nnamespace Space { export const text = Text.A; }", 'Space.text')],
  typescriptModule: ['.mts', esm('typescriptModule', "import { text } from '../parts/text';")],
  jsx: ['.jsx', esm('jsx', 'const h = (tag) => tag;\nconst text = <ok />;')],
  tsx: ['.tsx', esm('tsx', 'const h = (tag: string) => tag;\nconst text: string = <ok />;')],
  compiled: [
    '.js',
    `Object.defineProperty(exports, '__esModule', { value: true });\nexports.handler = void 0;\n${cjs('compiled', 'exports.handler =')}`,
  ],
  moduleExports: ['.js', cjs('moduleExports', 'module.exports.handler =')],
  wholeModule: ['.cjs', cjs('wholeModule', 'const handler =').replace(/$/, 'module.exports = { handler };\n')],
  typescriptCommon: ['.cts', cjs('typescriptCommon', 'exports.handler =', "import text = require('../parts/text');")],
} as const;

const ids = Object.keys(HANDLERS) as (keyof typeof HANDLERS)[];
/** A project that compiles to CommonJS, as `cdk init` makes one. */
const FILES = {
  'package.json': JSON.stringify({ imports: { '#text': './parts/text.ts' } }),
  'config/base.json': JSON.stringify({ compilerOptions: { baseUrl: '..', paths: { '@parts/*': ['parts/*'] } } }),
  'tsconfig.json': `{
    // With comments, and with a comma at the end.
    "extends": "./config/base.json",
    "compilerOptions": { "jsx": "react", "jsxFactory": "h", },
  }`,
  'parts/text.ts': "export const text = 'ok';\n",
  'parts/index.ts': "export * from './text';\n",
  'parts/data.json': '{ "text": "ok" }',
  ...Object.fromEntries(Object.entries(HANDLERS).map(([id, [ending, code]]) => [`handlers/${id}${ending}`, code])),
};

function styles(): Api {
  return defineApi({
    name: 'styles',
    version: '1.0.0',
    roles: defineRoles({ reader: { can: ['style:read'] } }, { reviewed: '2026-11-01' }),
    tiers: { free: { rate: 1, burst: 1, quota: { requests: 1_000, per: 'DAY' } } },
    routes: Object.fromEntries(
      ids.map((id) => [
        id,
        get(`/styles/${id.toLowerCase()}`, { permission: 'style:read', responses: { 200: { description: 'Done' } } }),
      ]),
    ),
  } as never) as Api;
}

let folder: string;
let bundles: Bundles;
beforeAll(() => {
  folder = join(folderOf(FILES), 'handlers');
  bundles = bundleFunctions(styles(), folder);
});
afterAll(() => bundles?.remove());

describe('a handler file', () => {
  it.each(ids)('is read and bundled in the style %s', (id) => {
    const file = join(folder, `${id}${HANDLERS[id][0]}`);
    expect(readExports([file]).exports.get(file)?.['handler']).toEqual({ route: id, fn: expect.any(Function) });
    const files = [...bundles.groups.values()].flatMap(({ inputs }) => Object.keys(inputs));
    expect(files.some((path) => path.endsWith(`handlers/${id}${HANDLERS[id][0]}`))).toBe(true);
  });

  it('can be in one function with the other styles', async () => {
    const [[, { directory }] = ['', { directory: '' }]] = [...bundles.groups];
    const { handler } = await import(/* @vite-ignore */ pathToFileURL(join(directory, 'index.mjs')).href);
    expect(handler).toBeTypeOf('function');
    expect(bundles.groups.size).toBe(1);
  });
});
