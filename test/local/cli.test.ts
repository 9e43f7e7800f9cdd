import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, temporaryFolder } from '../support/folders.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';
import { sampleAssembly } from '../support/sampleAssembly.ts';

describe('secure-api', () => {
  it('shows help with examples and exits 0', async () => {
    const result = await cli(['dev', '--help']);
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('Examples:');
  });

  it.each([
    ['an unknown command', ['fly'], /unknown command/],
    ['an unknown flag', ['dev', '--fast'], /unknown option/],
    ['a port that is none', ['dev', '--port', '70000'], /whole number from 0 to 65535/],
    ['a lifetime past the limit', ['token', '--role', 'x', '--ttl', '99999'], /from 1 to 3600/],
    ['a token without a role', ['token'], /--role/],
    ['a claim without a value', ['token', '--role', 'x', '--claim', 'tenant'], /a name and a value/],
    ['a claim without a name', ['token', '--role', 'x', '--claim', '=acme'], /a name and a value/],
    ['a claim twice', ['token', '--role', 'x', '--claim', 'a=1', '--claim', 'a=2'], /the claim a is given twice/],
    ['a temporary role without seconds', ['token', '--elevate', 'admin'], /a role and seconds, such as manager:300/],
    ['a kind of token that there is not', ['token', '--role', 'x', '--format', 'saml'], /expected one of jwt, hmac/],
    [
      'a proof for a URL that parsers read differently',
      ['proof', 'GET', 'https://a\\@b', '--key', 'package.json', '--token', 'x'],
      /an absolute https URL/,
    ],
    ['a proof by a key that is not there', ['proof', 'GET', 'https://a', '--key', 'no.pem', '--token', 'x'], /no file/],
    ['a user who is not there', ['users', 'remove', 'nobody', '--data', '/nonexistent'], /option-invalid at <name>/],
    ['keys of no running gateway', ['keys', 'rotate', '--data', '/nonexistent'], /gateway-not-running/],
    ['no running gateway', ['token', '--role', 'viewer', '--data', '/nonexistent'], /gateway-not-running/],
    ['a missing definition', ['openapi', '--definition', 'nowhere.ts'], /file-unreadable/],
    ['a module without a definition', ['openapi', '--definition', 'vitest.config.ts'], /option-invalid/],
    ['an unknown format', ['access', 'matrix', '--format', 'pdf'], /option-invalid/],
    ['a value of the context without its key', ['dev', '-c', 'optional'], /key=value/],
    ['a context for an assembly that is there', ['dev', '-c', 'a=b', '--assembly', 'cdk.out'], /cannot be used with/],
    ['a missing assembly', ['dev', '--assembly', 'nowhere'], /file-unreadable/],
  ])('reports %s and exits 2', async (_, args, message) => {
    const result = await cli(args);
    expect(result.stderr).toMatch(message);
    expect([result.code, result.stdout]).toEqual([2, '']);
  });

  it('prints errors as JSON with --json, without colour', async () => {
    const { stderr } = await cli(['token', '--role', 'viewer', '--data', '/nonexistent', '--json']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'gateway-not-running', fix: expect.any(String) } });
  });

  it('prints role × route', async () => {
    const { stdout } = await cli(['access', 'matrix']);
    for (const name of ['viewer', 'editor', 'manager', 'admin', 'deleteDocument', 'publishDocument']) {
      expect(stdout).toContain(name);
    }
    const json = JSON.parse((await cli(['access', 'matrix', '--json'])).stdout);
    expect(json).toBeTypeOf('object');
  });

  it('lists what only the functions check, each rule with its place and reason', async () => {
    const { stdout } = await cli(['openapi', '--gaps', '--json']);
    expect(JSON.parse(stdout)).toContainEqual({
      route: 'listDocuments',
      location: 'routes.listDocuments.query.properties.limit',
      keyword: 'maximum',
      reason: 'of a parameter the gateway checks only that it is there',
    });
    const lines = (await cli(['openapi', '--gaps'])).stdout.trim().split('\n');
    expect(lines).toHaveLength(JSON.parse(stdout).length + 1);
  });

  it('prints the OpenAPI document', async () => {
    const { stdout } = await cli(['openapi']);
    expect(JSON.parse(stdout)).toMatchObject({ openapi: expect.stringMatching(/^3\.1/), info: { title: 'Documents' } });
    expect(stdout).not.toContain('amazon');
  });
});

