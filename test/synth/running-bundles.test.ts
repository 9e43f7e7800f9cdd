import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents } from '../../lambdas/documents/api.ts';
import { type Bundle, type Bundles, bundleFunctions } from '../../lib/bundle/bundle.ts';
import type { Api } from '../../lib/definition/index.ts';
import { copyOf, folderOf, root } from '../support/folders.ts';
import { tokenIssuerOf } from '../unit/authorizer/support/authorizer.ts';

let bundles: Bundles;
beforeAll(() => {
  bundles = bundleFunctions(documents as unknown as Api, join(root, 'lambdas/documents'));
});
afterAll(() => bundles.remove());

const group = (name: string): Bundle => bundles.groups.get(name) ?? expect.fail(`no bundle ${name}`);

describe('a bundled function', () => {
  // A file, because a process that runs code of its command line loads more of Node.js.
  const runner = folderOf({
    'run.cjs': `let isLoaded = false;
      require('node:module').registerHooks({ load: (url, context, next) => { isLoaded ||= url.includes('/onDemand-'); return next(url, context); } });
      import(process.argv[2]).then(({ handler }) => handler(JSON.parse(process.argv[3]), {}))
      .then((result) => '\\nRESULT' + JSON.stringify(result), (error) => '\\nERROR' + error.message)
      .then((text) => process.stdout.write('ON DEMAND ' + isLoaded + ', NODE ' + process.moduleLoadList.join() + text))`,
  });
  /** Runs the bundle alone in its own process and returns its handler's response. */
  const print = ({ directory }: Bundle, event: object, env: Record<string, string> = {}) => {
    const args = [join(runner, 'run.cjs'), join(directory, 'index.mjs'), JSON.stringify(event)];
    // On Lambda, the current folder can be any.
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, cwd: '/', encoding: 'utf8' });
    return status === 0 ? stderr + stdout : expect.fail(stderr);
  };
  const run = (...call: Parameters<typeof print>) => {
    const printed = print(...call);
    return /(?:RESULT|ERROR)(.*)$/.exec(printed)?.[1] ?? printed;
  };
  const request = { httpMethod: 'GET', headers: {}, requestContext: { requestId: 'r-1' } };

  it('responds by itself, without node_modules', () => {
    const response = run(group('health'), { ...request, resource: '/health', path: '/health' });
    expect(JSON.parse(response)).toMatchObject({ statusCode: 200, body: '{"status":"ok"}' });
  });

  const ISSUER = tokenIssuerOf('https://login.example.com', { algorithms: ['RS256'] });
  const AUTHORIZER = {
    SECURE_API_TOKEN_ISSUERS: JSON.stringify([ISSUER]),
    SECURE_API_KEYS_SECRET: 'arn:secret',
    AWS_REGION: 'eu-west-1',
  };
  const LINES = { POWERTOOLS_METRICS_NAMESPACE: 'SecureApi', TZ: 'UTC' };
  const ofClient = (agent: string) => ({
    ...request,
    resource: '/health',
    path: '/health',
    headers: { 'User-Agent': agent },
  });

  it('loads its second file only for an unusual request, wherever the process runs', () => {
    const isLoaded = (agent: string) => {
      const printed = print(group('health'), ofClient(agent), LINES);
      expect(printed).toContain(`"userAgent":"${agent.replace('hunter2', '[redacted]')}"`);
      return /ON DEMAND true/.test(printed);
    };
    expect([isLoaded('curl/8.5.0'), isLoaded('password: hunter2')]).toEqual([false, true]);
  });

  const isLoadedFor = (requestId: string, module: string) => {
    const headers = { 'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793' };
    const event = { ...ofClient('curl/8.5.0'), headers, requestContext: { requestId } };
    return print(group('health'), event, LINES).includes(`NativeModule ${module},`);
  };
  const UUID = 'c6af9ac6-7b61-41e6-9a41-93e8deadbeef';

  it('loads the cryptography of Node.js only where a request needs a hash', () => {
    expect([isLoadedFor(UUID, 'crypto'), isLoadedFor('no UUID', 'crypto')]).toEqual([false, true]);
  });

  it('measures its requests without the module behind performance.now()', () => {
    expect(isLoadedFor(UUID, 'perf_hooks')).toBe(false);
  });

  it('loads a client of the AWS SDK without the HTTP client behind fetch', () => {
    const printed = print(group('documents'), { ...request, resource: '/documents', path: '/documents' }, LINES);
    expect(printed).toContain('NativeModule https,');
    expect(printed).not.toContain('undici/undici');
  });

  it.each([
    ['a password', 'curl/8 password: hunter2hunter2', 'hunter2'],
    ['a card number', 'curl/8 4111 1111 1111 1111', '1111'],
    ['a key', 'curl/8 sk-proj-abcdefghijklmnop', 'abcdefgh'],
    ['a token', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln', 'eyJ'],
  ])('hides %s in its first request, as in any other', (_, agent, secret) => {
    for (const bundle of [group('health'), bundles.authorizer]) {
      const printed = print(bundle, ofClient(agent), { ...LINES, ...AUTHORIZER });
      expect(printed).toContain('[redacted]');
      expect(printed).not.toContain(secret);
    }
  });

  it('hides everything unusual, and responds, where its second file cannot be read', () => {
    const folder = copyOf(group('health').directory);
    for (const name of readdirSync(folder).filter((each) => each.startsWith('onDemand-'))) rmSync(join(folder, name));
    const printed = print({ ...group('health'), directory: folder }, ofClient('curl/8 password: hunter2'), LINES);
    expect(printed).toContain('"userAgent":"[redacted]"');
    expect(printed).toContain('"errorCode":"MODULE_NOT_FOUND"');
    expect(printed).toContain('{"statusCode":200');
    rmSync(folder, { recursive: true });
  });

  it('fails for invalid settings, and hides the whole error, where its second file cannot be read', () => {
    const folder = copyOf(bundles.authorizer.directory);
    for (const name of readdirSync(folder).filter((each) => each.startsWith('onDemand-'))) rmSync(join(folder, name));
    const wrong = { ...AUTHORIZER, SECURE_API_TOKEN_ISSUERS: 'password: hunter2' };
    const printed = print({ ...bundles.authorizer, directory: folder }, ofClient('curl/8.5.0'), { ...LINES, ...wrong });
    expect(printed).toContain('"errorCode":"MODULE_NOT_FOUND"');
    expect(printed).toContain('"reason":"configuration-invalid"');
    expect(printed).toContain('"error":"[redacted]"');
    expect(printed).toContain('ERRORAuthorizer failed');
    rmSync(folder, { recursive: true });
  });

  it('rejects a request without a token as the authorizer', () => {
    const methodArn = 'arn:aws:execute-api:eu-west-1:123456789012:abc/live/GET/me';
    expect(
      run(bundles.authorizer, { ...request, type: 'REQUEST', methodArn, resource: '/me', path: '/me' }, AUTHORIZER),
    ).toBe('Unauthorized');
  });
});
