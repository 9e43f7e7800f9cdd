import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { afterAll, describe, expect, it } from 'vitest';
import { ORIGIN_HEADER } from '../../lambdas/shared/edgeHeaders.ts';
import { Notify, SecureApi, type SecureApiProps } from '../../lib/construct/index.ts';
import { makeCa } from '../support/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';
import { writeHandlers } from '../support/generated.ts';
import { at, listAt, ofType, oidc, only, resourcesOf, smallApi, synthesizeUnderRules, withFolder } from './support.ts';

const account = '111122223333';
const CERTIFICATE = `arn:aws:acm:us-east-1:${account}:certificate/0a1b`;

const ca = await makeCa();
const trustStore = join(temporaryFolder(), 'cas.pem');
writeFileSync(trustStore, ca.cert);
afterAll(() => rmSync(dirname(trustStore), { recursive: true }));

type Use = (stack: Stack) => Partial<SecureApiProps>;

/** The templates of an API with a distribution, synthesized under both rule packs; one template in us-east-1. */
function edgeTemplates(region: string, use: Use = () => ({})) {
  return withFolder((folder) => {
    const definition = smallApi();
    writeHandlers(definition, folder);
    const app = new App({ outdir: join(folder, 'out') });
    const stack = new Stack(app, 'Small', { env: { account, region } });
    const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    const domain = { name: 'api.example.com', zone };
    const props = { definition, handlers: folder, identity: oidc(), edge: 'cloudfront', domain } as const;
    new SecureApi(stack, 'Api', { ...props, ...use(stack) });
    synthesizeUnderRules(stack);
    const edge = app.node.tryFindChild('Small-edge');
    return { main: Template.fromStack(stack), edge: Template.fromStack(edge instanceof Stack ? edge : stack) };
  });
}

const CONFIG = 'Properties.DistributionConfig';
const BEHAVIOR = `${CONFIG}.DefaultCacheBehavior`;
const ruleNames = (template: Template, scope: string) =>
  ofType(template, 'AWS::WAFv2::WebACL')
    .filter(([, acl]) => at(acl, 'Properties.Scope') === scope)
    .flatMap(([, acl]) => listAt(acl, 'Properties.Rules').map((rule) => at(rule, 'Name')));

