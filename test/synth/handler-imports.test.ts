import { describe, expect, it } from 'vitest';
import { bundledWith } from './support.ts';

const LIBRARY = new URL('../../lib/index.ts', import.meta.url).pathname;
const definition = {
  'api.ts': `import { defineApi } from '${LIBRARY}';\nexport const LIMIT = 10;\nexport const api = defineApi({ name: 'small' } as never);\n`,
};
const handler = "export const handler = { route: 'report', fn: () => ({ status: 200 }) };\n";
const using = (code: string) => ({ 'report.mjs': undefined, 'report.ts': `${code}\n${handler}` });
const lazily = (load: string) => ({
  'report.mjs': undefined,
  'report.ts': `export const handler = { route: 'report', fn: () => ${load} };\n`,
});
const verbatim = { 'tsconfig.json': '{ "compilerOptions": { "verbatimModuleSyntax": true } }' };

describe('a handler that imports code of the stack', () => {
  it.each<readonly [string, Readonly<Record<string, string | undefined>>, string]>([
    ['as the definition', using("import { api } from './api.ts';\napi.name;"), `report.ts → api.ts → secure-api`],
    ['for a constant beside it', using("import { LIMIT } from './api.ts';\nLIMIT;"), `report.ts → api.ts → secure-api`],
    ['for its effects', using("import './api.ts';"), `report.ts → api.ts → secure-api`],
    ['when it runs', lazily("import('./api.ts')"), `report.ts → api.ts → secure-api`],
    ['by require', lazily("require('./api.ts')"), `report.ts → api.ts → secure-api`],
    ['as a re-export', using("export * from './api.ts';"), `report.ts → api.ts → secure-api`],
    [
      'as a type, in the form that loads the file',
      { ...verbatim, ...using("import { type api } from './api.ts';\nexport type A = typeof api;") },
      `report.ts → api.ts → secure-api`,
    ],
    [
      'through another file',
      { ...using("import './more/a.ts';"), 'more/a.ts': "import './b.ts';", 'more/b.ts': "import '../api.ts';" },
      `report.ts → more/a.ts → more/b.ts → api.ts → secure-api`,
    ],
    [
      'through a package',
      {
        ...using("import 'dep';"),
        'node_modules/dep/package.json': '{ "name": "dep", "main": "index.js" }',
        'node_modules/dep/index.js': "module.exports = require('constructs');",
      },
      'report.ts → node_modules/dep/index.js → constructs',
    ],
    ['of the CDK', using("import { Duration } from 'aws-cdk-lib';\nDuration.days(1);"), 'report.ts → aws-cdk-lib'],
    ['of a module', using("import * as s3 from 'aws-cdk-lib/aws-s3';\ns3.Bucket;"), 'report.ts → aws-cdk-lib/aws-s3'],
    ['of constructs', using("import { Construct } from 'constructs';\nnew Construct();"), 'report.ts → constructs'],
  ])('%s is rejected with the imports that lead there', (_, files, chain) => {
    const wrong = bundledWith({ ...definition, ...files });
    expect(wrong).toThrow(/^handler-imports-cdk at handlers: found /);
    expect(wrong).toThrow(/Write "import type \{ … \}" for the definition/);
    // What stands before the names is the folder of the test.
    expect(wrong).toThrow(new RegExp(chain.replaceAll('.', '\\.').replaceAll(' → ', ' → (?:\\S*/)?')));
  });

  it('is named with all others at once, the ten first with their imports', () => {
    const wrong = bundledWith({
      ...definition,
      'report.mjs': `import './api.ts';\n${handler}`,
      'listThings.mjs': `import './api.ts';\n${handler.replace('report', 'listThings')}`,
    });
    expect(wrong).toThrow(/found [^;]*listThings\.mjs → [^;]*; [^;]*report\.mjs → [^;]*; expected/);
  });

  it.each([
    ['with import type', "import type { api } from './api.ts';\nexport type A = typeof api;"],
    ['only as a type', "import { api } from './api.ts';\nexport type A = typeof api;"],
    ['as an exported type', "export type { api } from './api.ts';"],
    ['as the type of an import', "export type A = import('./api.ts').api;"],
    ['of the CDK as a type', "import type { Stack } from 'aws-cdk-lib';\nexport type S = Stack;"],
  ])('%s is bundled', (_, code) => {
    expect(bundledWith({ ...definition, ...using(code) })).not.toThrow();
  });
});
