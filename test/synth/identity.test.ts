import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { ALGORITHMS } from '../../lambdas/authorizer/algorithms.ts';
import { PROOF_ALGORITHMS } from '../../lambdas/authorizer/binding/dpopProof.ts';
import { SIGNATURE_ALGORITHMS } from '../../lib/construct/identity/oidc.ts';
import { Identity } from '../../lib/construct/index.ts';
import { PROOF_ALGORITHMS as CHALLENGED } from '../../lib/openapi/gatewayResponses.ts';
import { at, listAt, ofType, only, type Resource, smallTemplate, withSmall } from './support.ts';

/** The identity sources that the authorizer is given. */
function sources(template: Template): readonly Record<string, unknown>[] {
  return JSON.parse(variable(template, 'SECURE_API_TOKEN_ISSUERS'));
}

/** A variable of the authorizer; what CloudFormation fills in stands as the name of its resource. */
function variable(template: Template, name: string): string {
  const authorizer = only(template, 'AWS::Lambda::Function', 'Authorizer');
  return stringOf(at(authorizer, `Properties.Environment.Variables.${name}`));
}

function stringOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const joined = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  return joined === undefined ? String((value as { Ref?: string }).Ref) : joined[1].map(stringOf).join(joined[0]);
}

/** What the authorizer may do beside its log, as `action → logical id`. */
function grants(template: Template): readonly string[] {
  const policy = only(template, 'AWS::IAM::Policy', 'AuthorizerRole');
  return listAt(policy, 'Properties.PolicyDocument.Statement').flatMap((statement) =>
    listAt(statement, 'Action').map((action) => `${action} → ${JSON.stringify(at(statement, 'Resource'))}`),
  );
}

const OIDC = { issuer: 'https://login.example.com', audience: 'tests' };
const synthesized = (make: () => Identity | readonly Identity[], props = {}) =>
  smallTemplate({ identity: make(), ...props });

