/**
 * PutMetricData, with the limits of the service, so that what is accepted here is accepted there.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 */
import { type Json, list, number, pairs, record, string } from '../../assembly/values.ts';
import type { Clock } from '../../contracts.ts';
import { OperationError } from '../awsJson.ts';
import { instant } from './instant.ts';
import type { Dimensions, MetricStore } from './metricStore.ts';

/** CloudWatch accepts data of the last two weeks and of the next two hours. */
const OLDEST_MS = 14 * 24 * 3_600_000;
const NEWEST_MS = 2 * 3_600_000;
const MOST_METRICS = 1_000;
const MOST_VALUES = 150;
const MOST_DIMENSIONS = 30;
const LONGEST_NAME = 255;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html */
const LONGEST_DIMENSION_VALUE = 1_024;
const LARGEST = 2 ** 360;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
const UNITS = new Set([
  ...['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'Count', 'Count/Second', 'None'],
  ...['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes', 'Bits', 'Kilobits', 'Megabits', 'Gigabits'].flatMap(
    (unit) => [unit, `${unit}/Second`],
  ),
  ...['Terabits', 'Terabits/Second'],
  'Terabytes/Second',
]);
const RESOLUTIONS = [1, 60];

interface Datum {
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly time: number;
  readonly values: readonly { readonly value: number; readonly times: number }[];
}

/**
 * Puts data of a request; nothing of a request with a fault. Unlike on AWS, namespaces of services are not reserved: a drill injects what
 * nothing here measures.
 */
export function putMetricData(metrics: MetricStore, clock: Pick<Clock, 'now'>, input: Json): Json {
  const namespace = namespaceOf(input);
  const data = list(input['MetricData']);
  if (data.length === 0) throw missing('MetricData');
  if (data.length > MOST_METRICS) throw wrong(`MetricData has ${data.length} members, of at most ${MOST_METRICS}.`);
  const now = clock.now();
  for (const { name, dimensions, time, values } of data.map((datum) => datumOf(record(datum), now)))
    for (const { value, times } of values) metrics.put(namespace, name, dimensions, value, times, time);
  return {};
}

function namespaceOf(input: Json): string {
  const namespace = named(input, 'Namespace');
  if (namespace.startsWith(':')) throw wrong('Namespace must not begin with a colon.');
  return namespace;
}

function datumOf(datum: Json, now: number): Datum {
  const [unit, resolution] = [datum['Unit'] ?? 'None', datum['StorageResolution'] ?? 60];
  if (!UNITS.has(String(unit))) throw wrong(`Unit is none of ${[...UNITS].join(', ')}.`);
  if (!RESOLUTIONS.includes(Number(resolution))) throw wrong('StorageResolution is neither 1 nor 60.');
  const time = datum['Timestamp'] === undefined ? now : instant(datum, 'Timestamp');
  if (time < now - OLDEST_MS || time > now + NEWEST_MS)
    throw wrong('Timestamp is not within the last two weeks or the next two hours.');
  return { name: named(datum, 'MetricName'), dimensions: dimensionsOf(datum), time, values: valuesOf(datum) };
}

/** A name of 1–255 characters, as namespaces and metrics have. */
function named(input: Json, member: string): string {
  const name = string(input[member]) ?? '';
  if (name === '') throw missing(member);
  if (name.length > LONGEST_NAME) throw wrong(`${member} is longer than ${LONGEST_NAME} characters.`);
  // Printable ASCII, as the service asks for.
  if (!/^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/.test(name)) throw wrong(`${member} has other characters than ASCII.`);
  return name;
}

function dimensionsOf(datum: Json): Dimensions {
  const all = list(datum['Dimensions']).map(record);
  if (all.length > MOST_DIMENSIONS) throw wrong(`A metric has at most ${MOST_DIMENSIONS} dimensions.`);
  for (const dimension of all) {
    for (const member of ['Name', 'Value']) {
      const text = string(dimension[member]) ?? '';
      const longest = member === 'Name' ? LONGEST_NAME : LONGEST_DIMENSION_VALUE;
      if (text === '') throw missing(`Dimensions.${member}`);
      if (text.length > longest) throw wrong(`The ${member} of a dimension is longer than ${longest} characters.`);
      if (!/^[\x20-\x7e]*$/.test(text) || text.trim() === '')
        throw wrong(`The ${member} of a dimension has other characters than ASCII, or only spaces.`);
    }
    if (string(dimension['Name'])?.startsWith(':')) throw wrong('The Name of a dimension must not begin with a colon.');
  }
  const dimensions = pairs(all, 'Name', 'Value');
  if (Object.keys(dimensions).length < all.length) throw wrong('Two dimensions have the same Name.');
  return dimensions;
}

function valuesOf(datum: Json): Datum['values'] {
  const { Value: value, Values: many, Counts: counts, StatisticValues: statistics } = datum;
  if (statistics !== undefined)
    throw combination('StatisticValues is not emulated here: put Value, or Values and Counts.');
  if ((value === undefined) === (many === undefined)) throw combination('Either Value or Values is required.');
  const values = value === undefined ? list(many) : [value];
  if (values.length === 0 || values.length > MOST_VALUES) throw wrong(`Values must have 1–${MOST_VALUES} members.`);
  if (counts !== undefined && list(counts).length !== values.length)
    throw combination('Counts must have as many members as Values.');
  return values.map((each, i) => ({ value: numberOf(each, 'Value'), times: timesOf(list(counts)[i]) }));
}

function timesOf(count: unknown): number {
  const times = count === undefined ? 1 : numberOf(count, 'Count');
  if (times < 0) throw wrong('A Count is negative.');
  return times;
}

/** SDKs write NaN and infinities as strings. */
function numberOf(value: unknown, member: string): number {
  const found = number(value);
  if (found === undefined || Math.abs(found) > LARGEST)
    throw wrong(`A ${member} is no number from -2^360 to 2^360; NaN and infinities are not supported.`);
  return found;
}

function missing(member: string): OperationError {
  return new OperationError('MissingParameter', `${member} is required.`);
}

function wrong(message: string): OperationError {
  return new OperationError('InvalidParameterValue', message);
}

function combination(message: string): OperationError {
  return new OperationError('InvalidParameterCombination', message);
}
