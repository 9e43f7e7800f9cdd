import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readCredentials } from '../../../lambdas/authorizer/credentials.ts';
import type { IntrospectionIssuer, TokenIssuer } from '../../../lib/definition/tokenIssuer.ts';
import { claimsOf, eventOf, startIssuer, type TestIssuer, tokenIssuerOf } from './support/authorizer.ts';
import { bodyOf, startHttps, type TestServer } from './support/services.ts';
import { tokenVerifier } from './support/tokenVerifier.ts';

const ISSUER = 'https://opaque.example.com';
const CLIENT_ID = 'api: the one';
const SECRET = 'p@ss:word+&é';

interface IntrospectionCall {
  readonly authorization: string | undefined;
  readonly form: URLSearchParams;
}

/** An introspection endpoint that knows some tokens. */
const endpoint = {
  responses: new Map<string, unknown>(),
  calls: [] as IntrospectionCall[],
  status: 200,
  hang: false,
};
let server: TestServer;
let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer(['ES256']);
  server = await startHttps(async (request, response) => {
    const form = new URLSearchParams(await bodyOf(request));
    endpoint.calls.push({ authorization: request.headers.authorization, form });
    if (endpoint.hang) return;
    const headers = endpoint.status === 302 ? { location: 'https://evil.example' } : {};
    response.writeHead(endpoint.status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(endpoint.responses.get(form.get('token') ?? '') ?? { active: false }));
  });
});
afterAll(async () => {
  await server.close();
  await issuer.close();
});
afterEach(() => {
  vi.useRealTimers();
  Object.assign(endpoint, { responses: new Map(), calls: [], status: 200, hang: false });
});

function opaqueIssuer(change: Partial<IntrospectionIssuer['introspection']> = {}): IntrospectionIssuer {
  const { jwksUri: _, algorithms: __, ...rules } = tokenIssuerOf(ISSUER);
  const introspection = {
    endpoint: `${server.url}/introspect`,
    clientId: CLIENT_ID,
    clientSecret: 'arn',
    cacheSeconds: 30,
  };
  return { ...rules, introspection: { ...introspection, ...change } };
}
const secrets = { current: async () => SECRET, previous: async () => undefined };
const verifierOf = (...sources: readonly TokenIssuer[]) => tokenVerifier(sources, { secrets });
const knows = (token: string, change: Readonly<Record<string, unknown>> = {}) =>
  endpoint.responses.set(token, { active: true, ...claimsOf(ISSUER), iss: undefined, ...change });

