import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import { type DocumentIssuer, publicOpenApi, serverOf } from '../../../lib/openapi/index.ts';
import { one, type Tree, validate } from './support.ts';

const issuer = 'https://login.example.com/tenant/';
const url = 'https://login.example.com/tenant/.well-known/openid-configuration';
const documentOf = (issuers: readonly DocumentIssuer[], api = documents) =>
  publicOpenApi(api as never, { issuers }) as unknown as Tree;
const securityOf = (document: Tree) => document['paths']?.['/documents']?.['get']?.['security'];

describe('the security of the public document', () => {
  it('is a bearer token where no issuer is known, or has no discovery document', () => {
    for (const issuers of [[], [{ issuer, hasDiscovery: false }]]) {
      const document = documentOf(issuers);
      expect(document['components']?.['securitySchemes']).toEqual({
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token (RFC 9068).' },
      });
      expect(securityOf(document)).toEqual([{ bearer: [] }]);
    }
  });

  it('is OpenID Connect for each issuer, any of which is enough', async () => {
    const document = documentOf([
      { issuer },
      { issuer: 'https://other.example.com' },
      { issuer: 'https://keys', hasDiscovery: false },
    ]);
    expect(document['components']?.['securitySchemes']).toMatchObject({
      oidc: { type: 'openIdConnect', openIdConnectUrl: url },
      oidc2: { type: 'openIdConnect', openIdConnectUrl: 'https://other.example.com/.well-known/openid-configuration' },
      bearer: { type: 'http' },
    });
    expect(securityOf(document)).toEqual([{ oidc: [] }, { oidc2: [] }, { bearer: [] }]);
    expect(document['paths']?.['/health']?.['get']?.['security']).toEqual([]);
    expect(await validate(document)).toEqual({ valid: true });
  });

  it('needs a proof where the issuer binds tokens to keys', async () => {
    expect(securityOf(documentOf([{ issuer, dpop: 'required' }]))).toEqual([{ oidc: [], dpopProof: [] }]);
    const optional = documentOf([{ issuer, dpop: 'optional' }]);
    expect(securityOf(optional)).toEqual([{ oidc: [] }, { oidc: [], dpopProof: [] }]);
    expect(optional['components']?.['securitySchemes']?.['dpopProof']).toMatchObject({
      type: 'apiKey',
      in: 'header',
      name: 'DPoP',
    });
    expect(await validate(optional)).toEqual({ valid: true });
  });
});

describe('a server', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com/', 'https://api.example.com'],
    ['https://a1.execute-api.eu-west-1.amazonaws.com/live/', 'https://a1.execute-api.eu-west-1.amazonaws.com/live'],
    ['http://localhost:3000', 'http://localhost:3000'],
  ])('is %s', async (given, expected) => {
    const servers = [serverOf(given, '--server')];
    expect(servers).toEqual([{ url: expected }]);
    expect(await validate(publicOpenApi(documents, { servers }))).toEqual({ valid: true });
  });

  it.each([
    '',
    'api.example.com',
    'http://api.example.com',
    'https://u:p@api.example.com',
    'https://a.example/?x=1',
    'https://a.example/#x',
    'https://{host}',
    'ftp://a.example',
  ])('is not %s', (given) => expect(() => serverOf(given, '--server')).toThrow(/option-invalid at --server/));

  it('shows no password', () => {
    expect(() => serverOf('https://user:secret@a.example', '--server')).not.toThrow(/secret/);
  });
});

describe('a deprecated route', () => {
  const add = (document: Tree) => document['paths']?.['/things']?.['post'];

  it('is marked, with both dates and the link, in the public document alone', async () => {
    const api = one({ deprecated: { since: '2026-01-01', sunset: '2027-01-01', link: 'https://example.com/moved' } });
    const document = publicOpenApi(api) as unknown as Tree;
    expect(add(document)).toMatchObject({ deprecated: true });
    expect(String(add(document)?.['description'])).toMatch(
      /^Deprecated since 2026-01-01\. It may stop to respond on 2027-01-01\. See https:\/\/example\.com\/moved/,
    );
    expect(add(document)?.['responses']?.['200']?.['headers']).toMatchObject({
      Deprecation: { example: '@1767225600' },
      Sunset: { example: 'Fri, 01 Jan 2027 00:00:00 GMT' },
      Link: { schema: { type: 'string' } },
    });
    expect(await validate(document)).toEqual({ valid: true });
  });

  it('is not marked where it is not deprecated', () => {
    expect(add(publicOpenApi(one({})) as unknown as Tree)).not.toHaveProperty('deprecated');
  });
});
