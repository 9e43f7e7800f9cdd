import { Ajv2020 } from 'ajv/dist/2020.js';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { describe, expect, it } from 'vitest';
import { webAclRuleMetrics } from '../../lib/construct/edge/webAclMetrics.ts';
import type { SecureApiProps } from '../../lib/construct/index.ts';
import type { Api } from '../../lib/definition/index.ts';
import { publicOpenApi } from '../../lib/openapi/index.ts';
import { at, listAt, ofType, only, smallApi, smallTemplate, withSmall } from './support.ts';

describe('the metrics of a web ACL', () => {
  it('are one for each rule that blocks, under the name that its log has', () => {
    const cors = { origins: ['https://a.example.com', 'https://b.example.com'] };
    const found = withSmall({ cors }, ({ edge }) => webAclRuleMetrics(edge.webAcl));
    expect(found.map(({ rule }) => rule)).toEqual([
      'requests-per-address',
      'requests-per-token',
      'oversized-bodies',
      'AWSManagedRulesCommonRuleSet',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesSQLiRuleSet',
    ]);
    const names = found.map(({ blocked }) => blocked.dimensions?.['Rule']);
    expect(names.every((name, i) => String(name).endsWith(`-${found[i]?.rule}`))).toBe(true);
    expect(Object.keys(found[0]?.blocked.dimensions ?? {})).toEqual(['WebACL', 'Rule', 'Region']);
  });
});

