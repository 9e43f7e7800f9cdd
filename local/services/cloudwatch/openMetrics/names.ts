/**
 * Names of CloudWatch metrics in Prometheus, as the exporter YACE (prometheus-community/yet-another-cloudwatch-exporter) makes them, so that
 * the rules of `secure-api export prometheus` work with both.
 * https://github.com/prometheus-community/yet-another-cloudwatch-exporter/blob/master/pkg/promutil/migrate.go (BuildMetricName)
 */

/**
 * The name of a metric: `AWS/ApiGateway`, `5XXError`, `Sum` → `aws_apigateway_5_xxerror_sum`; without a statistic, that of its counter.
 *
 * @example
 * ```ts
 * const name = exporterName('AWS/ApiGateway', 'Count', 'Sum');
 * ```
 */
export function exporterName(namespace: string, metric: string, statistic?: string): string {
  const prefix = snakeCase(namespace.toLowerCase()).replace(/^_/, '');
  // A part of the namespace at the start of the metric is not repeated.
  let name = snakeCase(metric);
  for (const part of prefix.split('_')) if (part !== '' && name.startsWith(part)) name = name.slice(part.length);
  const parts = [prefix.startsWith('aws') ? [] : 'aws', prefix, name.replace(/^_/, '')].flat();
  return validName([...parts, ...(statistic === undefined ? [] : [snakeCase(statistic)])].join('_'));
}

/**
 * The label of a dimension: `FunctionName` → `dimension_FunctionName`.
 *
 * @example
 * ```ts
 * const label = exporterLabel('ApiName');
 * ```
 */
export function exporterLabel(dimension: string): string {
  return validName(`dimension_${dimension.replaceAll('%', '_percent')}`);
}

/** The exporter's PromString: separators become underscores, and an upper-case letter after a lower-case one or a digit starts a word. */
function snakeCase(text: string): string {
  return text
    .replaceAll(/(?<=[\p{Ll}\p{Nd}])(?=\p{Lu})/gu, '_')
    .toLowerCase()
    .replaceAll('%', '_percent')
    .replaceAll(/[ ,\t/\\.\-:=@<>()“]/g, '_');
}

/** The exporter would pass on other characters, which Prometheus rejects. */
function validName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, '_');
}