describe('an API behind CloudFront', () => {
  const { main, edge } = edgeTemplates('eu-west-1');
  const distribution = only(edge, 'AWS::CloudFront::Distribution');

  it('has its distribution in us-east-1, and its own resources where its stack is', () => {
    expect(ofType(main, 'AWS::CloudFront::Distribution')).toHaveLength(0);
    expect(ofType(edge, 'AWS::ApiGateway::RestApi')).toHaveLength(0);
    const types = new Set(resourcesOf(edge).map(([, { Type }]) => Type));
    expect([...types].filter((type) => type.startsWith('Custom::'))).toEqual(['Custom::SecureApiOriginSecret']);
  });

  it('accepts TLS 1.3 alone from clients, by HTTP/2 and HTTP/3, IPv4 and IPv6', () => {
    expect(at(distribution, CONFIG)).toMatchObject({
      Aliases: ['api.example.com'],
      HttpVersion: 'http2and3',
      IPV6Enabled: true,
      ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.3_2025', SslSupportMethod: 'sni-only' },
    });
  });

  it('redirects plain HTTP, takes all methods, caches nothing and forwards everything', () => {
    expect(at(distribution, BEHAVIOR)).toMatchObject({
      ViewerProtocolPolicy: 'redirect-to-https',
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      Compress: false,
    });
    expect(listAt(distribution, `${BEHAVIOR}.AllowedMethods`)).toHaveLength(7);
    expect(
      at(only(edge, 'AWS::CloudFront::OriginRequestPolicy'), 'Properties.OriginRequestPolicyConfig'),
    ).toMatchObject({
      HeadersConfig: { HeaderBehavior: 'allViewerAndWhitelistCloudFront', Headers: ['CloudFront-Viewer-Address'] },
      CookiesConfig: { CookieBehavior: 'all' },
      QueryStringsConfig: { QueryStringBehavior: 'all' },
    });
  });

  it('has a regional domain of the same name, whose policy CloudFront can negotiate, and no execute-api address', () => {
    const domain = only(main, 'AWS::ApiGateway::DomainName');
    expect(at(domain, 'Properties')).toMatchObject({
      DomainName: 'api.example.com',
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
    });
    const api = only(main, 'AWS::ApiGateway::RestApi');
    expect(at(api, 'Properties')).toMatchObject({
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
      DisableExecuteApiEndpoint: true,
    });
    expect(at(distribution, `${CONFIG}.Origins.0`)).toMatchObject({
      DomainName: { 'Fn::GetStackOutput': { StackName: 'Small', Region: 'eu-west-1' } },
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
    });
  });

  it('leads the addresses of the name to the distribution', () => {
    expect(ofType(main, 'AWS::Route53::RecordSet')).toHaveLength(0);
    const records = ofType(edge, 'AWS::Route53::RecordSet').map(([, { Properties }]) => Properties);
    expect(records.map(({ Name, Type }) => [Name, Type])).toEqual([
      ['api.example.com.', 'A'],
      ['api.example.com.', 'AAAA'],
    ]);
  });

  it('counts addresses at the distribution, and tokens and bodies at the API', () => {
    expect(ruleNames(edge, 'CLOUDFRONT')).toEqual(['requests-per-address']);
    expect(ruleNames(main, 'REGIONAL')).toEqual([
      'origin',
      'requests-per-token',
      'oversized-bodies',
      'AWSManagedRulesCommonRuleSet',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesSQLiRuleSet',
    ]);
  });

  it('blocks first what has no secret of the distribution, and has no value that a client could send in its template', () => {
    const rule = at(only(main, 'AWS::WAFv2::WebACL'), 'Properties.Rules.0');
    expect(rule).toMatchObject({
      Priority: 0,
      Action: { Block: {} },
      Statement: {
        NotStatement: {
          Statement: { RegexPatternSetReferenceStatement: { FieldToMatch: { SingleHeader: { Name: ORIGIN_HEADER } } } },
        },
      },
    });
    expect(listAt(only(main, 'AWS::WAFv2::RegexPatternSet'), 'Properties.RegularExpressionList')).toEqual(['^\\x00$']);
    const store = only(edge, 'AWS::CloudFront::KeyValueStore');
    expect(at(store, 'Properties.ImportSource')).toBeUndefined();
  });

  it('serves nothing before the first secret: the distribution depends on it', () => {
    const [[secret = ''] = []] = ofType(edge, 'Custom::SecureApiOriginSecret');
    const { DependsOn } = distribution as unknown as { readonly DependsOn: readonly string[] };
    expect(DependsOn).toContain(secret);
  });

  it('allows the function of the secret to read and write this store and these patterns, and nothing else', () => {
    const policy = only(edge, 'AWS::IAM::Policy', 'Secret');
    const statements = listAt(policy, 'Properties.PolicyDocument.Statement').map((one) => listAt(one, 'Action'));
    expect(statements).toEqual([
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      ['DescribeKeyValueStore', 'GetKey', 'PutKey'].map((action) => `cloudfront-keyvaluestore:${action}`),
      ['wafv2:GetRegexPatternSet', 'wafv2:UpdateRegexPatternSet'],
    ]);
    expect(JSON.stringify(policy)).not.toContain('"*"');
  });

  it('tells every function where the address of a client is, and caches decisions by it', () => {
    for (const [, fn] of ofType(main, 'AWS::Lambda::Function')) {
      expect(at(fn, 'Properties.Environment.Variables.SECURE_API_EDGE')).toBe('cloudfront');
    }
    const body = JSON.stringify(only(main, 'AWS::ApiGateway::RestApi'));
    expect(body).toContain('method.request.header.Authorization,method.request.header.cloudfront-viewer-address');
    expect(JSON.stringify(only(main, 'AWS::ApiGateway::Stage'))).toContain('$context.authorizer.address');
  });

  it('logs requests without path, query, cookie, referrer and user agent, encrypted', () => {
    const fields = listAt(only(edge, 'AWS::Logs::Delivery'), 'Properties.RecordFields').map(String);
    expect(fields).toContain('c-ip');
    expect(
      fields.filter((field) => /uri|query|cookie|referer|user-agent|header-names|authorization/i.test(field)),
    ).toEqual([]);
    for (const [, group] of ofType(edge, 'AWS::Logs::LogGroup')) expect(at(group, 'Properties.KmsKeyId')).toBeDefined();
  });

  it('adds the security headers to every response that has none, and leaves those of the API', () => {
    const policy = only(edge, 'AWS::CloudFront::ResponseHeadersPolicy');
    expect(at(policy, 'Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig')).toMatchObject({
      StrictTransportSecurity: { AccessControlMaxAgeSec: 63_072_000, IncludeSubdomains: true, Preload: false },
      ContentTypeOptions: { Override: false },
      ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'" },
      ReferrerPolicy: { ReferrerPolicy: 'no-referrer' },
    });
  });

  it('has alarms in us-east-1 on errors, blocks, its functions and the certificate', () => {
    const alarms = ofType(edge, 'AWS::CloudWatch::Alarm');
    const names = ['EdgeErrors', 'EdgeFunctionErrors', 'EdgeBlocks', 'OriginSecretErrors', 'EdgeCertificateExpiry'];
    expect(names.filter((name) => !alarms.some(([id]) => id.includes(name)))).toEqual([]);
    for (const [, alarm] of alarms) expect(listAt(alarm, 'Properties.AlarmActions')).toHaveLength(1);
    const sources = ofType(edge, 'AWS::Events::Rule').flatMap(([, rule]) =>
      listAt(rule, 'Properties.EventPattern.source'),
    );
    expect(new Set(sources)).toEqual(new Set(['aws.acm', 'aws.health']));
  });
});

