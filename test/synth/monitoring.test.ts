import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { Notify } from '../../lib/construct/index.ts';
import { type Api, defineApi, get } from '../../lib/definition/index.ts';
import { at, listAt, ofType, only, smallApi, smallTemplate, withSmall } from './support.ts';

let template: Template;
let name: unknown;
beforeAll(() => {
  template = smallTemplate({ notify: [Notify.email('ops@example.com'), Notify.https('https://hooks.example.com/a')] });
  name = only(template, 'AWS::ApiGateway::RestApi').Properties['Name'];
});

/** The alarm of a name, such as `failed-logins`. */
const named = (from: Template, id: string) => {
  const all = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) => ofType(from, type));
  const found = all.filter(([, { Properties }]) => Properties['AlarmName'] === `${name}-${id}`);
  expect(found, id).toHaveLength(1);
  return found[0]?.[1].Properties ?? {};
};
const alarm = (id: string) => named(template, id);
/** Older periods have no value. */
const ofNewest = (value: string) => `IF(IF(EPOCH(FILL(requests, 0)) >= MAX(EPOCH(FILL(requests, 0))), 0), 0, ${value})`;
const expressions = (id: string) => listAt(alarm(id), 'Metrics').flatMap((query) => at(query, 'Expression') ?? []);

