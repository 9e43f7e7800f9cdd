import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { GuardDutyFindings } from '../../lib/construct/monitoring/guardDuty.ts';
import { at, faultsOf, listAt, ofType, only, smallTemplate, synthesizeUnderRules, withSmall } from './support.ts';

const rulesOf = (template: Template) =>
  ofType(template, 'AWS::Events::Rule')
    .filter(([id]) => id.includes('GuardDuty'))
    .map(([, { Properties }]) => Properties);
const byService = (list: readonly unknown[], service: string) =>
  list.filter((one) => at(one, 'Principal.Service') === service);
const statements = (template: Template, topic: string) =>
  listAt(only(template, 'AWS::SNS::TopicPolicy', topic), 'Properties.PolicyDocument.Statement');

describe('findings of GuardDuty', () => {
  it('about functions of the API and their roles are pages from a severity of 7, and tickets from 4', () => {
    const template = smallTemplate({ guardDuty: 'api' });
    const functions = ofType(template, 'AWS::Lambda::Function').map(([id]) => ({ Ref: id }));
    const rules = rulesOf(template);
    expect(rules.map((rule) => [at(rule, 'EventPattern.detail.severity'), at(rule, 'Targets.0.Arn.Ref')])).toEqual([
      [[{ numeric: ['>=', 7] }], expect.stringContaining('AlarmTopic')],
      [[{ numeric: ['>=', 4, '<', 7] }], expect.stringContaining('TicketTopic')],
    ]);
    for (const rule of rules) {
      expect(at(rule, 'EventPattern')).toMatchObject({
        source: ['aws.guardduty'],
        'detail-type': ['GuardDuty Finding'],
      });
      const [names, users] = listAt(rule, 'EventPattern.detail.resource.$or');
      expect(listAt(names, 'lambdaDetails.functionName').toSorted(byRef)).toEqual(functions.toSorted(byRef));
      expect(listAt(users, 'accessKeyDetails.userName')).toHaveLength(functions.length);
      // The whole event: the notifier reads it.
      expect(at(rule, 'Targets.0')).not.toHaveProperty('InputTransformer');
    }
  });

  it('of the whole account are named by their severity alone', () => {
    const rules = rulesOf(smallTemplate({ guardDuty: 'account' }));
    expect(rules).toHaveLength(2);
    for (const rule of rules) expect(Object.keys(at(rule, 'EventPattern.detail') as object)).toEqual(['severity']);
  });

  it('are in rules whose patterns have room for the longest names', () => {
    withSmall({ guardDuty: 'api' }, (api) => {
      const functions = Array.from({ length: 30 }, () => api.authorizer);
      const findings = api.monitoring.node.findChild('GuardDuty') as GuardDutyFindings;
      expect(findings.rules).toHaveLength(2);
      const more = new GuardDutyFindings(api, 'More', {
        scope: 'api',
        apiName: 'x',
        functions,
        events: { add: () => 0 } as never,
      });
      expect(more.rules).toHaveLength(6);
    });
    const names = Array.from({ length: 12 }, () => 'x'.repeat(64));
    const detail = {
      severity: [{ numeric: ['>=', 4, '<', 7] }],
      resource: { $or: [{ lambdaDetails: { functionName: names } }, { accessKeyDetails: { userName: names } }] },
    };
    expect(
      JSON.stringify({ source: ['aws.guardduty'], 'detail-type': ['GuardDuty Finding'], detail }).length,
    ).toBeLessThan(2_048);
  });
});

