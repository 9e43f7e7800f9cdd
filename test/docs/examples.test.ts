import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as runtime from '../../lambdas/runtime/index.ts';
import * as secureApi from '../../lib/index.ts';
import * as local from '../../local/index.ts';
import { compilerErrors } from '../support/compilerErrors.ts';
import { root } from '../support/folders.ts';

/** Each package entry: its source, the folder of its code, and the functions and classes that it exports. */
const ENTRIES = [
  { entry: 'lib/index.ts', folder: 'lib', names: Object.keys(secureApi) },
  { entry: 'lambdas/runtime/index.ts', folder: 'lambdas', names: Object.keys(runtime) },
  { entry: 'local/index.ts', folder: 'local', names: Object.keys(local) },
];

/** What examples may use besides the exports: a definition, its construct in a stack, and a running gateway. */
const NOTES = `import { defineApi, defineRoles, get, object, post } from '../../../lib/index.ts';
import { Type } from 'typebox';
const Note = object({ id: Type.String({ maxLength: 36 }), text: Type.String({ maxLength: 500 }) });
export const notes = defineApi({
  name: 'notes',
  version: '1.0.0',
  roles: defineRoles({ reader: { can: ['note:read'] } }, { reviewed: '2026-11-01' }),
  tiers: { free: { rate: 10, burst: 20, quota: { requests: 10_000, per: 'DAY' } } },
  routes: {
    getNote: get('/notes/{id}', {
      permission: 'note:read',
      path: object({ id: Type.String({ maxLength: 36 }) }),
      responses: { 200: { description: 'The note', body: Note } },
    }),
    addPhoto: post('/photos', { permission: 'note:read', responses: { 204: { description: 'Added' } } }),
  },
});
`;
const CONTEXT = `import type { Stack } from 'aws-cdk-lib';
import type { SecureApi } from '../../../lib/index.ts';
import type { LocalGateway } from '../../../local/index.ts';
import type { notes } from './notes.ts';
export declare const stack: Stack;
export declare const api: SecureApi<typeof notes>;
export declare const gateway: LocalGateway;
`;
/** Where names come from that examples do not import. */
const OTHERS = {
  notes: './notes.ts',
  stack: './context.ts',
  api: './context.ts',
  gateway: './context.ts',
  Type: 'typebox',
  App: 'aws-cdk-lib',
  Stack: 'aws-cdk-lib',
};

interface Example {
  readonly name: string;
  readonly file: string;
  readonly code: string | undefined;
}

const examples: readonly Example[] = ENTRIES.flatMap(({ folder, names }) =>
  names.map((name) => exampleOf(name, folder)),
);

/** Finds the declaration of an export, and the example in the comment above it. A private namesake has none. */
function exampleOf(name: string, folder: string): Example {
  const declared = new RegExp(
    `(?:/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*)?^export (?:async )?(?:function|class|const) ${name}\\b`,
    'm',
  );
  const declarations: Example[] = [];
  for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || /(^|\/)(node_modules|dist|test)\//.test(file)) continue;
    const found = declared.exec(readFileSync(join(root, folder, file), 'utf8'));
    if (found === null) continue;
    const comment = (found[1] ?? '').replace(/^ \* ?/gm, '');
    const code = /@example\n```ts\n([\s\S]*?)```/.exec(comment)?.[1];
    declarations.push({ name, file: `${folder}/${file}`, code });
  }
  const found = declarations.find(({ code }) => code !== undefined) ?? declarations[0];
  if (found === undefined) throw new Error(`no declaration of ${name} below ${folder}`);
  return found;
}

/** The example as a module: with an import of each name that it uses and does not declare itself. */
function moduleOf(code: string): string {
  const exported = ENTRIES.flatMap(({ entry, names }) => names.map((name) => [name, `../../../${entry}`] as const));
  const imports = [...exported, ...Object.entries(OTHERS)]
    .filter(([name]) => new RegExp(`(?<![.'/\\w])${name}\\b(?!['-])`).test(code))
    .filter(([name]) => !new RegExp(`(const|\\{) (\\{ )?${name}\\b[^:]*(=|from)`).test(code))
    .map(([name, from]) => `import { ${name} } from '${from}';`);
  return `${[...imports, code].join('\n')}\nexport {};\n`;
}

describe('the examples of public functions and classes', () => {
  it.each(examples)('has one for $name ($file)', ({ code }) => {
    expect(code).toBeDefined();
  });

  it('compile', async () => {
    const modules = examples.map(({ name, file, code = '' }) => [
      `${name}.of.${file.replaceAll('/', '.')}`,
      moduleOf(code),
    ]);
    const files = { 'notes.ts': NOTES, 'context.ts': CONTEXT, ...Object.fromEntries(modules) };
    const options = { noUnusedLocals: false, noUnusedParameters: false };
    const errors = await compilerErrors(files, { options });
    expect(errors).toBe('');
  });
});
