import type { AlarmBase, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { RUNBOOKS } from '../../../lambdas/shared/runbooks.ts';
import type { FunctionProps } from '../functions/function.ts';
import type { FunctionBundle } from '../functions/pendingCode.ts';
import type { StageThrottle } from '../props.ts';
import type { AlarmLinks } from './alarmDescription.ts';
import { alarmSpecs } from './alarms.ts';
import { type AlarmTopics, createAlarmTopics, notifiedTopics } from './alarmTopic.ts';
import { learnTraffic } from './anomalies.ts';
import { type BudgetProps, createBudget } from './budget.ts';
import { createAlarms } from './createAlarms.ts';
import { createDashboard } from './dashboard/dashboard.ts';
import { EventTopics } from './eventTopics.ts';
import { GuardDutyFindings, type GuardDutyScope } from './guardDuty.ts';
import { countRejections } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import { notificationAlarms } from './notificationAlarms.ts';
import { Notifier } from './notifier.ts';
import { grantReports } from './notifierReports.ts';
import type { Notify } from './notify.ts';
import { saveQueries } from './queries.ts';
import { RenewalEvents } from './renewalEvents.ts';
import type { AlarmThresholds } from './thresholds.ts';
import { warnOfThresholds } from './thresholdWarnings.ts';
import { addTopContributors } from './topContributors.ts';

/** Alarms that need the model of usual traffic. */
const ANOMALIES = ['Surge', 'Drop'];

/** Props of `Monitoring`. */
export interface MonitoringProps extends MonitoredResources, Omit<FunctionProps, 'api'> {
  /** The code of the function that notifies people of alarms. */
  readonly code: FunctionBundle;
  /** Encrypts the topics of the alarms. */
  readonly encryptionKey: Key;
  /** Of each route, over all clients. */
  readonly throttle: StageThrottle;
  /** Who is notified when an alarm changes. @default - nobody */
  readonly notify?: readonly Notify[];
  /** @default - each alarm has the threshold that `AlarmThresholds` documents */
  readonly thresholds?: AlarmThresholds;
  /** Base URL of the runbooks. @default - those of this project */
  readonly runbooks?: string;
  /** Who answers for the API. @default - alarms name nobody */
  readonly owner?: string;
  /** Which findings of GuardDuty notify. @default - none */
  readonly guardDuty?: GuardDutyScope;
  /** @default - costs notify nobody */
  readonly budget?: BudgetProps;
}

/** What watches an API: metrics from the access log, alarms with their topics, a dashboard, saved queries, top contributors. */
export class Monitoring extends Construct {
  /** A topic for the alarms of each severity. */
  readonly topics: AlarmTopics;
  /** Tells people about alarms. */
  readonly notifier: Notifier;
  /** The alarms that notify. */
  readonly alarms: readonly AlarmBase[];
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { notify = [], thresholds = {} } = props;
    countRejections(this, props.restApi.restApiName, props.accessLog);
    this.topics = createAlarmTopics(this, props.encryptionKey, notify);
    const topics = notifiedTopics(this.topics, notify);
    this.notifier = new Notifier(this, 'Notifier', {
      ...props,
      notify,
      topics: this.topics,
      links: linksOf(props),
    });
    const watched = { ...props, topics: this.topics };
    const specs = [...alarmSpecs(watched, thresholds), ...notificationAlarms(this.notifier.deadLetters)];
    grantReports(this.notifier.function, { ...props, name: props.restApi.restApiName, specs });
    this.alarms = createAlarms(this, specs, { topics, links: linksOf(props) });
    // Mails about the notifier do not depend on it.
    this.alarms.at(-1)?.addAlarmAction(...this.notifier.mails.map((topic) => new SnsAction(topic)));
    const usual = learnTraffic(this, props, thresholds.requests);
    for (const alarm of this.alarms) if (ANOMALIES.includes(alarm.node.id)) alarm.node.addDependency(usual);
    const events = new EventTopics(this.topics, props.encryptionKey);
    const { certificate } = props;
    if (certificate !== undefined) {
      const watched = {
        apiName: props.api.name,
        certificate,
        events,
        links: linksOf(props),
        thresholds,
      };
      new RenewalEvents(this, 'Renewal', watched);
    }
    this.addDetectors(props, events);
    warnOfThresholds(this, { ...props, thresholds });
    this.dashboard = createDashboard(this, {
      ...watched,
      specs,
      thresholds,
      alarms: this.alarms,
      notifier: this.notifier.function,
      runbooks: props.runbooks ?? RUNBOOKS,
    });
    saveQueries(this, props);
    addTopContributors(this, props);
  }

  /** What others find: GuardDuty about functions, Budgets about costs. */
  private addDetectors(props: MonitoringProps, events: EventTopics): void {
    const { api, restApi, guardDuty, budget, encryptionKey: key } = props;
    if (guardDuty !== undefined) {
      const functions = [...functionsOf(props), this.notifier.function];
      new GuardDutyFindings(this, 'GuardDuty', { scope: guardDuty, apiName: api.name, functions, events });
    }
    if (budget !== undefined) createBudget(this, { ...budget, name: restApi.restApiName, topics: this.topics, key });
  }
}

function functionsOf({ authorizer, functions, triggers, usage, rotation, canary, routeCanary }: MonitoredResources) {
  const all = [authorizer, ...Object.values(functions), ...triggers, usage, rotation, canary, routeCanary];
  return all.filter((fn) => fn !== undefined);
}

function linksOf({ api, restApi, runbooks = RUNBOOKS, owner }: MonitoringProps): AlarmLinks {
  return { apiName: api.name, prefix: restApi.restApiName, runbooks, ...(owner === undefined ? {} : { owner }) };
}
