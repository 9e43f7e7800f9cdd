import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { createAlarms } from './alarms.ts';
import { createAlarmTopic } from './alarmTopic.ts';
import { createDashboard } from './dashboard.ts';
import { countRejections } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import { type Notify, recipientsOf } from './notify.ts';
import { saveQueries } from './queries.ts';
import { RenewalEvents } from './renewalEvents.ts';
import type { AlarmThresholds } from './thresholds.ts';
import { addTopContributors } from './topContributors.ts';

/** Props of `Monitoring`. */
export interface MonitoringProps extends MonitoredResources {
  /** Encrypts the topic of the alarms. */
  readonly encryptionKey: Key;
  /** Who is notified when an alarm changes. @default - nobody: the topic has no subscription */
  readonly notify?: readonly Notify[];
  /** @default - each alarm has the threshold that `AlarmThresholds` documents */
  readonly thresholds?: AlarmThresholds;
}

/** What watches an API: metrics from the access log, alarms with their topic, a dashboard, saved queries, top contributors. */
export class Monitoring extends Construct {
  readonly alarmTopic: Topic;
  readonly alarms: readonly Alarm[];
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { notify = [], thresholds = {} } = props;
    countRejections(this, props.restApi.restApiName, props.accessLog);
    this.alarmTopic = createAlarmTopic(this, props.encryptionKey, notify);
    const given = recipientsOf(notify, 'page').flatMap(({ target }) => (target.kind === 'topic' ? [target.topic] : []));
    this.alarms = createAlarms(this, props, { thresholds, topics: [this.alarmTopic, ...given] });
    const { certificate } = props;
    if (certificate !== undefined) {
      const watched = {
        apiName: props.api.name,
        certificate,
        topic: this.alarmTopic,
        key: props.encryptionKey,
        thresholds,
      };
      new RenewalEvents(this, 'Renewal', watched);
    }
    this.dashboard = createDashboard(this, props, this.alarms);
    saveQueries(this, props);
    addTopContributors(this, props);
  }
}
