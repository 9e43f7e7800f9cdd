import { readFileSync } from 'node:fs';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { accessComments } from '../../lib/construct/monitoring/accessComments.ts';
import { at, listAt, ofType, only, smallApi, smallTemplate, withSmall } from './support.ts';

let template: Template;
let name: unknown;
beforeAll(() => {
  template = smallTemplate({});
  name = only(template, 'AWS::ApiGateway::RestApi').Properties['Name'];
});

describe('for people', () => {
  it('there is one dashboard with the alarms, the rejections and each function', () => {
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    const body = JSON.stringify(only(template, 'AWS::CloudWatch::Dashboard').Properties);
    for (const text of ['Unauthorized', 'AuthorizerDeny', 'BlockedRequests', 'Alarms', 'things', 'report'])
      expect(body).toContain(text);
  });

  it('there are saved queries for what follows an alarm', () => {
    const queries = ofType(template, 'AWS::Logs::QueryDefinition').map(([, { Properties }]) => Properties);
    expect(queries).toHaveLength(7);
    for (const query of queries) expect(String(query['Name'])).toMatch(new RegExp(`^${name}/`));
  });

  it('the query of denied requests lists what each route needs', () => {
    const query = only(template, 'AWS::Logs::QueryDefinition', 'Denials').Properties['QueryString'];
    const lines = String(query).split('\n');
    const comments = lines.filter((line) => line.startsWith('# '));
    expect(lines.slice(0, comments.length)).toEqual(comments);
    expect(comments).toEqual(['# What routes need:', ...accessComments(smallApi())]);
    expect(comments.join()).toContain('# thing:read: GET /things');
  });

  it('and stays short', () => {
    const { listThings } = smallApi().routes;
    const routes = Array.from({ length: 300 }, (_, i) => {
      const access = { kind: 'permission', permission: `things-of-the-kind-${i}:read` };
      return [`list${i}`, { ...listThings, path: `/things-of-the-kind-${i}`, access }];
    });
    const comments = accessComments({ ...smallApi(), routes: Object.fromEntries(routes) } as never);
    expect(comments.join('\n').length).toBeLessThan(1_600);
    expect(comments.at(-1)).toBe('# More: npx secure-api access matrix');
  });

  it('metrics are methods', () => {
    withSmall({}, (api) => {
      expect(api.metricUnauthorized().metricName).toBe(`${api.restApi.restApiName}-Unauthorized`);
      expect(api.metricAuthorizer('Deny')).toMatchObject({
        metricName: 'AuthorizerDeny',
        dimensions: { api: api.restApi.restApiName },
      });
      expect([api.metricRequests().metricName, api.metric5xx().metricName]).toEqual(['Count', '5XXError']);
      expect(api.metricLatency().statistic).toBe('p99');
      Template.fromStack(Stack.of(api));
    });
  });
});

describe('top contributors', () => {
  it('are read from fields that the logs have, with reasons that exist', () => {
    const rules = ofType(template, 'AWS::CloudWatch::InsightRule').map(([, { Properties }]) => Properties);
    expect(rules.map(({ RuleName }) => String(RuleName).replace(`${name}-`, ''))).toEqual([
      'TopClients',
      'TopAddresses',
      'TopThrottled',
      'RejectedTokens',
      'RejectedSubjects',
      'RejectedClients',
      'ForgedTokens',
      'MissingTokens',
      'DeniedCallers',
      'DeniedRoutes',
      'NotFoundAddresses',
      'NotFoundCallers',
      'MalformedAddresses',
      'BlockedRules',
      'BlockedAddresses',
      'RateLimitedAddresses',
    ]);
    const format = JSON.parse(
      String(at(only(template, 'AWS::ApiGateway::Stage'), 'Properties.AccessLogSetting.Format')),
    );
    const reasons = readFileSync(new URL('../../lambdas/authorizer/reasons.ts', import.meta.url), 'utf8');
    for (const { RuleBody } of rules) {
      const parts = listAt(RuleBody, 'Fn::Join.1').map((part) => (typeof part === 'string' ? part : 'the-log'));
      const body = JSON.parse(parts.join(''));
      expect(body).toMatchObject({ LogGroupNames: ['the-log'], LogFormat: 'JSON', AggregateOn: 'Count' });
      const { Keys, Filters } = body.Contribution;
      expect(Filters.length).toBeLessThan(5);
      const fields = [...Keys, ...Filters.map(({ Match }: { Match: string }) => Match)].map((field) => field.slice(2));
      const decisions = { decision: '', reason: '', sourceIp: '', justExpired: '' };
      // https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
      const blocked = { action: '', terminatingRuleId: '', terminatingRuleType: '', 'httpRequest.clientIp': '' };
      const known = { ...format, ...decisions, ...blocked };
      expect(fields.filter((field) => !(field in known))).toEqual([]);
      for (const { Match, In, NotIn, IsPresent } of Filters) {
        if (IsPresent !== undefined) continue;
        expect((In ?? NotIn).length).toBeLessThan(11);
        if (Match === '$.reason') for (const reason of In ?? NotIn) expect(reasons).toContain(`'${reason}'`);
      }
    }
  });
});
