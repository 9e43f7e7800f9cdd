/** Reads dashboards of CloudWatch as the tests compare them. */
import type { StackModel } from '../../local/assembly/model.ts';

export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly unknown[])[];
    readonly insightRule?: { readonly ruleName: string };
    readonly annotations?: { readonly horizontal?: readonly { readonly value: number; readonly label: string }[] };
  };
}

/** A metric of a graph, also one that only an expression uses. */
interface Drawn {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The only dashboard of a stack. */
export function dashboardOf({ dashboards }: StackModel): {
  readonly body: string;
  readonly widgets: readonly Widget[];
} {
  const [dashboard, ...others] = dashboards;
  if (dashboard === undefined || others.length > 0) throw new Error(`${dashboards.length} dashboards`);
  const { widgets } = JSON.parse(dashboard.body) as { widgets: readonly Widget[] };
  return { body: dashboard.body, widgets };
}

/** Cells of the grid that no widget covers, or several. */
export function emptyCells(widgets: readonly Widget[]): readonly string[] {
  const covered = new Map<string, number>();
  for (const { x, y, width, height } of widgets) {
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) {
        const cell = `${column},${row}`;
        covered.set(cell, (covered.get(cell) ?? 0) + 1);
      }
    }
  }
  const bottom = Math.max(...widgets.map(({ y, height }) => y + height));
  return Array.from({ length: bottom * 24 }, (_, i) => `${i % 24},${Math.floor(i / 24)}`).filter(
    (cell) => covered.get(cell) !== 1,
  );
}

export function metricsOf({ properties: { metrics = [] } }: Widget): readonly Drawn[] {
  return metrics.flatMap((entry) => {
    const strings = entry.filter((part) => typeof part === 'string');
    const [namespace, name, ...pairs] = strings;
    if (namespace === undefined || name === undefined) return [];
    const dimensions: Record<string, string> = {};
    for (let i = 0; i < pairs.length; i += 2) dimensions[pairs[i] ?? ''] = pairs[i + 1] ?? '';
    return [{ namespace, name, dimensions }];
  });
}

/** Metrics of services by the names of their dimensions: the AWS pages "metrics and dimensions" of each. */
const SERVICES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'AWS/ApiGateway': { 'ApiName,Stage': ['Count', '4XXError', '5XXError', 'Latency'] },
  'AWS/CertificateManager': { CertificateArn: ['DaysToExpiry'] },
  'AWS/Cognito': {
    'Operation,RiskLevel,UserPoolId': ['AccountTakeoverRisk', 'CompromisedCredentialRisk'],
    'Operation,UserPoolId': ['Risk', 'NoRisk'],
  },
  'AWS/DynamoDB': {
    'Operation,TableName': ['SuccessfulRequestLatency', 'SystemErrors'],
    TableName: ['ReadThrottleEvents', 'WriteThrottleEvents', 'ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'],
  },
  'AWS/Lambda': {
    '': ['ConcurrentExecutions'],
    FunctionName: ['Invocations', 'Errors', 'Throttles', 'Duration', 'ConcurrentExecutions'],
  },
  'AWS/Logs': { LogGroupName: ['IncomingBytes', 'IncomingLogEvents'] },
  'AWS/SNS': { TopicName: ['NumberOfNotificationsDelivered', 'NumberOfNotificationsFailed'] },
  'AWS/SQS': { QueueName: ['ApproximateNumberOfMessagesVisible'] },
  'AWS/WAFV2': { 'Region,Rule,WebACL': ['BlockedRequests'] },
  // lambdas write these in the embedded metric format.
  SecureApi: {
    api: [
      'AuthorizerAllow',
      'AuthorizerDeny',
      'AuthorizerReject',
      'AuthorizerError',
      'QuotaUsedPercent',
      'EndpointFaults',
      'CanaryFailures',
    ],
    'api,group': ['ServerErrors'],
    'api,reason': ['AuthorizerError'],
  },
};

