import { logFileOf } from '../../assembly/logFiles.ts';
import type { StackModel } from '../../assembly/model.ts';
import type { AlarmState, Clock, Telemetry } from '../../contracts.ts';
import { lookBackMs } from './alarmData.ts';
import { startAlarms, type Transition } from './alarms.ts';
import { emfData } from './emf.ts';
import { createInsightRules, type InsightRules } from './insights/insightRules.ts';
import { createLogFiles } from './logFiles.ts';
import { createMetricFilters, type DefaultedMinutes } from './metricFilters.ts';
import { createMetricStore, type MetricStore } from './metricStore.ts';

/** What stands in for CloudWatch. */
export interface CloudWatch {
  readonly telemetry: Telemetry;
  readonly metrics: MetricStore;
  readonly topContributors: InsightRules['topContributors'];
  alarms(): readonly AlarmState[];
  /** Runs the metric filters and alarms of a later load of the stack. Metrics stay, and the states of alarms with the same name. */
  update(model: StackModel): void;
  /** Writes the buffered logs, and ends the evaluation of alarms. */
  close(): Promise<void>;
}

export interface CloudWatchOptions {
  readonly data: string;
  readonly clock: Clock;
  readonly print: (line: string) => void;
  readonly onTransition: (transition: Transition) => void;
}

/** Starts metrics, logs, metric filters and alarms for a stack. */
export function startCloudWatch(model: StackModel, options: CloudWatchOptions): CloudWatch {
  const { clock } = options;
  const metrics = createMetricStore(clock.now);
  keepFor(metrics, model);
  const insights = createInsightRules(model.insightRules, clock);
  const defaultedAt: DefaultedMinutes = new Map();
  let filters = createMetricFilters(model.metricFilters, metrics, clock.now, defaultedAt);
  let { logFiles } = model;
  const logs = createLogFiles(options.data, (group) => logFileOf(group, logFiles), options.print);
  const alarms = startAlarms(model.alarms, { store: metrics, insights: insights.metrics }, clock, options.onTransition);
  const telemetry: Telemetry = {
    metric: metrics.put,
    log(logGroup, message, note) {
      logs.append(logGroup, note === undefined ? message : `${message}\n${note}`);
      const json = parseEvent(message);
      for (const { namespace, name, dimensions, value } of emfData(json))
        metrics.put(namespace, name, dimensions, value);
      filters(logGroup, message, json);
      if (json !== undefined) insights.add(logGroup, json, 1);
    },
  };
  return {
    telemetry,
    metrics,
    topContributors: insights.topContributors,
    alarms: alarms.states,
    update(next) {
      ({ logFiles } = next);
      keepFor(metrics, next);
      insights.update(next.insightRules);
      filters = createMetricFilters(next.metricFilters, metrics, clock.now, defaultedAt);
      alarms.update(next.alarms);
    },
    async close() {
      alarms.stop();
      await logs.close();
    },
  };
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
