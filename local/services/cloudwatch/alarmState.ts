import type { AlarmModel } from '../../assembly/model.ts';
import type { AlarmState } from '../../contracts.ts';
import type { AlarmPoint } from './alarmPoint.ts';
import { stateReason } from './stateReason.ts';

export type State = AlarmState['state'];

/** CloudWatch looks a little further back than the evaluation periods, to find datapoints where some are missing. */
const EXTRA_PERIODS = 2;

/** How many periods an alarm reads at each evaluation. */
export function evaluationRange(alarm: AlarmModel): number {
  return alarm.evaluationPeriods + EXTRA_PERIODS;
}

type Comparison = (value: number, bounds: { readonly upper: number; readonly lower: number }) => boolean;

/** With a fixed threshold, which is both bounds. */
const WITH_THRESHOLD: Readonly<Record<string, Comparison>> = {
  GreaterThanOrEqualToThreshold: (value, { upper }) => value >= upper,
  GreaterThanThreshold: (value, { upper }) => value > upper,
  LessThanThreshold: (value, { lower }) => value < lower,
  LessThanOrEqualToThreshold: (value, { lower }) => value <= lower,
};

const WITH_BAND: Readonly<Record<string, Comparison>> = {
  GreaterThanUpperThreshold: (value, { upper }) => value > upper,
  LessThanLowerThreshold: (value, { lower }) => value < lower,
  LessThanLowerOrGreaterThanUpperThreshold: (value, { upper, lower }) => value < lower || value > upper,
};

function comparisonOf({ comparison, thresholdMetricId }: AlarmModel): Comparison | undefined {
  const known = thresholdMetricId === undefined ? WITH_THRESHOLD : WITH_BAND;
  return Object.hasOwn(known, comparison) ? known[comparison] : undefined;
}

/** Whether an alarm's comparison fits its threshold: a number, or a band. */
export function hasKnownComparison(alarm: AlarmModel): boolean {
  return comparisonOf(alarm) !== undefined;
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
 * @param points newest first, one for each period of {@link evaluationRange}; those before the evaluation periods can be left out when
 * none of the evaluation periods is missing
 * @param current the previous state, which stays where the rules say so
 */
export function evaluateAlarm(alarm: AlarmModel, points: readonly AlarmPoint[], current: State): Evaluation {
  const compare = comparisonOf(alarm);
  const breaches = ({ value, upper = alarm.threshold, lower = alarm.threshold }: AlarmPoint) =>
    value !== undefined && compare?.(value, { upper, lower }) === true;
  const real = points.filter(({ value }) => value !== undefined).slice(0, alarm.evaluationPeriods);
  const breaching = real.filter(breaches).length;
  const missing = alarm.evaluationPeriods - real.length;
  const state = decide(
    alarm,
    { breaching, missing, real: real.length },
    current,
    breachIsOldEnough(alarm, points, breaches),
  );
  return {
    state,
    // Most evaluations change nothing, so nobody reads it.
    get reason() {
      return stateReason({ alarm, from: current, to: state, real, breaches });
    },
  };
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
function breachIsOldEnough(
  alarm: AlarmModel,
  points: readonly AlarmPoint[],
  breaches: (point: AlarmPoint) => boolean,
): boolean {
  const ok = points.findIndex((point) => point.value !== undefined && !breaches(point));
  const untilOk = ok === -1 ? points : points.slice(0, ok);
  return untilOk.findLastIndex(breaches) + 1 >= alarm.datapointsToAlarm;
}