/** Metrics of the graphs that nobody writes: another name, or dimensions of something that the stack does not have. */
export function unknownMetrics(widgets: readonly Widget[], model: StackModel): readonly string[] {
  const [api] = model.apis;
  const values: Readonly<Record<string, readonly string[] | undefined>> = {
    ApiName: [api?.name ?? ''],
    Stage: [api?.stage.name ?? ''],
    api: [api?.name ?? ''],
    FunctionName: model.functions.map(({ name }) => name),
    LogGroupName: Object.keys(model.logFiles),
    TableName: model.tables.map(({ name }) => name),
    Region: [model.region],
  };
  const filtered = model.metricFilters.flatMap(({ transformations }) =>
    transformations.map(({ namespace, name, dimensions }) => `${namespace} ${name} ${Object.keys(dimensions).join()}`),
  );
  const rules = model.insightRules.map(({ name }) => name);
  const isKnown = ({ namespace, name, dimensions }: Drawn) => {
    const keys = Object.keys(dimensions).toSorted().join();
    if (filtered.includes(`${namespace} ${name} ${keys}`)) return true;
    const isNamed = SERVICES[namespace]?.[keys]?.includes(name) ?? false;
    return isNamed && Object.entries(dimensions).every(([key, value]) => values[key]?.includes(value) ?? value !== '');
  };
  return widgets.flatMap((widget) => {
    const unknown = metricsOf(widget).filter((metric) => !isKnown(metric));
    const rule = widget.properties.insightRule?.ruleName;
    const used = [...JSON.stringify(widget).matchAll(/INSIGHT_RULE_METRIC\('([^']+)'/g)].map(([, name = '']) => name);
    const missing = [...(rule === undefined ? [] : [rule]), ...used].filter((name) => !rules.includes(name));
    return [...unknown.map((metric) => JSON.stringify(metric)), ...missing];
  });
}

/** Thresholds in the graphs, with the ends of the names of their alarms; a line without names belongs to all that the graph draws. */
export function thresholdsOf(widgets: readonly Widget[]) {
  return widgets.flatMap(({ properties: { title, annotations } }) =>
    (annotations?.horizontal ?? []).map(({ value, label }) => {
      const [names = ''] = label.split(': ');
      const ends = /^(objective|each of them)/.test(names) ? [] : names.split(', ');
      return { title, value, ends };
    }),
  );
}

/** Thresholds by the ends of the names of alarms; those of a composite alarm are the ones of its conditions. */
export function alarmNames({ alarms, compositeAlarms, apis }: StackModel): ReadonlyMap<string, readonly number[]> {
  const prefix = `${apis[0]?.name}-`;
  const byEnd = new Map(alarms.map(({ name, threshold }) => [name.slice(prefix.length), [threshold]]));
  for (const { name, rule } of compositeAlarms) {
    const conditions = alarms.filter((alarm) => rule.includes(`${alarm.name}"`));
    byEnd.set(
      name.slice(prefix.length),
      conditions.map(({ threshold }) => threshold),
    );
  }
  return byEnd;
}

/** The links of the text widgets: names of runbooks, and queries as the console opens them. */
export function linksOf(widgets: readonly Widget[]) {
  const urls = widgets.flatMap(({ properties: { markdown = '' } }) =>
    [...markdown.matchAll(/\]\(([^()\s]+)\)/g)].map(([, url = '']) => url),
  );
  const queries = urls.flatMap((url) => {
    const [, encoded] = /#logsV2:logs-insights\$3FqueryDetail\$3D(.+)$/.exec(url) ?? [];
    if (encoded === undefined) return [];
    const notation = decodeURIComponent(decodeURIComponent(encoded.replaceAll('$', '%')));
    const [, text = '', source = ''] = /editorString~'([^~]+)~source~\((.+)\)\)$/.exec(notation) ?? [];
    const plain = (part: string) => decodeURIComponent(part.replaceAll('%', '%25').replaceAll('*', '%'));
    return [{ text: plain(text), groups: source.split("~'").filter(Boolean).map(plain) }];
  });
  return { queries, pages: urls.flatMap((url) => /\/runbooks\/([^/]+)$/.exec(url)?.[1] ?? []) };
}
