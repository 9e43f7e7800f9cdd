import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../support/client.ts';
import { root, temporaryFolder } from '../support/folders.ts';
import { closureOf, installScripts, megabytesOf } from '../support/installation.ts';
import { brokenLinks, pages } from '../support/links.ts';
import { type PackedProject, packedProject } from '../support/packedProject.ts';

const run = promisify(execFile);
const MOST_MEGABYTES = 60;
/** What is in one file of ours takes half of this. An inferred type of the AWS SDK takes hundreds of kilobytes. */
const LARGEST_DECLARATION_BYTES = 32_000;

/** The example in a folder, far from this checkout, as another team would have it. */
let packed: PackedProject;
let project: string;

beforeAll(async () => {
  packed = await packedProject('second-stack');
  project = packed.folder;
}, 300_000);

const npm = (script: string) => packed.run(script);

const tool = (name: string, args: readonly string[]) => run(join(root, 'node_modules/.bin', name), args, { cwd: root });

describe.each(['secure-api', 'secure-api-local'])('the tarball of %s', (name) => {
  const tarball = () => join(project, 'vendor', `${name}.tgz`);

  it('has exports that independent linters find nothing wrong with', async () => {
    await expect(tool('publint', ['run', tarball(), '--strict'])).resolves.toBeDefined();
    await expect(tool('attw', [tarball(), '--profile', 'esm-only'])).resolves.toBeDefined();
  });

  it('holds compiled code and its licence, no tests and no sources', async () => {
    const { stdout } = await run('tar', ['tzf', tarball()]);
    // What `secure-api init` writes is source.
    const files = stdout.split('\n').filter((file) => !file.startsWith('package/dist/create/template/'));
    expect(files).toContain('package/LICENSE');
    expect(files.filter((file) => /(?<!\.d)\.ts$|\/tests?\/|\.test\.|fixture/.test(file))).toEqual([]);
  });

  it('has no declaration file of more than 32 KB, as one would be that repeats types of the AWS SDK', () => {
    const folder = join(project, 'node_modules', name, 'dist');
    const declarations = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.d\.ts$/.test(file),
    );
    expect(declarations).not.toEqual([]);
    const large = declarations.filter((file) => statSync(join(folder, file)).size > LARGEST_DECLARATION_BYTES);
    expect(large).toEqual([]);
  });

  it('holds what its pages link to', () => {
    const folder = join(project, 'node_modules', name);
    const found = pages(folder);
    expect(found.map((page) => relative(folder, page))).toContain('README.md');
    const broken = found.flatMap((page) => brokenLinks(page, folder).map((link) => [relative(folder, page), link]));
    expect(broken).toEqual([]);
  });
});

describe('an installation of the packages', () => {
  it(`takes at most ${MOST_MEGABYTES} MB with all dependencies that are no peers`, () => {
    const folders = closureOf(project, ['secure-api']);
    expect(folders).toEqual(expect.arrayContaining(['node_modules/secure-api', 'node_modules/esbuild']));
    expect(folders).not.toContain('node_modules/aws-cdk-lib');
    expect(megabytesOf(project, folders)).toBeLessThan(MOST_MEGABYTES);
  });

  it('runs no install script but those of esbuild and of the Node of this project', () => {
    expect(installScripts(project)).toEqual(['node_modules/esbuild', 'node_modules/node']);
  });
});

