import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { AlarmSpec } from './alarmSpec.ts';
import { expression, filled, numbered } from './expressions.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

const HOUR = Duration.hours(1);
/** Sign-ins of a high risk in an hour. One alone is often a person who travels. Our choice; `riskySignIns` sets another one. */
const RISKY = 3;
/** Where few people sign in, one that is assessed wrongly is a large share of its hour, so one an hour never counts. Our choice. */
const SLOW = { periods: 4, of: 24 } as const;
const SLOW_MINIMUM = 2;
/** Minimum share of all sign-ins, in percent: the more people sign in, the more are assessed wrongly. Our choice. */
const SHARE = 1;
const OPERATIONS = ['SignIn', 'PasswordChange'] as const;
/** AWS documents the value of the dimension in lower case, and its API returns it with a capital. Only one of them has data. */
const HIGH = ['high', 'High'] as const;

/**
 * Alarms on what the threat protection of a user pool finds. All are tickets: a finding is a sign and no proof, Cognito itself responds with
 * `enforce`, and a known password says that somebody can use it, not that somebody did. The metrics name nobody; the runbook
 * finds the users.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/metrics-for-cognito-user-pools.html
 */
export function signInRiskAlarms(
  { assessedPools }: MonitoredResources,
  { riskySignIns = RISKY }: AlarmThresholds,
): readonly AlarmSpec[] {
  return assessedPools.flatMap((pool, index) => [
    {
      id: numbered('SignInRisk', index),
      family: 'SignInRisk',
      severity: 'ticket',
      description:
        'Cognito sees a high risk that accounts are taken over: sign-ins from places, addresses or devices that their users never had. Find the users by the runbook, ask them, and sign out and disable those who were not it.',
      measure: 'sign-ins and password changes with a high risk in an hour',
      metric: takeovers(pool),
      threshold: riskySignIns,
    },
    {
      id: numbered('SignInRiskSlow', index),
      family: 'SignInRisk',
      severity: 'ticket',
      description:
        'Cognito has seen a high risk that accounts are taken over in several hours of the day: somebody tries one account after the other, slowly. Find the users by the runbook, and ask them.',
      measure: 'sign-ins and password changes with a high risk in an hour',
      metric: takeovers(pool),
      threshold: Math.max(SLOW_MINIMUM, Math.ceil(riskySignIns / 2)),
      ...SLOW,
    },
    {
      id: numbered('CompromisedCredentials', index),
      family: 'SignInRisk',
      severity: 'ticket',
      description:
        'A user has a password that is known from a leak elsewhere, so anybody can sign in with it who has no second factor to pass. Find the user by the runbook, and reset the password unless Cognito did.',
      measure: 'sign-ins and password changes with a known password in an hour',
      metric: knownPasswords(pool),
      threshold: 1,
      // One message a day, however many users have such a password.
      periods: 1,
      of: 24,
    },
  ]);
}

function takeovers(pool: UserPool) {
  const risky = ofHighRisk(pool, 'AccountTakeoverRisk');
  const all = { risk: riskMetric(pool, 'Risk', 'SignIn'), noRisk: riskMetric(pool, 'NoRisk', 'SignIn') };
  const [found, signIns] = [sumOf(risky), sumOf(all)];
  return expression(`IF(100 * ${found} >= ${SHARE} * ${signIns}, ${found}, 0)`, {
    metrics: { ...risky, ...all },
    period: HOUR,
    label: 'High risk',
  });
}

function knownPasswords(pool: UserPool) {
  const metrics = ofHighRisk(pool, 'CompromisedCredentialRisk');
  return expression(sumOf(metrics), { metrics, period: HOUR, label: 'Known passwords' });
}

function ofHighRisk(pool: UserPool, metricName: string): Readonly<Record<string, Metric>> {
  const all = OPERATIONS.flatMap((operation) => HIGH.map((level) => riskMetric(pool, metricName, operation, level)));
  return Object.fromEntries(all.map((metric, i) => [`risky${i}`, metric]));
}

/** Each metric has exactly these dimensions: https://docs.aws.amazon.com/cognito/latest/developerguide/metrics-for-cognito-user-pools.html */
function riskMetric(
  { userPoolId }: UserPool,
  metricName: string,
  Operation: (typeof OPERATIONS)[number],
  RiskLevel?: (typeof HIGH)[number],
): Metric {
  return new Metric({
    namespace: 'AWS/Cognito',
    metricName,
    dimensionsMap: { UserPoolId: userPoolId, Operation, ...(RiskLevel === undefined ? {} : { RiskLevel }) },
    statistic: Stats.SUM,
    period: HOUR,
  });
}

function sumOf(metrics: Readonly<Record<string, Metric>>): string {
  return `(${Object.keys(metrics).map(filled).join(' + ')})`;
}
