import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { PROOF_ALGORITHMS } from '../../lambdas/shared/wireContract.ts';
import { Identity } from '../../lib/construct/index.ts';
import {
  at,
  authorizerGrants,
  authorizerVariable,
  issuersOf,
  listAt,
  ofType,
  only,
  type Resource,
  smallTemplate,
  withSmall,
} from './support.ts';

const OIDC = { issuer: 'https://login.example.com', jwksUri: 'https://login.example.com/keys', audience: 'tests' };
const synthesized = (make: () => Identity | readonly Identity[], props = {}) =>
  smallTemplate({ identity: make(), ...props });

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
    expect(authorizerVariable(template, 'SECURE_API_PROOFS')).toBe(id);
    expect(authorizerGrants(template).filter((grant) => grant.startsWith('dynamodb:'))).toEqual([
      expect.stringMatching(/^dynamodb:PutItem → .*Proofs/),
    ]);
    expect(issuersOf(template)[0]).toMatchObject({ dpop: 'required' });
  });

  it('are advertised in the challenge', () => {
    const of = (dpop?: 'required' | 'optional') => challenge(synthesized(() => Identity.oidc({ ...OIDC, dpop })));
    expect(of()).toBe('\'Bearer realm="small"\'');
    expect(of('required')).toBe(`'DPoP realm="small", algs="${PROOF_ALGORITHMS.join(' ')}"'`);
    expect(of('optional')).toMatch(/^'Bearer realm="small", DPoP realm="small", algs="ES256 /);
  });

  it('need no table where no identity knows them', () => {
    expect(ofType(smallTemplate(), 'AWS::DynamoDB::GlobalTable')).toEqual([]);
  });
});

describe('revocation', () => {
  it('has a table on demand, encrypted, that forgets by itself and is not deleted with the stack', () => {
    const template = smallTemplate({ revocation: true });
    const table: Resource = only(template, 'AWS::DynamoDB::GlobalTable', 'Revocations');
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      Replicas: [
        { DeletionProtectionEnabled: false, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
      ],
    });
    expect(table.DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  it('is looked up by the authorizer, which may do nothing else with the table', () => {
    const template = smallTemplate({ revocation: { cacheSeconds: 0, whenUnreachable: 'accept' } });
    expect(JSON.parse(authorizerVariable(template, 'SECURE_API_REVOCATIONS'))).toEqual({
      table: expect.stringContaining('Revocations'),
      cacheSeconds: 0,
      whenUnreachable: 'accept',
    });
    expect(authorizerGrants(template).filter((grant) => grant.startsWith('dynamodb:'))).toEqual([
      expect.stringMatching(/^dynamodb:BatchGetItem → .*Revocations/),
    ]);
  });

  it('rejects what it cannot look up, unless an option accepts it', () => {
    const settings = JSON.parse(authorizerVariable(smallTemplate({ revocation: true }), 'SECURE_API_REVOCATIONS'));
    expect(settings).toMatchObject({ cacheSeconds: 15, whenUnreachable: 'reject' });
  });

  it.each([{ cacheSeconds: 301 }, { cacheSeconds: -1 }, { whenUnreachable: 'ignore' as never }])(
    'is rejected with %j',
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
      expect(authorizerVariable(template, 'SECURE_API_REVOCATIONS')).toBe('undefined');
    }
  });
});
