import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { discover, type IssuerEndpoint, redeem, signIn } from '../../../test/support/oauth.ts';
import type { UserPoolModel } from '../../assembly/model.ts';
import type { InvokeResult, LambdaRunner } from '../../contracts.ts';
import { preTokenOf } from '../../serve/preTokenTrigger.ts';
import { adminSecret, machineClientSecret } from '../../services/issuer/adminSecret.ts';
import { type AccessTokenChange, changedClaims, type PreTokenRequest } from '../../services/issuer/preToken.ts';
import { requestToken } from '../../services/issuer/requestToken.ts';
import { type Issuer, startIssuer } from '../../services/issuer/start.ts';
import { aStack } from '../support/gateway.ts';
import { JWT, sampleTokenSettings } from '../support/issuer.ts';
import { testTls } from '../support/services.ts';

describe('a token of a user pool with a trigger', () => {
  const own = { redirectUris: [], introspects: false, userPool: 'pool' };
  const tokenSettings = sampleTokenSettings({
    targets: [{ ...JWT, audience: [], clientIds: ['app', 'job'] }],
    clients: [
      { ...own, id: 'app', isPublic: true, flows: ['code'], scopes: ['openid', 'documents/read'] },
      {
        ...own,
        id: 'job',
        name: 'nightly',
        isPublic: false,
        flows: ['client_credentials'],
        scopes: ['ids/role:editor', 'documents/read'],
      },
    ],
  });
  const data = temporaryFolder();
  const asked: PreTokenRequest[] = [];
  const printed: string[] = [];
  let change: AccessTokenChange | undefined;
  let fault: Error | undefined;
  let issuer: Issuer;
  let endpoint: IssuerEndpoint;

  beforeAll(async () => {
    const tls = await testTls();
    const preToken = async (request: PreTokenRequest) => {
      asked.push(request);
      if (fault !== undefined) throw fault;
      return change;
    };
    issuer = await startIssuer({ data, tls, tokenSettings, preToken, print: (line) => printed.push(line) });
    endpoint = { issuer: issuer.url, ca: tls.caPem };
  });
  afterAll(() => issuer.close());
  beforeEach(() => {
    asked.length = 0;
    change = undefined;
    fault = undefined;
  });

  const signInAsAda = async () => {
    const app = await discover(endpoint, 'app');
    const fields: [string, string][] = [
      ['username', 'ada'],
      ['roles', 'viewer'],
      ['tier', 'premium'],
    ];
    const parameters = { scope: 'openid documents/read' };
    return { app, tokens: await redeem(app, await signIn(app, endpoint, fields, { parameters })) };
  };
  const machineToken = async () => {
    const job = await discover(endpoint, 'job', machineClientSecret(adminSecret(data), 'job'));
    return decodeJwt((await client.clientCredentialsGrant(job)).access_token);
  };

  test('is what the trigger makes of it, and so is each refreshed one', async () => {
    change = { claimsToAddOrOverride: { roles: ['viewer'], tier: 'premium' } };
    const { app, tokens } = await signInAsAda();
    expect(decodeJwt(tokens.access_token)).toMatchObject({ roles: ['viewer'], tier: 'premium' });
    change = { claimsToAddOrOverride: { roles: ['editor'] } };
    const fresh = await client.refreshTokenGrant(app, tokens.refresh_token ?? '');
    expect(decodeJwt(fresh.access_token)).toMatchObject({ roles: ['editor'] });
    expect(decodeJwt(fresh.access_token)).not.toHaveProperty('tier');
    const scopes = ['openid', 'documents/read'];
    const request = { userPool: 'pool', clientId: 'app', username: 'ada', groups: ['viewer', 'tier:premium'], scopes };
    expect(asked).toEqual([request, request]);
  });

  test('has no roles when the trigger adds none: groups are all that Cognito writes', async () => {
    const claims = decodeJwt((await signInAsAda()).tokens.access_token);
    expect(claims['cognito:groups']).toEqual(['viewer', 'tier:premium']);
    expect(Object.keys(claims).filter((name) => ['roles', 'tier'].includes(name))).toEqual([]);
  });

  test('of a machine has the scopes that the trigger leaves', async () => {
    change = { claimsToAddOrOverride: { roles: ['editor'] }, scopesToSuppress: ['ids/role:editor'] };
    expect(await machineToken()).toMatchObject({ sub: 'job', roles: ['editor'], scope: 'documents/read' });
    expect(asked).toMatchObject([{ clientId: 'job', username: undefined, groups: [] }]);
  });

  test.each(['job', 'nightly'])(
    'is requested by the id or the name of a machine, with scopes without their resource server: %s',
    async (name) => {
      const ca = join(data, 'test-ca.pem');
      writeFileSync(ca, endpoint.ca);
      const request = { ready: { issuer: issuer.url, ca }, data, client: name };
      expect(decodeJwt(await requestToken({ ...request, roles: ['editor'] }))).toMatchObject({
        client_id: 'job',
        sub: 'job',
        scope: 'ids/role:editor',
      });
      await expect(requestToken({ ...request, roles: ['viewer'] })).rejects.toMatchObject({ code: 'request-invalid' });
    },
  );

  test('is not issued when the trigger fails, and the log says so', async () => {
    fault = new Error('out of order');
    await expect(machineToken()).rejects.toMatchObject({ cause: { status: 500 } });
    expect(printed.join('\n')).toContain('out of order');
  });
});

