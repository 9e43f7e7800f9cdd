import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder, writeFiles } from '../support/folders.ts';
import { sharedFolder } from '../support/sampleAssembly.ts';

const run = promisify(execFile);
const json = JSON.stringify;

/** A project as `cdk init app --language typescript` lays it out: CommonJS, compiled by ts-node, imports without extensions. */
const FILES = {
  'package.json': json({
    name: 'notes',
    version: '0.1.0',
    'secure-api': { definition: 'lib/notes.ts' },
    dependencies: {
      'aws-cdk-lib': '2.276.0',
      constructs: '10.8.1',
      'secure-api': 'file:vendor/secure-api.tgz',
      typebox: '1.4.3',
    },
    devDependencies: { '@types/node': '24.19.2', 'ts-node': '10.9.2', typescript: '5.9.3' },
  }),
  'cdk.json': json({ app: 'npx ts-node --prefer-ts-exts bin/app.ts' }),
  'tsconfig.json': json({
    compilerOptions: {
      ...{ target: 'ES2022', module: 'NodeNext', moduleResolution: 'NodeNext', lib: ['es2022'], types: ['node'] },
      ...{ strict: true, declaration: true, experimentalDecorators: true, skipLibCheck: true },
    },
  }),
  'lib/notes.ts': `import { defineApi, defineRoles, get, object } from 'secure-api';
import { Type } from 'typebox';

const Note = object({ text: Type.String({ maxLength: 10 }) });
export const notes = defineApi({
  name: 'notes',
  version: '1.0.0',
  roles: defineRoles({ reader: { can: ['note:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 90 }),
  tiers: { free: { rate: 10, burst: 20, quota: { requests: 10_000, per: 'DAY' } } },
  routes: {
    listNotes: get('/notes', { permission: 'note:read', responses: { 200: { description: 'All', body: Note } } }),
    countNotes: get('/notes/count', { permission: 'note:read', responses: { 204: { description: 'Done' } } }),
  },
});
`,
  'lib/handlers/listNotes.ts': `import { handlersOf } from 'secure-api/runtime';
import type { notes } from '../notes';

const secure = handlersOf<typeof notes>();
export const handler = secure('listNotes', async () => ({ status: 200, body: { text: 'one' } }));
`,
  'lib/handlers/countNotes.cjs': `const { handlersOf } = require('secure-api/runtime');

exports.handler = handlersOf()('countNotes', async () => ({ status: 204 }));
`,
  'lib/stack.ts': `import * as cdk from 'aws-cdk-lib';
import * as path from 'path';
import { Identity, Notify, SecureApi } from 'secure-api';
import { notes } from './notes';

export class NotesStack extends cdk.Stack {
  constructor(scope: cdk.App, id: string) {
    super(scope, id);
    new SecureApi(this, 'Api', {
      definition: notes,
      handlers: path.join(__dirname, 'handlers'),
      identity: Identity.auth0({ domain: 'example.eu.auth0.com', audience: 'https://notes.example.com' }),
      notify: [Notify.email(this.node.tryGetContext('notify'))],
    });
  }
}
`,
  'bin/app.ts': `import * as cdk from 'aws-cdk-lib';
import { NotesStack } from '../lib/stack';

const name: string = 'Notes';
new NotesStack(new cdk.App(), name);
`,
};

let project: string;
beforeAll(async () => {
  project = join(temporaryFolder(), 'our notes');
  writeFiles(project, FILES);
  cpSync(await sharedFolder('tarballs'), join(project, 'vendor'), { recursive: true });
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: project });
});

const installed = (file: string) => join(project, 'node_modules/secure-api', file);
/** Synthesizes the project as `secure-api dev` does. */
const synthesize = (notify: string, environment: Readonly<Record<string, string>> = {}) => {
  const module = json(installed('dist/lib/cli/synthesize.js'));
  const script = `import { synthesize } from ${module}; await synthesize({ notify: ${json(notify)} }, { print() {} });`;
  return run(process.execPath, ['--input-type=module', '-e', script], {
    cwd: project,
    env: { ...process.env, ...environment },
  });
};

describe('the package in a project of CommonJS, in a folder with a space', () => {
  it('is required and imported as one instance', async () => {
    const script = "import('secure-api').then((m) => console.log(m.SecureApi === require('secure-api').SecureApi))";
    expect((await run(process.execPath, ['-e', script], { cwd: project })).stdout).toBe('true\n');
  });

  it('reads a definition that imports without extensions', async () => {
    const args = [installed('bin/secure-api.js'), 'access', 'matrix'];
    expect((await run(process.execPath, args, { cwd: project })).stdout).toContain('listNotes');
  });

  it('type-checks and synthesizes by ts-node, with handlers of both kinds', async () => {
    await expect(synthesize('ops@example.com')).resolves.toBeDefined();
  });

  it('reports a wrong prop as its own error, and a type error as ts-node does', async () => {
    // The types are checked above.
    await expect(synthesize('ops', { TS_NODE_TRANSPILE_ONLY: 'true' })).rejects.toMatchObject({
      stderr: expect.stringMatching(/^ConfigError: notify-invalid at notify\.0: found "ops"/m),
    });
    writeFiles(project, { 'bin/app.ts': 'const name: string = 1;\n' });
    await expect(synthesize('ops')).rejects.toMatchObject({
      stderr: expect.stringMatching(/^Error: The CDK app failed: TSError: .*\nbin\/app\.ts\(1,7\): error TS2322/m),
    });
  });
});
