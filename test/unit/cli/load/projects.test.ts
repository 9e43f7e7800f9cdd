import { beforeAll, describe, expect, it } from 'vitest';
import { loadAll } from '../../../support/loadDefinitions.ts';

const MODULE = '{ "type": "module" }';
const json = JSON.stringify;
const old = (code: string) => `Object.defineProperty(exports, '__esModule', { value: true });\n${code}`;
const decorated = `const tag = (value: string) => (target: any) => { target.tag = value; };
@tag('o') class Tagged { static tag: string; constructor(readonly part = 'k') {} }
enum Kind { A = '' }
namespace Space { export const name = ''; }
export const api = make(\`\${Tagged.tag}\${new Tagged().part}\${Kind.A}\${Space.name}\`);`;

/** By what a project does: its files, with a definition whose name shows that it works. */
const cases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'imports without an extension, and of folders': {
    'package.json': MODULE,
    'parts/index.ts': "export * from './text';",
    'parts/text.ts': "export const text = 'ok';",
    'api.ts': "import { make } from './make'; import { text } from './parts'; export const api = make(text);",
  },
  'imports .js for a file in TypeScript': {
    'package.json': MODULE,
    'api.ts': "import { make } from './make.js'; export const api = make('ok');",
  },
  'paths of tsconfig.json, inherited from another file': {
    'package.json': MODULE,
    'config/base.json': json({
      compilerOptions: { paths: { '@parts/*': ['../src/parts/*'], '~make': ['../make.ts'] } },
    }),
    'tsconfig.json': json({ extends: './config/base.json' }),
    'src/parts/text.ts': "export default 'ok';",
    'src/api.ts': "import { make } from '~make'; import text from '@parts/text'; export const api = make(text);",
  },
  'baseUrl, in a tsconfig.json with comments': {
    'package.json': MODULE,
    'tsconfig.json': '{ /* as tsc --init writes it */ "compilerOptions": { "baseUrl": "src", }, // end\n }',
    'src/parts/text.ts': "export default 'ok';",
    'src/api.ts': "import { make } from '../make'; import text from 'parts/text'; export const api = make(text);",
  },
  'imports of package.json': {
    'package.json': json({ type: 'module', imports: { '#make': './make.ts' } }),
    'api.ts': "import { make } from '#make'; export const api = make('ok');",
  },
  'a file with a "#" in its name': { 'api.#x.ts': "import { make } from './make'; export const api = make('ok');" },
  'import syntax in a project that compiles to CommonJS': {
    'package.json': '{}',
    'node_modules/old/index.js': old("exports.default = 'o';"),
    'node_modules/modern/package.json': json({ exports: './index.mjs' }),
    'node_modules/modern/index.mjs': "export const part = 'k';",
    'api.ts':
      "import { make } from './make'; import text from 'old'; import { part } from 'modern'; export const api = make(text + part);",
  },
  'import = require() and export =': {
    'package.json': '{}',
    'api.ts': "import parts = require('./make'); export = parts.make('ok');",
  },
  'require and module.exports': {
    'package.json': '{ "type": "commonjs" }',
    'node_modules/plain/index.js': "module.exports = { text: 'ok' };",
    'api.js': "const { make } = require('./make.ts');\nmodule.exports = { notes: make(require('plain').text) };",
  },
  'module.exports of the definition itself': {
    'api.cjs': "module.exports = require('./make').make('ok');",
  },
  'the output of a compiler to CommonJS': {
    'api.js': old("exports.api = void 0;\nconst make_1 = require('./make');\nexports.api = (0, make_1.make)('ok');"),
  },
  '.cts in a project of ES modules': {
    'package.json': MODULE,
    'api.cts': "const { make } = require('./make');\nexport const api = make(require('./text.json').text);",
    'text.json': '{ "text": "ok" }',
  },
  '.mts in a project of CommonJS, with await at its top': {
    'package.json': '{ "type": "commonjs" }',
    'api.mts': "import { make } from './make';\nexport const api = make(await Promise.resolve('ok'));",
  },
  'JSON with and without an import attribute': {
    'package.json': MODULE,
    'a.json': '{ "text": "o" }',
    'b.json': '{ "text": "k" }',
    'api.ts':
      "import { make } from './make'; import a from './a.json'; import b from './b.json' with { type: 'json' }; export const api = make(a.text + b.text);",
  },
  'TSX, by the jsx options of tsconfig.json': {
    'package.json': MODULE,
    'tsconfig.json': json({ compilerOptions: { jsx: 'react', jsxFactory: 'h' } }),
    'api.tsx':
      "import { make } from './make'; const h = (tag: string, _: unknown, child: string) => tag + child; export const api = make(<o>k</o>);",
  },
  'enums, namespaces, parameter properties and decorators': {
    'package.json': MODULE,
    'tsconfig.json': json({ compilerOptions: { experimentalDecorators: true } }),
    'api.ts': `import { make } from './make';\n${decorated}`,
  },
  'the paths of its sources': {
    'package.json': MODULE,
    'parts/data.txt': 'ok',
    'parts/text.ts': `import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
const all = [import.meta.filename.endsWith('parts/text.ts'), fileURLToPath(import.meta.url) === import.meta.filename];
export const text = all.every(Boolean) ? readFileSync(import.meta.dirname + '/data.txt', 'utf8') : 'wrong';`,
    'api.ts': "import { make } from './make'; import { text } from './parts/text'; export const api = make(text);",
  },
  'a __dirname that it makes itself': {
    'package.json': MODULE,
    'api.ts': `import { make } from './make';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
const __filename = fileURLToPath(import.meta.url);
const __dirname = dirname(__filename);
export const api = make(basename(__filename) === 'api.ts' && __dirname === process.cwd() ? 'ok' : 'wrong');`,
  },
  '__dirname and __filename of CommonJS': {
    'package.json': '{}',
    'parts/data.json': '{ "text": "ok" }',
    'parts/text.js': "module.exports = require(require('path').join(__dirname, 'data.json')).text;",
    'api.js':
      "#!/usr/bin/env node\nmodule.exports = require('./make').make(__filename.endsWith('api.js') && require('./parts/text'));",
  },
  'packages that only import, only require, or differ in both': {
    'package.json': MODULE,
    'node_modules/esm/package.json': json({ type: 'module', exports: { import: './index.js' } }),
    'node_modules/esm/index.js': "export const part = 'o';",
    'node_modules/both/package.json': json({ exports: { import: './a.mjs', require: './a.cjs', module: './b.mjs' } }),
    'node_modules/both/a.mjs': "export default 'k';",
    'node_modules/both/a.cjs': "module.exports = 'x';",
    'node_modules/both/b.mjs': "export default 'z';",
    'api.ts':
      "import { make } from './make'; import { part } from 'esm'; import k from 'both'; export const api = make(part + k);",
  },
  'a package of the nearest node_modules': {
    'package.json': MODULE,
    'node_modules/near/index.js': "module.exports = 'far';",
    'packages/api/node_modules/near/index.js': "module.exports = 'ok';",
    'packages/api/api.ts': "import { make } from '../../make'; import near from 'near'; export const api = make(near);",
  },
  'a package in TypeScript': {
    'package.json': MODULE,
    'node_modules/typed/package.json': json({ exports: './index.ts' }),
    'node_modules/typed/index.ts': "export { text } from './text';",
    'node_modules/typed/text.ts': "export const text: string = 'ok';",
    'api.ts': "import { make } from './make'; import { text } from 'typed'; export const api = make(text);",
  },
  'packages of a workspace, in TypeScript and in CommonJS': {
    'package.json': MODULE,
    'node_modules/parts': 'link:../packages/parts',
    'node_modules/@team/old': 'link:../../packages/old',
    'packages/parts/package.json': json({ type: 'module', exports: './src/index.ts' }),
    'packages/parts/src/index.ts': "export { o } from './o'; export enum K { k = 'k' }",
    'packages/parts/src/o.ts': "export const o = 'o';",
    'packages/old/package.json': json({ main: './lib' }),
    'packages/old/lib/index.js': "module.exports = require('path').basename(__dirname) === 'lib' ? '' : 'wrong';",
    'api.ts':
      "import { make } from './make'; import { K, o } from 'parts'; import end from '@team/old'; export const api = make(o + K.k + end);",
  },
  'a definition behind a link': {
    'package.json': MODULE,
    'src/parts.ts': "export { make } from '../make'; export const text = 'ok';",
    'src/notes.ts': "import { make, text } from './parts'; export const api = make(text);",
    'api.ts': 'link:src/notes.ts',
  },
  output: {
    'package.json': MODULE,
    'api.ts': "import { make } from './make'; console.log('a banner'); export default make('ok');",
  },
};

let loads: Awaited<ReturnType<typeof loadAll>>;
beforeAll(async () => {
  loads = await loadAll(cases);
});

describe('a definition loads from a project with', () => {
  it.each(Object.keys(cases))('%s', (name) => {
    expect(loads.results[name]).toEqual({ name: 'ok' });
  });

  it('output that a module prints, which does not mix with the result', () => {
    expect(loads.printed).toBe('');
  });
});