describe('a budget', () => {
  it('notifies at 80 percent, when the forecast exceeds it, and when the costs do', () => {
    const template = smallTemplate({ budget: { usdPerMonth: 200 } });
    const { Budget, NotificationsWithSubscribers } = only(template, 'AWS::Budgets::Budget').Properties;
    expect(Budget).toMatchObject({
      BudgetLimit: { Amount: 200, Unit: 'USD' },
      TimeUnit: 'MONTHLY',
      BudgetType: 'COST',
    });
    expect(Budget).not.toHaveProperty('CostFilters');
    const notices = (NotificationsWithSubscribers as readonly unknown[]).map((one) => [
      at(one, 'Notification.NotificationType'),
      at(one, 'Notification.Threshold'),
      at(one, 'Subscribers.0.Address.Ref'),
    ]);
    expect(notices).toEqual([
      ['ACTUAL', 80, expect.stringContaining('InfoTopic')],
      ['FORECASTED', 100, expect.stringContaining('TicketTopic')],
      ['ACTUAL', 100, expect.stringContaining('TicketTopic')],
    ]);
  });

  it('counts what has a tag', () => {
    const template = smallTemplate({ budget: { usdPerMonth: 5, tag: { key: 'service', value: 'small' } } });
    const { Budget } = only(template, 'AWS::Budgets::Budget').Properties;
    expect(Budget).toMatchObject({ CostFilters: { TagKeyValue: ['user:service$small'] } });
  });

  it('reaches the encrypted topics as a budget of this account alone', () => {
    const template = smallTemplate({ budget: { usdPerMonth: 200 } });
    const account = { Ref: 'AWS::AccountId' };
    const key = byService(
      listAt(only(template, 'AWS::KMS::Key'), 'Properties.KeyPolicy.Statement'),
      'budgets.amazonaws.com',
    );
    const topics = ['InfoTopic', 'TicketTopic'].flatMap((topic) =>
      byService(statements(template, topic), 'budgets.amazonaws.com'),
    );
    expect([key.length, topics.length]).toEqual([1, 2]);
    for (const one of [...key, ...topics]) {
      expect(at(one, 'Condition.StringEquals')).toEqual({ 'aws:SourceAccount': account });
      expect(JSON.stringify(at(one, 'Condition.ArnLike'))).toContain(':budgets::');
    }
    expect(byService(statements(template, 'AlarmTopic'), 'budgets.amazonaws.com')).toEqual([]);
  });

  it.each<readonly [unknown, string]>([
    ...[0, -1, 0.5, 1.234, Number.NaN, Number.POSITIVE_INFINITY, 1e12, '200', null].map(
      (usdPerMonth) => [{ usdPerMonth }, 'budget.usdPerMonth'] as const,
    ),
    [{}, 'budget.usdPerMonth'],
    [200, 'budget'],
    [{ usdPerMonth: 5, tag: { key: 'a$b', value: 'c' } }, 'budget.tag.key'],
    [{ usdPerMonth: 5, tag: { key: 'a' } }, 'budget.tag.value'],
  ])('%j is rejected', (budget, location) => {
    expect(faultsOf({ budget })).toMatchObject([{ code: 'option-invalid', location }]);
  });

  it('is in US dollars, without quotes', () => {
    expect(faultsOf({ budget: { usdPerMonth: '200' } })).toMatchObject([
      {
        expected: 'a number of US dollars from 1 to 10000000 with at most 2 decimals',
        fix: expect.stringMatching(/^Write 200, without quotes\./),
      },
    ]);
  });

  it.each(['us-gov-west-1', 'cn-north-1'])('is rejected in %s, which has none', (region) => {
    const faults = faultsOf({ budget: { usdPerMonth: 200 } }, new Stack(new App(), 'Elsewhere', { env: { region } }));
    expect(faults).toMatchObject([{ location: 'budget', found: `a budget in ${region}` }]);
  });
});

it('neither is there by default, and both keep the rules of the packs', () => {
  expect(JSON.stringify(smallTemplate().toJSON())).not.toMatch(/guardduty|budgets/i);
  withSmall({ guardDuty: 'api', budget: { usdPerMonth: 200 } }, (_, stack) => {
    synthesizeUnderRules(stack);
    Template.fromStack(stack);
  });
});

function byRef(one: unknown, other: unknown): number {
  return String(at(one, 'Ref')).localeCompare(String(at(other, 'Ref')));
}
