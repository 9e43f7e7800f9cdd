import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { describe, expect, it } from 'vitest';
import { Identity, SecureApi, type SecureApiProps } from '../../lib/construct/index.ts';
import { writeHandlers } from '../support/generated.ts';
import { authorizerVariable, ofType, smallApi, withFolder } from './support.ts';

const ENV = { account: '123456789012', region: 'eu-west-1' };
const CLIENT = '1h57kf5cpq17m0eml12EXAMPLE';

/** A stack with an API, and another one with a pool. */
function templates(
  identity: (stack: Stack, pool: UserPool) => SecureApiProps['identity'],
  env: Partial<typeof ENV> = ENV,
): { readonly api: Template; readonly issuers: string } {
  return withFolder((folder) => {
    const definition = smallApi();
    writeHandlers(definition, folder);
    const app = new App({ analyticsReporting: false });
    const pool = new UserPool(new Stack(app, 'Pools', { env }), 'Pool');
    const stack = new Stack(app, 'Small', { env });
    new SecureApi(stack, 'Api', { definition, handlers: folder, identity: identity(stack, pool) });
    const api = Template.fromStack(stack);
    return { api, issuers: authorizerVariable(api, 'SECURE_API_TOKEN_ISSUERS') };
  });
}

const issuer = (text: string) => text.replace(/^\[\{"issuer":"([^"]*)".*$/, '$1');

describe('a user pool that exists', () => {
  it('is known by its id: region and pool are in the issuer, the client is checked, groups are roles', () => {
    const { api, issuers } = templates(() =>
      Identity.cognito({ userPool: 'us-east-1_AbCdEfGhI', userPoolClients: [CLIENT] }),
    );
    expect(JSON.parse(issuers.replaceAll('AWS::URLSuffix', 'amazonaws.com'))).toEqual([
      {
        issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI',
        jwksUri: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI/.well-known/jwks.json',
        algorithms: ['RS256'],
        clientIds: [CLIENT],
        kind: { claims: { token_use: ['access'] } },
        roles: { claim: 'cognito:groups' },
        tierClaim: 'tier',
        clientClaim: 'client_id',
        maxLifetimeSeconds: 3600,
        clockToleranceSeconds: 5,
      },
    ]);
    for (const type of ['UserPool', 'UserPoolClient', 'UserPoolGroup', 'UserPoolDomain'])
      expect(ofType(api, `AWS::Cognito::${type}`)).toEqual([]);
  });

  it('can be imported by its ARN, from another region, or by its id', () => {
    const byArn = templates((stack) => {
      const arn = 'arn:aws:cognito-idp:us-west-2:123456789012:userpool/us-west-2_Imported1';
      const userPool = UserPool.fromUserPoolArn(stack, 'Imported', arn);
      return Identity.cognito({ userPool, userPoolClients: [UserPoolClient.fromUserPoolClientId(stack, 'C', CLIENT)] });
    });
    expect(issuer(byArn.issuers)).toBe('https://cognito-idp.us-west-2.AWS::URLSuffix/us-west-2_Imported1');
    expect(byArn.issuers).toContain(`"clientIds":["${CLIENT}"]`);
    const byId = templates((stack) => {
      const userPool = UserPool.fromUserPoolId(stack, 'Imported', 'eu-west-1_Imported1');
      return Identity.cognito({ userPool, userPoolClients: [CLIENT] });
    });
    expect(issuer(byId.issuers)).toBe('https://cognito-idp.eu-west-1.AWS::URLSuffix/eu-west-1_Imported1');
  });

  it('can be in this stack or in another one: ids stay references, and nothing else of the pool changes', () => {
    const own = templates((stack) => {
      const userPool = new UserPool(stack, 'Own');
      return Identity.cognito({ userPool, userPoolClients: [userPool.addClient('App')] });
    }, {});
    expect(issuer(own.issuers)).toMatch(/^https:\/\/cognito-idp\.AWS::Region\.AWS::URLSuffix\/Own\w+$/);
    expect(own.issuers).toMatch(/"clientIds":\["OwnApp\w+"\]/);
    expect(
      ofType(own.api, 'AWS::Cognito::UserPool').map(([, { Properties }]) => Object.keys(Properties)),
    ).not.toContain('LambdaConfig');
    const other = templates((_, userPool) =>
      Identity.cognito({ userPool, userPoolClients: [userPool.addClient('App')] }),
    );
    const text = JSON.stringify(other.api.toJSON());
    expect(text).toMatch(/Fn::ImportValue":"Pools:ExportsOutputRefPool/);
    expect(text).toMatch(/Fn::ImportValue":"Pools:ExportsOutputRefPoolApp/);
  });

  it.each<readonly [string, object, RegExp]>([
    ['no client', { userPool: 'eu-west-1_A', userPoolClients: [] }, /userPoolClients/],
    ['an empty client', { userPool: 'eu-west-1_A', userPoolClients: [''] }, /userPoolClients/],
    ['clients and no pool', { userPoolClients: [CLIENT] }, /userPool: found nothing/],
    ['a pool and no clients', { userPool: 'eu-west-1_A' }, /userPoolClients: found nothing/],
    [
      'the issuer instead of the id',
      { userPool: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A', userPoolClients: [CLIENT] },
      /userPool: found/,
    ],
    [
      'an ARN instead of the id',
      { userPool: 'arn:aws:cognito-idp:eu-west-1:1:userpool/eu-west-1_A', userPoolClients: [CLIENT] },
      /userPool: found/,
    ],
    [
      'callbacks of a new pool',
      { userPool: 'eu-west-1_A', userPoolClients: [CLIENT], callbackUrls: [] },
      /callbackUrls/,
    ],
    [
      'machine clients of a new pool',
      { userPool: 'eu-west-1_A', userPoolClients: [CLIENT], machineClients: {} },
      /machineClients/,
    ],
    ['a sign-in page of a new pool', { userPool: 'eu-west-1_A', userPoolClients: [CLIENT], signIn: false }, /signIn/],
    ['an audience', { userPool: 'eu-west-1_A', userPoolClients: [CLIENT], audience: 'x' }, /audience/],
  ])('is rejected with %s', (_, options, message) => {
    expect(() => Identity.cognito(options as never)).toThrow(/^identity-invalid at identity/);
    expect(() => Identity.cognito(options as never)).toThrow(message);
  });
});
