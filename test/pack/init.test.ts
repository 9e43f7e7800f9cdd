import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../support/client.ts';
import { root, temporaryFolder, writeFiles } from '../support/folders.ts';
import { linkPackages, unpack } from '../support/linkedPackages.ts';
import { sharedFolder } from '../support/sampleAssembly.ts';

const run = promisify(execFile);

/** The packed `create-secure-api`, with no other package beside it. */
let create: string;

beforeAll(async () => {
  create = join(temporaryFolder(), 'create-secure-api');
  unpack(join(await sharedFolder('tarballs'), 'create-secure-api.tgz'), create);
}, 300_000);

/** Runs the packed `npm create secure-api` in a folder. */
async function init(cwd: string, ...args: readonly string[]) {
  const { stdout } = await run(process.execPath, [join(create, 'bin.js'), ...args, '--json'], { cwd });
  return JSON.parse(stdout) as {
    readonly created: readonly string[];
    readonly app?: { readonly lines: readonly string[] };
  };
}

/** A shell as npm scripts have it. */
const shell = (folder: string) => ({
  cwd: folder,
  env: {
    ...process.env,
    PATH: `${join(folder, 'node_modules/.bin')}${delimiter}${process.env['PATH']}`,
    NO_COLOR: '1',
  },
});

describe('a new project', () => {
  it('passes its own tests, over HTTPS, and synthesizes', async () => {
    const parent = temporaryFolder();
    await init(parent, 'notes of ann');
    const folder = join(parent, 'notes of ann');
    await linkPackages(folder);
    const { stdout } = await run('npm', ['test'], shell(folder));
    expect(stdout).toMatch(/pass 7\n/);
    expect(stdout).toMatch(/fail 0\n/);
    expect(readdirSync(folder)).not.toContain('cdk.context.json');
  });
});

describe('a project of cdk init', () => {
  it.each([
    ['CommonJS', '', 'npx tsc && npx tsx bin/app.ts'],
    ['ES modules', '.js', 'npx tsx bin/app.ts'],
  ])('in %s compiles with the API, synthesizes and is served', async (kind, extension, app) => {
    const folder = await cdkProject(kind === 'ES modules', app);
    const { app: added } = await init(folder);
    const entry = join(folder, 'bin/app.ts');
    const source = readFileSync(entry, 'utf8');
    writeFileSync(entry, `${source}\n${added?.lines.join('\n')}\n`);
    expect(added?.lines[0]).toBe(`import { ApiStack } from '../api/stack${extension}';`);
    await linkPackages(folder);
    // tsc writes what it finds to stdout. An app that compiles itself does not start with an error.
    if (!app.includes('tsc'))
      expect(await run('tsc', ['-p', '.'], shell(folder)).catch(({ stdout }) => stdout)).toMatchObject({ stdout: '' });
    expect(await serveAndCall(folder)).toEqual([200, 401]);
  });
});

/** What `cdk init app --language typescript` writes, without its jest. */
async function cdkProject(isModule: boolean, app: string): Promise<string> {
  const folder = join(temporaryFolder(), 'app');
  mkdirSync(folder);
  await run(join(root, 'node_modules/.bin/cdk'), ['init', 'app', '--language', 'typescript', '--generate-only'], {
    cwd: folder,
  });
  const edit = (file: string, change: (text: string) => string) =>
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
  edit('tsconfig.json', (text) => text.replace(/"jest",\s*/, ''));
  edit('cdk.json', (text) => text.replace(/"app": "[^"]*"/, `"app": ${JSON.stringify(app)}`));
  writeFiles(folder, { 'test/app.test.ts': 'export {};\n' });
  if (isModule) {
    edit('package.json', (text) => text.replace('{', '{\n  "type": "module",'));
    edit('bin/app.ts', (text) => text.replace('../lib/app-stack', '../lib/app-stack.js'));
  }
  return folder;
}

/** Serves a project with `secure-api dev`, and returns the statuses of `/health` and of `/notes` without a token. */
async function serveAndCall(folder: string): Promise<readonly number[]> {
  const args = [
    'node_modules/secure-api/bin/secure-api.js',
    'dev',
    '--port',
    '0',
    '--data',
    temporaryFolder(),
    '--json',
  ];
  const server = spawn(process.execPath, args, { ...shell(folder), stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  server.stderr.on('data', (part: Buffer) => {
    errors += part.toString();
  });
  const ended = once(server, 'exit');
  try {
    const [line] = await Promise.race([
      once(createInterface(server.stdout), 'line'),
      ended.then(() => Promise.reject(new Error(errors))),
    ]);
    const call = clientOf(JSON.parse(line));
    return [(await call('GET', '/health')).status, (await call('GET', '/notes')).status];
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}
