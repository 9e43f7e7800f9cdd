import type { EmulationGap, StackModel } from '../assembly/model.ts';
import type { AlarmState, Clock, Telemetry } from '../contracts.ts';
import { startAwsJson } from './awsJson.ts';
import { inspectAlarms } from './cloudwatch/inspect.ts';
import { startMetricsEndpoint } from './cloudwatch/openMetrics/endpoint.ts';
import { familiesOf } from './cloudwatch/openMetrics/families.ts';
import { openMetricsText } from './cloudwatch/openMetrics/render.ts';
import { startCloudWatch } from './cloudwatch/start.ts';
import { stateChangeEvent } from './cloudwatch/stateChangeEvent.ts';
import { createEventBus, inspectEventRules } from './events/eventBus.ts';
import type { Access } from './signature.ts';
import { createNotifications, type Delivery, type Notifications } from './sns/notifications.ts';

/** CloudWatch, EventBridge and SNS: alarms and events reach topics, and topics reach people. */
export interface Monitoring {
  readonly telemetry: Telemetry;
  alarms(): readonly AlarmState[];
  readonly notifications: Notifications['all'];
  /** Variables by which AWS SDKs reach the services. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where a Prometheus reads the metrics. */
  readonly metricsUrl: string;
  /** Watches a later load of the stack from now on. */
  update(model: StackModel): void;
}

export interface MonitoringOptions {
  readonly data: string;
  readonly clock: Clock;
  readonly access: Access;
  readonly print: (line: string) => void;
  /** Runs the notifier of the stack. */
  readonly invoke?: Delivery['invoke'];
}

/** @param closing receives what ends the services, in the order of their start */
export async function startMonitoring(
  model: StackModel,
  { data, clock, access, print, invoke }: MonitoringOptions,
  closing: (() => Promise<void>)[],
): Promise<Monitoring> {
  let served = model;
  const metric: Delivery['metric'] = (...datum) => cloudWatch.telemetry.metric(...datum);
  const notifications = createNotifications(model, data, print, invoke && { invoke, metric });
  closing.push(notifications.settled);
  const events = createEventBus(model, clock, (topic, message, at) => notifications.publish(topic, { message, at }));
  const cloudWatch = startCloudWatch(model, {
    data,
    clock,
    print,
    onTransition: (transition) => void events.put(stateChangeEvent(served, transition)),
    onAction: notifications.notify,
  });
  closing.push(cloudWatch.close);
  const cloudWatchApi = await startAwsJson(cloudWatch.api, access);
  closing.push(cloudWatchApi.close);
  const logsApi = await startAwsJson(cloudWatch.logsApi, access);
  closing.push(logsApi.close);
  const eventsApi = await startAwsJson(events.kind, access);
  closing.push(eventsApi.close);
  const openMetrics = await startMetricsEndpoint(data, () =>
    openMetricsText(familiesOf(cloudWatch.metrics, served, clock.now())),
  );
  closing.push(openMetrics.close);
  return {
    telemetry: cloudWatch.telemetry,
    alarms: cloudWatch.alarms,
    notifications: notifications.all,
    metricsUrl: openMetrics.url,
    environment: {
      AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatchApi.url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logsApi.url,
      AWS_ENDPOINT_URL_EVENTBRIDGE: eventsApi.url,
    },
    update(next) {
      served = next;
      notifications.update(next);
      events.update(next);
      cloudWatch.update(next);
    },
  };
}

/** What of the alarms and event rules of a stack is not emulated. */
export function inspectMonitoring(model: StackModel): EmulationGap[] {
  return [...inspectAlarms(model), ...inspectEventRules(model.eventRules)];
}
