import type { StackModel } from '../../assembly/model.ts';
import type { Clock } from '../../contracts.ts';
import { lookBackMs } from './alarmData.ts';
import { emfData } from './emf.ts';
import { createInsightRules, type InsightRules } from './insights/insightRules.ts';
import { createMetricFilters, type DefaultedMinutes } from './metricFilters.ts';
import { createMetricStore, type Dimensions, type MetricStore } from './metricStore.ts';

/** Where log events become metrics and contributors. */
export interface Ingestion {
  readonly metrics: MetricStore;
  readonly insights: InsightRules;
  /** Runs metric filters and Contributor Insights rules over an event that was seen `times` times, and extracts EMF documents. */
  log(logGroup: string, message: string, times: number): void;
  /** Runs the filters and rules of a later load of the stack. Metrics stay. */
  update(model: StackModel): void;
}

export function createIngestion(model: StackModel, clock: Pick<Clock, 'now'>): Ingestion {
  const metrics = createMetricStore(clock.now);
  const countEvent = eventCounter(metrics);
  const insights = createInsightRules(model.insightRules, clock);
  const defaultedAt: DefaultedMinutes = new Map();
  let filters = createMetricFilters(model.metricFilters, metrics, clock.now, defaultedAt);
  let filtered = filteredGroups(model);
  keepFor(metrics, model);
  return {
    metrics,
    insights,
    log(logGroup, message, times) {
      countEvent(logGroup, message, times);
      const isRead = filtered.has(logGroup) || insights.covers(logGroup) || canBeEmf(message);
      const json = isRead ? parseEvent(message) : undefined;
      for (const { namespace, name, dimensions, value } of emfData(json))
        metrics.put(namespace, name, dimensions, value, times);
      filters(logGroup, message, json, times);
      if (json !== undefined) insights.add(logGroup, json, times);
    },
    update(next) {
      keepFor(metrics, next);
      insights.update(next.insightRules);
      filters = createMetricFilters(next.metricFilters, metrics, clock.now, defaultedAt);
      filtered = filteredGroups(next);
    },
  };
}

/**
 * Makes what counts each event of a log group.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
 */
function eventCounter({ put }: MetricStore): (logGroup: string, message: string, times: number) => void {
  const known = new Map<string, Dimensions>();
  return (LogGroupName, message, times) => {
    const dimensions = known.get(LogGroupName) ?? { LogGroupName };
    known.set(LogGroupName, dimensions);
    put('AWS/Logs', 'IncomingLogEvents', dimensions, 1, times);
    put('AWS/Logs', 'IncomingBytes', dimensions, Buffer.byteLength(message), times);
  };
}

function filteredGroups({ metricFilters }: StackModel): ReadonlySet<string> {
  return new Set(metricFilters.map(({ logGroup }) => logGroup));
}

/** Whether a document can have the member `_aws`, whose name can be written with escapes. */
function canBeEmf(message: string): boolean {
  return message.includes('_aws') || message.includes('\\u');
}

/** Metrics are kept as long as the longest alarm on them looks back. */
function keepFor(metrics: MetricStore, { alarms }: StackModel): void {
  for (const alarm of alarms) {
    for (const { metric } of alarm.queries) {
      if (metric) metrics.keep(metric.namespace, metric.name, metric.dimensions, lookBackMs(alarm));
    }
  }
}

/** The event as JSON, or `undefined` when it is none. */
function parseEvent(message: string): unknown {
  if (!message.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}
