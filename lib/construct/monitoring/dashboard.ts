import { createRequire } from 'node:module';
import { Stack } from 'aws-cdk-lib';
import {
  type AlarmBase,
  AlarmStatusWidget,
  type Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { MonitoringFacade } from 'cdk-monitoring-constructs';
import type { Construct } from 'constructs';
import { decisionMetric, FIVE_MINUTES, REJECTIONS, type RejectionName, rejectionMetric } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';

/** A release brings its own copy (build/vendor.ts): as a package, it is 11 MB for half a megabyte of code. */
const MONITORING = import.meta.url.endsWith('.ts')
  ? 'cdk-monitoring-constructs'
  : '../../../vendor/cdk-monitoring-constructs.cjs';
/** Half of the 24 columns of a dashboard. */
const HALF = 12;
const HEIGHT = 6;
/** With more functions, one graph for each adds noise (and CloudWatch allows 500 widgets): all share graphs instead. */
const SHOWN_FUNCTIONS = 12;

/** The dashboard of an API: alarms first, then rejections and decisions, then traffic and functions. */
export function createDashboard(
  scope: Construct,
  resources: MonitoredResources,
  alarms: readonly AlarmBase[],
): Dashboard {
  const { api, restApi, stage } = resources;
  const monitoring = createRequire(import.meta.url)(MONITORING) as typeof import('cdk-monitoring-constructs');
  const facade = new monitoring.MonitoringFacade(scope, restApi.restApiName);
  facade.addLargeHeader(`${api.title} ${api.version}`);
  facade.addWidget(new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 2 * HALF, height: 3 }));
  facade.addWidget(graph('Rejected requests', rejections(resources)));
  facade.addWidget(graph('Decisions of the authorizer', decisions(restApi.restApiName)));
  facade.addWidget(graph('Web ACL', webAclMetrics(resources)));
  facade.monitorApiGateway({
    api: restApi,
    apiStage: stage.stageName,
    humanReadableName: api.title,
    alarmFriendlyName: api.name,
  });
  addFunctions(facade, resources);
  const dashboard = facade.createdDashboard();
  if (dashboard === undefined) throw new Error('cdk-monitoring-constructs made no dashboard');
  return dashboard;
}

function addFunctions(facade: MonitoringFacade, { authorizer, functions }: MonitoredResources): void {
  const named = Object.entries({ ...functions, Authorizer: authorizer });
  if (named.length <= SHOWN_FUNCTIONS) {
    for (const [name, lambdaFunction] of named) {
      facade.monitorLambdaFunction({ lambdaFunction, humanReadableName: name, alarmFriendlyName: name });
    }
    return;
  }
  facade.monitorLambdaFunction({ lambdaFunction: authorizer, humanReadableName: 'Authorizer' });
  for (const metricName of ['Errors', 'Throttles', 'Duration']) {
    const statistic = metricName === 'Duration' ? 'p99' : 'Sum';
    const metrics = named.map(([label, fn]) => fn.metric(metricName, { label, statistic, period: FIVE_MINUTES }));
    facade.addWidget(graph(`${metricName} of the functions`, metrics));
  }
}

function rejections({ restApi }: MonitoredResources): IMetric[] {
  return (Object.keys(REJECTIONS) as RejectionName[]).map((name) =>
    rejectionMetric(restApi.restApiName, name, { label: name }),
  );
}

function decisions(apiName: string): IMetric[] {
  const names = ['AuthorizerAllow', 'AuthorizerDeny', 'AuthorizerReject', 'AuthorizerError'] as const;
  return names.map((name) => decisionMetric(apiName, name, { label: name }));
}

/** https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html */
function webAclMetrics({ restApi, webAcl }: MonitoredResources): IMetric[] {
  const dimensionsMap = { WebACL: restApi.restApiName, Rule: 'ALL', Region: Stack.of(webAcl).region };
  return ['AllowedRequests', 'BlockedRequests'].map(
    (metricName) =>
      new Metric({ namespace: 'AWS/WAFV2', metricName, dimensionsMap, statistic: 'Sum', period: FIVE_MINUTES }),
  );
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: HALF, height: HEIGHT });
}
