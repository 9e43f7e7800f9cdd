import { logFileOf } from '../../assembly/logFiles.ts';
import type { StackModel } from '../../assembly/model.ts';
import type { AlarmState, Clock, Telemetry } from '../../contracts.ts';
import type { AwsJsonKind } from '../awsJson.ts';
import { logsKind } from '../logs/endpoint.ts';
import { createAlarmHistory } from './alarmHistory.ts';
import { startAlarms } from './alarms.ts';
import { cloudWatchKind } from './endpoint.ts';
import { createIngestion } from './ingestion.ts';
import type { InsightRules } from './insights/insightRules.ts';
import { createLogFiles } from './logFiles.ts';
import type { MetricStore } from './metricStore.ts';
import { createMuteRules } from './muteRules.ts';
import type { Transition } from './transition.ts';

/** What stands in for CloudWatch. */
export interface CloudWatch {
  readonly telemetry: Telemetry;
  readonly metrics: MetricStore;
  readonly topContributors: InsightRules['topContributors'];
  alarms(): readonly AlarmState[];
  /** Its API, for tools. */
  readonly api: AwsJsonKind;
  /** The API of CloudWatch Logs, over the log files. */
  readonly logsApi: AwsJsonKind;
  /** Runs the filters, rules and alarms of a later load of the stack. Metrics stay, and the states of alarms with the same name. */
  update(model: StackModel): void;
  /** Writes the buffered logs, and ends the evaluation of alarms. */
  close(): Promise<void>;
}

export interface CloudWatchOptions {
  readonly data: string;
  readonly clock: Clock;
  readonly print: (line: string) => void;
  /** Called for each change of a state, whatever actions the alarm has. */
  readonly onTransition?: (transition: Transition) => void;
  /** Called when the actions of a transition are due. */
  readonly onAction: (transition: Transition) => void;
}

/** Starts metrics, logs, metric filters, Contributor Insights rules and alarms for a stack. */
export function startCloudWatch(model: StackModel, options: CloudWatchOptions): CloudWatch {
  const { clock, onTransition, onAction } = options;
  const { metrics, insights, ...ingestion } = createIngestion(model, clock);
  let served = model;
  const mutes = createMuteRules(() => alarms.update(mutes.join(served)));
  const logs = createLogFiles(options.data, (group) => logFileOf(group, served.logFiles), options.print);
  const sources = { store: metrics, insights: insights.metrics };
  const history = createAlarmHistory();
  const recorded = (transition: Transition) => {
    history.add(transition);
    onTransition?.(transition);
  };
  const alarms = startAlarms(model, clock, { sources, onAction, onTransition: recorded });
  const telemetry: Telemetry = {
    metric: (namespace, name, dimensions, value) => metrics.put(namespace, name, dimensions, value),
    log(logGroup, message, note) {
      logs.append(logGroup, note === undefined ? message : `${message}\n${note}`);
      ingestion.log(logGroup, message, 1);
    },
  };
  return {
    telemetry,
    metrics,
    topContributors: insights.topContributors,
    alarms: alarms.states,
    api: cloudWatchKind({
      clock,
      metrics,
      insights,
      history,
      mutes,
      alarms: alarms.states,
      setState: alarms.setState,
      model: () => served,
    }),
    logsApi: logsKind({ directory: options.data, files: () => served.logFiles, flush: logs.flush }),
    update(next) {
      served = next;
      ingestion.update(next);
      alarms.update(mutes.join(next));
    },
    async close() {
      alarms.stop();
      await logs.close();
    },
  };
}