describe('an identity of a provider of yours', () => {
  it('has safe defaults', () => {
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

  it('may differ in every part', () => {
    const { staleHours, ...options } = {
      issuer: 'https://login.example.com/',
      audience: ['a', 'b'],
      jwksUri: 'https://keys.example.com/jwks',
      algorithms: ['PS384'] as const,
      clientIds: ['app'],
      rolesClaim: 'groups',
      tierClaim: 'plan',
      clientClaim: 'azp',
      maxLifetimeSeconds: 600,
      clockToleranceSeconds: 0,
      requireType: true,
      staleHours: 4,
    };
    expect(sources(synthesized(() => Identity.oidc({ staleHours, ...options })))).toEqual([
      { ...options, staleSeconds: 14_400 },
    ]);
  });

  it('may have the algorithms that the authorizer verifies, and no others', () => {
    expect([...SIGNATURE_ALGORITHMS].sort()).toEqual(Object.keys(ALGORITHMS).sort());
  });

  it.each([
    ['an issuer without TLS', { ...OIDC, issuer: 'http://login.example.com' }, /issuer/],
    ['an issuer that is no URL', { ...OIDC, issuer: 'login' }, /issuer/],
    ['keys without TLS', { ...OIDC, jwksUri: 'http://a.example/jwks' }, /jwksUri/],
    ['no audience', { ...OIDC, audience: [] }, /audience/],
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
  ])('is refused with %s', (_, options, location) => {
    expect(() => Identity.oidc(options)).toThrow(/^identity-invalid/);
    expect(() => Identity.oidc(options)).toThrow(location);
  });
});

describe('an identity by a shared secret', () => {
  const HMAC = { issuer: 'billing', audience: 'tests' };

  it('generates a long secret, which the authorizer may read', () => {
    const template = synthesized(() => Identity.hmac(HMAC));
    expect(sources(template)).toMatchObject([
      { issuer: 'billing', audience: ['tests'], hmacSecret: expect.stringContaining('Hmac') },
    ]);
    expect(sources(template)[0]).not.toHaveProperty('jwksUri');
    expect(at(only(template, 'AWS::SecretsManager::Secret', 'Hmac'), 'Properties')).toMatchObject({
      GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
      KmsKeyId: expect.anything(),
    });
    expect(grants(template).filter((grant) => grant.includes('Hmac'))).toEqual([
      expect.stringMatching(/^secretsmanager:GetSecretValue → .*Hmac/),
      expect.stringMatching(/^secretsmanager:DescribeSecret → .*Hmac/),
    ]);
  });

  it('takes a secret of yours', () => {
    const stack = new Stack(new App(), 'Other');
    const secret = Secret.fromSecretCompleteArn(
      stack,
      'Theirs',
      'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf',
    );
    const template = synthesized(() => Identity.hmac({ ...HMAC, secret }));
    expect(sources(template)[0]).toMatchObject({ hmacSecret: secret.secretArn });
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
  ])('refuses one of less than 256 bits: %s', (_, generateSecretString, bits) => {
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
    ['no audience', { ...HMAC, audience: [] }],
  ])('is refused with %s', (_, options) => {
    expect(() => Identity.hmac(options)).toThrow(/^identity-invalid/);
  });
});

describe('an identity by introspection', () => {
  const options = () => ({
    issuer: 'https://opaque.example.com',
    audience: 'tests',
    endpoint: 'https://opaque.example.com/introspect',
    clientId: 'api',
    secret: Secret.fromSecretNameV2(new Stack(new App(), 'Other'), 'Theirs', 'introspection'),
  });

  it('tells the authorizer whom to ask, and lets it read the secret', () => {
    const template = synthesized(() => Identity.introspection(options()));
    expect(sources(template)).toMatchObject([
      {
        issuer: 'https://opaque.example.com',
        introspection: { endpoint: 'https://opaque.example.com/introspect', clientId: 'api', cacheSeconds: 30 },
      },
    ]);
    expect(grants(template).some((grant) => /^secretsmanager:GetSecretValue .*introspection/.test(grant))).toBe(true);
  });

  it.each([
    ['an endpoint without TLS', { endpoint: 'http://opaque.example.com' }],
    ['an issuer without TLS', { issuer: 'opaque' }],
    ['no client', { clientId: '' }],
    ['answers that are kept for hours', { cacheSeconds: 3_600 }],
  ])('is refused with %s', (_, change) => {
    expect(() => Identity.introspection({ ...options(), ...change })).toThrow(/^identity-invalid/);
  });
});

describe('several identities', () => {
  it('may be of any kind', () => {
    const template = synthesized(() => [
      Identity.cognito(),
      Identity.cognito({ mfa: 'required' }),
      Identity.oidc({ issuer: 'https://a.example', audience: 'x' }),
      Identity.hmac({ issuer: 'b', audience: 'x' }),
    ]);
    template.resourceCountIs('AWS::Cognito::UserPool', 2);
    expect(sources(template).map(({ issuer }) => issuer)).toEqual([
      expect.stringContaining('cognito-idp'),
      expect.stringContaining('cognito-idp'),
      'https://a.example',
      'b',
    ]);
  });

  it('share an issuer only if its tokens are proven in one way', () => {
    const twice = () => [Identity.oidc(OIDC), Identity.oidc({ ...OIDC, audience: 'other' })];
    expect(() => synthesized(twice)).not.toThrow();
    const mixed = () => [Identity.oidc(OIDC), Identity.hmac(OIDC)];
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
        secret: Secret.fromSecretNameV2(new Stack(new App(), 'Other'), 'Theirs', 'x'),
      });
    expect(() => synthesized(() => [asked('https://a.example'), asked('https://b.example')])).toThrow(
      /^identity-invalid .*opaque/,
    );
  });
});

