import type { AlarmBase, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { type AlarmLinks, RUNBOOKS } from './alarmDescription.ts';
import { alarmSpecs } from './alarms.ts';
import { type AlarmTopics, createAlarmTopics, notifiedTopics } from './alarmTopic.ts';
import { learnTraffic } from './anomalies.ts';
import { createAlarms } from './createAlarms.ts';
import { createDashboard } from './dashboard.ts';
import { countRejections } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { Notify } from './notify.ts';
import { saveQueries } from './queries.ts';
import { RenewalEvents } from './renewalEvents.ts';
import type { AlarmThresholds } from './thresholds.ts';
import { addTopContributors } from './topContributors.ts';

/** Alarms that need the model of usual traffic. */
const ANOMALIES = ['Surge', 'Drop'];

/** Props of `Monitoring`. */
export interface MonitoringProps extends MonitoredResources {
  /** Encrypts the topics of the alarms. */
  readonly encryptionKey: Key;
  /** Who is notified when an alarm changes. @default - nobody: the topics have no subscription */
  readonly notify?: readonly Notify[];
  /** @default - each alarm has the threshold that `AlarmThresholds` documents */
  readonly thresholds?: AlarmThresholds;
  /** Base URL of the runbooks. @default - those of this project */
  readonly runbooks?: string;
  /** Who answers for the API. @default - alarms name nobody */
  readonly owner?: string;
}

/** What watches an API: metrics from the access log, alarms with their topics, a dashboard, saved queries, top contributors. */
export class Monitoring extends Construct {
  /** A topic for the alarms of each severity. */
  readonly topics: AlarmTopics;
  /** The alarms that notify. */
  readonly alarms: readonly AlarmBase[];
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { notify = [], thresholds = {} } = props;
    countRejections(this, props.restApi.restApiName, props.accessLog);
    this.topics = createAlarmTopics(this, props.encryptionKey, notify);
    const topics = notifiedTopics(this.topics, notify);
    const watched = { ...props, topics: this.topics };
    this.alarms = createAlarms(this, alarmSpecs(watched, thresholds), { topics, links: linksOf(props) });
    const usual = learnTraffic(this, props, thresholds.requests);
    for (const alarm of this.alarms) if (ANOMALIES.includes(alarm.node.id)) alarm.node.addDependency(usual);
    const { certificate } = props;
    if (certificate !== undefined) {
      const watched = {
        apiName: props.api.name,
        certificate,
        topic: this.topics.page,
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

function linksOf({ api, restApi, runbooks = RUNBOOKS, owner }: MonitoringProps): AlarmLinks {
  return { apiName: api.name, prefix: restApi.restApiName, runbooks, ...(owner === undefined ? {} : { owner }) };
}
