import { describe, expect, it } from 'vitest';
import type { RedactedField, WebAclLogModel, WebAclModel } from '../../assembly/webAclModel.ts';
import { createWebAcl } from '../../gateway/waf/webAcl.ts';
import { anApi, aRequestState, type RequestParts } from '../support/gateway.ts';

type Json = Readonly<Record<string, unknown>>;

const COMMON = 'AWSManagedRulesCommonRuleSet';
const SECRET = 'planted-secret';
const EVERYTHING: readonly RedactedField[] = [{ kind: 'header' }, { kind: 'cookie' }, { kind: 'query' }];
const KEEPS_BLOCKED: WebAclLogModel = {
  logicalId: 'Log',
  logGroup: 'aws-waf-logs-x',
  redacted: EVERYTHING,
  filters: [{ keeps: true, needsAll: false, conditions: [{ action: 'BLOCK' }, { action: 'COUNT' }] }],
  keepsOthers: false,
};

const admin = {
  ByteMatchStatement: {
    FieldToMatch: { UriPath: {} },
    SearchString: '/admin',
    PositionalConstraint: 'STARTS_WITH',
    TextTransformations: [{ Priority: 0, Type: 'NONE' }],
  },
};
const byToken = {
  RateBasedStatement: {
    Limit: 10,
    EvaluationWindowSec: 60,
    AggregateKeyType: 'CUSTOM_KEYS',
    CustomKeys: [{ Header: { Name: 'authorization', TextTransformations: [{ Priority: 0, Type: 'MD5' }] } }],
  },
};
const common = {
  ManagedRuleGroupStatement: {
    VendorName: 'AWS',
    Name: COMMON,
    RuleActionOverrides: [{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }],
  },
};

function logged(statement: Json, parts: readonly RequestParts[], log: Partial<WebAclLogModel> = {}) {
  const acl: WebAclModel = {
    name: 'acl',
    arn: 'arn:acl',
    metricName: 'm',
    defaultAction: { Allow: {} },
    rules: [
      {
        Name: 'r0',
        Priority: 0,
        Statement: statement,
        ...('ManagedRuleGroupStatement' in statement ? { OverrideAction: { None: {} } } : { Action: { Block: {} } }),
        VisibilityConfig: { MetricName: 'm0' },
      },
    ],
    customResponseBodies: {},
    ipSets: {},
    inspectedBodyBytes: 16_384,
    log: { ...KEEPS_BLOCKED, ...log },
  };
  const lines: string[] = [];
  const telemetry = { metric: () => undefined, log: (group: string, line: string) => lines.push(`${group} ${line}`) };
  const source = { name: 'APIGW', id: '111111111111:api1:prod' } as const;
  const step = createWebAcl(anApi({}, { webAcl: acl }), { telemetry, source, region: 'eu-central-1' });
  for (const each of parts) step(aRequestState(each));
  return lines.map((line) => {
    expect(line).toMatch(/^aws-waf-logs-x \{/);
    return JSON.parse(line.slice('aws-waf-logs-x '.length));
  });
}

describe('the log of a web ACL', () => {
  it('has an entry with rule, address, method and path for a request that is blocked, and none for others', () => {
    const entries = logged(admin, [{ path: '/admin/users', method: 'POST' }, { path: '/documents/7' }]);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      timestamp: Date.UTC(2026, 10, 2, 3, 4, 5),
      formatVersion: 1,
      webaclId: 'arn:acl',
      action: 'BLOCK',
      terminatingRuleId: 'r0',
      terminatingRuleType: 'REGULAR',
      httpSourceName: 'APIGW',
      httpSourceId: '111111111111:api1:prod',
      httpRequest: {
        clientIp: '192.0.2.1',
        httpMethod: 'POST',
        uri: '/admin/users',
        args: '',
        requestId: 'extended-1',
      },
      labels: [],
    });
  });

  it('writes REDACTED in place of every header, cookie and query, and no body', () => {
    const headers = { Authorization: `Bearer ${SECRET}`, Cookie: `session=${SECRET}`, 'X-Unheard-Of': SECRET };
    const query = { token: [SECRET] };
    const [entry] = logged(admin, [{ path: '/admin', headers, query, body: SECRET }]);
    expect(JSON.stringify(entry)).not.toContain(SECRET);
    expect(entry.httpRequest.headers).toEqual(Object.keys(headers).map((name) => ({ name, value: 'REDACTED' })));
    expect(entry.httpRequest.args).toBe('REDACTED');
  });

  it('shows what is not redacted: other headers, and a query where only a cookie is hidden', () => {
    const headers = { 'X-Api-Key': SECRET, Host: 'api.example.com', Cookie: `session=${SECRET}` };
    const redacted: readonly RedactedField[] = [{ kind: 'header', names: ['x-api-key'] }, { kind: 'cookie' }];
    const [entry] = logged(admin, [{ path: '/admin', headers, query: { page: ['2'] } }], { redacted });
    expect(JSON.stringify(entry)).not.toContain(SECRET);
    expect(entry.httpRequest.headers[1]).toEqual({ name: 'Host', value: 'api.example.com' });
    expect(entry.httpRequest.args).toBe('page=2');
  });

  it('names the key of a rate rule by its header, without the value or its hash', () => {
    const headers = { authorization: `Bearer ${SECRET}` };
    const entries = logged(
      byToken,
      Array.from({ length: 12 }, () => ({ headers })),
    );
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({ terminatingRuleType: 'RATE_BASED' });
    expect(entries[0].rateBasedRuleList).toEqual([
      {
        rateBasedRuleId: 'r0',
        rateBasedRuleName: 'r0',
        limitKey: 'CUSTOMKEYS',
        maxRateAllowed: 10,
        evaluationWindowSec: '60',
        customValues: [{ key: 'HEADER', name: 'authorization', value: 'REDACTED' }],
      },
    ]);
  });

  it('names the rule inside a managed group that blocked, and those that counted, with their labels', () => {
    const [counts, blocks] = logged(common, [{ body: 'x'.repeat(8_193) }, { path: `/${'p'.repeat(1_024)}` }]);
    const ofGroup = { ruleGroupId: `AWS#${COMMON}`, excludedRules: null };
    expect(counts).toMatchObject({ action: 'ALLOW', terminatingRuleId: 'Default_Action' });
    expect(counts.labels).toEqual([{ name: 'awswaf:managed:aws:core-rule-set:SizeRestrictions_Body' }]);
    const [counted] = counts.ruleGroupList;
    expect(counted).toMatchObject({ ...ofGroup, terminatingRule: null });
    expect(counted.nonTerminatingMatchingRules).toMatchObject([{ ruleId: 'SizeRestrictions_BODY', action: 'COUNT' }]);
    expect(blocks).toMatchObject({
      action: 'BLOCK',
      terminatingRuleId: 'r0',
      terminatingRuleType: 'MANAGED_RULE_GROUP',
    });
    expect(blocks.ruleGroupList[0].terminatingRule).toMatchObject({
      ruleId: 'SizeRestrictions_URIPATH',
      action: 'BLOCK',
    });
  });

  it('keeps what a filter on labels keeps', () => {
    const label = 'awswaf:managed:aws:core-rule-set:SizeRestrictions_Body';
    const filters = [{ keeps: true, needsAll: false, conditions: [{ label }] }];
    const parts = [{ body: 'x'.repeat(8_193) }, { path: `/${'p'.repeat(1_024)}` }];
    expect(logged(common, parts, { filters })).toHaveLength(1);
    expect(logged(common, parts, { filters, keepsOthers: true })).toHaveLength(2);
  });
});
