import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { beforeAll, describe, expect, it } from 'vitest';
import { Notify } from '../../lib/construct/index.ts';
import { at, listAt, ofType, only, smallTemplate, withSmall } from './support.ts';

let template: Template;
let name: unknown;
beforeAll(() => {
  template = smallTemplate({ notify: [Notify.email('ops@example.com'), Notify.https('https://hooks.example.com/a')] });
  name = only(template, 'AWS::ApiGateway::RestApi').Properties['Name'];
});

const alarm = (id: string) => only(template, 'AWS::CloudWatch::Alarm', `Alarms${id}`).Properties;
const FIVE_MINUTES = 300;

describe('metric filters', () => {
  it('count rejections in the access log by kind', () => {
    const filters = ofType(template, 'AWS::Logs::MetricFilter').map(([, { Properties }]) => [
      at(Properties, 'MetricTransformations.0.MetricName'),
      at(Properties, 'FilterPattern'),
      at(Properties, 'MetricTransformations.0.MetricNamespace'),
    ]);
    const notBlocked = '($.wafResponseCode != "WAF_BLOCK") && ($.errorType != "WAF_FILTERED")';
    expect(filters).toEqual([
      [`${name}-Unauthorized`, '{ $.status = "401" }', 'SecureApi/AccessLog'],
      [`${name}-Forbidden`, `{ ($.status = "403") && ${notBlocked} }`, 'SecureApi/AccessLog'],
      [`${name}-Throttled`, `{ ($.status = "429") && ${notBlocked} }`, 'SecureApi/AccessLog'],
      [
        `${name}-WafBlocked`,
        '{ ($.wafResponseCode = "WAF_BLOCK") || ($.errorType = "WAF_FILTERED") }',
        'SecureApi/AccessLog',
      ],
      [
        `${name}-AuthorizerFailed`,
        '{ ($.errorType = "AUTHORIZER_FAILURE") || ($.errorType = "AUTHORIZER_CONFIGURATION_ERROR") }',
        'SecureApi/AccessLog',
      ],
    ]);
  });

  it('read only fields that the access log has', () => {
    const format = JSON.parse(
      String(at(only(template, 'AWS::ApiGateway::Stage'), 'Properties.AccessLogSetting.Format')),
    );
    for (const [, { Properties }] of ofType(template, 'AWS::Logs::MetricFilter')) {
      const fields = [...String(Properties['FilterPattern']).matchAll(/\$\.(\w+)/g)].map((match) => match[1]);
      expect(fields.filter((field) => !(String(field) in format))).toEqual([]);
    }
  });
});

