import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Template } from 'aws-cdk-lib/assertions';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundles, bundleFunctions } from '../../lib/construct/bundle/bundle.ts';
import { Identity } from '../../lib/construct/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { writeHandlers } from '../support/generated.ts';
import { startIssuer, type TestIssuer } from '../unit/authorizer/support/authorizer.ts';
import { localCertificate, startSecrets } from '../unit/authorizer/support/services.ts';
import { at, only, smallApi, smallTemplate, withFolder } from './support.ts';

const run = promisify(execFile);
const SHARED = 's'.repeat(48);
const folder = temporaryFolder();
const ca = join(folder, 'ca.pem');
let bundles: Bundles;
let issuer: TestIssuer;
let secrets: Awaited<ReturnType<typeof startSecrets>>;
beforeAll(async () => {
  bundles = withFolder((handlers) => {
    writeHandlers(smallApi(), handlers);
    return bundleFunctions(smallApi(), handlers);
  });
  writeFileSync(ca, (await localCertificate()).cert);
  issuer = await startIssuer(['RS256']);
  secrets = await startSecrets({ '*': { current: SHARED } });
});
afterAll(async () => {
  bundles.remove();
  await issuer.close();
  await secrets.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The sources that the construct writes, with this machine's issuer in the place of the pool's address. */
function identityOf(template: Template): string {
  const variables = at(only(template, 'AWS::Lambda::Function', 'Authorizer'), 'Properties.Environment.Variables');
  const value = at(variables, 'SECURE_API_TOKEN_ISSUERS');
  const parts = typeof value === 'string' ? [value] : (at(value, 'Fn::Join.1') as (string | { Ref: string })[]);
  const text = parts.map((part) => (typeof part === 'string' ? part : part.Ref)).join('');
  return text
    .replaceAll(/https:\/\/cognito-idp[^"]*?\/\.well-known\/jwks\.json/g, `${issuer.url}/jwks`)
    .replaceAll(/https:\/\/cognito-idp[^"]*/g, issuer.url);
}

/** The result of the bundle in its own process; its logs come before. */
async function resultOf(identity: string, token: string): Promise<Record<string, unknown> | string> {
  const code = `import(process.argv[1]).then(({ handler }) => handler(JSON.parse(process.argv[2]), {})).then(
    (result) => process.stdout.write('\\nRESULT' + JSON.stringify(result)),
    (error) => process.stdout.write('\\nERROR' + error.message))`;
  const event = {
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:abc/live/GET/things',
    resource: '/things',
    path: '/things',
    httpMethod: 'GET',
    headers: { authorization: `Bearer ${token}` },
    requestContext: { requestId: 'r-1' },
  };
  const env = {
    SECURE_API_TOKEN_ISSUERS: identity,
    SECURE_API_KEYS_SECRET: 'keys',
    NODE_EXTRA_CA_CERTS: ca,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
  };
  const args = ['-e', code, join(bundles.authorizer.directory, 'index.mjs'), JSON.stringify(event)];
  const { stdout } = await run(process.execPath, args, { env, cwd: folder });
  const [, kind, text = ''] = /(RESULT|ERROR)(.*)$/.exec(stdout) ?? [];
  return kind === 'RESULT' ? JSON.parse(text) : text || stdout;
}

const now = () => Math.floor(Date.now() / 1000);

describe('one bundle', () => {
  it('accepts tokens of a user pool, as Cognito writes them', async () => {
    const identity = identityOf(smallTemplate({ identity: Identity.cognito() }));
    const [source] = JSON.parse(identity) as [{ clientIds: string[] }];
    const claims = {
      sub: '7d8ca528-4931-4254-9273-ea5ee853f271',
      'cognito:groups': ['reader', 'tier:paid'],
      iss: issuer.url,
      version: 2,
      client_id: source.clientIds[0],
      origin_jti: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      event_id: '64f513be-32db-42b0-b78e-b02127b4f463',
      token_use: 'access',
      scope: 'openid small/things.read',
      auth_time: now(),
      exp: now() + 900,
      iat: now(),
      jti: 'aaaaaaaa-bbbb-cccc-dddd-000000000000',
      username: 'somebody',
      // What the pre-token trigger adds.
      roles: ['reader'],
      tier: 'paid',
    };
    const sign = (change: object) => issuer.sign({ ...claims, ...change }, { header: { typ: undefined } });
    expect(await resultOf(identity, await sign({}))).toMatchObject({
      principalId: claims.sub,
      usageIdentifierKey: `paid-${SHARED}`,
      context: { roles: 'reader', tier: 'paid', client: claims.client_id },
    });
    expect(await resultOf(identity, await sign({ token_use: 'id' }))).toBe('Unauthorized');
    expect(await resultOf(identity, await sign({ client_id: 'another' }))).toBe('Unauthorized');
  });

  it('accepts tokens under a shared secret, which only its environment names', async () => {
    const template = smallTemplate({ identity: Identity.hmac({ issuer: 'billing', audience: 'small' }) });
    const token = await new SignJWT({ sub: 'robot', aud: 'small', iss: 'billing', roles: ['reader'] })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(SHARED));
    expect(await resultOf(identityOf(template), token)).toMatchObject({
      principalId: 'robot',
      context: { issuer: 'billing' },
    });
    expect(await resultOf(identityOf(smallTemplate()), token)).toBe('Unauthorized');
  });

  it('is the same for every identity', () => {
    const hash = (directory: string) =>
      createHash('sha256')
        .update(readFileSync(join(directory, 'index.mjs')))
        .digest('hex');
    const again = withFolder((handlers) => {
      writeHandlers(smallApi(), handlers);
      return bundleFunctions(smallApi(), handlers, {});
    });
    expect(hash(again.authorizer.directory)).toBe(hash(bundles.authorizer.directory));
    const codes = [Identity.cognito(), Identity.hmac({ issuer: 'a', audience: 'b' })].map((identity) =>
      at(only(smallTemplate({ identity }), 'AWS::Lambda::Function', 'Authorizer'), 'Properties.Code.S3Key'),
    );
    expect(codes[0]).toBe(codes[1]);
    again.remove();
  });

  it('holds the keys that were read at synth', () => {
    const warm = {
      'https://keys.example/jwks': { readAt: '2026-11-25T12:00:00.000Z', keys: [{ kty: 'EC', kid: 'warm' }] },
    };
    const warmed = withFolder((handlers) => {
      writeHandlers(smallApi(), handlers);
      return bundleFunctions(smallApi(), handlers, { warmKeys: warm });
    });
    const text = readFileSync(join(warmed.authorizer.directory, 'index.mjs'), 'utf8');
    for (const part of ['https://keys.example/jwks', '2026-11-25T12:00:00.000Z', 'warm']) expect(text).toContain(part);
    warmed.remove();
  });
});

describe('the trigger', () => {
  it('is a few hundred bytes, and runs by itself', async () => {
    expect(bundles.pretoken.bytes).toBeLessThan(2_000);
    const { handler } = await import(join(bundles.pretoken.directory, 'index.mjs'));
    const request = { groupConfiguration: { groupsToOverride: ['reader'] } };
    expect(await handler({ triggerSource: 'TokenGeneration_HostedAuth', request, response: {} })).toMatchObject({
      response: {
        claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride: { roles: ['reader'] } } },
      },
    });
  });
});
