import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { Identity } from '../../lib/construct/index.ts';
import { at, only, smallTemplate } from './support.ts';

/** The identity sources that the authorizer is given. */
function sources(template: Template): readonly Record<string, unknown>[] {
  const authorizer = only(template, 'AWS::Lambda::Function', 'Authorizer');
  return JSON.parse(String(at(authorizer, 'Properties.Environment.Variables.SECURE_API_IDENTITY')));
}

describe('an identity', () => {
  it('of a provider of yours has safe defaults', () => {
    expect(sources(smallTemplate())).toEqual([
      {
        issuer: 'https://login.example.com',
        jwksUri: 'https://login.example.com/.well-known/jwks.json',
        algorithms: ['RS256', 'ES256', 'EdDSA'],
        audience: ['tests'],
        rolesClaim: 'roles',
        tierClaim: 'tier',
        clientClaim: 'client_id',
        maxLifetimeSeconds: 3600,
        clockToleranceSeconds: 5,
      },
    ]);
  });

  it('of a provider of yours may differ in every part', () => {
    const options = {
      issuer: 'https://login.example.com/',
      audience: ['a', 'b'],
      jwksUri: 'https://keys.example.com/jwks',
      algorithms: ['ES384'] as const,
      rolesClaim: 'groups',
      tierClaim: 'plan',
      clientClaim: 'azp',
      maxLifetimeSeconds: 600,
    };
    expect(sources(smallTemplate({ identity: Identity.oidc(options) }))).toEqual([
      { ...options, clockToleranceSeconds: 5 },
    ]);
  });

  it('may be one of several, with or without a user pool', () => {
    const identity = [
      Identity.cognito(),
      Identity.cognito({ mfa: 'required' }),
      Identity.oidc({ issuer: 'https://a.example', audience: 'x' }),
    ];
    const template = smallTemplate({ identity });
    template.resourceCountIs('AWS::Cognito::UserPool', 2);
    const variable = at(
      only(template, 'AWS::Lambda::Function', 'Authorizer'),
      'Properties.Environment.Variables.SECURE_API_IDENTITY',
    );
    expect(JSON.stringify(variable)).toMatch(/cognito-idp.*cognito-idp.*a\.example/);
  });

  it.each([
    ['an issuer without TLS', { issuer: 'http://login.example.com', audience: 'x' }, /issuer/],
    ['an issuer that is no URL', { issuer: 'login', audience: 'x' }, /issuer/],
    ['keys without TLS', { issuer: 'https://a.example', audience: 'x', jwksUri: 'http://a.example/jwks' }, /jwksUri/],
    ['no audience', { issuer: 'https://a.example', audience: [] }, /audience/],
    ['an empty audience', { issuer: 'https://a.example', audience: ' ' }, /audience/],
    ['no algorithm', { issuer: 'https://a.example', audience: 'x', algorithms: [] }, /algorithms/],
    [
      'a lifetime of days',
      { issuer: 'https://a.example', audience: 'x', maxLifetimeSeconds: 864_000 },
      /maxLifetimeSeconds/,
    ],
  ])('is refused with %s', (_, options, place) => {
    expect(() => Identity.oidc(options)).toThrow(/^identity-invalid/);
    expect(() => Identity.oidc(options)).toThrow(place);
  });

  it('is needed', () => {
    expect(() => smallTemplate({ identity: [] })).toThrow(/^identity-invalid .*no identity/);
  });

  it('of Cognito sends codes to safe places alone', () => {
    const to = (url: string) => () => smallTemplate({ identity: Identity.cognito({ callbackUrls: [url] }) });
    expect(to('https://app.example.com/callback')).not.toThrow();
    expect(to('http://app.example.com/callback')).toThrow(/^identity-invalid at identity\.callbackUrls/);
  });

  it('of Cognito has a sign-in page when it is given a name', () => {
    smallTemplate({ identity: Identity.cognito({ signInPrefix: 'small' }) }).hasResourceProperties(
      'AWS::Cognito::UserPoolDomain',
      {
        Domain: 'small',
      },
    );
  });
});
