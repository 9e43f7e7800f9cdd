import { describe, expect, it } from 'vitest';
import type { WebAclModel } from '../../assembly/webAclModel.ts';
import { createWebAcl } from '../../gateway/waf/webAcl.ts';
import { anApi, aRequestState, outcomeOf, type RequestParts } from '../support/gateway.ts';

type Json = Readonly<Record<string, unknown>>;

describe('the common rule group of AWS', () => {
  const group = (more: Json = {}, OverrideAction: Json = { None: {} }): WebAclModel => ({
    name: 'acl',
    arn: 'arn',
    metricName: 'm',
    defaultAction: { Allow: {} },
    customResponseBodies: {},
    ipSets: {},
    inspectedBodyBytes: 16_384,
    rules: [
      {
        Name: 'common',
        Priority: 0,
        OverrideAction,
        Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet', ...more } },
        VisibilityConfig: { MetricName: 'common' },
      },
    ],
  });
  const telemetry = { metric: () => undefined, log: () => undefined };
  const TextTransformations = [{ Priority: 0, Type: 'NONE' }];
  const FieldToMatch = { UriPath: {} };
  const nowhere = {
    ByteMatchStatement: {
      FieldToMatch,
      SearchString: '/nowhere',
      PositionalConstraint: 'EXACTLY',
      TextTransformations,
    },
  };
  const outcome = (acl: WebAclModel, parts: RequestParts) =>
    outcomeOf(
      createWebAcl(anApi({}, { webAcl: acl }), {
        telemetry,
        source: { name: 'APIGW', id: 'api' },
        region: 'eu-central-1',
      })(aRequestState(parts)),
    );

  it.each<readonly [string, RequestParts, RequestParts]>([
    ['a query', { queryBytes: 2_048 }, { queryBytes: 2_049 }],
    ['a path', { path: `/${'a'.repeat(1_023)}` }, { path: `/${'a'.repeat(1_024)}` }],
    ['a body', { body: 'a'.repeat(8_192) }, { body: 'a'.repeat(8_193) }],
    ['cookies', { headers: { cookie: 'a'.repeat(10_240) } }, { headers: { cookie: 'a'.repeat(10_241) } }],
  ])('blocks %s above its limit, and only there', async (_, allowed, larger) => {
    expect(await outcome(group(), allowed)).toBe('pass');
    expect(await outcome(group(), larger)).toBe('WAF_FILTERED');
  });

  it('blocks nothing by a rule that is overridden or excluded, nor where the group only counts', async () => {
    const larger = { queryBytes: 2_049 };
    const Name = 'SizeRestrictions_QUERYSTRING';
    const counted = group({ RuleActionOverrides: [{ Name, ActionToUse: { Count: {} } }] });
    expect(await outcome(counted, larger)).toBe('pass');
    expect(await outcome(counted, { body: 'a'.repeat(8_193) })).toBe('WAF_FILTERED');
    expect(await outcome(group({ ExcludedRules: [{ Name }] }), larger)).toBe('pass');
    expect(await outcome(group({}, { Count: {} }), larger)).toBe('pass');
    expect(await outcome(group({ Name: 'AWSManagedRulesSQLiRuleSet' }), larger)).toBe('pass');
    expect(await outcome(group({ ScopeDownStatement: nowhere }), larger)).toBe('pass');
    expect(await outcome(group({ RuleActionOverrides: [{ Name, ActionToUse: { Block: {} } }] }), larger)).toEqual(
      'WAF_FILTERED',
    );
  });
});