describe('the code of the package', () => {
  it('is one file where Node.js loads it, with all exports of the modules that bundlers take', async () => {
    const script = `
      import { registerHooks } from 'node:module';
      const files = [];
      const others = new Set();
      const load = (url, context, next) => {
        const [, name, file] = /\\/node_modules\\/(secure-api|ajv|esbuild|typebox)\\/(.*)/.exec(url) ?? [];
        if (name === 'secure-api') files.push(file);
        else if (name !== undefined) others.add(name);
        return next(url, context);
      };
      // As an app does. Node.js remembers only the names of those packages that the same folder loaded first.
      await import('aws-cdk-lib');
      const resolved = [];
      const resolve = (specifier, context, next) => {
        if (context.parentURL?.endsWith('/forNode.cjs') && !specifier.startsWith('node:')) resolved.push(specifier);
        return next(specifier, context);
      };
      const hooks = registerHooks({ load, resolve });
      const loaded = await import('secure-api');
      hooks.deregister();
      const modules = await import('./node_modules/secure-api/dist/lib/index.js');
      const names = { loaded: Object.keys(loaded), modules: Object.keys(modules) };
      console.log(JSON.stringify({ files, others: [...others], resolved, ...names }));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: project });
    const { files, others, resolved, loaded, modules } = JSON.parse(stdout);
    expect(files).toEqual(['dist/lib/forNode.js', 'dist/lib/forNode.cjs']);
    // What bundles and compiles is loaded when there is something to bundle or to compile, TypeBox when a definition uses it.
    expect(others).toEqual([]);
    expect(resolved).toContain('aws-cdk-lib');
    expect(resolved).toEqual([...new Set(resolved)]);
    expect(loaded).toContain('SecureApi');
    expect(loaded).toEqual(modules);
  });
});

describe('the command of the package', () => {
  it('makes a CA for partners with the library that the package brings', async () => {
    const secureApi = join(project, 'node_modules/secure-api/bin/secure-api.js');
    const { stdout } = await run(process.execPath, [secureApi, 'certs', 'ca', '--json'], { cwd: temporaryFolder() });
    expect(JSON.parse(stdout)).toMatchObject({ subject: 'CN=Partner CA', crl: { number: 1 } });
  });
});

describe('the package in another team’s project', () => {
  it('type-checks with its own declarations, without skipLibCheck', async () => {
    await expect(npm('typecheck')).resolves.toBeDefined();
  });

  it('synthesizes that team’s definition', async () => {
    await npm('synth');
    const template = readFileSync(join(project, 'cdk.out/Orders.template.json'), 'utf8');
    expect(template).toContain('/orders');
    expect(template).toContain('AWS::WAFv2::WebACL');
  });

  it('does not bundle a definition that a handler imports as a value', async () => {
    const file = join(project, 'handlers/health.ts');
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, `import { orders } from '../orders.ts';\nconsole.log(orders.name);\n${source}`);
    await expect(packed.runApp()).rejects.toMatchObject({
      stderr: expect.stringMatching(
        /handler-imports-cdk at handlers: found handlers\/health\.ts → orders\.ts → secure-api; expected/,
      ),
    });
    writeFileSync(file, source);
  });

  it('rejects patterns that hostile input makes run for ever', async () => {
    const file = join(project, 'orders.ts');
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, source.replace('[A-Z0-9-]+', '([A-Z0-9]+-?)+'));
    // By the CDK CLI, which shows the error and ends with its exit code.
    await expect(npm('synth')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('pattern-unsafe') });
    writeFileSync(file, source);
  });

  it('is served by the local gateway, with that team’s roles', async () => {
    const gateway = await packed.serve();
    try {
      const call = clientOf(gateway.ready);
      // The first by the command of the package.
      const data = ['--data', gateway.ready.data];
      const options = ['--no', 'secure-api', 'token', '--role', 'clerk', '--tier', 'standard', ...data];
      const clerk = (await run('npx', options, { cwd: project })).stdout.trim();
      const order = { article: 'A-1', quantity: 2 };
      const placed = await call('POST', '/orders', { token: clerk, body: order });
      expect([placed.status, placed.json()]).toEqual([201, { ...order, orderedBy: expect.any(String) }]);
      const auditor = await gateway.token('auditor', { tier: 'standard' });
      expect((await call('POST', '/orders', { token: auditor, body: order })).status).toBe(403);
      expect((await call('POST', '/orders', { token: clerk, body: { ...order, quantity: 0 } })).status).toBe(400);
    } finally {
      await gateway.stop();
    }
  });

  it('names the package that a command needs', async () => {
    const args = ['--no', 'secure-api', 'tokens', 'revoke', '--sub', 'x', '--table', 'x'];
    await expect(run('npx', args, { cwd: project })).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/sdk-not-installed.*npm install --save-dev @aws-sdk\/client-dynamodb/),
    });
  });

  it('runs its own command line', async () => {
    const { stdout } = await run('npx', ['--no', 'secure-api', 'access', 'matrix'], { cwd: project });
    expect(stdout).toContain('placeOrder');
  });
});
