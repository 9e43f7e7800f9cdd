import type { AlarmModel } from '../../assembly/model.ts';
import type { AlarmState } from '../../contracts.ts';
import type { AlarmPoint } from './alarmPoint.ts';

type State = AlarmState['state'];

const WORDS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to the threshold',
  GreaterThanThreshold: 'greater than the threshold',
  LessThanThreshold: 'less than the threshold',
  LessThanOrEqualToThreshold: 'less than or equal to the threshold',
  GreaterThanUpperThreshold: 'greater than the upper thresholds',
  LessThanLowerThreshold: 'less than the lower thresholds',
  LessThanLowerOrGreaterThanUpperThreshold: 'less than the lower thresholds or greater than the upper thresholds',
};

const TREATED = {
  breaching: 'Breaching',
  notBreaching: 'NonBreaching',
  ignore: 'Ignored',
  missing: 'Missing',
} as const;

/** What an evaluation found. */
export interface Finding {
  readonly alarm: AlarmModel;
  readonly from: State;
  readonly to: State;
  /** The newest datapoints that are there, newest first. */
  readonly real: readonly AlarmPoint[];
  readonly breaches: (point: AlarmPoint) => boolean;
}

/**
 * The sentence that explains a state, in the words of CloudWatch, so that what reads it on AWS reads it here.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export function stateReason({ alarm, from, to, real, breaches }: Finding): string {
  const { evaluationPeriods: of, datapointsToAlarm } = alarm;
  if (to === 'INSUFFICIENT_DATA') return `Insufficient Data: ${plural(of, 'datapoint')} ${wasOrWere(of)} unknown.`;
  if (real.length === 0) {
    const treated = `treated as [${TREATED[alarm.treatMissingData]}]`;
    return `Threshold Crossed: no datapoints were received for ${plural(of, 'period')} and ${plural(of, 'missing datapoint')} ${wasOrWere(of)} ${treated}.`;
  }
  const named = real.filter((point) => breaches(point) === (to === 'ALARM'));
  const shown = named.length === 0 ? real : named;
  const minimum = to === 'ALARM' ? datapointsToAlarm : of - datapointsToAlarm + 1;
  const verb = `${wasOrWere(shown.length)}${to === 'ALARM' ? '' : ' not'}`;
  const values = shown.map(({ value, start }) => `${decimal(value)} (${timestamp(start)})`).join(', ');
  const subject = `${shown.length} out of the last ${plural(of, 'datapoint', 'datapoints')} [${values}]`;
  const needed = `(minimum ${plural(minimum, 'datapoint')} for ${from} -> ${to} transition)`;
  return `${alarm.thresholdMetricId === undefined ? 'Threshold' : 'Thresholds'} Crossed: ${subject} ${verb} ${WORDS[alarm.comparison]} ${bounds(alarm, shown)} ${needed}.`;
}

function bounds({ thresholdMetricId, threshold, comparison }: AlarmModel, points: readonly AlarmPoint[]): string {
  if (thresholdMetricId === undefined) return `(${decimal(threshold)})`;
  const list = (of: (point: AlarmPoint) => number | undefined) => `[${points.map((point) => decimal(of(point)))}]`;
  const [upper, lower] = [() => list((point) => point.upper), () => list((point) => point.lower)];
  if (comparison === 'GreaterThanUpperThreshold') return upper();
  return comparison === 'LessThanLowerThreshold' ? lower() : `${lower()} to ${upper()}`;
}

/** A number as CloudWatch writes it: `25.0`, `12.5`; six digits are enough to read. */
function decimal(value: number | undefined): string {
  const short = Number(value?.toPrecision(6));
  return Number.isInteger(short) ? short.toFixed(1) : String(short);
}

/** `29/11/26 10:00:00`, in UTC. */
function timestamp(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split('T');
  return `${date
    .split('-')
    .reverse()
    .join('/')
    .replace(/\/\d\d(\d\d)$/, '/$1')} ${clock.slice(0, 8)}`;
}

const plural = (count: number, one: string, many = `${one}${count === 1 ? '' : 's'}`) => `${count} ${many}`;
const wasOrWere = (count: number) => (count === 1 ? 'was' : 'were');
