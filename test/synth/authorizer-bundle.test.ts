import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILD_FOLDER } from '../../lib/bundle/buildFolder.ts';
import { type Bundles, bundleFunctions } from '../../lib/bundle/bundle.ts';
import { Identity } from '../../lib/construct/index.ts';
import {
  AUTH0_APP,
  auth0,
  cognito,
  entra,
  googlePerson,
  keycloak,
  OTHER_TENANT,
  okta,
  TENANT,
  without,
} from '../docs/providerTokens.ts';
import { authorizerResults, type Result } from '../support/authorizerProcess.ts';
import { temporaryFolder } from '../support/folders.ts';
import { writeHandlers } from '../support/generated.ts';
import { startIssuer, type TestIssuer } from '../unit/authorizer/support/authorizer.ts';
import { localCertificate, startSecrets } from '../unit/authorizer/support/services.ts';
import { at, authorizerVariable, oidc, only, smallApi, smallTemplate, withFolder } from './support.ts';

// What these tests are about is how bundles are made, so none that another test has made is used.
process.env[BUILD_FOLDER] = 'off';

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
  return authorizerVariable(template, 'SECURE_API_TOKEN_ISSUERS')
    .replaceAll(/https:\/\/cognito-idp[^"]*?\/\.well-known\/jwks\.json/g, `${issuer.url}/jwks`)
    .replaceAll(/https:\/\/cognito-idp[^"]*/g, issuer.url);
}

/** The results of the bundle with these sources, one for each token. */
function resultsOf(identity: string, tokens: readonly string[]): Promise<readonly (Result | string)[]> {
  const environment = {
    SECURE_API_TOKEN_ISSUERS: identity,
    SECURE_API_KEYS_SECRET: 'keys',
    NODE_EXTRA_CA_CERTS: ca,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
  };
  return authorizerResults(join(bundles.authorizer.directory, 'index.mjs'), environment, tokens);
}

const API = '11111111-1111-1111-1111-111111111111';
const OKTA_APP = '0oabucvyc38HLL1ef0h7';
const FOREIGN = '77777777-7777-7777-7777-777777777777';

/** The roles of a caller, or the message of a rejection. */
const rolesIn = (result: Result | string | undefined) =>
  typeof result === 'string' ? result : at(result, 'context.roles');

const resultOf = async (identity: string, token: string) => (await resultsOf(identity, [token]))[0];

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

  it('accepts what each preset describes, and no close-by token', async () => {
    const roles = { map: { 'Document Editor': 'reader', 'Documents Editors': 'reader', 'Documents.Edit': 'reader' } };
    const user = (claim: string, value: string) => ({ roles: { claim, map: { [value]: 'reader' } } });
    const identity = [
      Identity.auth0({
        domain: 'example.eu.auth0.com',
        audience: 'https://api.example.com',
        namespace: 'https://api.example.com',
        clientIds: [AUTH0_APP],
        roles,
      }),
      Identity.entra({ tenants: [TENANT, OTHER_TENANT], audience: API, roles }),
      Identity.okta({ domain: 'example.okta.com', audience: 'api://documents', clientIds: [OKTA_APP], roles }),
      Identity.keycloak({
        url: 'https://sso.example.com',
        realm: 'shop',
        audience: 'documents',
        clientIds: ['shop-app'],
        ...user('realm_access.roles', 'editor'),
      }),
      Identity.google({
        clientIds: ['1234-web.apps.googleusercontent.com'],
        hostedDomains: ['example.com'],
        ...user('email', 'ann@example.com'),
      }),
      Identity.cognito({
        userPool: 'eu-west-1_AbCdEfGhI',
        userPoolClients: ['1h57kf5cpq17m0eml12EXAMPLE'],
        ...user('cognito:groups', 'Document editors'),
      }),
    ];
    const sources = authorizerVariable(smallTemplate({ identity }), 'SECURE_API_TOKEN_ISSUERS')
      .replaceAll('AWS::URLSuffix', 'amazonaws.com')
      .replaceAll(/"jwksUri":"[^"]*"/g, `"jwksUri":"${issuer.url}/jwks"`);
    const auth0Token = { ...auth0(now()), azp: AUTH0_APP };
    const entraToken = { ...entra(now()), roles: ['Documents.Edit'] };
    const otherTenant = `https://login.microsoftonline.com/${OTHER_TENANT}/v2.0`;
    const good = {
      auth0: auth0Token,
      entra: entraToken,
      'entra, of the other tenant': { ...entraToken, iss: otherTenant, tid: OTHER_TENANT },
      okta: okta(now()),
      keycloak: keycloak(now()),
      google: googlePerson(now()),
      cognito: cognito(now()),
    };
    const wrong = {
      'auth0, of another client': { ...auth0Token, azp: 'other' },
      'auth0, for another API': { ...auth0Token, aud: 'https://other.example.com' },
      'auth0, of another tenant': { ...auth0Token, iss: 'https://other.eu.auth0.com/' },
      'auth0, an ID token': without(auth0Token, 'azp'),
      'entra, of a tenant that is not listed': { ...entraToken, iss: otherTenant.replace(/6/g, '7'), tid: FOREIGN },
      'entra, of two tenants': { ...entraToken, iss: otherTenant },
      'entra, an ID token': without(entraToken, 'azp', 'scp'),
      'okta, of another client': { ...okta(now()), cid: 'other' },
      'okta, an ID token': without(okta(now()), 'cid', 'scp'),
      'keycloak, of another client': { ...keycloak(now()), azp: 'other' },
      'keycloak, for every API': { ...keycloak(now()), aud: 'account' },
      'keycloak, an ID token': { ...keycloak(now()), typ: 'ID' },
      'google, of another app': { ...googlePerson(now()), aud: '9-x.apps.googleusercontent.com' },
      'google, of another Workspace': { ...googlePerson(now()), hd: 'other.example' },
      'cognito, of another client': { ...cognito(now()), client_id: 'other' },
      'cognito, an ID token': { ...cognito(now()), token_use: 'id' },
    };
    const sign = (claims: object) => issuer.sign(claims as JWTPayload, { header: { typ: undefined } });
    const results = await resultsOf(sources, await Promise.all(Object.values({ ...good, ...wrong }).map(sign)));
    expect(
      Object.fromEntries(Object.keys({ ...good, ...wrong }).map((name, i) => [name, rolesIn(results[i])])),
    ).toEqual({
      ...Object.fromEntries(Object.keys(good).map((name) => [name, 'reader'])),
      ...Object.fromEntries(Object.keys(wrong).map((name) => [name, 'Unauthorized'])),
    });
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

  it('is the same for all identities whose tokens are verified in the same way', () => {
    const hash = (directory: string) =>
      createHash('sha256')
        .update(readFileSync(join(directory, 'index.mjs')))
        .digest('hex');
    const again = withFolder((handlers) => {
      writeHandlers(smallApi(), handlers);
      return bundleFunctions(smallApi(), handlers, {});
    });
    expect(hash(again.authorizer.directory)).toBe(hash(bundles.authorizer.directory));
    const hmac = (issuer: string) => Identity.hmac({ issuer, audience: 'b' });
    const codes = [Identity.cognito(), oidc(), hmac('a'), hmac('b')].map((identity) =>
      at(only(smallTemplate({ identity }), 'AWS::Lambda::Function', 'Authorizer'), 'Properties.Code.S3Key'),
    );
    expect(codes[0]).toBe(codes[1]);
    expect(codes[2]).toBe(codes[3]);
    expect(codes[0]).not.toBe(codes[2]);
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
