import { createRequire } from 'node:module';
import { type Dashboard, type IWidget, TextWidget, TextWidgetBackground } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { savedQueries } from '../queries.ts';
import { costSection } from './cost.ts';
import { dependenciesSection } from './dependencies.ts';
import { healthSection } from './health.ts';
import { queryLink, runbookLink } from './links.ts';
import type { DashboardParts } from './parts.ts';
import { securitySection } from './security.ts';
import { trafficSection } from './traffic.ts';
import { COLUMNS, heading } from './widgets.ts';

/** The part of the package that makes dashboards: the whole takes longer to load than a dashboard to make. A release brings its own copy (build/vendor.ts). */
const MONITORING = import.meta.url.endsWith('.ts')
  ? 'cdk-monitoring-constructs/lib/dashboard/DefaultDashboardFactory.js'
  : '../../../../vendor/cdk-monitoring-constructs.cjs';

/** A part of the dashboard that answers one question. */
interface Section {
  readonly title: string;
  readonly text: string;
  /** Ids of saved queries, by what follows from a look at the section. */
  readonly queries: readonly string[];
  readonly widgets: (parts: DashboardParts) => readonly IWidget[];
}

const SECTIONS: readonly Section[] = [
  {
    title: 'Health',
    text: 'Which alarms fire, and whether the objectives are kept. A red line is the threshold of an alarm that pages, an orange one that of a ticket.',
    queries: ['ServerErrors'],
    widgets: healthSection,
  },
  {
    title: 'Traffic and latency',
    text: 'How many requests there are and how long they take: of the API, by group of routes, by tier.',
    queries: ['Traffic', 'Throttled'],
    widgets: trafficSection,
  },
  {
    title: 'Security',
    text: 'What is rejected, why, and who is behind it. Alarms count the source with the most.',
    queries: ['RejectedRequests', 'Rejections', 'Denials', 'Blocked'],
    widgets: securitySection,
  },
  {
    title: 'Dependencies',
    text: 'What the API needs: functions, tables, logs, and the delivery of notifications.',
    queries: [],
    widgets: dependenciesSection,
  },
  {
    title: 'Cost',
    text: 'What AWS charges for, in the units of its price lists.',
    queries: [],
    widgets: costSection,
  },
];

/**
 * The dashboard of an API, read from the top. It stays within what CloudWatch allows: 500 widgets, 500 metrics in a widget, 2,500 in
 * a dashboard, also those that an expression uses.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
 */
export function createDashboard(scope: Construct, parts: DashboardParts): Dashboard {
  const { restApiName } = parts.restApi;
  const { DefaultDashboardFactory } = createRequire(import.meta.url)(MONITORING) as Pick<
    typeof import('cdk-monitoring-constructs'),
    'DefaultDashboardFactory'
  >;
  // With the ids that its facade gives, so that a deployed dashboard is not replaced.
  const factory = new DefaultDashboardFactory(new Construct(scope, restApiName), `${restApiName}-Dashboards`, {
    dashboardNamePrefix: restApiName,
  });
  const dashboard = factory.createdDashboard();
  if (dashboard === undefined) throw new Error('cdk-monitoring-constructs made no dashboard');
  const queries = savedQueries(parts);
  dashboard.addWidgets(title(parts));
  for (const { title: name, text, queries: ids, widgets } of SECTIONS) {
    const links = queries.filter(({ id }) => ids.includes(id)).map((query) => queryLink(scope, query));
    dashboard.addWidgets(heading(name, text, links), ...widgets(parts));
  }
  return dashboard;
}

function title({ api, specs, runbooks, owner }: DashboardParts): IWidget {
  const families = [...new Set(specs.map(({ id, family }) => family ?? id))];
  const markdown = [
    `# ${api.title} ${api.version}`,
    ...(owner === undefined ? [] : [`Owner: ${owner}`]),
    `Runbooks: ${families.map((family) => runbookLink(runbooks, family)).join(' · ')}`,
  ].join('\n\n');
  return new TextWidget({ markdown, width: COLUMNS, height: 5, background: TextWidgetBackground.TRANSPARENT });
}
