import { logFileOf } from '../../assembly/logFiles.ts';
import type { StackModel } from '../../assembly/model.ts';
import type { AlarmState, Clock, Telemetry } from '../../contracts.ts';
import { evaluationRange } from './alarmState.ts';
import { startAlarms, type Transition } from './alarms.ts';
import { emfData } from './emf.ts';
import { createLogFiles } from './logFiles.ts';
import { createMetricFilters, type DefaultedMinutes } from './metricFilters.ts';
import { createMetricStore, type MetricStore } from './metricStore.ts';

/** What stands in for CloudWatch. */
export interface CloudWatch {
  readonly telemetry: Telemetry;
  readonly metrics: MetricStore;
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

/** Data is kept for three simulated hours, and longer when an alarm looks further back. */
const KEEP_MS = 3 * 60 * 60 * 1000;

/** Starts metrics, logs, metric filters and alarms for a stack. */
export function startCloudWatch(model: StackModel, options: CloudWatchOptions): CloudWatch {
  const { clock } = options;
  const metrics = createMetricStore(clock.now, longestRange(model));
  const defaultedAt: DefaultedMinutes = new Map();
  let filters = createMetricFilters(model.metricFilters, metrics, clock.now, defaultedAt);
  let { logFiles } = model;
  const logs = createLogFiles(options.data, (group) => logFileOf(group, logFiles), options.print);
  const alarms = startAlarms(model.alarms, metrics, clock, options.onTransition);
  const telemetry: Telemetry = {
    metric: metrics.put,
    log(logGroup, message, note) {
      logs.append(logGroup, note === undefined ? message : `${message}\n${note}`);
      const json = parseEvent(message);
      for (const { namespace, name, dimensions, value } of emfData(json))
        metrics.put(namespace, name, dimensions, value);
      filters(logGroup, message, json);
    },
  };
  return {
    telemetry,
    metrics,
    alarms: alarms.states,
    update(next) {
      ({ logFiles } = next);
      metrics.keepFor(longestRange(next));
      filters = createMetricFilters(next.metricFilters, metrics, clock.now, defaultedAt);
      alarms.update(next.alarms);
    },
    async close() {
      alarms.stop();
      await logs.close();
    },
  };
}

function longestRange({ alarms }: StackModel): number {
  return Math.max(KEEP_MS, ...alarms.map((alarm) => alarm.periodSeconds * 1000 * evaluationRange(alarm)));
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