describe('tokens that are bound to a key', () => {
  const authorizerOf = (template: Template) => {
    const body = at(only(template, 'AWS::ApiGateway::RestApi'), 'Properties.Body');
    return at(body, 'components.securitySchemes.authorizer.x-amazon-apigateway-authorizer') as Record<string, unknown>;
  };
  const challenge = (template: Template) =>
    (
      at(
        only(template, 'AWS::ApiGateway::RestApi'),
        'Properties.Body.x-amazon-apigateway-gateway-responses.UNAUTHORIZED.responseParameters',
      ) as Record<string, string>
    )['gatewayresponse.header.WWW-Authenticate'];

  it('are decided anew with each request, because a proof is for one', () => {
    expect(authorizerOf(smallTemplate())['authorizerResultTtlInSeconds']).toBe(60);
    const template = synthesized(() => [
      Identity.oidc({ ...OIDC, dpop: 'optional' }),
      Identity.hmac({ issuer: 'b', audience: 'x' }),
    ]);
    expect(authorizerOf(template)).toMatchObject({
      authorizerResultTtlInSeconds: 0,
      identitySource: 'method.request.header.Authorization',
    });
    expect(() =>
      synthesized(() => Identity.oidc({ ...OIDC, dpop: 'optional' }), { authorizerCacheSeconds: 30 }),
    ).toThrow(/^option-invalid at authorizerCacheSeconds/);
    expect(() =>
      synthesized(() => Identity.oidc({ ...OIDC, dpop: 'optional' }), { authorizerCacheSeconds: 0 }),
    ).not.toThrow();
  });

  it('have a table of used proofs, to which the authorizer may add', () => {
    const template = synthesized(() => Identity.oidc({ ...OIDC, dpop: 'required' }));
    const [[id, table] = ['', undefined]] = ofType(template, 'AWS::DynamoDB::GlobalTable');
    expect(id).toContain('Proofs');
    expect(table?.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    });
    expect(variable(template, 'SECURE_API_PROOFS')).toBe(id);
    expect(grants(template).filter((grant) => grant.startsWith('dynamodb:'))).toEqual([
      expect.stringMatching(/^dynamodb:PutItem → .*Proofs/),
    ]);
    expect(sources(template)[0]).toMatchObject({ dpop: 'required' });
  });

  it('are told of in the challenge', () => {
    const of = (dpop?: 'required' | 'optional') => challenge(synthesized(() => Identity.oidc({ ...OIDC, dpop })));
    expect(of()).toBe('\'Bearer realm="small"\'');
    expect(of('required')).toBe(`'DPoP realm="small", algs="${PROOF_ALGORITHMS.join(' ')}"'`);
    expect(of('optional')).toMatch(/^'Bearer realm="small", DPoP realm="small", algs="ES256 /);
    expect(CHALLENGED).toBe(PROOF_ALGORITHMS.join(' '));
  });

  it('need no table where no identity knows them', () => {
    expect(ofType(smallTemplate(), 'AWS::DynamoDB::GlobalTable')).toEqual([]);
  });
});

describe('revocation', () => {
  it('has a table on demand, encrypted, that forgets by itself and is not deleted by mistake', () => {
    const template = smallTemplate({ revocation: true });
    const table: Resource = only(template, 'AWS::DynamoDB::GlobalTable', 'Revocations');
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      Replicas: [
        { DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
      ],
    });
    expect(table.DeletionPolicy).toBe('Retain');
  });

  it('is looked up by the authorizer, which may do nothing else with the table', () => {
    const template = smallTemplate({ revocation: { cacheSeconds: 0, whenUnreachable: 'accept' } });
    expect(JSON.parse(variable(template, 'SECURE_API_REVOCATIONS'))).toEqual({
      table: expect.stringContaining('Revocations'),
      cacheSeconds: 0,
      whenUnreachable: 'accept',
    });
    expect(grants(template).filter((grant) => grant.startsWith('dynamodb:'))).toEqual([
      expect.stringMatching(/^dynamodb:BatchGetItem → .*Revocations/),
    ]);
  });

  it('refuses what it cannot look up, unless told otherwise', () => {
    const settings = JSON.parse(variable(smallTemplate({ revocation: true }), 'SECURE_API_REVOCATIONS'));
    expect(settings).toMatchObject({ cacheSeconds: 15, whenUnreachable: 'reject' });
  });

  it.each([{ cacheSeconds: 301 }, { cacheSeconds: -1 }, { whenUnreachable: 'ignore' as never }])(
    'is refused with %j',
    (revocation) => {
      expect(() => smallTemplate({ revocation })).toThrow(/^option-invalid at revocation\./);
    },
  );

  it('is changed by those who were given the right, and by nobody else', () => {
    const statements = withSmall({ revocation: true }, (api, stack) => {
      const role = new Role(stack, 'OnCall', { assumedBy: new AccountRootPrincipal() });
      api.grantRevoke(role);
      return listAt(
        only(Template.fromStack(stack), 'AWS::IAM::Policy', 'OnCall'),
        'Properties.PolicyDocument.Statement',
      );
    });
    expect(statements).toMatchObject([{ Action: ['dynamodb:PutItem', 'dynamodb:DeleteItem'], Effect: 'Allow' }]);
    withSmall({}, (api, stack) => {
      const role = new Role(stack, 'OnCall', { assumedBy: new AccountRootPrincipal() });
      expect(() => api.grantRevoke(role)).toThrow(/^option-invalid at grantRevoke\(\)/);
    });
  });

  it('is there when it is asked for', () => {
    for (const revocation of [undefined, false]) {
      const template = smallTemplate({ revocation });
      expect(ofType(template, 'AWS::DynamoDB::GlobalTable')).toEqual([]);
      expect(variable(template, 'SECURE_API_REVOCATIONS')).toBe('undefined');
    }
  });
});
