import { remembered } from '../../assembly/remembered.ts';
import type { Dimensions } from './metricStore.ts';

/** A datum found in a log event. */
export interface EmfDatum {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly value: number;
}

type Json = Readonly<Record<string, unknown>>;

/** EMF allows 100 values of a metric in one event. */
const MAX_VALUES = 100;

/**
 * The metrics of a log event in the embedded metric format: every metric, under every dimension set, each value of an
 * array. A set that names an absent member is left out, as the specification says.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @param event a parsed log event
 * @returns nothing when the event is no EMF document
 */
export function emfData(event: unknown): readonly EmfDatum[] {
  if (!isObject(event) || !isObject(event['_aws'])) return NONE;
  const data: EmfDatum[] = [];
  for (const directive of list(event['_aws']['CloudWatchMetrics'])) {
    if (isObject(directive)) addDirective(data, event, directive);
  }
  return data;
}

const NONE: readonly EmfDatum[] = [];

function addDirective(data: EmfDatum[], event: Json, directive: Json): void {
  const namespace = directive['Namespace'];
  if (typeof namespace !== 'string') return;
  const dimensionSets: Dimensions[] = [];
  for (const names of directive['Dimensions'] === undefined ? [[]] : list(directive['Dimensions'])) {
    const found = dimensionSet(event, list(names));
    if (found !== undefined) dimensionSets.push(found);
  }
  for (const metric of list(directive['Metrics'])) {
    const name = isObject(metric) ? metric['Name'] : undefined;
    if (typeof name !== 'string') continue;
    for (const value of valuesOf(event[name])) {
      for (const dimensions of dimensionSets) data.push({ namespace, name, dimensions, value });
    }
  }
}

function dimensionSet(event: Json, names: readonly unknown[]): Dimensions | undefined {
  const entries: (readonly [string, string])[] = [];
  for (const each of names) {
    const name = String(each);
    const value = event[name];
    if (typeof value !== 'string') return undefined;
    entries.push([name, value]);
  }
  return dimensionsOf(JSON.stringify(entries));
}

/** The same object for the same dimensions: the metric store finds a series by it. */
const dimensionsOf = remembered((entries): Dimensions => Object.fromEntries(JSON.parse(entries)));

function valuesOf(value: unknown): number[] {
  const values = Array.isArray(value) ? value.slice(0, MAX_VALUES) : [value];
  return values.filter((item): item is number => typeof item === 'number' && Number.isFinite(item));
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