describe('a running gateway', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway?.stop());

  const token = (...args: readonly string[]) => cli(['token', ...args, '--data', gateway.ready.data]);
  /** A ready file with other facts about the APIs. */
  const readyFileWith = (facts: object) => {
    const file = join(temporaryFolder(), 'ready.json');
    const apis = gateway.ready.apis.map((api) => ({ ...api, ...facts }));
    writeFileSync(file, JSON.stringify({ ...gateway.ready, apis }));
    return file;
  };

  it.runIf(process.platform === 'linux')('serves in the started process, with a small young generation', () => {
    expect(gateway.ready.pid).toBe(gateway.process.pid);
    const words = (file: string) => readFileSync(`/proc/${gateway.ready.pid}/${file}`, 'utf8').split('\0');
    expect(words('cmdline')).toContain('--max-semi-space-size=4');
    expect(words('environ')).toContain('MALLOC_ARENA_MAX=2');
  });

  it('has reported at its start what is not emulated', () => {
    expect(gateway.output()).toMatch(/\d+ features are not emulated locally \(--verbose lists all\)/);
  });

  it('gives a token with the roles, tier, client and lifetime of the command line', async () => {
    const before = Math.floor(Date.now() / 1000);
    const { stdout } = await token(
      '--role',
      'viewer',
      'editor',
      '--tier',
      'premium',
      '--client',
      'acme',
      '--ttl',
      '60',
    );
    const claims = decodeJwt(stdout);
    expect(claims).toMatchObject({ sub: 'acme', roles: ['viewer', 'editor'], tier: 'premium' });
    expect(Number(claims.exp) - before).toBeOneOf([60, 61, 62, 63]);
    const usual = decodeJwt((await token('--role', 'viewer')).stdout);
    expect([usual.sub, Number(usual.exp) - Number(usual.iat)]).toEqual(['local-cli', 300]);
  });

  it('keeps its data directory when another gateway is started there', async () => {
    const args = ['dev', '--assembly', await sampleAssembly(), '--port', '0', '--data', gateway.ready.data];
    expect((await cli(args)).code).not.toBe(0);
    expect((await token('--role', 'viewer')).stdout).toMatch(/^eyJ/);
  });

  it('gives a token that is missing a claim which an API requires, with a warning', async () => {
    const readyFile = readyFileWith({ requiredClaims: ['tenant'] });
    const { stdout, stderr } = await cli(['token', '--role', 'viewer', '--ready-file', readyFile]);
    expect(stdout).toMatch(/^eyJ/);
    expect(stderr).toMatch(/^warning: .* rejects this token, which is missing tenant: add --claim tenant=…\n$/);
  });

  it('gives a token with a role that the role map for local tokens does not give, with a warning', async () => {
    const readyFile = readyFileWith({ tokenRoles: ['editor'] });
    const of = (role: string) => cli(['token', '--role', role, '--ready-file', readyFile]);
    const { stdout, stderr } = await of('viewer');
    expect(stdout).toMatch(/^eyJ/);
    expect(stderr).toBe(
      'warning: the role map for local tokens does not give viewer, so routes that need it respond 403; it gives editor\n',
    );
    expect((await of('editor')).stderr).toBe('');
  });

  it('gives none for a role that does not exist, and the command ends with 2', async () => {
    const { code, stderr } = await token('--role', 'nobody');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/request-invalid: .*nobody/)]);
  });
});

