import { join } from 'node:path';
import { App, Fn, NestedStack, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { type CognitoOptions, Identity, SecureApi } from '../../lib/construct/index.ts';
import type { Api } from '../../lib/definition/index.ts';
import { readStackOutput } from '../../lib/definition/stackOutputs.ts';
import { handlersOf } from '../support/generated.ts';
import { at, ofType, oidc, only, smallApi, withFolder } from './support.ts';

const UUID = '5f4dcc3b-0000-11ee-b056-02bec084ce62';
/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolDomain.html */
const PREFIX = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

interface Made {
  readonly stack?: string;
  readonly ids?: readonly string[];
  readonly identity?: () => Identity | readonly Identity[];
  readonly definition?: Api;
  readonly props?: StackProps;
  readonly scopeOf?: (stack: Stack) => Construct;
}

/** A stack with an API below each of these ids, and the templates of it and of a nested stack. */
function templateOf({ stack: id = 'Small', ids = ['Api'], props, scopeOf, ...made }: Made = {}): Template {
  const { identity = () => Identity.cognito(), definition = smallApi() } = made;
  return withFolder((folder) => {
    const handlers = handlersOf(definition);
    const stack = new Stack(new App({ outdir: join(folder, 'out') }), id, props);
    const scope = scopeOf?.(stack) ?? stack;
    for (const one of ids) new SecureApi(scope, one, { definition, handlers, identity: identity() });
    return Template.fromStack(stack);
  });
}

/** The prefixes of a template, as CloudFormation makes them. */
function prefixesOf(template: Template): readonly string[] {
  return ofType(template, 'AWS::Cognito::UserPoolDomain').map(([, { Properties }]) => {
    const [separator, parts] = at(Properties, 'Domain.Fn::Join') as [string, unknown[]];
    return parts.map((part) => (typeof part === 'string' ? part : stackUuid(part))).join(separator);
  });
}

function stackUuid(part: unknown): string {
  expect(part).toEqual({ 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] });
  return UUID;
}

/** The outputs that describe APIs, by the name of the API and the kind. */
function outputsOf(template: Template): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const byName: Record<string, Record<string, unknown>> = {};
  for (const { Description = '', Value } of Object.values(template.findOutputs('*'))) {
    const output = readStackOutput(Description);
    if (output !== undefined) byName[output.name] = { ...byName[output.name], [output.kind]: Value };
  }
  return byName;
}

const withCognito = (options: CognitoOptions) => ({ identity: () => Identity.cognito(options) });
const kindsOf = (template: Template) => Object.values(outputsOf(template)).map((outputs) => Object.keys(outputs));
const ALL = ['url', 'issuer', 'clientId', 'signInUrl', 'callbackUrls', 'userPoolId'];

describe('the default prefix of the sign-in page', () => {
  it.each([
    'Small',
    'AwsCognito',
    'Amazon',
    'MyCognitoUsers',
    'AAWSWS',
    'aawswsawsaws',
    'amamazonazon-Stack',
    'a-w-s',
    '-Stack',
    'X'.repeat(120),
    `${'Aws'.repeat(30)}Stack`,
    'Docs-CognitoCognitoCognito',
  ])('is one that Cognito accepts in the stack %s', (stack) => {
    const named = /^[A-Za-z]/.test(stack) ? stack : `S${stack}`;
    for (const ids of [['Api'], ['Ünïcödé 日本'], ['aws'], ['Amazon', 'Cognito']]) {
      for (const prefix of prefixesOf(templateOf({ stack: named, ids }))) {
        expect(prefix).toMatch(PREFIX);
        expect(prefix).not.toMatch(/aws|amazon|cognito/);
        expect(prefix).toMatch(new RegExp(`-${UUID}$`));
      }
    }
  });

  it('differs between the APIs and the user pools of a stack', () => {
    const template = templateOf({ ids: ['A', 'B'], identity: () => [Identity.cognito(), Identity.cognito()] });
    expect(new Set(prefixesOf(template)).size).toBe(4);
  });

  it('stays the same when the definition, its name or the account changes, which would replace the domain', () => {
    const renamed = { ...smallApi(), name: 'renamed', title: 'Renamed', description: 'Other' } as Api;
    const before = prefixesOf(templateOf());
    expect(prefixesOf(templateOf({ definition: renamed }))).toEqual(before);
    expect(prefixesOf(templateOf({ props: { env: { account: '111122223333', region: 'eu-west-1' } } }))).toEqual(
      before,
    );
  });

  it('names no account', () => {
    const template = templateOf({ props: { env: { account: '111122223333', region: 'eu-west-1' } } });
    expect(JSON.stringify(only(template, 'AWS::Cognito::UserPoolDomain'))).not.toMatch(/AccountId|111122223333/);
  });

  it('has managed login in its default style for the client of apps', () => {
    const template = templateOf({ ids: ['A', 'B'] });
    const styles = ofType(template, 'AWS::Cognito::ManagedLoginBranding').map(([, { Properties }]) => Properties);
    expect(styles).toHaveLength(2);
    for (const style of styles)
      expect(style).toMatchObject({ UseCognitoProvidedValues: true, ClientId: { Ref: expect.any(String) } });
    const domains = ofType(template, 'AWS::Cognito::UserPoolDomain').map(([, { Properties }]) => Properties);
    for (const domain of domains) expect(domain).toMatchObject({ ManagedLoginVersion: 2 });
  });
});

