import { aws_cloudwatch as cloudwatch, Duration, aws_logs as logs } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import { loadAssembly } from '../../assembly/load.ts';
import { inspectAlarms } from '../../services/cloudwatch/inspect.ts';
import { specApi, synthesizeStack } from '../support/assembly.ts';

const load = (build: Parameters<typeof synthesizeStack>[0]) =>
  loadAssembly(
    synthesizeStack((stack) => {
      specApi(stack);
      build(stack);
    }),
    { secretValue: () => 'S'.repeat(48) },
  );

const requests = new cloudwatch.Metric({ namespace: 'N', metricName: 'requests', period: Duration.minutes(5) });

it('reads composite alarms with their suppressor, mute rules, and alarms on a band, as CDK synthesizes them', () => {
  const model = load((stack) => {
    const options = { threshold: 1, evaluationPeriods: 1 };
    const cause = requests.createAlarm(stack, 'Cause', { ...options, alarmName: 'cause' });
    const child = requests.createAlarm(stack, 'Child', { ...options, alarmName: 'child' });
    new cloudwatch.CompositeAlarm(stack, 'All', {
      compositeAlarmName: 'all',
      alarmRule: cloudwatch.AlarmRule.allOf(
        cloudwatch.AlarmRule.fromAlarm(child, cloudwatch.AlarmState.ALARM),
        cloudwatch.AlarmRule.not(cloudwatch.AlarmRule.fromBoolean(false)),
      ),
      actionsSuppressor: cause,
      actionsSuppressorWaitPeriod: Duration.minutes(2),
    });
    new cloudwatch.AlarmMuteRule(stack, 'Mute', {
      alarmMuteRuleName: 'deployments',
      alarms: [child],
      schedule: cloudwatch.ScheduleExpression.cron({ minute: '0', hour: '2' }),
      duration: Duration.minutes(90),
    });
    new cloudwatch.AnomalyDetectionAlarm(stack, 'Band', {
      alarmName: 'band',
      metric: requests,
      evaluationPeriods: 1,
      stdDevs: 3,
    });
    const { namespace, metricName } = requests;
    const detected = { namespace, metricName, stat: 'Average' };
    new cloudwatch.CfnAnomalyDetector(stack, 'Plain', detected);
    const configuration = { metricTimeZone: 'Europe/Berlin' };
    new cloudwatch.CfnAnomalyDetector(stack, 'Set', { ...detected, configuration });
  });
  expect(model.emulationGaps.filter(({ type }) => type.startsWith('AWS::CloudWatch'))).toEqual([
    {
      resource: 'Sample/Set',
      type: 'AWS::CloudWatch::AnomalyDetector',
      detail: 'the property Configuration is not emulated',
    },
  ]);
  expect(model.compositeAlarms).toEqual([
    expect.objectContaining({
      name: 'all',
      rule: expect.stringContaining('ALARM("arn:aws:cloudwatch:eu-west-1:000000000000:alarm:child")'),
      suppressor: {
        alarm: 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:cause',
        waitSeconds: 120,
        extensionSeconds: 60,
      },
    }),
  ]);
  expect(model.muteRules).toEqual([
    { name: 'deployments', alarms: ['child'], expression: 'cron(0 2 * * *)', durationSeconds: 5400, timeZone: 'UTC' },
  ]);
  expect(model.alarms.find(({ name }) => name === 'band')).toMatchObject({
    comparison: 'LessThanLowerOrGreaterThanUpperThreshold',
    thresholdMetricId: 'expr_1',
    periodSeconds: 300,
  });
  expect(inspectAlarms(model)).toEqual([]);
});

it('reads Contributor Insights rules and alarms on them; a rule that is not understood is reported', () => {
  const model = load((stack) => {
    const access = new logs.LogGroup(stack, 'Access', { logGroupName: '/access/documents' });
    const rule = (id: string, parts: object) =>
      new cloudwatch.CfnInsightRule(stack, id, {
        ruleName: `documents-${id}`,
        ruleState: 'ENABLED',
        ruleBody: stack.toJsonString({
          Schema: { Name: 'CloudWatchLogRule', Version: 1 },
          LogGroupNames: [access.logGroupName],
          LogFormat: 'JSON',
          Contribution: { Keys: ['$.ip'], Filters: [{ Match: '$.status', In: ['401'] }] },
          AggregateOn: 'Count',
          ...parts,
        }),
      });
    rule('Unauthorized', {});
    rule('Bytes', { AggregateOn: 'Sum', Contribution: { Keys: ['$.ip'], ValueOf: '$.bytes' } });
    rule('Lines', { LogFormat: 'CLF' });
    rule('Odd', { Contribution: { Keys: ['$.ip'], Filters: [{ Match: '$.ip', Like: 'a' }] } });
    const top = new cloudwatch.MathExpression({
      expression: 'INSIGHT_RULE_METRIC("documents-Unauthorized", MaxContributorValue)',
      period: Duration.hours(24),
    });
    top.createAlarm(stack, 'Slow', { alarmName: 'slow', threshold: 100, evaluationPeriods: 1 });
  });
  expect(model.insightRules).toEqual([
    {
      name: 'documents-Unauthorized',
      enabled: true,
      logGroups: ['/access/documents'],
      keys: ['$.ip'],
      filters: [{ match: '$.status', operator: 'In', values: ['401'] }],
    },
    {
      name: 'documents-Bytes',
      enabled: true,
      logGroups: ['/access/documents'],
      keys: ['$.ip'],
      sumOf: '$.bytes',
      filters: [],
    },
  ]);
  expect(model.emulationGaps.filter(({ type }) => type.endsWith('InsightRule')).map(({ detail }) => detail)).toEqual([
    'the rule is not evaluated: its format is CLF, not JSON',
    'the rule is not evaluated: the operator Like of $.ip is not known',
  ]);
  expect(model.alarms[0]?.periodSeconds).toBe(86_400);
  expect(inspectAlarms(model)).toEqual([]);
});
