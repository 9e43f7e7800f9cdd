import { join } from 'node:path';
import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentDeployment } from '../../../lib/cli/openapiDeployment.ts';
import { Identity, SecureApi } from '../../../lib/construct/index.ts';
import { root, temporaryFolder } from '../../support/folders.ts';
import { cli } from '../../support/gateway.ts';
import { writeHandlers } from '../../support/generated.ts';
import { type Cloud, startCloud } from '../../support/userPoolCloud.ts';
import { domain } from '../../support/variants.ts';
import { smallApi } from '../../synth/support.ts';

const CLIENT = '1h57kf5cpq17m0eml12EXAMPLE';
let assembly: string;

/** One stack for each way in which servers and issuers can be known. */
beforeAll(() => {
  const handlers = temporaryFolder();
  writeHandlers(smallApi(), handlers);
  const app = new App({ outdir: join(temporaryFolder(), 'out') });
  const stackOf = (id: string, region?: string) =>
    new Stack(app, id, region === undefined ? {} : { env: { account: '123456789012', region } });
  const add = (scope: Stack, id: string, identity: Identity | readonly Identity[], props: object = {}) =>
    new SecureApi(scope, id, { definition: smallApi(), handlers, identity, ...props });
  const oidc = (host: string, more: object = {}) =>
    Identity.oidc({ issuer: `https://${host}`, jwksUri: `https://${host}/keys`, audience: 'tests', ...more });
  const poolOf = (userPool: UserPool | string) => Identity.cognito({ userPool, userPoolClients: [CLIENT] });

  const two = stackOf('Two');
  add(two, 'One', oidc('one.example'), { stageName: 'pre-prod' });
  add(two, 'Other', oidc('other.example', { dpop: 'required' }));
  const custom = stackOf('Custom');
  const shared = Secret.fromSecretNameV2(custom, 'Shared', 'shared');
  add(custom, 'Api', [oidc('login.example'), Identity.hmac({ issuer: 'partner', audience: 'tests', secret: shared })], {
    domain: domain(custom),
  });
  const many = Array.from({ length: 30 }, (_, i) => oidc(`login-${i}.customer.example`));
  add(stackOf('Many', 'eu-west-1'), 'Api', [...many, Identity.hmac({ issuer: 'partner', audience: 'tests' })]);
  add(stackOf('Known', 'eu-west-1'), 'Api', poolOf('eu-west-1_AbCdEfGhI'));
  add(stackOf('China', 'cn-north-1'), 'Api', oidc('login.example'));
  add(stackOf('Own'), 'Api', Identity.cognito());
  add(stackOf('Imported', 'eu-west-1'), 'Api', poolOf(new UserPool(stackOf('Pools', 'eu-west-1'), 'Pool')));
  add(new NestedStack(stackOf('Outer'), 'Nested'), 'Api', oidc('nested.example'));
  new Secret(stackOf('Empty'), 'Secret');
  assembly = app.synth().directory;
});

const read = (stack: string, more: object = {}) => documentDeployment({ assembly, stack, ...more });

