import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initProject } from '../../../create/initProject.ts';
import { folderOf } from '../../support/folders.ts';

interface Settings {
  readonly app?: string;
  readonly manifest?: object;
  readonly options?: object;
  readonly files?: Readonly<Record<string, string>>;
}

const NODE_NEXT = { module: 'NodeNext', moduleResolution: 'NodeNext' };

/** A CDK project, by default in CommonJS with the TypeScript that cdk init writes. */
function cdkProject({ app = 'npx tsx bin/app.ts', manifest = {}, options = NODE_NEXT, files = {} }: Settings): string {
  return folderOf({
    'cdk.json': JSON.stringify({ app }),
    'package.json': `${JSON.stringify({ name: 'app', devDependencies: { typescript: '~7.0.2' }, ...manifest }, null, 4)}\n`,
    'tsconfig.json': JSON.stringify({ compilerOptions: options }),
    'bin/app.ts': '',
    ...files,
  });
}

const MODULE = { type: 'module' };
const typescript = (version: string, more = {}) => ({ devDependencies: { typescript: version }, ...more });

describe('an API in a CDK project imports as the project does', () => {
  it.each<readonly [string, Settings, string]>([
    ['CommonJS with NodeNext', {}, '../definition'],
    ['ES modules with NodeNext', { manifest: MODULE }, '../definition.js'],
    ['ES modules with Node16', { manifest: MODULE, options: { module: 'node16' } }, '../definition.js'],
    ['a bundler', { manifest: MODULE, options: { module: 'preserve' } }, '../definition'],
    ['CommonJS in TypeScript 6', { manifest: typescript('^6.0.0'), options: { module: 'commonjs' } }, '../definition'],
    ['endings of TypeScript', { options: { ...NODE_NEXT, allowImportingTsExtensions: true } }, '../definition.ts'],
    ['an app that Node runs', { app: 'node bin/app.ts', manifest: MODULE, options: NODE_NEXT }, '../definition.ts'],
  ])('with %s', async (_, settings, expected) => {
    const folder = cdkProject(settings);
    await initProject(folder, {});
    expect(readFileSync(join(folder, 'api/handlers/secure.ts'), 'utf8')).toContain(`'${expected}'`);
  });

  it('with options that another file has, with comments and commas at ends', async () => {
    const files = {
      'tsconfig.json': '{ // mine\n "extends": "./base", /* "module": "x" */ "include": ["**/*.ts",], }',
      'base.json': JSON.stringify({ compilerOptions: NODE_NEXT }),
    };
    const folder = cdkProject({ files });
    await expect(initProject(folder, {})).resolves.toBeDefined();
  });
});

