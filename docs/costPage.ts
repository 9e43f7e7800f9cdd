import { type Cost, metricsOf, monthlyCost, type Parts } from './costModel.ts';
import { BEFORE, BEFORE_PARTS, LIMIT, NOW } from './costUsage.ts';

const RATES = [1, 100, 10_000];

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** The page of costs, of the templates (JSON) of the sample. */
export function costPage(templates: readonly string[], routes: number, tiers: number): string {
  const parts = partsOf(templates, tiers);
  const rows = RATES.flatMap((rate) => [
    row(rate, 'before', monthlyCost(rate, BEFORE, BEFORE_PARTS, routes)),
    row(rate, 'now', monthlyCost(rate, NOW, parts, routes)),
    row(rate, `now, \`allowedLinesPerMinute: ${LIMIT}\``, monthlyCost(rate, NOW, parts, routes, LIMIT)),
  ]);
  return `# What logs, metrics and alarms cost
USD a month for the sample, computed by \`npm run docs\` from measured lengths of entries, its template, and
[AWS's prices](https://aws.amazon.com/cloudwatch/pricing/) of us-east-1 in November 2026, without free tiers. \`docs/costPrices.ts\` has the prices, \`docs/costUsage.ts\` the
lengths, which a test measures at the local gateway.

| requests a second | | access log | functions | lines of Lambda | storage | matched by rules | alarms, metrics, dashboards | total |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

- **before** is the sample before its alarms were made for [any size](adr/0049-alarms-at-any-size.md). Since then the access log has \`denialReason\`, and each entry of a function
  the ids of its trace and the time in other services; alarms read ${parts.alarmMetrics} metrics instead of ${BEFORE_PARTS.alarmMetrics}, and ${parts.rules} Contributor Insights rules say who is behind them, instead of
  ${BEFORE_PARTS.rules}.
- **[\`allowedLinesPerMinute\`](logging.md#fewer-lines-about-allowed-requests)** limits the lines of functions about allowed requests, writes their metrics in groups, and leaves out the lines of Lambda. Rejections and
  errors are written as without it. What is left at a high rate is the access log, which alarms count and API Gateway cannot filter ([ADR 54](adr/0054-what-logs-cost.md)), and the two
  rules \`TopClients\` and \`TopAddresses\`, which match every request.

## Assumptions
98 % of requests are allowed, 1 % have a token that is rejected, 0.5 % end with 404 in a handler, 0.5 % with 429 at the gateway. Each client sends one request a second, so the authorizer decides on one
in 60. A handler takes 50 ms, which gives 0.05 instances for each request a second. Logs are kept for three months, compressed to 15 %. A month has 30 days. Prices
fall with the amount: 0.50 USD for a GB up to 10,240 GB a month, then 0.25, 0.10 and 0.05; the columns share them in proportion. All ${metricsOf(parts, routes)} metrics are written at least once a month.

Not in the table: the log of the web ACL (about 2 KB for each blocked request, 0.50 USD for a GB), X-Ray or a collector (off by default), queries (0.005 USD for a GB that they read), and notifications, which cost cents.
`;
}

function row(rate: number, column: string, cost: Cost): string {
  const cells = [cost.access, cost.functions, cost.lambda, cost.storage, cost.matched, cost.fixed, cost.total];
  return `| ${rate.toLocaleString('en')} | ${column} | ${cells.map(usd).join(' | ')} |`;
}

/** To about two digits: the lengths of entries vary. */
function usd(value: number): string {
  return value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en');
}

function partsOf(templates: readonly string[], tiers: number): Parts {
  const resources = templates.flatMap((text) =>
    Object.values((JSON.parse(text) as { readonly Resources: Readonly<Record<string, Resource>> }).Resources),
  );
  const count = (type: string) => resources.filter(({ Type }) => Type === type).length;
  const alarms = resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm').map(metricsOfAlarm);
  return {
    alarmMetrics: alarms.filter(({ hasBand }) => !hasBand).reduce((sum, { metrics }) => sum + metrics, 0),
    bands: alarms.filter(({ hasBand }) => hasBand).length,
    composites: count('AWS::CloudWatch::CompositeAlarm'),
    rules: count('AWS::CloudWatch::InsightRule'),
    dashboards: count('AWS::CloudWatch::Dashboard'),
    filterMetrics: resources
      .filter(({ Type }) => Type === 'AWS::Logs::MetricFilter')
      .reduce((sum, { Properties }) => sum + (JSON.stringify(Properties).includes('"Dimensions"') ? tiers : 1), 0),
  };
}

function metricsOfAlarm({ Properties }: Resource): { readonly metrics: number; readonly hasBand: boolean } {
  const queries = Properties['Metrics'] as { readonly MetricStat?: object; readonly Expression?: string }[] | undefined;
  if (queries === undefined) return { metrics: 1, hasBand: false };
  const read = queries.filter(({ MetricStat, Expression = '' }) => MetricStat || Expression.includes('INSIGHT_RULE'));
  const hasBand = queries.some(({ Expression = '' }) => Expression.includes('ANOMALY_DETECTION_BAND'));
  return { metrics: read.length, hasBand };
}