describe('the API of a cloud assembly', () => {
  it('has the issuers of its authorizer, where a stack has several APIs', async () => {
    const found = await read('Two').catch((error: Error) => error.message);
    expect(found).toMatch(
      /^option-missing at --api: found several APIs: small \(Two-One-\w+\), small \(Two-Other-\w+\)/,
    );
    const [one = '', other = ''] = String(found).match(/Two-\w+-\w+/g) ?? [];
    expect(await read('Two', { api: one })).toMatchObject({
      servers: [{ url: 'https://{apiId}.execute-api.{region}.amazonaws.com/pre-prod' }],
      issuers: [{ issuer: 'https://one.example', hasDiscovery: true }],
    });
    expect(await read('Two', { api: other })).toMatchObject({
      servers: [{ url: 'https://{apiId}.execute-api.{region}.amazonaws.com/live' }],
      issuers: [{ issuer: 'https://other.example', hasDiscovery: true, dpop: 'required' }],
    });
  });

  it('has its domain, and no discovery document for a shared secret', async () => {
    expect(await read('Custom')).toEqual({
      servers: [{ url: 'https://api.example.com' }],
      issuers: [
        { issuer: 'https://login.example', hasDiscovery: true },
        { issuer: 'partner', hasDiscovery: false },
      ],
    });
  });

  it('has issuers that are in the code of the authorizer', async () => {
    const { issuers } = await read('Many');
    expect(issuers).toHaveLength(31);
    expect(issuers.slice(-2)).toEqual([
      { issuer: 'https://login-29.customer.example', hasDiscovery: true },
      { issuer: 'partner', hasDiscovery: false },
    ]);
  });

  it('has what the region decides, whatever --region says', async () => {
    const apiId = { default: 'API_ID', description: expect.any(String) };
    expect(await read('Known', { region: 'us-west-2' })).toEqual({
      servers: [{ url: 'https://{apiId}.execute-api.eu-west-1.amazonaws.com/live', variables: { apiId } }],
      issuers: [{ issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI', hasDiscovery: true }],
    });
    const { servers } = await read('China');
    expect(servers).toMatchObject([{ url: 'https://{apiId}.execute-api.cn-north-1.amazonaws.com.cn/live' }]);
  });

  it('has no discovery document of a pool whose id only a deployment knows', async () => {
    for (const stack of ['Own', 'Imported']) {
      expect(await read(stack)).toMatchObject({ issuers: [{ hasDiscovery: false }] });
    }
  });

  it('takes the region of a stack whose app fixes none from --region', async () => {
    const { servers } = await read('Own', { region: 'eu-north-1' });
    expect(servers).toMatchObject([{ url: 'https://{apiId}.execute-api.eu-north-1.amazonaws.com/live' }]);
  });

  it.each<readonly [string, object, RegExp]>([
    [
      'a nested stack',
      { stack: 'Outer' },
      /^option-invalid at --assembly: .* depends on .* write --server and --issuer/,
    ],
    ['a stack without an API', { stack: 'Empty' }, /^option-invalid at --assembly: found no API of SecureApi/],
    ['another API', { stack: 'Own', api: 'orders' }, /^option-invalid at --api: found "orders".*one of Own-/],
    ['another stack', { stack: 'Nowhere' }, /^option-invalid at --stack/],
    ['several stacks', {}, /^option-missing at --stack/],
    ['no assembly', { assembly: root, stack: 'Own' }, /^file-unreadable/],
    [
      'a region alone',
      { assembly: undefined, region: 'eu-west-1' },
      /^option-missing at --stack: found --region alone/,
    ],
    ['an API alone', { assembly: undefined, api: 'small' }, /^option-missing at --stack: found --api alone/],
  ])('is not read from %s', async (_, selection, message) => {
    await expect(documentDeployment({ assembly, ...selection })).rejects.toThrow(message);
  });
});

describe('secure-api openapi', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud([]);
    cloud.stacks.length = 0;
    cloud.stacks.push(
      { name: 'Documents', outputs: cloud.outputsOf('documents', 'documents-1', { issuer: 'https://login.example' }) },
      { name: 'Keys', outputs: cloud.outputsOf('documents', 'documents-2', { issuer: undefined }) },
    );
  });
  afterAll(() => cloud.close());
  const run = (...args: readonly string[]) => cli(['openapi', ...args], root, undefined, '', cloud.env);

  it('writes servers and issuers of a deployed stack, and those of the command line instead', async () => {
    const { stdout, code } = await run('--stack', 'Documents');
    const document = JSON.parse(stdout);
    expect([code, document.servers]).toEqual([0, [{ url: 'https://api.example.com/live' }]]);
    expect(document.components.securitySchemes).toEqual({
      oidc: expect.objectContaining({ openIdConnectUrl: 'https://login.example/.well-known/openid-configuration' }),
    });
    const given = ['--server', 'https://a.example', 'https://b.example', '--issuer', 'https://c.example'];
    const other = JSON.parse((await run('--stack', 'Keys', ...given)).stdout);
    expect(other.servers).toEqual([{ url: 'https://a.example' }, { url: 'https://b.example' }]);
    expect(other.components.securitySchemes.oidc.openIdConnectUrl).toContain('https://c.example/');
    const plain = JSON.parse((await run('--stack', 'Keys')).stdout);
    expect(Object.keys(plain.components.securitySchemes)).toEqual(['bearer']);
  });

  it.each<readonly [string, string, readonly string[]]>([
    ['an address without TLS', 'option-invalid', ['--server', 'http://api.example.com']],
    ['an address with a password', 'option-invalid', ['--server', 'https://u:hunter2@api.example.com']],
    ['an issuer with a query', 'option-invalid', ['--issuer', 'https://a.example?x=1']],
    ['an issuer with a password', 'option-invalid', ['--issuer', 'https://u:hunter2@a.example']],
    ['a stack that is not deployed', 'api-not-deployed', ['--stack', 'Nowhere']],
    ['no cloud assembly', 'file-unreadable', ['--assembly', 'test']],
    ['a base that is no URL', 'option-invalid', ['--problem-type-base', 'errors']],
    ['a misspelt option', 'option-invalid', ['--servers', 'https://a.example']],
  ])('rejects %s with exit code 2 and an error as JSON', async (_, name, args) => {
    const { stdout, stderr, code } = await run(...args, '--json');
    expect([code, stdout, JSON.parse(stderr).error.code]).toEqual([2, '', name]);
    expect(stderr).not.toContain('hunter2');
  });
});
