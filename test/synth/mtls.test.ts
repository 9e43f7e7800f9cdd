import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { beforeAll, describe, expect, it } from 'vitest';
import { Identity, type SecureApiProps } from '../../lib/construct/index.ts';
import { makeCa, type TestCertificate } from '../support/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';
import { authorizerGrants, authorizerVariable, ofType, only, synthesizeUnderRules, withSmall } from './support.ts';

const folder = temporaryFolder();
const zone = HostedZone.fromHostedZoneAttributes(new Stack(), 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
const domain = { name: 'api.example.com', zone };
let ca: TestCertificate;
let trustStore: string;
const file = (name: string, content: string): string => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
beforeAll(async () => {
  ca = await makeCa();
  trustStore = file('partners.pem', ca.cert);
});
type Client = NonNullable<NonNullable<SecureApiProps['mtls']>['client']>;
const VARIABLE = 'SECURE_API_CERTIFICATE_CLIENTS';
const regional = (mtls: Partial<NonNullable<SecureApiProps['mtls']>> = {}): Partial<SecureApiProps> => ({
  tls: 'legacy-1.2',
  domain,
  mtls: { trustStore, ...mtls },
});

describe('mutual TLS of a regional domain', () => {
  it('has the trust store as a file of the deployment, TLS 1.2, and nothing beside the domain', () => {
    const template = withSmall(regional(), (_, stack) => Template.fromStack(stack));
    const { Properties } = only(template, 'AWS::ApiGateway::DomainName');
    expect(Properties).toMatchObject({
      SecurityPolicy: 'TLS_1_2',
      MutualTlsAuthentication: {
        TruststoreUri: { 'Fn::Join': ['', ['s3://', expect.anything(), expect.stringMatching(/^\/\w+\.pem$/)]] },
      },
    });
    expect(Properties['EndpointAccessMode']).toBeUndefined();
    const api = only(template, 'AWS::ApiGateway::RestApi').Properties;
    expect(api).toMatchObject({ DisableExecuteApiEndpoint: true, SecurityPolicy: 'TLS_1_2' });
    template.resourceCountIs('AWS::S3::Bucket', 0);
  });

  it('keeps no decision in the cache of the gateway, which does not know the certificate', () => {
    const template = withSmall(regional(), (_, stack) => Template.fromStack(stack));
    expect(JSON.stringify(only(template, 'AWS::ApiGateway::RestApi').Properties)).toContain(
      '"authorizerResultTtlInSeconds":0',
    );
  });

  it('has a private bucket for the lists of revoked certificates, which only the authorizer reads', () => {
    const [template, code] = withSmall(regional({ revocation: true }), (api, stack) => [
      Template.fromStack(stack),
      api.bundles.authorizer,
    ]);
    expect(only(template, 'AWS::S3::Bucket').Properties).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    expect(code).toBeDefined();
    const [[bucket = ''] = []] = ofType(template, 'AWS::S3::Bucket');
    const [grant = '', ...others] = authorizerGrants(template).filter((one) => one.startsWith('s3:'));
    const hash = createHash('sha256').update(new X509Certificate(ca.cert).raw).digest('hex');
    expect([grant, others]).toEqual([
      expect.stringMatching(new RegExp(`^s3:GetObject → .*${bucket}.*/crl/${hash}.pem`)),
      [],
    ]);
    expect(authorizerVariable(template, 'SECURE_API_REVOCATION_LISTS')).toContain(bucket);
    expect(Object.values(template.findOutputs('*')).map(({ Value }) => Value)).toContainEqual({ Ref: bucket });
    // The local gateway finds the bucket of an API by it.
    const { Metadata } = only(template, 'AWS::ApiGateway::RestApi');
    expect(Metadata).toMatchObject({ 'secure-api': { mtls: { revocationLists: { Ref: bucket } } } });
  });

  it('breaks no rule of cdk-nag', () => {
    withSmall(
      regional({ revocation: true, client: { from: 'dnsName', names: { 'a.example.com': 'acme' } } }),
      (_, stack) => synthesizeUnderRules(stack),
    );
  });
});

describe('the client of a certificate', () => {
  const machine = { roles: ['reader'] };
  const pool = Identity.cognito({ machineClients: { acme: machine, globex: machine } });
  const clientsOf = (client: Client, identity: SecureApiProps['identity'] = pool) =>
    withSmall({ ...regional({ client }), identity, clients: true }, (_, stack) => {
      const template = Template.fromStack(stack);
      const ids = ofType(template, 'AWS::Cognito::UserPoolClient').map(([id, { Properties }]) => [
        Properties.ClientName,
        id,
      ]);
      return { ids: Object.fromEntries(ids), variable: authorizerVariable(template, VARIABLE) ?? '{}' };
    });
  const wrong = (client: Client, identity?: SecureApiProps['identity']) => () => clientsOf(client, identity);

  it('is the machine client of a user pool by the id that AWS generates, because its tokens have no name', () => {
    const { ids, variable } = clientsOf({ from: 'commonName', names: { 'ACME Ltd': 'acme' } });
    expect(JSON.parse(variable)).toEqual({ 'ACME Ltd': ids.acme });
    const unnamed = clientsOf({ from: 'commonName' });
    expect(JSON.parse(unnamed.variable)).toEqual({
      acme: unnamed.ids.acme,
      globex: unnamed.ids.globex,
    });
  });

  it('is that of a pool of another stack by a reference, which the deployment resolves', () => {
    const id = Fn.importValue('Acme');
    const existing = Identity.cognito({ userPool: 'eu-central-1_AbCdEfGhI', userPoolClients: [id] });
    withSmall(
      { ...regional({ client: { from: 'commonName', names: { acme: id } } }), identity: existing },
      (api, stack) => {
        const { Properties } = only(Template.fromStack(stack), 'AWS::Lambda::Function', 'Authorizer');
        expect(JSON.stringify(Properties['Environment'])).toContain('{"Fn::ImportValue":"Acme"}');
        expect(JSON.stringify(api.bundles.authorizer)).not.toContain('Token[');
      },
    );
  });

  it.each<[string, Client, SecureApiProps['identity']?]>([
    ['a name that no machine client has', { from: 'commonName', names: { acme: 'acme', initech: 'initech' } }],
    ['a name of a prototype', { from: 'commonName', names: { acme: 'constructor' } }],
    ['a pool that signs in people alone', { from: 'commonName', names: { acme: 'acme' } }, Identity.cognito()],
    ['certificates that would name the sign-in page', { from: 'commonName' }, Identity.cognito()],
  ])('cannot be %s: its tokens would all be rejected', (_, client, identity) => {
    expect(wrong(client, identity)).toThrow(/^mtls-invalid at mtls\.client.* machine/);
  });
});

describe('props beside mutual TLS', () => {
  const wrong = (props: Partial<SecureApiProps>) => () => withSmall({ ...regional(), ...props }, () => undefined);

  it('need the clients that certificates name', () => {
    expect(wrong({ mtls: { trustStore, client: { from: 'commonName' } } })).toThrow(
      /^mtls-invalid at mtls\.client: .*names/,
    );
    expect(wrong({ authorizerCacheSeconds: 60 })).toThrow(/^mtls-invalid at authorizerCacheSeconds/);
  });
});