describe('the notifier of the API', () => {
  const { main, edge } = edgeTemplates('eu-west-1');

  it('gets the alarms in us-east-1, and accepts the topics of that stack alone', () => {
    const subscriptions = ofType(edge, 'AWS::SNS::Subscription').map(([, { Properties }]) => Properties);
    expect(subscriptions.map(({ Protocol }) => Protocol)).toEqual(['lambda', 'lambda', 'lambda']);
    expect(new Set(subscriptions.map(({ TopicArn }) => JSON.stringify(TopicArn))).size).toBe(3);
    for (const { Endpoint } of subscriptions) expect(JSON.stringify(Endpoint)).toContain('NotifierArn');
    const permission = only(main, 'AWS::Lambda::Permission', 'FunctionEdge').Properties;
    expect(permission).toMatchObject({ Principal: 'sns.amazonaws.com', Action: 'lambda:InvokeFunction' });
    expect(JSON.stringify(permission['SourceArn'])).toMatch(/:sns:us-east-1:111122223333:Small-edge-\*/);
  });
});

describe('an API behind CloudFront in us-east-1', () => {
  const { edge } = edgeTemplates('us-east-1', () => ({
    edge: { type: 'cloudfront', http: 'reject', http3: false, logs: false },
    waf: { addresses: { deny: ['192.0.2.0/24'] }, countries: { allow: ['DE'] }, logs: true },
  }));

  it('has everything in one stack, without outputs for another one', () => {
    expect(ofType(edge, 'AWS::ApiGateway::RestApi')).toHaveLength(1);
    expect(JSON.stringify(edge.toJSON())).not.toContain('Fn::GetStackOutput');
    expect(ofType(edge, 'AWS::KMS::Key')).toHaveLength(1);
    expect(ofType(edge, 'AWS::CertificateManager::Certificate')).toHaveLength(1);
  });

  it('logs what both web ACLs blocked, without the secret', () => {
    const logged = ofType(edge, 'AWS::WAFv2::LoggingConfiguration');
    expect(logged).toHaveLength(2);
    for (const [, one] of logged) {
      expect(JSON.stringify(at(one, 'Properties.RedactedFields'))).toContain(`"Name":"${ORIGIN_HEADER}"`);
    }
  });

  it('rejects plain HTTP, and has HTTP/2 alone and no logs where that is asked for', () => {
    const distribution = only(edge, 'AWS::CloudFront::Distribution');
    expect(at(distribution, `${BEHAVIOR}.ViewerProtocolPolicy`)).toBe('https-only');
    expect(at(distribution, `${CONFIG}.HttpVersion`)).toBe('http2');
    expect(ofType(edge, 'AWS::Logs::Delivery')).toHaveLength(0);
  });

  it('compares addresses and countries at the distribution, with sets of its scope', () => {
    expect(ruleNames(edge, 'CLOUDFRONT')).toEqual(['denied-addresses', 'other-countries', 'requests-per-address']);
    expect(ruleNames(edge, 'REGIONAL')).not.toContain('denied-addresses');
    expect(at(only(edge, 'AWS::WAFv2::IPSet'), 'Properties.Scope')).toBe('CLOUDFRONT');
  });
});