describe('alarms', () => {
  it('count by source where one source is the story, and by share where it is not', () => {
    expect(alarm('failed-logins')).toMatchObject({
      Threshold: 20,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
    expect(expressions('failed-logins')).toEqual([
      'MAX([FILL(top0, 0), FILL(top1, 0), IF(1000 * FILL(top2, 0) >= 10 * FILL(requests, 0), FILL(top2, 0), 0), FILL(top3, 0), IF(100 * FILL(rejected, 0) >= 50 * FILL(requests, 0), FILL(rejected, 0), 0)])',
      `INSIGHT_RULE_METRIC('${name}-RejectedTokens', 'MaxContributorValue')`,
      `INSIGHT_RULE_METRIC('${name}-RejectedSubjects', 'MaxContributorValue')`,
      `INSIGHT_RULE_METRIC('${name}-RejectedClients', 'MaxContributorValue')`,
      `INSIGHT_RULE_METRIC('${name}-MissingTokens', 'MaxContributorValue')`,
    ]);
  });

  it('have a slow window beside the fast one', () => {
    for (const id of ['failed-logins-slow', 'probing-slow'])
      expect(alarm(id)).toMatchObject({ Threshold: 60, DatapointsToAlarm: 3, EvaluationPeriods: 24 });
  });

  it('read only Contributor Insights rules that exist', () => {
    const rules = ofType(template, 'AWS::CloudWatch::InsightRule').map(([, { Properties }]) => Properties['RuleName']);
    const read = [...JSON.stringify(template.toJSON()).matchAll(/INSIGHT_RULE_METRIC\('([^']+)'/g)].map(
      ([, rule]) => rule,
    );
    expect(read.length).toBeGreaterThan(8);
    expect(read.filter((rule) => !rules.includes(rule))).toEqual([]);
  });

  it('name the cause for which the authorizer decides nothing', () => {
    const reasons = (id: string) =>
      listAt(alarm(id), 'Metrics').flatMap((query) =>
        listAt(query, 'MetricStat.Metric.Dimensions').flatMap((one) =>
          at(one, 'Name') === 'reason' ? at(one, 'Value') : [],
        ),
      );
    expect(reasons('issuer-unreachable')).toEqual(['keys-unreachable', 'keys-unusable', 'introspection-unreachable']);
    expect(reasons('secret-unreachable')).toEqual(['secret-unreachable']);
    expect(reasons('authorizer-errors')).toEqual(['configuration-invalid', 'internal']);
  });

  it('count as failures of the authorizer what it could not count itself', () => {
    expect(expressions('authorizer-failures')).toEqual([
      ofNewest(
        'IF(FILL(failed, 0) - FILL(caught, 0) >= 3 AND 1000 * (FILL(failed, 0) - FILL(caught, 0)) >= 1 * FILL(requests, 0), FILL(failed, 0) - FILL(caught, 0), 0 * allowed)',
      ),
    ]);
  });

  it('fire before the authorizer runs out of time', () => {
    const authorizer = ofType(template, 'AWS::Lambda::Function').find(([id]) => id.includes('Authorizer'));
    expect(alarm('authorizer-slow')).toMatchObject({
      Threshold: Number(at(authorizer?.[1], 'Properties.Timeout')) * 800,
    });
  });

  it('burn the error budget of the objective in two windows, and keep their state without requests', () => {
    const fast = { Threshold: 1.44, TreatMissingData: 'ignore', EvaluationPeriods: 1 };
    expect(alarm('server-errors-hour')).toMatchObject(fast);
    expect(expressions('server-errors-hour')).toEqual([
      ofNewest('IF(errors >= 5 OR 100 * errors < 1.44 * requests, 100 * errors / requests)'),
    ]);
    expect(alarm('server-errors-minutes')).toMatchObject({ ...fast, DatapointsToAlarm: 1, EvaluationPeriods: 3 });
    expect(alarm('server-errors-slow-hours')).toMatchObject({ Threshold: 0.6 });
    expect(alarm('latency-hour')).toMatchObject({ Threshold: 14.4 });
    const periods = ['hour', 'minutes', 'slow-hours', 'slow-half-hour'].map((window) =>
      at(listAt(alarm(`server-errors-${window}`), 'Metrics')[1], 'MetricStat.Period'),
    );
    expect(periods).toEqual([3600, 300, 21_600, 1800]);
  });

  it('of windows notify nobody themselves: one cause, one notification', () => {
    for (const id of ['server-errors-hour', 'server-errors-minutes', 'latency-hour', 'cause-of-server-errors'])
      expect(alarm(id)).not.toHaveProperty('AlarmActions');
    expect(at(alarm('server-errors'), 'AlarmActions.0.Ref')).toContain('AlarmTopic');
    expect(at(alarm('server-errors-slow'), 'AlarmActions.0.Ref')).toContain('TicketTopic');
  });

  it('on 5xx are silent while an alarm fires that names their cause', () => {
    expect(alarm('server-errors')).toMatchObject({
      ActionsSuppressor: { 'Fn::GetAtt': [expect.stringContaining('CauseOfServerErrors'), 'Arn'] },
      ActionsSuppressorWaitPeriod: 180,
      ActionsSuppressorExtensionPeriod: 1200,
    });
    const rule = JSON.stringify(alarm('cause-of-server-errors')['AlarmRule']);
    for (const id of ['IssuerUnreachable', 'SecretUnreachable', 'AuthorizerErrors', 'AuthorizerFailures'])
      expect(rule).toContain(id);
  });

  it('know each group of routes, where the definition has objectives', () => {
    const definition = { ...smallApi(), slo: { availability: 99.5, p99: 300 } } as Api;
    const withSlo = smallTemplate({ definition });
    expect(named(withSlo, 'server-errors-hour')).toMatchObject({ Threshold: 7.2 });
    const group = named(withSlo, 'server-errors-of-things-hour');
    const metrics = listAt(group, 'Metrics').flatMap((query) => at(query, 'MetricStat.Metric.MetricName') ?? []);
    expect(metrics).toEqual(['ServerErrors', 'Errors', 'Throttles', 'Invocations']);
    expect(JSON.stringify(named(withSlo, 'latency-of-report-hour'))).toContain('"PR(:300)"');
    expect(JSON.stringify(named(withSlo, 'cause-of-latency')['AlarmRule'])).toContain('LatencyOfThings');
  });

  it('know the API alone, where it has more groups than a stack has room for', () => {
    const many = Array.from({ length: 16 }, (_, i) => [
      `list${i}`,
      get(`/group${i}`, { permission: 'thing:read', responses: { 200: { description: 'Done' } } }),
    ]);
    const { roles, tiers } = smallApi();
    const definition = defineApi(
      {
        name: 'many',
        version: '1.0.0',
        roles,
        tiers: tiers as never,
        slo: {},
        routes: Object.fromEntries(many) as never,
      },
      { today: new Date('2026-11-10T00:00:00Z') },
    ) as unknown as Api;
    const made = JSON.stringify(smallTemplate({ definition }).toJSON());
    expect(made).not.toContain('server-errors-of-');
    expect(made).toContain('-server-errors-hour');
  });

  it('learn which traffic is usual, and leave small traffic alone', () => {
    const detector = only(template, 'AWS::CloudWatch::AnomalyDetector').Properties;
    const learned = listAt(detector, 'MetricMathAnomalyDetector.MetricDataQueries');
    const watched = listAt(alarm('surge'), 'Metrics');
    expect(at(learned[0], 'Expression')).toBe('IF(FILL(requests, 0) > 600, requests, 600)');
    expect(at(watched[1], 'Expression')).toBe(at(learned[0], 'Expression'));
    expect(at(watched[2], 'MetricStat')).toEqual(at(learned[1], 'MetricStat'));
    expect(alarm('surge')).toMatchObject({
      ComparisonOperator: 'GreaterThanUpperThreshold',
      ThresholdMetricId: 'expr_1',
    });
    expect(alarm('drop')).toMatchObject({ ComparisonOperator: 'LessThanLowerThreshold' });
  });

  it('ReviewOverdue fires by the clock alone, from the day on which the review of the roles is due', () => {
    expect(alarm('review-overdue')).toMatchObject({
      Threshold: Date.parse('2027-01-30T00:00:00Z') / 1000,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
    });
    const queries = listAt(alarm('review-overdue'), 'Metrics');
    expect(queries.map((query) => at(query, 'Expression')).filter(Boolean)).toEqual(['EPOCH(requests)']);
    expect(queries.map((query) => at(query, 'MetricStat.Metric.MetricName')).filter(Boolean)).toEqual(['Count']);
  });

  // The authorizer throws to return 401: if its errors counted, one bad token would be an alarm.
  it('FunctionErrors covers every handler function and not the authorizer, FunctionThrottles all of them', () => {
    // What the notifier does not deliver has a separate alarm.
    const functions = ofType(template, 'AWS::Lambda::Function').flatMap(([id]) =>
      id.includes('Notifier') ? [] : [id],
    );
    const handlers = functions.filter((id) => !id.includes('Authorizer'));
    expect(handlers).toHaveLength(functions.length - 1);
    const watched = (id: string) =>
      listAt(alarm(id), 'Metrics').flatMap((query) => at(query, 'MetricStat.Metric.Dimensions.0.Value.Ref') ?? []);
    expect([...new Set(watched('function-errors'))].toSorted()).toEqual(handlers.toSorted());
    expect(
      watched('function-throttles')
        .filter((id) => functions.includes(String(id)))
        .toSorted(),
    ).toEqual(functions.toSorted());
  });

  it('read metrics of their API alone, so that another stack of the same definition does not fire them', () => {
    const own = ofType(template, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) =>
      listAt(Properties, 'Metrics').flatMap((query) => at(query, 'MetricStat.Metric') ?? []),
    );
    const written = own.filter((metric) => String(at(metric, 'Namespace')).startsWith('SecureApi'));
    expect(written.length).toBeGreaterThan(10);
    for (const metric of written) expect(JSON.stringify(metric)).toContain(String(name));
    for (const [, fn] of ofType(template, 'AWS::Lambda::Function')) {
      expect(at(fn, 'Properties.Environment.Variables.SECURE_API_NAME')).toBe(name);
    }
  });

  it('notify the topic of their severity when they fire and when they end, and say what to do', () => {
    const notifying = ofType(template, 'AWS::CloudWatch::Alarm').filter(([, one]) => 'AlarmActions' in one.Properties);
    expect(notifying.length).toBeGreaterThan(15);
    for (const [, { Properties }] of notifying) {
      const actions = expect.arrayContaining([{ Ref: expect.stringMatching(/AlarmTopic|TicketTopic|InfoTopic/) }]);
      expect(Properties).toMatchObject({ AlarmActions: actions, OKActions: actions });
      expect(JSON.stringify(Properties['AlarmDescription'])).toMatch(/small: .{20,}\.\\n/);
    }
    expect(at(alarm('failed-logins'), 'AlarmActions.0.Ref')).toContain('AlarmTopic');
    expect(at(alarm('latency-slow'), 'AlarmActions.0.Ref')).toContain('TicketTopic');
  });

  it('have names that stay the same, made of the name of the API and what they watch', () => {
    expect(alarm('failed-logins')['AlarmName']).toBe(`${name}-failed-logins`);
  });

  it('name the owner, the runbook and the dashboard', () => {
    const given = smallTemplate({ owner: 'Team Notes (#notes)', runbooks: 'https://wiki.example.com/runbooks/' });
    const description = (from: Template) =>
      listAt(named(from, 'failed-logins'), 'AlarmDescription.Fn::Join.1')
        .map((part) => (typeof part === 'string' ? part : 'eu-west-1'))
        .join('')
        .split('\n');
    expect(description(template)).toContain(
      'Runbook: https://github.com/secure-api/secure-api/blob/main/docs/runbooks/failed-logins.md',
    );
    expect(description(given)).toEqual(
      expect.arrayContaining([
        'Owner: Team Notes (#notes)',
        'Runbook: https://wiki.example.com/runbooks/failed-logins',
        `Dashboard: https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/${name}`,
      ]),
    );
  });

  it.each([
    ['runbooks', { runbooks: 'http://wiki.example.com/' }],
    ['runbooks', { runbooks: 'https://wiki.example.com/runbooks' }],
    ['owner', { owner: 'two\nlines' }],
  ])('reject %s that could not be linked or read', (prop, props) => {
    expect(() => smallTemplate(props)).toThrow(new RegExp(`^option-invalid at ${prop}`));
  });

  it('warn where nobody is woken', () => {
    const warnings = (notify: readonly Notify[]) => {
      let found: readonly unknown[] = [];
      withSmall({ notify }, (api) => {
        found = api.node.metadata.filter(({ data }) => String(data).includes('severity page'));
      });
      return found.length;
    };
    expect(warnings([])).toBe(1);
    expect(warnings([Notify.email('day@example.com', { severities: ['ticket'] })])).toBe(1);
    expect(warnings([Notify.email('ops@example.com')])).toBe(0);
  });

  it('have thresholds that props change', () => {
    const changed = smallTemplate({ alarms: { unauthorized: 5, p99Ms: 800 } });
    expect(named(changed, 'failed-logins')['Threshold']).toBe(5);
    expect(JSON.stringify(named(changed, 'latency-hour'))).toContain('"PR(:800)"');
    expect(() => smallTemplate({ alarms: { forbidden: 0 } })).toThrow(/^option-invalid at alarms\.forbidden/);
  });
});
