import { App, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { ALGORITHMS } from '../../lambdas/authorizer/algorithms.ts';
import { Identity } from '../../lib/construct/index.ts';
import { SIGNATURE_ALGORITHMS } from '../../lib/definition/discoveredIssuer.ts';
import { at, authorizerGrants, issuersOf, ofType, only, smallTemplate } from './support.ts';

const OIDC = { issuer: 'https://login.example.com', jwksUri: 'https://login.example.com/keys', audience: 'tests' };
const synthesized = (make: () => Identity | readonly Identity[], props = {}) =>
  smallTemplate({ identity: make(), ...props });

describe('an identity of an OpenID provider', () => {
  it('has safe defaults', () => {
    expect(issuersOf(smallTemplate())).toEqual([
      {
        issuer: 'https://login.example.com',
        jwksUri: 'https://login.example.com/keys',
        algorithms: ['RS256', 'ES256', 'EdDSA'],
        audience: ['tests'],
        roles: { claim: 'roles' },
        tierClaim: 'tier',
        clientClaim: 'client_id',
        maxLifetimeSeconds: 3600,
        clockToleranceSeconds: 5,
      },
    ]);
  });

  it('may differ in every part', () => {
    const { staleHours, ...options } = {
      issuer: 'https://login.example.com/',
      audience: ['a', 'b'],
      jwksUri: 'https://keys.example.com/jwks',
      algorithms: ['PS384'] as const,
      clientIds: ['app'],
      roles: { claim: 'groups', separator: ';' },
      tierClaim: 'plan',
      clientClaim: 'azp',
      maxLifetimeSeconds: 600,
      clockToleranceSeconds: 0,
      requireType: true,
      staleHours: 4,
    };
    expect(issuersOf(synthesized(() => Identity.oidc({ staleHours, ...options })))).toEqual([
      { ...options, staleSeconds: 14_400 },
    ]);
  });

  it('may give roles by group, as lists, and name clients instead of an audience', () => {
    const map = { 'a1b2-c3': 'reader', Everyone: ['reader'], ['__proto__']: 'reader' };
    const { audience: _, ...withoutAudience } = OIDC;
    const [source] = issuersOf(
      synthesized(() => Identity.oidc({ ...withoutAudience, clientIds: ['app'], roles: { claim: 'groups', map } })),
    );
    const pairs = [
      ['a1b2-c3', ['reader']],
      ['Everyone', ['reader']],
      ['__proto__', ['reader']],
    ];
    expect(source).toMatchObject({ clientIds: ['app'], roles: { claim: 'groups', map: pairs } });
    expect(source).not.toHaveProperty('audience');
  });

  it('gives roles of the definition only', () => {
    const roles = { map: { Everyone: ['reader', 'raeder'] } };
    expect(() => synthesized(() => Identity.oidc({ ...OIDC, roles }))).toThrow(
      /^identity-invalid at identity.roles.map.Everyone: found "raeder"; expected one of .*reader.* Write reader\./,
    );
  });

  it('may have the algorithms that the authorizer verifies, and no others', () => {
    expect([...SIGNATURE_ALGORITHMS].sort()).toEqual(Object.keys(ALGORITHMS).sort());
  });

  it.each([
    ['an issuer without TLS', { ...OIDC, issuer: 'http://login.example.com' }, /issuer/],
    ['an issuer that parsers read differently', { ...OIDC, issuer: 'https://a.example\\@b.example' }, /issuer/],
    ['an issuer with a user name', { ...OIDC, issuer: 'https://a.example@b.example' }, /issuer/],
    ['keys at an address with white space', { ...OIDC, jwksUri: ' https://a.example/keys' }, /jwksUri/],
    ['an issuer with a query', { ...OIDC, issuer: 'https://a.example?x' }, /issuer: .*without query/],
    ['an issuer with a fragment', { ...OIDC, issuer: 'https://a.example/#x' }, /issuer: .*fragment/],
    ['an issuer with an empty fragment', { ...OIDC, issuer: 'https://a.example/#' }, /issuer: .*fragment/],
    ['an issuer that is no URL', { ...OIDC, issuer: 'login' }, /issuer/],
    ['keys without TLS', { ...OIDC, jwksUri: 'http://a.example/jwks' }, /jwksUri/],
    ['no audience', { ...OIDC, audience: [] }, /audience/],
    ['neither audience nor clients', { ...OIDC, audience: undefined }, /audience/],
    ['an empty audience beside clients', { ...OIDC, audience: [], clientIds: ['app'] }, /audience/],
    ['an empty audience', { ...OIDC, audience: ' ' }, /audience/],
    ['no algorithm', { ...OIDC, algorithms: [] }, /algorithms/],
    ['keys of an age that is none', { ...OIDC, warmKeys: { readAt: 'today', keys: [] } }, /warmKeys\.readAt/],
    ['keys of tomorrow', { ...OIDC, warmKeys: { readAt: '2999-01-01T00:00:00Z', keys: [] } }, /warmKeys\.readAt/],
    [
      'keys that are none',
      { ...OIDC, warmKeys: { readAt: '2026-01-01T00:00:00Z', keys: 'x' as never } },
      /warmKeys\.keys/,
    ],
    ['clients of no name', { ...OIDC, clientIds: [''] }, /clientIds/],
    ['a lifetime of days', { ...OIDC, maxLifetimeSeconds: 864_000 }, /maxLifetimeSeconds/],
    ['a tolerance of minutes', { ...OIDC, clockToleranceSeconds: 120 }, /clockToleranceSeconds/],
    ['keys that are stale for weeks', { ...OIDC, staleHours: 500 }, /staleHours/],
  ])('is rejected with %s', (_, options, location) => {
    expect(() => Identity.oidc(options as never)).toThrow(/^identity-invalid/);
    expect(() => Identity.oidc(options as never)).toThrow(location);
  });
});

describe('an identity by a shared secret', () => {
  const HMAC = { issuer: 'billing', audience: 'tests' };

  it('generates a long secret, which the authorizer may read', () => {
    const template = synthesized(() => Identity.hmac(HMAC));
    expect(issuersOf(template)).toMatchObject([
      { issuer: 'billing', audience: ['tests'], hmacSecret: expect.stringContaining('Hmac') },
    ]);
    expect(issuersOf(template)[0]).not.toHaveProperty('jwksUri');
    expect(at(only(template, 'AWS::SecretsManager::Secret', 'Hmac'), 'Properties')).toMatchObject({
      GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
      KmsKeyId: expect.anything(),
    });
    expect(authorizerGrants(template).filter((grant) => grant.includes('Hmac'))).toEqual([
      expect.stringMatching(/^secretsmanager:GetSecretValue → .*Hmac/),
      expect.stringMatching(/^secretsmanager:DescribeSecret → .*Hmac/),
    ]);
  });

  it('takes a secret of yours', () => {
    const stack = new Stack(new App(), 'Other');
    const secret = Secret.fromSecretCompleteArn(
      stack,
      'Imported',
      'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf',
    );
    const template = synthesized(() => Identity.hmac({ ...HMAC, secret }));
    expect(issuersOf(template)[0]).toMatchObject({ hmacSecret: secret.secretArn });
    expect(ofType(template, 'AWS::SecretsManager::Secret')).toHaveLength(1);
  });

  it.each([
    ['the defaults of Secrets Manager', {}, 209],
    [
      'digits alone',
      { passwordLength: 64, excludeLowercase: true, excludeUppercase: true, excludePunctuation: true },
      212,
    ],
    ['few characters', { passwordLength: 40, excludePunctuation: true, excludeCharacters: '0O1l' }, 234],
  ])('rejects one of less than 256 bits: %s', (_, generateSecretString, bits) => {
    const secret = new Secret(new Stack(new App(), 'Other'), 'Weak', { generateSecretString });
    expect(() => Identity.hmac({ ...HMAC, secret })).toThrow(`found a value of ${bits} bits`);
  });

  it('takes one of more', () => {
    const stack = new Stack(new App(), 'Other');
    for (const [id, rules] of Object.entries({
      A: { passwordLength: 40 },
      B: { passwordLength: 43, excludePunctuation: true },
    })) {
      const secret = new Secret(stack, id, { generateSecretString: rules });
      expect(() => Identity.hmac({ ...HMAC, secret })).not.toThrow();
    }
  });

  it.each([
    ['no issuer', { ...HMAC, issuer: '' }],
    ['a fragment in the issuer', { ...HMAC, issuer: 'billing#x' }],
    ['a query in the issuer', { ...HMAC, issuer: 'billing?x' }],
    ['no audience', { ...HMAC, audience: [] }],
  ])('is rejected with %s', (_, options) => {
    expect(() => Identity.hmac(options)).toThrow(/^identity-invalid/);
  });
});

it('keys and introspection can have a query in their address', () => {
  expect(() => Identity.oidc({ ...OIDC, jwksUri: 'https://login.example.com/keys?tenant=a' })).not.toThrow();
});

describe('an identity by introspection', () => {
  const options = () => ({
    issuer: 'https://opaque.example.com',
    audience: 'tests',
    endpoint: 'https://opaque.example.com/introspect',
    clientId: 'api',
    secret: Secret.fromSecretNameV2(new Stack(new App(), 'Other'), 'Imported', 'introspection'),
  });

  it('gives the authorizer the endpoint, and lets it read the secret', () => {
    const template = synthesized(() => Identity.introspection(options()));
    expect(issuersOf(template)).toMatchObject([
      {
        issuer: 'https://opaque.example.com',
        introspection: { endpoint: 'https://opaque.example.com/introspect', clientId: 'api', cacheSeconds: 30 },
      },
    ]);
    expect(
      authorizerGrants(template).some((grant) => /^secretsmanager:GetSecretValue .*introspection/.test(grant)),
    ).toBe(true);
  });

  it.each([
    ['an endpoint without TLS', { endpoint: 'http://opaque.example.com' }],
    ['an issuer without TLS', { issuer: 'opaque' }],
    ['a fragment in the issuer', { issuer: 'https://opaque.example.com/#x' }],
    ['no client', { clientId: '' }],
    ['results that are cached for hours', { cacheSeconds: 3_600 }],
  ])('is rejected with %s', (_, change) => {
    expect(() => Identity.introspection({ ...options(), ...change })).toThrow(/^identity-invalid/);
  });
});

describe('several identities', () => {
  it('may be of any kind', () => {
    const template = synthesized(() => [
      Identity.cognito(),
      Identity.cognito({ mfa: 'required' }),
      Identity.oidc({ issuer: 'https://a.example', jwksUri: 'https://a.example/keys', audience: 'x' }),
      Identity.hmac({ issuer: 'b', audience: 'x' }),
    ]);
    template.resourceCountIs('AWS::Cognito::UserPool', 2);
    expect(issuersOf(template).map(({ issuer }) => issuer)).toEqual([
      expect.stringContaining('cognito-idp'),
      expect.stringContaining('cognito-idp'),
      'https://a.example',
      'b',
    ]);
  });

  it('share an issuer only if its tokens are verified in one way', () => {
    const twice = () => [Identity.oidc(OIDC), Identity.oidc({ ...OIDC, audience: 'other' })];
    expect(() => synthesized(twice)).not.toThrow();
    const mixed = () => [Identity.oidc(OIDC), Identity.hmac({ issuer: OIDC.issuer, audience: 'tests' })];
    expect(() => synthesized(mixed)).toThrow(
      /^identity-invalid at identity.issuer: found .* by keys and by a shared secret/,
    );
  });

  it('are at least one', () => {
    expect(() => smallTemplate({ identity: [] })).toThrow(/^identity-invalid at identity: found no identity/);
  });

  it('have one issuer of opaque tokens at most', () => {
    const asked = (issuer: string) =>
      Identity.introspection({
        issuer,
        audience: 'x',
        endpoint: issuer,
        clientId: 'x',
        secret: Secret.fromSecretNameV2(new Stack(new App(), 'Other'), 'Imported', 'x'),
      });
    expect(() => synthesized(() => [asked('https://a.example'), asked('https://b.example')])).toThrow(
      /^identity-invalid .*opaque/,
    );
  });
});
