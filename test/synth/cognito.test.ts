import { App, Fn, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { describe, expect, it } from 'vitest';
import { type CognitoOptions, Identity, type MachineClient } from '../../lib/construct/index.ts';
import type { Api } from '../../lib/definition/index.ts';
import { at, authorizerVariable, ofType, only, smallApi, smallTemplate } from './support.ts';

const scoped = () => ({ ...smallApi(), scopes: { 'things.read': 'Reads things' } }) as Api;
const withClaims = () =>
  ({ ...smallApi(), claimRules: { seats: { type: 'integer' }, trial: { type: 'boolean' } } }) as Api;
const templateOf = (options: CognitoOptions = {}, definition: Api = smallApi()) =>
  smallTemplate({ definition, identity: Identity.cognito(options) });
const poolOf = (template: Template) => only(template, 'AWS::Cognito::UserPool');
const appOf = (template: Template) => only(template, 'AWS::Cognito::UserPoolClient', 'UserPoolApp').Properties;

describe('the user pool', () => {
  const template = templateOf();

  it.each([
    ['only administrators add people', 'AdminCreateUserConfig.AllowAdminCreateUserOnly', true],
    ['people sign in by their address', 'UsernameAttributes', ['email']],
    ['whatever its case', 'UsernameConfiguration.CaseSensitive', false],
    [
      'a new address counts once it is proven',
      'UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate',
      ['email'],
    ],
    [
      'accounts are recovered by mail alone',
      'AccountRecoverySetting.RecoveryMechanisms',
      [{ Name: 'verified_email', Priority: 1 }],
    ],
    ['passwords have fourteen characters', 'Policies.PasswordPolicy.MinimumLength', 14],
    ['a small letter', 'Policies.PasswordPolicy.RequireLowercase', true],
    ['a capital', 'Policies.PasswordPolicy.RequireUppercase', true],
    ['a digit', 'Policies.PasswordPolicy.RequireNumbers', true],
    ['a symbol', 'Policies.PasswordPolicy.RequireSymbols', true],
    ['are not used again', 'Policies.PasswordPolicy.PasswordHistorySize', 12],
    ['and end after a day when they are temporary', 'Policies.PasswordPolicy.TemporaryPasswordValidityDays', 1],
    ['a second factor is possible', 'MfaConfiguration', 'OPTIONAL'],
    ['by app, never by text message', 'EnabledMfas', ['SOFTWARE_TOKEN_MFA']],
    ['the plan has rotation and the trigger for machines', 'UserPoolTier', 'ESSENTIALS'],
    ['a rollback can delete it', 'DeletionProtection', 'INACTIVE'],
    ['the trigger is of the version that machines need', 'LambdaConfig.PreTokenGenerationConfig.LambdaVersion', 'V3_0'],
  ])('%s', (_, location, value) => {
    expect(at(poolOf(template), `Properties.${location}`)).toEqual(value);
  });

  it('outlives the stack', () => {
    expect(poolOf(template).DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  it('may demand the second factor of everybody', () => {
    expect(at(poolOf(templateOf({ mfa: 'required' })), 'Properties.MfaConfiguration')).toBe('ON');
  });

  it('has a group for each role and each tier', () => {
    const groups = ofType(template, 'AWS::Cognito::UserPoolGroup').map(([, { Properties }]) => Properties['GroupName']);
    expect(groups.sort()).toEqual(['reader', 'tier:free', 'tier:paid']);
  });

  it('asks a separate function what goes into tokens, which only it may call', () => {
    const [id] = ofType(template, 'AWS::Lambda::Function')
      .map(([name]) => name)
      .filter((name) => name.includes('Pretoken'));
    expect(at(poolOf(template), 'Properties.LambdaConfig.PreTokenGenerationConfig.LambdaArn')).toEqual({
      'Fn::GetAtt': [id, 'Arn'],
    });
    const permissions = ofType(template, 'AWS::Lambda::Permission')
      .map(([, { Properties }]) => Properties)
      .filter(({ FunctionName }) => JSON.stringify(FunctionName).includes(String(id)));
    expect(permissions).toEqual([
      expect.objectContaining({
        Principal: 'cognito-idp.amazonaws.com',
        FunctionName: { 'Fn::GetAtt': [id, 'Arn'] },
        SourceArn: { 'Fn::GetAtt': [expect.stringContaining('UserPool'), 'Arn'] },
      }),
    ]);
    const [policy] = ofType(template, 'AWS::IAM::Policy').filter(([name]) => name.includes('Pretoken'));
    expect(JSON.stringify(policy)).not.toMatch(/"(?!logs:)[a-z]+:[A-Z]/);
  });

  it('is watched together with the other functions', () => {
    const alarm = ofType(template, 'AWS::CloudWatch::Alarm').find(([id]) => id.includes('SignInErrors'));
    expect(JSON.stringify(alarm)).toContain('Pretoken');
  });
});

describe('the client of people’s apps', () => {
  const app = appOf(templateOf({}, scoped()));

  it.each([
    ['uses codes alone, never the implicit grant', 'AllowedOAuthFlows', ['code']],
    ['is public, so that it has to use PKCE', 'GenerateSecret', false],
    [
      'may ask for who signed in and for the scopes of the definition',
      'AllowedOAuthScopes',
      ['openid', 'small/things.read'],
    ],
    [
      'redirects to the loopback by default',
      'CallbackURLs',
      [8400, 8401, 8402].map((port) => `http://127.0.0.1:${port}/callback`),
    ],
    ['gets access tokens of fifteen minutes', 'AccessTokenValidity', 15],
    ['and ID tokens, too', 'IdTokenValidity', 15],
    [
      'counted in minutes',
      'TokenValidityUnits',
      { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
    ],
    ['keeps a session for a day', 'RefreshTokenValidity', 1440],
    [
      'with a new refresh token each time, the old one for ten seconds',
      'RefreshTokenRotation',
      { Feature: 'ENABLED', RetryGracePeriodSeconds: 10 },
    ],
    ['whose tokens can be revoked', 'EnableTokenRevocation', true],
    ['does not reveal whether a user exists', 'PreventUserExistenceErrors', 'ENABLED'],
    ['never sends a password, and refreshes by rotation alone', 'ExplicitAuthFlows', ['ALLOW_USER_SRP_AUTH']],
    [
      'lets people change their name, nothing by which they are known',
      'WriteAttributes',
      ['locale', 'name', 'zoneinfo'],
    ],
  ])('%s', (_, name, value) => {
    expect(app[name]).toEqual(value);
  });

  it('sends codes to safe places alone', () => {
    const to = (url: string) => () => templateOf({ callbackUrls: [url] });
    expect(to('https://app.example.com/callback')).not.toThrow();
    for (const host of ['[::1]', 'localhost', '127.0.0.1']) expect(to(`http://${host}:8400/callback`)).not.toThrow();
    expect(to(`https://${Fn.importValue('Host')}/callback`)).not.toThrow();
    expect(to(Fn.importValue('Callback'))).not.toThrow();
    expect(to(`http://${Fn.importValue('Host')}/callback`)).toThrow(/^identity-invalid/);
    expect(to(`app:${Fn.importValue('Host')}`)).toThrow(/^identity-invalid/);
    expect(to(`https://app.example.com/${'x'.repeat(1024)}`)).toThrow(/^identity-invalid/);
    for (const callbackUrls of [[], Array.from({ length: 101 }, (_, i) => `https://app.example.com/${i}`)]) {
      expect(() => templateOf({ callbackUrls })).toThrow(/^identity-invalid at identity\.callbackUrls: found \d+ URLs/);
    }
    expect(to('http://app.example.com/callback')).toThrow(/^identity-invalid at identity\.callbackUrls/);
    expect(to('com.example.app:/callback')).toThrow(/^identity-invalid at identity\.callbackUrls/);
    for (const url of [
      'http://localhost:1\\@evil.example/',
      'https://app.example\\@evil.example/',
      'https://app.example@evil.example/',
      'https://app.example/callback#',
      'https:app.example/callback',
      'https://app.example\n/callback',
      'http://LOCALHOST/',
      'http://127.1/',
    ]) {
      expect(to(url), url).toThrow(/^identity-invalid at identity\.callbackUrls/);
    }
    expect(() => templateOf({ logoutUrls: ['http://app.example.com'] })).toThrow(
      /^identity-invalid at identity\.logoutUrls/,
    );
    expect(appOf(templateOf({ logoutUrls: ['https://app.example.com'] }))['LogoutURLs']).toEqual([
      'https://app.example.com',
    ]);
  });
});

describe('the sign-in page', () => {
  it('has a host of the region, or one of yours, and the style without which it is not shown', () => {
    const prefixed = templateOf({ signIn: { prefix: 'small' } });
    expect(only(prefixed, 'AWS::Cognito::UserPoolDomain').Properties).toMatchObject({
      Domain: 'small',
      ManagedLoginVersion: 2,
    });
    expect(only(prefixed, 'AWS::Cognito::ManagedLoginBranding').Properties).toMatchObject({
      UseCognitoProvidedValues: true,
      ClientId: { Ref: expect.stringContaining('UserPoolApp') },
    });
    const certificate = Certificate.fromCertificateArn(
      new Stack(new App(), 'Other'),
      'C',
      'arn:aws:acm:us-east-1:111122223333:certificate/x',
    );
    const own = templateOf({ signIn: { domainName: 'login.example.com', certificate } });
    expect(only(own, 'AWS::Cognito::UserPoolDomain').Properties).toMatchObject({
      Domain: 'login.example.com',
      CustomDomainConfig: { CertificateArn: certificate.certificateArn },
    });
  });

  it.each(['Small', '-small', 'my-aws-login', 'cognito', ''])('is rejected under the prefix %j', (prefix) => {
    expect(() => templateOf({ signIn: { prefix } })).toThrow(/^identity-invalid at identity\.signIn\.prefix/);
  });

  it('takes a prefix that is known at deployment only', () => {
    const prefix = Fn.importValue('Prefix');
    expect(only(templateOf({ signIn: { prefix } }), 'AWS::Cognito::UserPoolDomain').Properties['Domain']).toEqual({
      'Fn::ImportValue': 'Prefix',
    });
  });

  it('is left to the team with signIn: false', () => {
    const template = templateOf({ signIn: false, machineClients: { robot: { roles: ['reader'] } } });
    expect(ofType(template, 'AWS::Cognito::UserPoolDomain')).toEqual([]);
    expect(ofType(template, 'AWS::Cognito::ManagedLoginBranding')).toEqual([]);
  });
});

describe('a machine client', () => {
  const robot: MachineClient = { scopes: ['things.read'], roles: ['reader'], tier: 'paid' };
  const template = templateOf({ machineClients: { robot, reporter: { roles: ['reader'] } } }, scoped());
  const machine = (name: string) => only(template, 'AWS::Cognito::UserPoolClient', `Machine${name}`).Properties;

  it('has a secret and client credentials alone, for fifteen minutes', () => {
    expect(machine('robot')).toMatchObject({
      ClientName: 'robot',
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AccessTokenValidity: 15,
      EnableTokenRevocation: true,
      ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
    });
  });

  it('may ask for its own scopes, roles and tier, and nothing else', () => {
    expect(machine('robot')['AllowedOAuthScopes']).toEqual([
      'small/things.read',
      'secure-api.identity/role:reader',
      'secure-api.identity/tier:paid',
    ]);
    expect(machine('reporter')['AllowedOAuthScopes']).toEqual(['secure-api.identity/role:reader']);
  });

  it('has its scopes from resource servers that are made before it; people’s apps have none of its roles', () => {
    const servers = ofType(template, 'AWS::Cognito::UserPoolResourceServer').map(([, { Properties }]) => Properties);
    expect(servers).toMatchObject([
      { Identifier: 'small', Scopes: [{ ScopeName: 'things.read', ScopeDescription: 'Reads things' }] },
      { Identifier: 'secure-api.identity', Scopes: [{ ScopeName: 'role:reader' }, { ScopeName: 'tier:paid' }] },
    ]);
    expect(JSON.stringify(appOf(template))).not.toContain('secure-api.identity');
  });

  it('is accepted by the authorizer beside people’s apps', () => {
    const identity = at(
      only(template, 'AWS::Lambda::Function', 'Authorizer'),
      'Properties.Environment.Variables.SECURE_API_TOKEN_ISSUERS',
    );
    expect(JSON.stringify(identity)).toMatch(/clientIds.*UserPoolApp.*Machinerobot.*Machinereporter/);
  });

  it('has integers and booleans in the one spelling of a scope', () => {
    const claims = { seats: '7', trial: 'false' };
    const own = templateOf({ machineClients: { robot: { roles: ['reader'], claims } } }, withClaims());
    const scopes = only(own, 'AWS::Cognito::UserPoolClient', 'Machinerobot').Properties['AllowedOAuthScopes'];
    expect(scopes).toEqual(
      ['role:reader', 'claim:seats=7', 'claim:trial=false'].map((one) => `secure-api.identity/${one}`),
    );
    const wrong = { robot: { roles: ['reader'], claims: { ...claims, seats: '07' } } };
    expect(() => templateOf({ machineClients: wrong }, withClaims())).toThrow(/seats: found "07"/);
  });

  it.each([
    [
      'a scope that is not declared',
      { robot: { scopes: ['other'] } },
      {},
      /machineClients\.robot\.scopes: found other/,
    ],
    ['a role that is none', { robot: { roles: ['king'] } }, {}, /machineClients\.robot\.roles: found king/],
    [
      'a tier that is none',
      { robot: { roles: ['reader'], tier: 'gold' } },
      {},
      /machineClients\.robot\.tier: found gold/,
    ],
    ['nothing that it may do', { robot: {} }, {}, /found neither scopes nor roles/],
    ['a name that is none', { 'my robot': robot }, {}, /"my robot"/],
  ])('is rejected with %s', (_, machineClients, __, message) => {
    expect(() => templateOf({ machineClients }, scoped())).toThrow(message);
  });
});

it('tokens of the pool have strings for integers and booleans, which the authorizer reads', () => {
  const issuers = (definition: Api) => authorizerVariable(templateOf({}, definition), 'SECURE_API_TOKEN_ISSUERS');
  expect(issuers(withClaims())).toContain('"stringClaims":true');
  expect(issuers(smallApi())).not.toContain('stringClaims');
});

it('tokens of the pool are known by client and kind', () => {
  const identity = at(
    only(templateOf(), 'AWS::Lambda::Function', 'Authorizer'),
    'Properties.Environment.Variables.SECURE_API_TOKEN_ISSUERS',
  );
  const text = JSON.stringify(identity).replaceAll('\\"', '"');
  for (const part of [
    '"token_use":["access"]',
    '"algorithms":["RS256"]',
    '"roles":{"claim":"roles"}',
    '"tierClaim":"tier"',
  ]) {
    expect(text.replaceAll('\\"', '"')).toContain(part);
  }
  expect(text).not.toContain('audience');
});