describe('secure-api dev', () => {
  /** A cloud assembly with something wrong in it. */
  const assembly = (files: Record<string, string>) => {
    const folder = temporaryFolder();
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  };

  it.each([
    ['an empty folder', {}],
    ['a broken manifest', { 'manifest.json': '{' }],
    ['a manifest without a stack', { 'manifest.json': '{"version":"50.0.0","artifacts":{}}' }],
  ])('rejects %s with a clear message', async (_, files) => {
    const result = await cli(['dev', '--assembly', assembly(files), '--port', '0', '--data', temporaryFolder()]);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toMatch(/error /);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });

  it('says which port is in use', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const args = ['dev', '--assembly', await sampleAssembly(), '--port', String(port), '--data', temporaryFolder()];
    const result = await cli(args);
    server.close();
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain(String(port));
    expect(result.stderr).toMatch(/port-in-use|in use/);
  });

  it('ends with 2 for a stack that does not exist', async () => {
    const data = ['--port', '0', '--data', temporaryFolder()];
    const dev = await cli(['dev', '--assembly', await sampleAssembly(), '--stack', 'Nope', ...data]);
    expect([dev.code, dev.stderr]).toEqual([2, expect.stringMatching(/unknown-stack/)]);
  });

  it('stops, and leaves no ready file, when the reader of its output has gone', async () => {
    const data = temporaryFolder();
    const words = [
      join(root, 'bin/secure-api.js'),
      'dev',
      '--assembly',
      await sampleAssembly(),
      '--port',
      '0',
      '--data',
      data,
    ];
    const line = `'${[process.execPath, ...words].join("' '")}' 2>&1 | true; exit \${PIPESTATUS[0]}`;
    const child = spawn('bash', ['-c', line], { stdio: ['ignore', 'ignore', 'inherit'] });
    expect(await once(child, 'close')).toEqual([141, null]);
    expect(existsSync(join(data, 'ready.json'))).toBe(false);
  });

  it.runIf(process.platform === 'linux')(
    'keeps compiled modules beside the packages, unless a folder is given',
    async () => {
      const folder = join(root, 'node_modules/.cache/secure-api');
      rmSync(folder, { recursive: true, force: true });
      const gateway = await startGateway({ environment: { NODE_COMPILE_CACHE: undefined } });
      const environment = readFileSync(`/proc/${gateway.ready.pid}/environ`, 'utf8').split('\0');
      expect(environment).toContain(`NODE_COMPILE_CACHE=${folder}`);
      await gateway.stop();
      expect(readdirSync(folder)).not.toEqual([]);
    },
  );

  it.runIf(process.platform === 'linux').each(['--max-semi-space-size=16', '--max_semi_space_size=16'])(
    'keeps the young generation of NODE_OPTIONS, written as %s',
    async (flag) => {
      const gateway = await startGateway({ environment: { NODE_OPTIONS: flag } });
      expect(readFileSync(`/proc/${gateway.ready.pid}/cmdline`, 'utf8')).not.toContain('--max-semi-space-size=4');
      await gateway.stop();
    },
  );

  it('ends as it should on a signal that comes as soon as its ready file is there', async () => {
    const readyFile = join(temporaryFolder(), 'ready.json');
    const options = ['--assembly', await sampleAssembly(), '--port', '0', '--data', temporaryFolder(), '--quiet'];
    const command = [join(root, 'bin/secure-api.js'), 'dev', ...options, '--ready-file', readyFile];
    const gateway = spawn(process.execPath, command, { stdio: 'ignore' });
    const ended = once(gateway, 'close');
    while (!existsSync(readyFile) && gateway.exitCode === null) await setImmediate();
    gateway.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(existsSync(readyFile)).toBe(false);
  });

  it('gives the app the context of the command line, of cdk.json and of lookups, in this order', async () => {
    const folder = temporaryFolder();
    const write = (file: string, content: object) => writeFileSync(join(folder, file), JSON.stringify(content));
    writeFileSync(join(folder, 'app.mjs'), 'console.error(process.env.CDK_CONTEXT_JSON); process.exit(1);');
    write('cdk.json', { app: 'node app.mjs', context: { issuer: 'of cdk.json', domain: 'of cdk.json' } });
    write('cdk.context.json', { domain: 'looked up', zone: 'looked up' });
    const { stderr, code } = await cli(
      ['dev', '--port', '0', '-c', 'issuer=https://a/?b=c', '--context', 'dpop=optional'],
      folder,
    );
    const context = JSON.parse(stderr.split('\n').find((line) => line.startsWith('{')) ?? '');
    expect(context).toEqual({
      issuer: 'https://a/?b=c',
      dpop: 'optional',
      domain: 'of cdk.json',
      zone: 'looked up',
    });
    expect(code).toBe(1);
  });

  it('says which file of the CDK project it cannot read', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'cdk.json'), '{ "app": ');
    expect((await cli(['dev', '--port', '0'], folder)).stderr).toMatch(/file-unreadable at cdk\.json/);
  });

  it('synthesizes and serves by npm start, and takes its options', async () => {
    const folder = temporaryFolder();
    const child = spawn('npm', ['start', '--', '--port', '0', '--data', folder, '--json'], { cwd: root });
    const printed = await new Promise<string>((done, fail) => {
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += chunk;
        if (text.includes('"url"')) done(text.slice(text.indexOf('{"')));
      });
      child.once('exit', () => fail(new Error('npm start ended')));
    });
    expect(JSON.parse(printed)).toMatchObject({
      url: expect.stringMatching(/^https:\/\/localhost:\d+$/),
      ca: expect.any(String),
    });
    expect(printed).not.toContain('AWS_SECRET_ACCESS_KEY');
    const ended = new Promise((done) => child.once('exit', done));
    process.kill(JSON.parse(printed).pid, 'SIGTERM');
    await ended;
  });
});