describe('in a CDK project', () => {
  it('a new folder and what is missing in two files is all that changes, and the result says so', async () => {
    const files = { '.gitignore': 'node_modules', 'lib/app.ts': 'export {};' };
    const manifest = { scripts: { start: 'vite' }, dependencies: { typebox: '1.0.0' } };
    const folder = cdkProject({ manifest, files });
    const before = readFileSync(join(folder, 'package.json'), 'utf8');
    const { created, added, app, next } = await initProject(folder, {});
    expect(created.every((path) => path.startsWith('api/'))).toBe(true);
    expect(readdirSync(folder).toSorted()).toEqual(
      ['.gitignore', 'api', 'bin', 'cdk.json', 'lib', 'package.json', 'tsconfig.json'].toSorted(),
    );
    const after = readFileSync(join(folder, 'package.json'), 'utf8');
    for (const line of before.split('\n')) expect(after).toContain(line);
    expect(JSON.parse(after)).toMatchObject({
      scripts: { start: 'vite' },
      dependencies: { typebox: '1.0.0', 'secure-api': expect.any(String) },
      'secure-api': { definition: 'api/definition.ts' },
    });
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('node_modules\n.secure-api/\n');
    expect(added.join('\n')).toMatch(/package\.json: dependencies .*secure-api[\s\S]*\.gitignore: \.secure-api\//);
    expect(app?.file).toBe('bin/app.ts');
    expect(app?.lines[1]).toMatch(/^new ApiStack\(app, '\w+Api'\);$/);
    expect(next.at(-1)).toBe('npx secure-api dev');
  });

  it('the API is below src where the app is', async () => {
    const folder = cdkProject({
      app: 'npx ts-node -P tsconfig.json --prefer-ts-exts src/main.ts',
      files: { 'src/main.ts': '' },
    });
    const { app } = await initProject(folder, { name: 'shop' });
    expect(app).toEqual({
      file: 'src/main.ts',
      lines: ["import { ApiStack } from './api/stack';", "new ApiStack(app, 'ShopApi');"],
    });
    expect(readFileSync(join(folder, 'src/api/stack.ts'), 'utf8')).toContain("'./src/api/handlers'");
  });

  it.each<readonly [string, Settings, RegExp]>([
    ['an API', { manifest: { 'secure-api': {} } }, /package\.json: found "secure-api"/],
    ['a folder api', { files: { 'api/stack.ts': '' } }, /api\/stack\.ts: found an existing file/],
    [
      'moduleResolution node10',
      { options: { module: 'commonjs', moduleResolution: 'node10' } },
      /moduleResolution node10/,
    ],
    [
      'CommonJS in TypeScript 5',
      { manifest: typescript('~5.6.3'), options: { module: 'CommonJS' } },
      /moduleResolution node10/,
    ],
    ['CommonJS with Node16', { options: { module: 'Node16' } }, /module node16/],
    ['a TypeScript that is too old', { manifest: typescript('~5.6.3') }, /TypeScript 5\.6/],
    [
      'verbatimModuleSyntax in CommonJS',
      { options: { ...NODE_NEXT, verbatimModuleSyntax: true } },
      /verbatimModuleSyntax/,
    ],
    ['a CDK that is too old', { manifest: { dependencies: { 'aws-cdk-lib': '2.100.0' } } }, /aws-cdk-lib 2\.100\.0/],
    ['CDK 1', { manifest: { dependencies: { 'aws-cdk-lib': '^1.100.0' } } }, /aws-cdk-lib \^1\.100\.0/],
    ['a manifest that is no JSON', { files: { 'package.json': '{' } }, /package\.json: found no JSON/],
    ['a manifest with other content', { manifest: { dependencies: [] } }, /package\.json: found "dependencies" of/],
    ['allowScripts as a list', { manifest: { allowScripts: ['node'] } }, /Write "allowScripts" as an object/],
    ['an app without a command', { app: ' ' }, /cdk\.json: found no "app"/],
    ['an app in Python beside a manifest', { app: '.venv/bin/python app.py' }, /found the command \.venv\/bin\/python/],
    ['an app in Go beside a manifest', { app: 'go mod download && go run app.go' }, /found the command go/],
    ['cdk.json without an app', { files: { 'cdk.json': '{}' } }, /cdk\.json: found no "app"/],
    ['cdk.json that is no JSON', { files: { 'cdk.json': 'app' } }, /cdk\.json: found no JSON/],
  ])('with %s nothing is written, and the message says why', async (_, settings, message) => {
    const folder = cdkProject(settings);
    const before = readdirSync(folder, { recursive: true });
    await expect(initProject(folder, {})).rejects.toMatchObject({
      code: 'project-folder-unusable',
      message: expect.stringMatching(message),
    });
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  it('sections that are null count as missing, and a byte order mark stays', async () => {
    const missing = { scripts: null, dependencies: null, devDependencies: null, allowScripts: null };
    const manifest = `\uFEFF${JSON.stringify({ name: 'app', ...missing }, null, 2)}\n`;
    const folder = cdkProject({
      files: { 'package.json': manifest, 'cdk.json': '\uFEFF{ "app": "npx tsx bin/app.ts" }' },
    });
    await initProject(folder, {});
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    expect(text.startsWith('\uFEFF{\n  "name": "app",\n  "scripts": {\n    "start": "secure-api dev"\n  }')).toBe(true);
    expect(JSON.parse(text.slice(1))).toMatchObject({ dependencies: { 'secure-api': expect.any(String) } });
  });

  it('the file of the app is the one that its command runs, also in quotes', async () => {
    const { app } = await initProject(cdkProject({ app: "npx tsx 'bin/a b.ts'" }), {});
    expect(app?.file).toBe('bin/a b.ts');
  });

  it.each(['package.json', '.gitignore', 'cdk.json', 'tsconfig.json'])(
    'a pipe as %s is an error, and nothing waits for it',
    async (name) => {
      const folder = cdkProject({});
      rmSync(join(folder, name), { force: true });
      execFileSync('mkfifo', [join(folder, name)]);
      await expect(initProject(folder, {})).rejects.toMatchObject({ code: 'project-folder-unusable' });
    },
  );

  it('in Python nothing is written', async () => {
    const folder = folderOf({ 'cdk.json': '{"app":"python3 app.py"}', 'app.py': '' });
    await expect(initProject(folder, {})).rejects.toThrow(
      /cdk\.json: found the command python3; expected a CDK app in TypeScript/,
    );
  });
});
