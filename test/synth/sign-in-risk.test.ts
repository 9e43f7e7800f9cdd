import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CognitoOptions, Identity, type SecureApiProps } from '../../lib/construct/index.ts';
import type { StackModel } from '../../local/assembly/model.ts';
import { simulateAlarms } from '../../local/services/cloudwatch/simulate.ts';
import { alarmModel, notifications, START } from '../support/alarmDay.ts';
import { at, ofType, only, smallTemplate } from './support.ts';

const templateOf = (options: CognitoOptions, more: Partial<SecureApiProps> = {}) =>
  smallTemplate({ identity: Identity.cognito(options), ...more });
const poolOf = (template: Template) => only(template, 'AWS::Cognito::UserPool');
const responsesOf = (template: Template) => only(template, 'AWS::Cognito::UserPoolRiskConfigurationAttachment');
const alarmsOf = (template: Template) =>
  ofType(template, 'AWS::CloudWatch::Alarm')
    .map(([, { Properties }]) => Properties)
    .filter(({ AlarmName }) => /sign-in-risk|compromised-credentials/.test(String(AlarmName)));
const end = (name: unknown) => String(name).replace(/^.*?-[0-9A-F]{8}-/, '');

describe('threat protection of the user pool', () => {
  it('is off by default: the plan is ESSENTIALS, and no alarm waits for what nobody measures', () => {
    const template = templateOf({});
    expect(poolOf(template).Properties).toMatchObject({ UserPoolTier: 'ESSENTIALS' });
    expect(poolOf(template).Properties).not.toHaveProperty('UserPoolAddOns');
    expect(alarmsOf(template)).toEqual([]);
  });

  it('that audits has the plan PLUS, and only differs from one that enforces in the mode', () => {
    const template = templateOf({ threatProtection: 'audit' });
    expect(poolOf(template).Properties).toMatchObject({
      UserPoolTier: 'PLUS',
      UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' },
    });
    const enforced = templateOf({ threatProtection: 'enforce' });
    expect(responsesOf(template)).toEqual(responsesOf(enforced));
  });

  it.each([
    ['optional', 'MFA_REQUIRED'],
    ['required', 'NO_ACTION'],
  ] as const)(
    'that enforces blocks known passwords and high risks, and with mfa %s has %s at a medium one',
    (mfa, medium) => {
      const template = templateOf({ threatProtection: 'enforce', mfa });
      expect(poolOf(template).Properties).toMatchObject({
        UserPoolTier: 'PLUS',
        UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' },
      });
      const [[poolId = ''] = []] = ofType(template, 'AWS::Cognito::UserPool');
      expect(responsesOf(template).Properties).toEqual({
        UserPoolId: { Ref: poolId },
        ClientId: 'ALL',
        CompromisedCredentialsRiskConfiguration: { Actions: { EventAction: 'BLOCK' } },
        AccountTakeoverRiskConfiguration: {
          Actions: {
            HighAction: { EventAction: 'BLOCK', Notify: false },
            MediumAction: { EventAction: medium, Notify: false },
            LowAction: { EventAction: 'NO_ACTION', Notify: false },
          },
        },
      });
    },
  );

  it.each([
    [{ threatProtection: 'block' }, /identity\.threatProtection: found "block"; expected one of audit, enforce/],
    [{ threatProtection: false }, /identity\.threatProtection: found false; expected one of audit, enforce/],
    [{ threatprotection: 'audit' }, /identity\.threatprotection: .* threatProtection/],
    [
      { userPool: 'eu-west-1_AbCdEfGhI', userPoolClients: ['1h57kf5cpq17m0eml12EXAMPLE'], threatProtection: 'audit' },
      /identity\.threatProtection/,
    ],
  ])('rejects %j at synth', (options, message) => {
    expect(() => Identity.cognito(options as never)).toThrow(/^identity-invalid|^option-invalid/);
    expect(() => Identity.cognito(options as never)).toThrow(message);
  });
});

