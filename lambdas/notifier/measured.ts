import type { AlarmChange, AlarmCondition } from './alarmChange.ts';
import { dateTime, duration } from './times.ts';

/** The measure of an alarm that compares the time. */
const TIME = 'time';
/** One value of a reason, such as `25.0 (29/11/26 10:00:00)`. */
const DATAPOINT = /(-?\d+(?:\.\d+)?(?:E-?\d+)?)(?:\s*\((\d\d)\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)\))?/gi;
const LIST = /\[([^\]]{1,2000})\]/;

const LIMITS: Readonly<Record<string, (limit: string) => string>> = {
  GreaterThanOrEqualToThreshold: (limit) => `at ${limit} or more`,
  GreaterThanThreshold: (limit) => `above ${limit}`,
  LessThanThreshold: (limit) => `below ${limit}`,
  LessThanOrEqualToThreshold: (limit) => `at ${limit} or less`,
};
const BANDS: Readonly<Record<string, string>> = {
  GreaterThanUpperThreshold: 'more than is usual at this time',
  LessThanLowerThreshold: 'less than is usual at this time',
  LessThanLowerOrGreaterThanUpperThreshold: 'not what is usual at this time',
};

const USUAL = 'usual at this time';
/** What is counted, at the beginning of a measure. */
const COUNTED = /^((?:[a-z]+ )?(?:error|invocation|notification|period|request|response|run|token))s\b/;

/** How bad it is, and when it began. */
export interface Measured {
  /** One or two sentences with numbers and units. */
  readonly words: string;
  /** Milliseconds: the oldest period that the reason names. */
  readonly since?: number;
}

/**
 * Says in words what CloudWatch measured: `25 responses with 401 in five minutes. It fires at 20 or more.` Undefined where the reason
 * has no number, as for missing data and composite alarms.
 *
 * @param measure words after the value; `%…` is written without a space; `time` stands for seconds since 1970.
 */
export function measured(
  { reason, condition, state }: Pick<AlarmChange, 'reason' | 'condition' | 'state'>,
  measure: string | undefined,
): Measured | undefined {
  if (condition === undefined) return undefined;
  const points = datapoints(reason);
  const worst = worstOf(points, condition.comparison);
  if (worst === undefined) return undefined;
  const since = Math.min(...points.flatMap(({ at }) => at ?? []));
  const { words, limit } =
    measure === TIME ? inTime(worst, condition) : inNumbers(worst, { ...condition, state }, measure);
  const several = points.length > 1 && measure !== TIME ? `, ${extreme(condition)} of ${points.length} periods` : '';
  const fires = limit === undefined ? '' : ` It ${state === 'ALARM' ? 'fires' : 'would fire'} ${limit}.`;
  return { words: `${words}${several}.${fires}`, ...(Number.isFinite(since) ? { since } : {}) };
}

interface Datapoint {
  readonly value: number;
  readonly at?: number;
}

function datapoints(reason: string): readonly Datapoint[] {
  const [, list = ''] = LIST.exec(reason) ?? [];
  return [...list.matchAll(DATAPOINT)].map(([, value, day, month, year, ...time]) => {
    const at = day === undefined ? Number.NaN : Date.parse(`20${year}-${month}-${day}T${time.slice(0, 3).join(':')}Z`);
    return { value: Number(value), ...(Number.isNaN(at) ? {} : { at }) };
  });
}

function worstOf(points: readonly Datapoint[], comparison: string): number | undefined {
  const values = points.map(({ value }) => value).filter(Number.isFinite);
  if (values.length === 0) return undefined;
  return comparison.startsWith('Less') ? Math.min(...values) : Math.max(...values);
}

function extreme({ comparison }: AlarmCondition): string {
  return comparison.startsWith('Less') ? 'the lowest' : 'the highest';
}

function inNumbers(
  value: number,
  { metric, period, comparison, threshold, state }: AlarmCondition & Pick<AlarmChange, 'state'>,
  measure?: string,
) {
  const band = state === 'OK' && BANDS[comparison] !== undefined ? USUAL : BANDS[comparison];
  const number = shownNumber(value);
  const what = measure === undefined ? `${number} (${metric || 'the metric'})` : joined(number, measure);
  const unit = measure?.startsWith('%') === true ? '%' : '';
  const limit = threshold === undefined ? undefined : LIMITS[comparison]?.(`${shownNumber(threshold)}${unit}`);
  const words = `${what}${windowOf(period, measure)}`;
  return { words: band === undefined ? words : `${words}: ${band}`, limit };
}

/** Counts say in their measure what time they are of; a share is one of a period. */
function windowOf(period: number, measure: string | undefined): string {
  if (measure === undefined) return ` in ${duration(period * 1000)}`;
  return measure.startsWith('%') ? `, over ${duration(period * 1000)}` : '';
}

function inTime(value: number, { threshold }: AlarmCondition) {
  const words = `It is ${dateTime(value * 1000)}`;
  return { words, limit: threshold === undefined ? undefined : `from ${dateTime(threshold * 1000)} on` };
}

function joined(number: string, measure: string): string {
  if (measure.startsWith('%')) return `${number}${measure}`;
  return `${number} ${number === '1' ? measure.replace(COUNTED, '$1') : measure}`;
}

/** At most three digits after the point, with separators; from a billion on as `1.2 billion`. */
export function shownNumber(value: number): string {
  if (Math.abs(value) >= 1e15) return value.toExponential(2);
  if (Math.abs(value) >= 1e9) return `${digits(value / 1e9, 2)} billion`;
  return Math.abs(value) >= 100 ? digits(value, 0) : digits(value, Math.abs(value) >= 1 ? 2 : 3);
}

function digits(value: number, maximumFractionDigits: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits });
}