describe('the web ACL', () => {
  const acl = (props?: SecureApiProps['waf'], definition: Api = smallApi()) =>
    only(smallTemplate({ definition, ...(props === undefined ? {} : { waf: props }) }), 'AWS::WAFv2::WebACL');
  const limitOf = (resource: unknown) => at(resource, 'Properties.Rules.0.Statement.RateBasedStatement.Limit');

  it('responds with documents that the public description promises', () => {
    const { components } = publicOpenApi(smallApi()) as { components: { schemas: { Problem: object } } };
    const conforms = new Ajv2020({ strict: false, validateFormats: false }).compile(components.schemas.Problem);
    const bodies = Object.values(at(acl(), 'Properties.CustomResponseBodies') as Readonly<Record<string, unknown>>);
    expect(bodies.length).toBeGreaterThan(1);
    for (const body of bodies) {
      conforms(JSON.parse(String(at(body, 'Content'))));
      expect(conforms.errors).toBeNull();
    }
  });

  it('limits each address to twice the fastest tier, so that no client is a flood while it keeps to its tier', () => {
    expect(limitOf(acl())).toBe(2 * 50 * 300);
  });

  it('limits each address to 2,000 requests in five minutes at least, or to what is asked', () => {
    const slow = {
      ...smallApi(),
      tiers: { free: { rate: 1, burst: 2, quota: { requests: 10, per: 'DAY' } } },
    } as unknown as Api;
    expect([limitOf(acl(undefined, slow)), limitOf(acl({ ipLimit: 500 }))]).toEqual([2000, 500]);
    expect(() => acl({ ipLimit: 9 })).toThrow(/^option-invalid at waf\.ipLimit/);
  });

  it('responds to a flood with 429, Retry-After and a problem document', () => {
    const { Properties } = acl();
    expect(at(Properties, 'Rules.0.Action.Block.CustomResponse')).toMatchObject({
      ResponseCode: 429,
      ResponseHeaders: expect.arrayContaining([
        { Name: 'Retry-After', Value: '300' },
        { Name: 'Cache-Control', Value: 'no-store' },
      ]),
    });
    expect(JSON.parse(String(at(Properties, 'CustomResponseBodies.flood-by-address.Content')))).toEqual({
      type: 'https://secure-api.dev/errors/flood',
      title: 'Too many requests',
      status: 429,
      detail: 'Too many requests came from this address.',
      code: 'flood',
    });
  });

  it('has the three managed groups, counts large bodies only, and keeps samples of requests of every rule', () => {
    const { Properties } = acl();
    const rules = listAt(Properties, 'Rules');
    expect(rules.map((rule) => at(rule, 'Name'))).toEqual([
      'requests-per-address',
      'requests-per-token',
      'oversized-bodies',
      'AWSManagedRulesCommonRuleSet',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesSQLiRuleSet',
    ]);
    expect(rules.map((rule) => at(rule, 'Priority'))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(at(rules[3], 'Statement.ManagedRuleGroupStatement.RuleActionOverrides')).toEqual([
      { Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } },
      { Name: 'SizeRestrictions_QUERYSTRING', ActionToUse: { Count: {} } },
      { Name: 'SizeRestrictions_URIPATH', ActionToUse: { Count: {} } },
    ]);
    for (const rule of [{ VisibilityConfig: Properties['VisibilityConfig'] }, ...rules]) {
      expect(at(rule, 'VisibilityConfig.SampledRequestsEnabled')).toBe(true);
    }
  });

  it('limits each token by the hash of its header, unless that is declined', () => {
    const statement = at(acl({ tokenLimit: 700 }).Properties, 'Rules.1.Statement.RateBasedStatement');
    expect(statement).toEqual({
      AggregateKeyType: 'CUSTOM_KEYS',
      CustomKeys: [{ Header: { Name: 'authorization', TextTransformations: [{ Priority: 0, Type: 'MD5' }] } }],
      EvaluationWindowSec: 300,
      Limit: 700,
    });
    expect(JSON.stringify(acl({ tokenLimit: false }))).not.toContain('requests-per-token');
    expect(() => acl({ tokenLimit: 3 })).toThrow(/^option-invalid at waf\.tokenLimit/);
  });

  it('leaves a group out for a reason, which the template keeps', () => {
    const made = acl({ without: { sqlInjection: 'there is no SQL behind this API' } });
    expect(JSON.stringify(made.Properties)).not.toContain('SQLi');
    expect(made.Metadata?.['secure-api']).toEqual({ without: { sqlInjection: 'there is no SQL behind this API' } });
    expect(() => acl({ without: { common: 'no' } })).toThrow(/^option-invalid at waf\.without\.common/);
  });

  it('protects the stage', () => {
    const template = smallTemplate();
    const { ResourceArn } = only(template, 'AWS::WAFv2::WebACLAssociation').Properties;
    expect(JSON.stringify(ResourceArn)).toMatch(/\/restapis\/.*\/stages\//);
  });

  it('redacts every header, cookie, query and body in whatever it keeps of a request', () => {
    const redacted = ['SINGLE_HEADER', 'SINGLE_COOKIE', 'QUERY_STRING', 'BODY'];
    // Without keys a field stands for all of its kind, and without exceptions also for what rules matched and counted by.
    expect(at(acl(), 'Properties.DataProtectionConfig.DataProtections')).toEqual(
      redacted.map((FieldType) => ({ Action: 'SUBSTITUTION', Field: { FieldType } })),
    );
  });

  it('lets a managed group count instead of block, as the runbook writes it', () => {
    const group = withSmall({}, ({ edge }, stack) => {
      const acl = edge.webAcl;
      acl.rules = (acl.rules as CfnWebACL.RuleProperty[]).map((rule) =>
        rule.name === 'AWSManagedRulesSQLiRuleSet' ? { ...rule, overrideAction: { count: {} } } : rule,
      );
      return listAt(only(Template.fromStack(stack), 'AWS::WAFv2::WebACL'), 'Properties.Rules')[5];
    });
    expect(group).toMatchObject({ Name: 'AWSManagedRulesSQLiRuleSet', Priority: 5 });
    expect(at(group, 'OverrideAction')).toEqual({ Count: {} });
  });

  it('has its blocks counted by rule and by address, those over a rate apart', () => {
    const rules = ofType(smallTemplate(), 'AWS::CloudWatch::InsightRule').map(([, { Properties }]) => Properties);
    const bodyOf = (id: string) => {
      const found = rules.find(({ RuleName }) => JSON.stringify(RuleName).includes(`-${id}"`));
      return JSON.stringify(found?.['RuleBody']).replaceAll('\\', '');
    };
    expect(bodyOf('BlockedRules')).toContain('"Keys":["$.terminatingRuleId"]');
    for (const id of ['BlockedAddresses', 'RateLimitedAddresses']) {
      expect(bodyOf(id)).toContain('"Keys":["$.httpRequest.clientIp"]');
      expect(bodyOf(id)).toContain('WafLogs');
    }
    expect(bodyOf('BlockedAddresses')).toContain('{"Match":"$.terminatingRuleType","NotIn":["RATE_BASED"]}');
    expect(bodyOf('RateLimitedAddresses')).toContain('{"Match":"$.terminatingRuleType","In":["RATE_BASED"]}');
  });

  it('has alarms without its log, too, which name the addresses that send most', () => {
    const template = smallTemplate({ waf: { logs: false } });
    const alarm = JSON.stringify(only(template, 'AWS::CloudWatch::Alarm', 'WafBlocks').Properties);
    expect(alarm).toContain('TopAddresses');
    expect(alarm).not.toContain('INSIGHT_RULE_METRIC');
    expect(JSON.stringify(template.toJSON())).not.toContain('BlockedRules');
  });

  it('keeps no log when that is declined', () => {
    const resources = JSON.stringify(smallTemplate({ waf: { logs: false } }).toJSON());
    expect(resources).not.toContain('AWS::WAFv2::LoggingConfiguration');
    expect(resources).not.toContain('aws-waf-logs-');
  });

  it('keeps a log of what it blocked or counted, without tokens, query and free text of headers', () => {
    const template = smallTemplate();
    const group = only(template, 'AWS::Logs::LogGroup', 'WafLogs').Properties;
    expect(group).toHaveProperty('KmsKeyId');
    // WAF requires the prefix; the id of the stack keeps the name from colliding with a group that was retained.
    expect(at(group, 'LogGroupName.Fn::Join.1.0')).toMatch(/^aws-waf-logs-/);
    expect(JSON.stringify(at(group, 'LogGroupName'))).toContain('AWS::StackId');
    template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      RedactedFields: [
        { QueryString: {} },
        ...'authorization cookie dpop proxy-authorization referer user-agent x-amz-security-token x-api-key x-secure-api-origin cloudfront-viewer-cert-pem'
          .split(' ')
          .map((Name) => ({ SingleHeader: { Name } })),
      ],
      LoggingFilter: Match.objectLike({ DefaultBehavior: 'DROP' }),
    });
    const [arn] = listAt(only(template, 'AWS::WAFv2::LoggingConfiguration'), 'Properties.LogDestinationConfigs');
    const policy = JSON.stringify(only(template, 'AWS::Logs::ResourcePolicy').Properties['PolicyDocument']);
    const parts = at(arn, 'Fn::Join.1') as readonly unknown[];
    const name = JSON.stringify(parts.at(-1)).slice(1, -1);
    expect(policy).toContain(name);
    expect(policy).toContain(':log-stream:*');
    expect(policy).not.toMatch(/GetAtt[^\]]*WafLogs/);
  });
});
