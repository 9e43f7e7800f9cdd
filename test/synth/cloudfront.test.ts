import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ORIGIN_HEADER } from '../../lambdas/shared/edgeHeaders.ts';
import { at, edgeTemplates, listAt, ofType, only, resourcesOf } from './support.ts';

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
      HeadersConfig: { HeaderBehavior: 'allViewer' },
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
    expect(body).toContain('method.request.header.Authorization,method.request.header.x-secure-api-address');
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
    waf: { addresses: { deny: ['192.0.2.0/24'] }, countries: { allow: ['DE'] } },
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
    for (const [, acl] of ofType(edge, 'AWS::WAFv2::WebACL')) {
      expect(listAt(acl, 'Properties.DataProtectionConfig.DataProtections')).toContainEqual({
        Action: 'SUBSTITUTION',
        Field: { FieldType: 'SINGLE_HEADER' },
      });
    }
  });

  it('names rules and addresses of what both web ACLs blocked, under names of their own', () => {
    const rules = ofType(edge, 'AWS::CloudWatch::InsightRule').map(([, { Properties }]) =>
      String(Properties['RuleName']),
    );
    const blocked = rules.flatMap((rule) => /-((?:Edge)?(?:Blocked|RateLimited)\w+)$/.exec(rule)?.[1] ?? []);
    expect(blocked.toSorted()).toEqual([
      'BlockedAddresses',
      'BlockedRules',
      'EdgeBlockedAddresses',
      'EdgeBlockedRules',
      'EdgeRateLimitedAddresses',
      'RateLimitedAddresses',
    ]);
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
