import type { AlarmModel } from '../../assembly/model.ts';
import type { AlarmState } from '../../contracts.ts';
import type { Point } from './math/evaluate.ts';

export type State = AlarmState['state'];

/** CloudWatch looks a little further back than the evaluation periods, to find datapoints where some are missing. */
const EXTRA_PERIODS = 2;

/** How many periods an alarm reads at each evaluation. */
export function evaluationRange(alarm: AlarmModel): number {
  return alarm.evaluationPeriods + EXTRA_PERIODS;
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Whether an alarm's comparison is one with a fixed threshold (those with an anomaly band are not). */
export function hasKnownComparison(alarm: AlarmModel): boolean {
  return Object.hasOwn(COMPARISONS, alarm.comparison);
}

/** A new state with the sentence that explains it. */
export interface Evaluation {
  readonly state: State;
  readonly reason: string;
}

/**
 * The state that follows from the datapoints of the evaluation range, by CloudWatch's rules for M out of N datapoints
 * and missing data.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 *
 * @param points newest first, one for each period of {@link evaluationRange}
 * @param current the previous state, which stays where the rules say so
 */
export function evaluateAlarm(alarm: AlarmModel, points: readonly Point[], current: State): Evaluation {
  const breaches = (point: Point) => point !== undefined && COMPARISONS[alarm.comparison]?.(point, alarm.threshold);
  const real = points.filter((point) => point !== undefined).slice(0, alarm.evaluationPeriods);
  const breaching = real.filter(breaches).length;
  const missing = alarm.evaluationPeriods - real.length;
  const state = decide(
    alarm,
    { breaching, missing, real: real.length },
    current,
    breachIsOldEnough(alarm, points, breaches),
  );
  return { state, reason: reasonOf(alarm, state, real, breaching) };
}

interface Counts {
  readonly breaching: number;
  readonly missing: number;
  readonly real: number;
}

function decide(alarm: AlarmModel, counts: Counts, current: State, oldEnough: boolean): State {
  const { breaching, missing, real } = counts;
  const required = alarm.datapointsToAlarm;
  if (missing === 0 || breaching >= required) return breaching >= required ? 'ALARM' : 'OK';
  switch (alarm.treatMissingData) {
    case 'breaching':
      return breaching + missing >= required ? 'ALARM' : 'OK';
    case 'notBreaching':
      return 'OK';
    case 'ignore':
      return real > 0 && breaching + missing < required ? 'OK' : current;
    case 'missing':
      if (real === 0) return 'INSUFFICIENT_DATA';
      return oldEnough ? 'ALARM' : 'OK';
  }
}

/**
 * The rule that keeps an alarm from waiting for data that may never come: the oldest breaching datapoint is at least as old as the
 * datapoints to alarm, and each newer one breaches or is missing.
 */
function breachIsOldEnough(alarm: AlarmModel, points: readonly Point[], breaches: (point: Point) => unknown): boolean {
  const ok = points.findIndex((point) => point !== undefined && !breaches(point));
  const untilOk = ok === -1 ? points : points.slice(0, ok);
  return untilOk.findLastIndex(breaches) + 1 >= alarm.datapointsToAlarm;
}

function reasonOf(alarm: AlarmModel, state: State, real: readonly Point[], breaching: number): string {
  const asked = `${alarm.datapointsToAlarm} out of ${alarm.evaluationPeriods} datapoints`;
  const values = real.map((point) => Number(point?.toPrecision(6))).join(', ');
  if (real.length === 0)
    return `Threshold Crossed: no datapoints were received; missing data is ${alarm.treatMissingData}.`;
  const sign = `${alarm.comparison} ${alarm.threshold}`;
  return `Threshold ${state === 'ALARM' ? 'Crossed' : 'not crossed'}: ${breaching} of [${values}] ${sign} (${asked}).`;
}