describe('the outputs of a stack', () => {
  it('say how to sign in to its API and to call it', () => {
    const [[name, outputs] = ['', {}]] = Object.entries(outputsOf(templateOf()));
    expect(name).toMatch(/^Small-?Api/);
    expect(Object.keys(outputs)).toEqual(ALL);
    expect(outputs).toMatchObject({
      url: {
        'Fn::Join': [
          '',
          ['https://', { Ref: expect.stringContaining('RestApi') }, ...Array(7).fill(expect.anything())],
        ],
      },
      clientId: { Ref: expect.stringContaining('UserPoolApp') },
      userPoolId: { Ref: expect.stringContaining('UserPool') },
      callbackUrls: 'http://127.0.0.1:8400/callback http://127.0.0.1:8401/callback http://127.0.0.1:8402/callback',
    });
    expect(JSON.stringify(outputs['signInUrl'])).toMatch(/https:.*SignIn.*\.auth\..*AWS::Region.*\.amazoncognito\.com/);
    expect(JSON.stringify(outputs['issuer'])).toMatch(/https:\/\/cognito-idp\..*UserPool/);
  });

  it('are those of each API, also of two with one definition', () => {
    const template = templateOf({ ids: ['A', 'B'] });
    expect(Object.keys(outputsOf(template))).toHaveLength(2);
    expect(kindsOf(template)).toEqual([ALL, ALL]);
  });

  it('are in the outermost stack for an API in a nested one, where CloudFormation lists them', () => {
    const scopeOf = (stack: Stack) => new Construct(new NestedStack(new NestedStack(stack, 'Outer'), 'Inner'), 'Part');
    expect(kindsOf(templateOf({ scopeOf }))).toEqual([ALL]);
  });

  it('are the URL alone with another issuer', () => {
    expect(kindsOf(templateOf({ identity: oidc }))).toEqual([['url']]);
  });

  it('are those of the user pool beside another issuer', () => {
    expect(kindsOf(templateOf({ identity: () => [oidc(), Identity.cognito()] }))).toEqual([ALL]);
  });

  it('have no sign-in page with signIn: false, and no callback where none is on the loopback', () => {
    const without = (...names: readonly string[]) => [ALL.filter((name) => !names.includes(name))];
    expect(kindsOf(templateOf(withCognito({ signIn: false })))).toEqual(without('signInUrl'));
    const callbackUrls = ['https://app.example.com/callback', `https://${Fn.importValue('Host')}/`];
    expect(kindsOf(templateOf(withCognito({ callbackUrls })))).toEqual(without('callbackUrls'));
  });

  it('name your domain, and the FIPS host in GovCloud', () => {
    const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/x';
    const certificate = Certificate.fromCertificateArn(new Stack(new App(), 'Other'), 'C', certificateArn);
    const own = templateOf(withCognito({ signIn: { domainName: 'login.example.com', certificate } }));
    expect(JSON.stringify(outputsOf(own))).toMatch(/"https:\/\/",\{"Ref":"[A-Za-z0-9]*SignIn/);
    const govCloud = templateOf({ props: { env: { account: '111122223333', region: 'us-gov-west-1' } } });
    expect(JSON.stringify(outputsOf(govCloud))).toContain('.auth-fips.us-gov-west-1.amazoncognito.com');
  });

  it('keep within what CloudFormation accepts, however many callbacks there are', () => {
    const callbackUrls = Array.from({ length: 100 }, (_, i) => `http://127.0.0.1:${9000 + i}/callback`);
    const [outputs] = Object.values(outputsOf(templateOf(withCognito({ callbackUrls }))));
    expect(String(outputs?.['callbackUrls']).length).toBeLessThanOrEqual(1024);
  });
});