describe('alarms on sign-ins', () => {
  it.each([
    [1, 2],
    [2, 2],
    [3, 2],
    [9, 5],
  ])('fire in the slow window at half of %i, but never at one an hour', (riskySignIns, slow) => {
    const alarms = alarmsOf(templateOf({ threatProtection: 'audit' }, { alarms: { riskySignIns } }));
    expect(alarms.map(({ Threshold }) => Threshold)).toEqual([riskySignIns, slow, 1]);
  });

  it('are tickets with one runbook, and watch the pool by the dimensions that Cognito documents', () => {
    const template = templateOf({ threatProtection: 'enforce' });
    const alarms = alarmsOf(template);
    expect(alarms.map(({ AlarmName }) => end(AlarmName))).toEqual([
      'sign-in-risk',
      'sign-in-risk-slow',
      'compromised-credentials',
    ]);
    for (const alarm of alarms) {
      expect(JSON.stringify(alarm['AlarmDescription'])).toContain('/runbooks/sign-in-risk.md');
      expect(at(alarm, 'AlarmActions.0.Ref')).toContain('TicketTopic');
      expect(alarm['TreatMissingData']).toBe('notBreaching');
      const metrics = (alarm['Metrics'] as { readonly MetricStat?: object }[]).flatMap(
        ({ MetricStat }) => MetricStat ?? [],
      );
      for (const stat of metrics) {
        const name = String(at(stat, 'Metric.MetricName'));
        const dimensions = (at(stat, 'Metric.Dimensions') as { readonly Name: string }[]).map(({ Name }) => Name);
        expect(at(stat, 'Metric.Namespace')).toBe('AWS/Cognito');
        expect(dimensions).toEqual(
          /^(No)?Risk$/.test(name) ? ['Operation', 'UserPoolId'] : ['Operation', 'RiskLevel', 'UserPoolId'],
        );
      }
    }
  });

  it('of each pool that is assessed have different names', () => {
    const identity = [{ threatProtection: 'audit' }, {}, { threatProtection: 'enforce' }].map((options) =>
      Identity.cognito(options as CognitoOptions),
    );
    expect(alarmsOf(smallTemplate({ identity })).map(({ AlarmName }) => end(AlarmName))).toEqual([
      'sign-in-risk',
      'sign-in-risk-slow',
      'compromised-credentials',
      'sign-in-risk2',
      'sign-in-risk-slow2',
      'compromised-credentials2',
    ]);
  });

  it('have the threshold of riskySignIns, half of it in the slow window', () => {
    const [risk, slow] = alarmsOf(templateOf({ threatProtection: 'audit' }, { alarms: { riskySignIns: 7 } }));
    expect([risk?.['Threshold'], slow?.['Threshold']]).toEqual([7, 4]);
  });
});

interface SignIns {
  /** Without a risk. */
  readonly usual: number;
  readonly risky?: number;
  readonly known?: number;
}

const HOUR = 60;
const DAY = 24 * HOUR;

describe.each([
  ['1 sign-in an hour', 1 / HOUR],
  ['1 a minute', 1],
  ['100 a minute', 100],
])('at %s', (_, rate) => {
  let model: StackModel;
  beforeAll(() => {
    model = alarmModel({ identity: Identity.cognito({ threatProtection: 'audit' }) });
  });

  const run = (minutes: number, level: string, signIns: (minute: number) => SignIns) => {
    const queries = model.alarms.flatMap((alarm) => alarm.queries);
    const UserPoolId = String(queries.flatMap(({ metric }) => metric?.dimensions['UserPoolId'] ?? [])[0]);
    const simulation = simulateAlarms(model, {
      from: START,
      to: START + minutes * 60_000,
      put({ index, metric }) {
        const { usual, risky = 0, known = 0 } = signIns(index);
        const put = (name: string, count: number, more: object = {}) => {
          if (count > 0) metric('AWS/Cognito', name, { Operation: 'SignIn', UserPoolId, ...more }, 1, count);
        };
        put('NoRisk', usual);
        put('Risk', risky + known);
        put('AccountTakeoverRisk', risky, { RiskLevel: level });
        put('CompromisedCredentialRisk', known, { RiskLevel: level });
      },
    });
    return notifications(simulation, model).filter((one) => /^(sign-in-risk|compromised)/.test(one));
  };
  const usual = (minute: number) => Math.floor(rate * (minute + 1)) - Math.floor(rate * minute);
  /** One of two hundred sign-ins of a healthy day. */
  const wrong = (minute: number) => (rate >= 1 && minute % Math.ceil(200 / rate) === 0 ? 1 : 0);
  const healthy = (minute: number) => ({ usual: usual(minute), risky: wrong(minute) });

  it('a healthy day, in which Cognito is wrong about one of two hundred, notifies nobody', () => {
    expect(run(DAY, 'high', healthy)).toEqual([]);
  });

  it.each(['high', 'High'])('many takeovers at once are a ticket once, with the risk level %s', (level) => {
    const attack = Math.max(5, 5 * rate);
    const found = run(3 * HOUR, level, (minute) => (minute === 70 ? { usual: 0, risky: attack } : healthy(minute)));
    expect(found).toEqual(['sign-in-risk ALARM', 'sign-in-risk OK']);
  });

  it('takeovers in every hour of the night are found slowly', () => {
    const inEachHour = Math.max(2, 2 * rate);
    const found = run(8 * HOUR, 'high', (minute) => ({
      ...healthy(minute),
      ...(minute % HOUR === 30 ? { risky: inEachHour } : {}),
    }));
    expect(found).toContain('sign-in-risk-slow ALARM');
    expect(found.filter((one) => one === 'sign-in-risk-slow ALARM')).toHaveLength(1);
  });

  it('known passwords are one ticket a day', () => {
    const found = run(DAY, 'high', (minute) => ({ usual: usual(minute), known: minute % (3 * HOUR) === 5 ? 1 : 0 }));
    expect(found).toEqual(['compromised-credentials ALARM']);
  });
});
