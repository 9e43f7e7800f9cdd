/** One alarm that notifies, as people read it. */
export interface AlarmRow {
  readonly name: string;
  readonly meaning: string;
  readonly metric: string;
  readonly window: string;
  readonly threshold: string;
  readonly missing: string;
  readonly severity: string;
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

interface Query {
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: { readonly MetricName: string };
    readonly Stat: string;
    readonly Period: number;
  };
  readonly Period?: number;
}

const SIGNS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: '≥',
  GreaterThanThreshold: '>',
  LessThanThreshold: '<',
  GreaterThanUpperThreshold: 'above the usual',
  LessThanLowerThreshold: 'below the usual',
};
const MISSING: Readonly<Record<string, string>> = {
  notBreaching: 'ends',
  ignore: 'keeps its state',
  missing: 'is reported',
};
const SEVERITIES: Readonly<Record<string, string>> = { AlarmTopic: 'page', TicketTopic: 'ticket', InfoTopic: 'info' };

/** All resources of templates (JSON). */
export function resourcesOf(templates: readonly string[]): readonly Resource[] {
  return templates.flatMap((template) => Object.values((JSON.parse(template) as Template).Resources));
}

/** The alarms of an assembly's templates (JSON) that notify: composite ones first, and of those with a number the first. */
export function rowsOf(templates: readonly string[]): readonly AlarmRow[] {
  const resources = resourcesOf(templates);
  const api = resources.find(({ Type }) => Type === 'AWS::ApiGateway::RestApi')?.Properties['Name'];
  const alarms = resources.filter(({ Type }) => /^AWS::CloudWatch::(Composite)?Alarm$/.test(Type));
  const notifying = alarms.filter(({ Properties }) => (Properties['AlarmActions'] as unknown[] | undefined)?.length);
  const isSingle = ({ Type }: Resource) => Number(!Type.includes('Composite'));
  const sorted = notifying.toSorted((one, other) => isSingle(one) - isSingle(other));
  return sorted.flatMap(({ Type, Properties }) => {
    const alarmName = String(Properties['AlarmName']);
    const name = alarmName.slice(alarmName.indexOf(String(api)) + String(api).length + 1);
    // An alarm of the app itself has no name of the API.
    if (!alarmName.startsWith(String(api)) || /\d$/.test(name)) return [];
    const [severity] = (Properties['AlarmActions'] as { readonly Ref?: string }[]).map(({ Ref = '' }) =>
      severityOf(Ref),
    );
    const lines = descriptionOf(Properties['AlarmDescription']).split('\n');
    const meaning = (lines[0] ?? '').replace(/^[^:]+: /, '');
    const measure = lines.find((one) => one.startsWith('Measures: '))?.slice('Measures: '.length);
    const own = Type.includes('Composite')
      ? {
          metric: measure ?? '',
          window: 'two windows',
          threshold: 'see error budgets',
          missing: MISSING['ignore'] ?? '',
        }
      : metricAlarm(Properties, measure);
    return [{ name, meaning, ...own, severity: severity ?? '' }];
  });
}

function metricAlarm(properties: Resource['Properties'], measure: string | undefined) {
  const {
    DatapointsToAlarm: some,
    EvaluationPeriods: all,
    Threshold,
    ComparisonOperator,
    TreatMissingData,
  } = properties;
  const queries = (properties['Metrics'] ?? [single(properties)]) as readonly Query[];
  const period = queries.map((query) => query.MetricStat?.Period ?? query.Period).find((one) => one !== undefined) ?? 0;
  const sign = SIGNS[String(ComparisonOperator)] ?? String(ComparisonOperator);
  const limit = Threshold === undefined ? sign : `${sign} ${Threshold}`;
  return {
    metric: [...new Set(queries.flatMap(metricOf))].join(', '),
    window: `${durationOf(period)}, ${all === 1 ? 'once' : `${some} of ${all}`}`,
    threshold: measure === 'time' ? 'the day' : [limit, measure].filter(Boolean).join(' '),
    missing: MISSING[String(TreatMissingData)] ?? String(TreatMissingData),
  };
}

function single(properties: Resource['Properties']): Query {
  const { MetricName, Statistic, ExtendedStatistic, Period } = properties;
  return {
    MetricStat: {
      Metric: { MetricName: String(MetricName) },
      Stat: String(Statistic ?? ExtendedStatistic),
      Period: Number(Period),
    },
  };
}

/** Metrics of the access log are named after the API. */
function metricOf({ Expression, MetricStat }: Query): readonly string[] {
  const rule = /INSIGHT_RULE_METRIC\('[^']*-(\w+)'/.exec(Expression ?? '')?.[1];
  if (rule !== undefined) return [`\`${rule}\` (top contributor)`];
  if (MetricStat === undefined) return [];
  const name = MetricStat.Metric.MetricName.replace(/^.*-/, '');
  return [`\`${name}\` (${MetricStat.Stat})`];
}

function durationOf(seconds: number): string {
  if (seconds >= 86_400) return '1 day';
  return seconds >= 3600 ? `${seconds / 3600} h` : `${seconds / 60} min`;
}

function descriptionOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const parts = (value as { readonly 'Fn::Join': readonly [string, readonly unknown[]] })['Fn::Join'][1];
  return parts.map((part) => (typeof part === 'string' ? part : '')).join('');
}

/** The severity of the topic with a logical id; empty for another resource. */
export function severityOf(topic: string): string {
  return Object.entries(SEVERITIES).find(([part]) => topic.includes(part))?.[1] ?? '';
}