describe('an opaque token', () => {
  it('is read from the header in any form', () => {
    expect(readCredentials(eventOf('Bearer opaque/1+2~3='))).toEqual({ scheme: 'bearer', token: 'opaque/1+2~3=' });
  });

  it('is accepted if its issuer reports it as active', async () => {
    knows('opaque-1');
    const { claims } = await verifierOf(opaqueIssuer())('opaque-1');
    expect(claims).toMatchObject({ iss: ISSUER, sub: 'user-1', roles: ['viewer'] });
  });

  it('is introspected with the credentials of the API, form-encoded', async () => {
    knows('opaque-1');
    await verifierOf(opaqueIssuer())('opaque-1');
    const basic = Buffer.from(endpoint.calls[0]?.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString();
    const [user = '', password = ''] = basic.split(':');
    expect([...new URLSearchParams(`${user}=${password}`)]).toEqual([[CLIENT_ID, SECRET]]);
    expect(Object.fromEntries(endpoint.calls[0]?.form ?? [])).toEqual({
      token: 'opaque-1',
      token_type_hint: 'access_token',
    });
  });

  it('is rejected if it is inactive or unknown', async () => {
    knows('revoked', { active: false });
    const verify = verifierOf(opaqueIssuer());
    await expect(verify('revoked')).rejects.toMatchObject({ reason: 'token-inactive' });
    await expect(verify('unknown')).rejects.toMatchObject({ reason: 'token-inactive' });
  });

  it.each([
    ['expired', { exp: 1_000, iat: 900 }],
    ['expiry-missing', { exp: undefined }],
    ['audience-invalid', { aud: 'other' }],
    ['issuer-unknown', { iss: 'https://other.example.com' }],
    ['subject-invalid', { sub: 7 }],
    ['subject-invalid', { sub: '\ud800' }],
    ['time-invalid', { exp: '9999999999' }],
    ['time-invalid', { iat: null }],
    ['token-malformed', { jti: 7 }],
    ['kind-rejected', { token_use: 'id' }],
  ])('is checked like any other: %s', async (reason, change) => {
    knows('opaque-1', change);
    await expect(verifierOf(opaqueIssuer())('opaque-1')).rejects.toMatchObject({ reason });
  });

  it('is malformed for an API without introspection', async () => {
    await expect(verifierOf(tokenIssuerOf(issuer.url))('opaque-1')).rejects.toMatchObject({
      reason: 'token-malformed',
    });
  });

  it('does not affect signed tokens', async () => {
    const verify = verifierOf(tokenIssuerOf(issuer.url), opaqueIssuer());
    await expect(verify(await issuer.sign(claimsOf(issuer.url), { kid: 'ES256' }))).resolves.toBeDefined();
    await expect(verify(await issuer.sign(claimsOf('https://x.example'), { kid: 'ES256' }))).rejects.toMatchObject({
      reason: 'issuer-unknown',
    });
    expect(endpoint.calls).toEqual([]);
  });

  it('can be a JWT of the same issuer', async () => {
    const token = await issuer.sign(claimsOf(ISSUER), { kid: 'ES256' });
    knows(token);
    await expect(verifierOf(opaqueIssuer())(token)).resolves.toBeDefined();
  });
});

describe('a response', () => {
  it('is cached for a short time, active or not, with one call at a time', async () => {
    knows('good');
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifierOf(opaqueIssuer());
    await Promise.all(Array.from({ length: 10 }, () => verify('good')));
    await verify('bad').catch(() => undefined);
    await verify('bad').catch(() => undefined);
    expect(endpoint.calls).toHaveLength(2);
    endpoint.responses.delete('good');
    vi.setSystemTime(Date.now() + 29_000);
    await expect(verify('good')).resolves.toBeDefined();
    vi.setSystemTime(Date.now() + 1_000);
    await expect(verify('good')).rejects.toMatchObject({ reason: 'token-inactive' });
  });

  it('does not outlive the token', async () => {
    knows('short', { exp: Math.floor(Date.now() / 1000) + 10 });
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifierOf(opaqueIssuer());
    await verify('short');
    vi.setSystemTime(Date.now() + 16_000);
    await expect(verify('short')).rejects.toMatchObject({ reason: 'expired' });
  });

  it.each([
    ['no object', 'text'],
    ['without active', { sub: 'x' }],
    ['with active as a string', { active: 'true' }],
  ])('that is invalid is an error on our side: %s', async (_what, response) => {
    endpoint.responses.set('opaque-1', response);
    await expect(verifierOf(opaqueIssuer())('opaque-1')).rejects.toMatchObject({ reason: 'introspection-unreachable' });
  });

  it.each([500, 401, 302])('of status %i is an error on our side, and not cached', async (status) => {
    knows('opaque-1');
    const verify = verifierOf(opaqueIssuer());
    endpoint.status = status;
    await expect(verify('opaque-1')).rejects.toMatchObject({ reason: 'introspection-unreachable' });
    endpoint.status = 200;
    await expect(verify('opaque-1')).resolves.toBeDefined();
  });

  it('that does not arrive in time is an error on our side', async () => {
    endpoint.hang = true;
    await expect(verifierOf(opaqueIssuer())('opaque-1')).rejects.toMatchObject({ reason: 'introspection-unreachable' });
  });

  it('is not requested without the secret', async () => {
    const verify = tokenVerifier([opaqueIssuer()], {
      secrets: { ...secrets, current: async () => Promise.reject(new Error('down')) },
    });
    await expect(verify('opaque-1')).rejects.toMatchObject({ reason: 'secret-unreachable' });
    expect(endpoint.calls).toEqual([]);
  });
});