describe('what a trigger can change', () => {
  const claims = { sub: 'ada', client_id: 'app', scope: 'openid documents/read', 'cognito:groups': ['a'] };

  test('claims are added, replaced and removed, scopes too', () => {
    const change = {
      claimsToAddOrOverride: { tenant: 7 },
      claimsToSuppress: ['cognito:groups'],
      scopesToAdd: ['more'],
      scopesToSuppress: ['openid'],
    };
    expect(changedClaims(claims, change)).toEqual({
      sub: 'ada',
      client_id: 'app',
      scope: 'documents/read more',
      tenant: 7,
    });
  });

  test.each(['sub', 'client_id', 'iss', 'exp', 'token_use', 'username', 'aud'])('not who %s says', (name) => {
    const change = { claimsToAddOrOverride: { [name]: 'mine' }, claimsToSuppress: [name] };
    expect(changedClaims(claims, change)).toEqual(claims);
  });

  test('a token can end up without scopes', () => {
    const change = { scopesToSuppress: ['openid', 'documents/read'] };
    expect(JSON.parse(JSON.stringify(changedClaims(claims, change)))).not.toHaveProperty('scope');
  });
});

describe('how the trigger is run', () => {
  const ARN = 'arn:aws:lambda:eu-central-1:111111111111:function:pretoken';
  const request = { userPool: 'pool', clientId: 'app', username: 'ada', groups: ['viewer'], scopes: ['openid'] };
  const machine = { ...request, username: undefined, groups: [] };
  const events: unknown[] = [];

  const preToken = (pool: Partial<UserPoolModel>, result: InvokeResult | undefined) => {
    const runner: LambdaRunner = {
      invoke: async (arn, event) => {
        expect(arn).toBe(ARN);
        events.push(event);
        return result ?? { kind: 'timeout' };
      },
      close: async () => {},
    };
    const userPools = [{ id: 'pool', issuer: 'https://cognito.example/pool', clients: [], ...pool }];
    return preTokenOf(aStack({ userPools }), () => (result === undefined ? undefined : runner));
  };
  const returning = (accessTokenGeneration: unknown): InvokeResult => ({
    kind: 'ok',
    payload: { response: { claimsAndScopeOverrideDetails: { accessTokenGeneration } } },
  });
  const withTrigger = (version: 'V2_0' | 'V3_0') => ({ preToken: { functionArn: ARN, version } });

  beforeEach(() => {
    events.length = 0;
  });

  test('with the event of its version, and its result is the change', async () => {
    const change = { claimsToAddOrOverride: { roles: ['viewer'] } };
    expect(await preToken(withTrigger('V3_0'), returning(change))(request)).toEqual(change);
    expect(events).toEqual([
      {
        version: '3',
        triggerSource: 'TokenGeneration_HostedAuth',
        region: 'eu-central-1',
        userPoolId: 'pool',
        userName: 'ada',
        callerContext: { awsSdkVersion: expect.any(String), clientId: 'app' },
        request: {
          userAttributes: { sub: 'ada' },
          groupConfiguration: { groupsToOverride: ['viewer'], iamRolesToOverride: [], preferredRole: null },
          scopes: ['openid'],
        },
        response: { claimsAndScopeOverrideDetails: null },
      },
    ]);
  });

  test('for machines from version 3 on', async () => {
    expect(await preToken(withTrigger('V2_0'), returning({}))(machine)).toBeUndefined();
    expect(events).toEqual([]);
    await preToken(withTrigger('V3_0'), returning({}))(machine);
    expect(events).toMatchObject([{ triggerSource: 'TokenGeneration_ClientCredentials', userName: 'app' }]);
  });

  test('not where a pool has none, and a result without a change changes nothing', async () => {
    expect(await preToken({}, returning({}))(request)).toBeUndefined();
    expect(await preToken(withTrigger('V2_0'), returning(null))(request)).toBeUndefined();
  });

  test.each([
    ['fails', { kind: 'error', errorType: 'Error', message: 'x' } as const],
    ['takes too long', { kind: 'timeout' } as const],
    ['cannot be run yet', undefined],
  ])('and there is no token when it %s', async (_, result) => {
    await expect(preToken(withTrigger('V3_0'), result)(request)).rejects.toThrow('see its log');
  });
});