describe('options of an API behind CloudFront', () => {
  it('are several names, each with its distribution, at another DNS provider', () => {
    const { edge, main } = edgeTemplates('eu-west-1', () => ({
      domain: { name: 'api.example.com', alternativeNames: ['api.example.org'], dns: 'external' },
    }));
    const aliases = ofType(edge, 'AWS::CloudFront::Distribution').map(([, one]) => at(one, `${CONFIG}.Aliases.0`));
    expect(aliases).toEqual(['api.example.com', 'api.example.org']);
    expect(at(only(edge, 'AWS::CertificateManager::Certificate'), 'Properties.SubjectAlternativeNames')).toEqual([
      'api.example.org',
    ]);
    const targets = (template: Template) =>
      Object.keys(template.findOutputs('*')).filter((id) => id.includes('Target'));
    expect([targets(edge).length, targets(main).length]).toEqual([2, 0]);
    expect(ofType(edge, 'AWS::Logs::DeliverySource')).toHaveLength(2);
  });

  it('are a certificate of its own, and mutual TLS between CloudFront and the API beside the secret', () => {
    const { edge, main } = edgeTemplates('eu-west-1', (stack) => ({
      edge: {
        type: 'cloudfront',
        certificate: Certificate.fromCertificateArn(stack, 'Own', CERTIFICATE),
        originCertificate: Certificate.fromCertificateArn(stack, 'Client', `${CERTIFICATE}2`),
        originTrustStore: trustStore,
      },
      notify: [Notify.topic(Topic.fromTopicArn(stack, 'Ops', `arn:aws:sns:eu-west-1:${account}:ops`))],
    }));
    const distribution = only(edge, 'AWS::CloudFront::Distribution');
    expect(at(distribution, `${CONFIG}.ViewerCertificate.AcmCertificateArn`)).toBe(CERTIFICATE);
    expect(at(distribution, `${CONFIG}.Origins.0.CustomOriginConfig.OriginMtlsConfig`)).toEqual({
      ClientCertificateArn: `${CERTIFICATE}2`,
    });
    const domain = only(main, 'AWS::ApiGateway::DomainName');
    expect(at(domain, 'Properties')).toMatchObject({ SecurityPolicy: 'TLS_1_2' });
    expect(at(domain, 'Properties.MutualTlsAuthentication.TruststoreUri')).toBeDefined();
    expect(ruleNames(main, 'REGIONAL')[0]).toBe('origin');
    const [[, alarm] = []] = ofType(edge, 'AWS::CloudWatch::Alarm');
    expect(listAt(alarm, 'Properties.AlarmActions')).toHaveLength(1);
  });

  it.each(['required', 'optional'] as const)(
    'are certificates of clients, %s, without HTTP/3 and plain HTTP',
    (mode) => {
      const { edge, main } = edgeTemplates('eu-west-1', () => ({ mtls: { trustStore, mode } }));
      const distribution = only(edge, 'AWS::CloudFront::Distribution');
      expect(at(distribution, CONFIG)).toMatchObject({
        HttpVersion: 'http2',
        DefaultCacheBehavior: { ViewerProtocolPolicy: 'https-only' },
        ViewerMtlsConfig: { Mode: mode, TrustStoreConfig: { IgnoreCertificateExpiry: false } },
        ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.3_2025' },
      });
      const source = 'Properties.CaCertificatesBundleSource.CaCertificatesBundleS3Location';
      expect(at(only(edge, 'AWS::CloudFront::TrustStore'), source)).toMatchObject({ Region: 'us-east-1' });
      const policy = only(edge, 'AWS::CloudFront::OriginRequestPolicy');
      expect(listAt(policy, 'Properties.OriginRequestPolicyConfig.HeadersConfig.Headers')).toEqual([
        'CloudFront-Viewer-Address',
        'CloudFront-Viewer-Cert-Present',
        'CloudFront-Viewer-Cert-Pem',
      ]);
      const code = String(at(only(edge, 'AWS::CloudFront::Function'), 'Properties.FunctionCode'));
      expect(code).toContain('const HAS_CERTIFICATES = true;');
      expect(at(only(main, 'AWS::ApiGateway::DomainName'), 'Properties.MutualTlsAuthentication')).toBeUndefined();
    },
  );

  it('are certificates of clients that a list in the stack of the API revokes: the handshake denies them', () => {
    const { edge, main } = edgeTemplates('eu-west-1', () => ({ mtls: { trustStore, revocation: true } }));
    const [[functionId] = []] = ofType(edge, 'AWS::CloudFront::ConnectionFunction');
    const [[storeId] = []] = ofType(edge, 'AWS::CloudFront::KeyValueStore').filter(([id]) => id.includes('Revoked'));
    const distribution = only(edge, 'AWS::CloudFront::Distribution');
    const associated = at(distribution, `${CONFIG}.ConnectionFunctionAssociation.Id`);
    expect(associated).toEqual({ 'Fn::GetAtt': [functionId, 'Id'] });
    const associations = 'Properties.ConnectionFunctionConfig.KeyValueStoreAssociations';
    expect(listAt(only(edge, 'AWS::CloudFront::ConnectionFunction'), associations)).toEqual([
      { KeyValueStoreARN: { 'Fn::GetAtt': [storeId, 'Arn'] } },
    ]);

    const copies = only(edge, 'AWS::Lambda::Function', 'Revocation');
    const settings = JSON.stringify(at(copies, 'Properties.Environment.Variables.SECURE_API_REVOKED_CERTIFICATES'));
    expect(settings).toContain('RevocationBucket');
    expect(settings).toContain('eu-west-1');
    expect(Object.keys(main.findOutputs('*')).filter((id) => id.includes('RevocationBucket'))).toHaveLength(2);
    expect(at(only(edge, 'AWS::Events::Rule', 'Revocation'), 'Properties.ScheduleExpression')).toBe('rate(1 minute)');
    const policy = only(edge, 'AWS::IAM::Policy', 'RevocationRole');
    const grants = listAt(policy, 'Properties.PolicyDocument.Statement').flatMap((statement) =>
      listAt(statement, 'Action'),
    );
    expect(grants).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:GetObject',
      'cloudfront-keyvaluestore:DescribeKeyValueStore',
      'cloudfront-keyvaluestore:GetKey',
      'cloudfront-keyvaluestore:ListKeys',
      'cloudfront-keyvaluestore:UpdateKeys',
    ]);
    expect(JSON.stringify(policy)).not.toContain('*');
    const [[copiesId] = []] = ofType(edge, 'AWS::Lambda::Function').filter(([id]) => id.includes('Revocation'));
    expect(at(only(edge, 'AWS::CloudWatch::Alarm', 'RevocationCopyErrors'), 'Properties.Dimensions')).toEqual([
      { Name: 'FunctionName', Value: { Ref: copiesId } },
    ]);
  });

  it('fail where CloudFront has no certificate that it could read', () => {
    const certificate = CERTIFICATE.replace('us-east-1', 'eu-west-1');
    const use: Use = (stack) => ({
      domain: { name: 'api.example.com', certificate: Certificate.fromCertificateArn(stack, 'Own', certificate) },
    });
    expect(() => edgeTemplates('eu-west-1', use)).toThrow(/edge-invalid.*edge\.certificate/s);
  });
});
