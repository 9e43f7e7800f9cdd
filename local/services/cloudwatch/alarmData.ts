import type { AlarmModel, MetricQueryModel } from '../../assembly/model.ts';
import { evaluateMath, idsOf, type Point } from './math/evaluate.ts';
import { type MathNode, MetricMathError, parseMath } from './math/parse.ts';
import type { MetricStore } from './metricStore.ts';
import { statisticNamed } from './statistics.ts';

/** Returns an alarm's datapoint for the period that ends at `end` (simulated ms). */
export type AlarmData = (end: number) => Point;

/** A query's datapoint for the period [start, end). */
type Reader = (start: number, end: number) => Point;

/**
 * Prepares what an alarm watches: a metric, or an expression over others.
 *
 * @throws {Error} with the reason, when a statistic or an expression cannot be computed here
 */
export function alarmData(alarm: AlarmModel, store: MetricStore): AlarmData {
  const returned = alarm.queries.filter((query) => query.returnData);
  const watched = returned[0] ?? (alarm.queries.length === 1 ? alarm.queries[0] : undefined);
  if (watched === undefined || returned.length > 1) throw new MetricMathError('exactly one query must return data');
  const read = reader(watched, alarm.queries, store, []);
  const periodMs = alarm.periodSeconds * 1000;
  return (end) => read(end - periodMs, end);
}

function reader(
  query: MetricQueryModel,
  all: readonly MetricQueryModel[],
  store: MetricStore,
  above: readonly string[],
): Reader {
  if (above.includes(query.id)) throw new MetricMathError(`the expression ${query.id} refers to itself`);
  if (query.metric !== undefined) return metricReader(query.metric, store);
  if (query.expression === undefined)
    throw new MetricMathError(`the query ${query.id} has neither metric nor expression`);
  return expressionReader(parseMath(query.expression), (id) => {
    const other = all.find((candidate) => candidate.id === id);
    if (other === undefined) throw new MetricMathError(`the expression ${query.id} uses ${id}, which is not defined`);
    return reader(other, all, store, [...above, query.id]);
  });
}

function metricReader(metric: NonNullable<MetricQueryModel['metric']>, store: MetricStore): Reader {
  const { namespace, name, dimensions } = metric;
  const statistic = statisticNamed(metric.statistic);
  if (statistic === undefined) throw new MetricMathError(`the statistic ${metric.statistic} is not computed here`);
  return (start, end) => {
    const data = store.read(namespace, name, dimensions, start, end);
    return data && statistic(data);
  };
}

function expressionReader(node: MathNode, readerOf: (id: string) => Reader): Reader {
  const readers = new Map<string, Reader>();
  collect(node, readerOf, readers);
  return (start, end) =>
    evaluateMath(node, { start: Math.floor(start / 1000), pointOf: (id) => readers.get(id)?.(start, end) });
}

/** Resolves every id once, so that a fault is found when the alarm is prepared. */
function collect(node: MathNode, readerOf: (id: string) => Reader, readers: Map<string, Reader>): void {
  for (const id of idsOf(node)) if (!readers.has(id)) readers.set(id, readerOf(id));
}
