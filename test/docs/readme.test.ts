import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { program } from '../../lib/cli/program.ts';
import { compilerErrors } from '../support/compilerErrors.ts';
import { root } from '../support/folders.ts';

const page = (path: string) => readFileSync(join(root, path), 'utf8');
const readme = page('README.md');
const commands = page('docs/cli.md');

/** The fenced blocks of a language. */
function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code);
}

/** The first block of TypeScript on a page. */
function firstBlock(path: string): string {
  const [code] = blocks(page(path), 'ts');
  if (code === undefined) throw new Error(`${path} shows no TypeScript.`);
  return code;
}

// test/pack/firstHour.test.ts follows its commands.
describe('README', () => {
  it('starts with the commands of a stranger and stays on a few screens', () => {
    expect(blocks(readme, 'sh')[0]).toMatch(/^npm create secure-api@latest /);
    expect(readme.split('\n').length).toBeLessThanOrEqual(170);
  });

  it('says how a checkout is started and tested', () => {
    expect(blocks(readme, 'sh').slice(-2)).toEqual(['npm ci\nnpm start\n', 'npm test\n']);
  });

  it('leads to the page that has a row for each command, with options that it has', async () => {
    const rows = [...commands.matchAll(/^\| `secure-api ([^`]+)` \|(.*)\|$/gm)];
    const leaves = (await program()).commands.flatMap((command) =>
      command.commands.length === 0
        ? [{ path: command.name(), command }]
        : command.commands.map((leaf) => ({ path: `${command.name()} ${leaf.name()}`, command: leaf })),
    );
    const named = rows.map(([, usage = '', rest = '']) => {
      const path = usage.split(' --')[0] ?? '';
      const options = leaves.find((leaf) => leaf.path === path)?.command.options.map((option) => option.long) ?? [];
      const documented = [...`${usage}${rest}`.matchAll(/--[a-z-]+/g)].map(([option]) => option);
      expect(documented.filter((option) => !options.includes(option))).toEqual([]);
      return path;
    });
    expect(named.toSorted()).toEqual(leaves.map(({ path }) => path).toSorted());
  });

  it('names only scripts that exist', () => {
    const { scripts } = JSON.parse(page('package.json')) as { scripts: Record<string, string> };
    const named = [...readme.matchAll(/npm (?:run )?([a-z:-]+)/g)].map((match) => match[1] ?? '');
    const builtIn = ['ci', 'create', 'install', 'run', 'packages'];
    expect(named.filter((name) => !builtIn.includes(name) && !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

it('docs/install.md shows the manifest and the tsconfig of the example, which is installed from the package and also checks libraries', () => {
  const install = page('docs/install.md');
  const example = (name: string) => page(join('examples/second-stack', name));
  const shown = blocks(install, 'json').find((code) => code.includes('compilerOptions'));
  const options = (text: string) => JSON.parse(text).compilerOptions as Readonly<Record<string, unknown>>;
  expect({ ...options(shown ?? '{}'), skipLibCheck: false }).toEqual(options(example('tsconfig.json')));
  expect(options(page('create/template/tsconfig.json'))).toMatchObject(options(shown ?? '{}'));
  const { type, 'secure-api': settings } = JSON.parse(example('package.json'));
  expect([type, Object.keys(settings)]).toEqual(['module', ['definition']]);
  expect(install).toContain('`"type": "module"`');
  expect(install).toContain(`\`{ "app": "${JSON.parse(example('cdk.json')).app}" }\``);
});

/** What the excerpts of README stand in. */
const ROUTE = `import { object, post } from 'secure-api';
import { Type } from 'typebox';
const Note = object({ text: Type.String({ maxLength: 500 }) });
export const routes = {`;
const STACK = `import { Stack } from 'aws-cdk-lib';
import { Identity, Notify, SecureApi } from 'secure-api';
import { api } from '../definition.ts';
export class Notes extends Stack {
  build() {`;

/** The files of the template after all steps of docs/routes.md. */
function withRoute(): Readonly<Record<string, string>> {
  const [roles = '', route = '', data = '', handler = '', grant = '', test = ''] = blocks(page('docs/routes.md'), 'ts');
  const template = (name: string) => page(`create/template/${name}`);
  return {
    'definition.ts': template('definition.ts')
      .replace('object, post }', 'object, post, put }')
      .replace(/^ {2}roles: [\s\S]*?^ {2}\),\n/m, roles)
      .replace(/^ {4}addNote: /m, `${route}$&`),
    'data/notes.ts': `${template('data/notes.ts')}${data}`,
    'handlers/changeNote.ts': handler,
    'stack.ts': template('stack.ts').replace(/^ *table\.grant\(.*\n/m, grant),
    'test/changeNote.test.ts': test,
  };
}

it('README, and the pages of the first hour, show TypeScript that compiles in a new project', async () => {
  const [handler = '', route = '', construct = ''] = blocks(readme, 'ts');
  const snippets = {
    'handlers/addNote.ts': handler,
    'test/route.ts': `${ROUTE}${route}};\n`,
    'test/construct.ts': `${STACK}${construct}return secureApi; } }\n`,
    'notes.ts': `export { api as notes } from './definition.ts';\n`,
    'https.ts': firstBlock('docs/https.md'),
    'mtls.ts': firstBlock('docs/mtls.md'),
    ...Object.fromEntries(blocks(page('docs/domains.md'), 'ts').map((code, i) => [`domains${i}.ts`, code])),
    'dev.ts': firstBlock('docs/dev.md'),
    // Two definitions, each in its folder.
    'shop/definition.ts': `export { api as shop } from '../definition.ts';\n`,
    'desk/definition.ts': `export { api as desk } from '../definition.ts';\n`,
    'large.ts': firstBlock('docs/large-apis.md'),
    'monitoring.ts': firstBlock('docs/monitoring.md'),
    'handlers/metrics.ts':
      blocks(page('docs/monitoring.md'), 'ts').find((code) => code.includes('addMetric')) ?? 'missing',
    'local.ts': firstBlock('local/README.md'),
    ...withRoute(),
    ...Object.fromEntries(blocks(page('docs/testing.md'), 'ts').map((code, i) => [`test/testing${i}.ts`, code])),
  };
  expect(await compilerErrors(snippets, { beside: join(root, 'create/template') })).toBe('');
});