describe('alarms', () => {
  it.each([
    ['FailedLogins', 'Unauthorized', 20],
    ['Probing', 'Forbidden', 20],
    ['Throttling', 'Throttled', 200],
    ['WafBlocks', 'WafBlocked', 50],
    ['AuthorizerFailures', 'AuthorizerFailed', 1],
  ])('%s fires at its number of rejections in five minutes', (id, metric, threshold) => {
    expect(alarm(id)).toMatchObject({
      Namespace: 'SecureApi/AccessLog',
      MetricName: `${name}-${metric}`,
      Statistic: 'Sum',
      Period: FIVE_MINUTES,
      Threshold: threshold,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  it('AuthorizerErrors reads what the authorizer writes', () => {
    expect(alarm('AuthorizerErrors')).toMatchObject({
      Namespace: 'SecureApi',
      MetricName: 'AuthorizerError',
      Dimensions: [{ Name: 'api', Value: name }],
      Threshold: 1,
    });
  });

  it('AuthorizerSlow fires before the authorizer runs out of time', () => {
    const authorizer = ofType(template, 'AWS::Lambda::Function').find(([id]) => id.includes('Authorizer'));
    expect(alarm('AuthorizerSlow')).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Duration',
      Statistic: 'Maximum',
      Threshold: Number(at(authorizer?.[1], 'Properties.Timeout')) * 800,
    });
  });

  it('ServerErrors is a share of requests and does not divide by none', () => {
    expect(listAt(alarm('ServerErrors'), 'Metrics').map((query) => at(query, 'Expression'))).toContain(
      '100 * errors / IF(requests > 0, requests, 1)',
    );
  });

  it('Latency looks at the slowest one percent, for ten minutes', () => {
    expect(alarm('Latency')).toMatchObject({ ExtendedStatistic: 'p99', Threshold: 3000, EvaluationPeriods: 2 });
  });

  it('Surge fires above what the fastest tier alone may send', () => {
    expect(alarm('Surge')).toMatchObject({ MetricName: 'Count', Statistic: 'Sum', Threshold: 50 * FIVE_MINUTES });
  });

  it('ReviewOverdue fires by the clock alone, from the day on which the review of the roles is due', () => {
    expect(alarm('ReviewOverdue')).toMatchObject({
      Threshold: Date.parse('2027-01-30T00:00:00Z') / 1000,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
    });
    const queries = listAt(alarm('ReviewOverdue'), 'Metrics');
    expect(queries.map((query) => at(query, 'Expression')).filter(Boolean)).toEqual(['EPOCH(requests)']);
    expect(queries.map((query) => at(query, 'MetricStat.Metric.MetricName')).filter(Boolean)).toEqual(['Count']);
  });

  // The authorizer throws to return 401: if its errors counted, one bad token would be an alarm.
  it('FunctionErrors covers every handler function and not the authorizer, FunctionThrottles all of them', () => {
    const functions = ofType(template, 'AWS::Lambda::Function').map(([id]) => id);
    const handlers = functions.filter((id) => !id.includes('Authorizer'));
    expect(handlers).toHaveLength(functions.length - 1);
    const watched = (id: string) =>
      listAt(alarm(id), 'Metrics').flatMap((query) => at(query, 'MetricStat.Metric.Dimensions.0.Value.Ref') ?? []);
    expect(watched('FunctionErrors').toSorted()).toEqual(handlers.toSorted());
    expect(watched('FunctionThrottles').toSorted()).toEqual(functions.toSorted());
  });

  it('read metrics of their API alone, so that another stack of the same definition does not fire them', () => {
    const own = ofType(template, 'AWS::CloudWatch::Alarm').filter(([, one]) =>
      String(one.Properties['Namespace']).startsWith('SecureApi'),
    );
    expect(own.length).toBeGreaterThan(5);
    for (const [, { Properties }] of own) {
      const { MetricName, Dimensions } = Properties;
      expect(JSON.stringify({ MetricName, Dimensions })).toContain(String(name));
    }
    for (const [, fn] of ofType(template, 'AWS::Lambda::Function')) {
      expect(at(fn, 'Properties.Environment.Variables.SECURE_API_NAME')).toBe(name);
    }
  });

  it('notify the topic of their severity when they fire and when they end, and say what to do', () => {
    for (const [, { Properties }] of ofType(template, 'AWS::CloudWatch::Alarm')) {
      const actions = [{ Ref: expect.stringMatching(/AlarmTopic|TicketTopic|InfoTopic/) }];
      expect(Properties).toMatchObject({ AlarmActions: actions, OKActions: actions });
      expect(JSON.stringify(Properties['AlarmDescription'])).toMatch(/small: .{20,}\.\\n/);
    }
    expect(at(alarm('FailedLogins'), 'AlarmActions.0.Ref')).toContain('AlarmTopic');
    expect(at(alarm('Latency'), 'AlarmActions.0.Ref')).toContain('TicketTopic');
  });

  it('have names that stay the same, made of the name of the API and what they watch', () => {
    expect(alarm('FailedLogins')['AlarmName']).toBe(`${name}-failed-logins`);
  });

  it('name the owner, the runbook and the dashboard', () => {
    const given = smallTemplate({ owner: 'Team Notes (#notes)', runbooks: 'https://wiki.example.com/runbooks/' });
    const description = (from: Template) =>
      listAt(only(from, 'AWS::CloudWatch::Alarm', 'AlarmsFailedLogins'), 'Properties.AlarmDescription.Fn::Join.1')
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
    const threshold = (id: string) => only(changed, 'AWS::CloudWatch::Alarm', `Alarms${id}`).Properties['Threshold'];
    expect([threshold('FailedLogins'), threshold('Latency')]).toEqual([5, 800]);
    expect(() => smallTemplate({ alarms: { forbidden: 0 } })).toThrow(/^option-invalid at alarms\.forbidden/);
  });
});

describe('the topics', () => {
  it('are encrypted, reject publishers without TLS, and accept alarms of this account alone', () => {
    const topics = ofType(template, 'AWS::SNS::Topic');
    expect(topics).toHaveLength(3);
    for (const [, topic] of topics) expect(topic.Properties).toMatchObject({ KmsMasterKeyId: expect.anything() });
    const [deny, allow] = listAt(
      only(template, 'AWS::SNS::TopicPolicy', 'TicketTopic'),
      'Properties.PolicyDocument.Statement',
    );
    expect(deny).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(allow).toMatchObject({
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
  });

  it('notify people and endpoints', () => {
    const subscribed = ofType(template, 'AWS::SNS::Subscription').filter(([id]) => id.includes('AlarmTopic'));
    const recipients = subscribed.map(([, { Properties }]) => [Properties['Protocol'], Properties['Endpoint']]);
    expect(recipients).toEqual([
      ['email', 'ops@example.com'],
      ['https', 'https://hooks.example.com/a'],
    ]);
  });

  it('notify recipients of the severities that these chose', () => {
    const some = smallTemplate({
      notify: [
        Notify.email('night@example.com', { severities: ['page'] }),
        Notify.email('day@example.com', { severities: ['ticket', 'info'] }),
      ],
    });
    const page = only(some, 'AWS::SNS::Subscription', 'AlarmTopic').Properties;
    expect(page['Endpoint']).toBe('night@example.com');
    expect(only(some, 'AWS::SNS::Subscription', 'TicketTopic').Properties['Endpoint']).toBe('day@example.com');
  });

  it('have the topics of others beside it', () => {
    const topic = (stack: Stack) => Topic.fromTopicArn(stack, 'Imported', 'arn:aws:sns:eu-west-1:123456789012:ops');
    const elsewhere = smallTemplate({ notify: [Notify.topic(topic(new Stack()))] });
    const actions = listAt(only(elsewhere, 'AWS::CloudWatch::Alarm', 'Surge'), 'Properties.AlarmActions');
    expect(actions).toEqual([{ Ref: expect.any(String) }, 'arn:aws:sns:eu-west-1:123456789012:ops']);
  });

  it.each([
    ['an email address', () => Notify.email('ops')],
    ['an email address without a line break', () => Notify.email('ops@example.com\nbcc@example.com')],
    ['an https URL', () => Notify.https('http://hooks.example.com')],
    ['severities that exist', () => Notify.email('ops@example.com', { severities: ['urgent'] as never })],
    ['at least one severity', () => Notify.email('ops@example.com', { severities: [] })],
    ['no other option', () => Notify.email('ops@example.com', { severity: 'page' } as never)],
  ])('wants %s', (_, make) => {
    expect(make).toThrow(/^notify-invalid/);
  });
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
    expect(queries).toHaveLength(6);
    for (const query of queries) expect(String(query['Name'])).toMatch(new RegExp(`^${name}/`));
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

describe('top talkers', () => {
  it('are counted by client, by address, and by client and route where they are throttled', () => {
    const rules = ofType(template, 'AWS::CloudWatch::InsightRule').map(([, { Properties }]) => Properties);
    expect(rules.map(({ RuleName }) => RuleName)).toEqual([
      `${name}-TopClients`,
      `${name}-TopAddresses`,
      `${name}-TopThrottled`,
    ]);
    const format = JSON.parse(
      String(at(only(template, 'AWS::ApiGateway::Stage'), 'Properties.AccessLogSetting.Format')),
    );
    for (const { RuleBody } of rules) {
      const parts = listAt(RuleBody, 'Fn::Join.1').map((part) => (typeof part === 'string' ? part : 'the-access-log'));
      const body = JSON.parse(parts.join(''));
      expect(body).toMatchObject({ LogGroupNames: ['the-access-log'], LogFormat: 'JSON', AggregateOn: 'Count' });
      const fields = [
        ...body.Contribution.Keys,
        ...body.Contribution.Filters.map(({ Match }: { Match: string }) => Match),
      ];
      expect(fields.filter((field) => !(field.slice(2) in format))).toEqual([]);
    }
  });
});
