import type { QueriedMetric } from '../../localMonitoring.ts';
import { NotExpressible } from '../notExpressible.ts';

/**
 * Metrics of Datadog's integration with AWS. Names are the CloudWatch ones in lower case with underscores; those of namespaces that an account
 * makes itself are not documented.
 *
 * @see https://docs.datadoghq.com/integrations/amazon-api-gateway/
 * @see https://docs.datadoghq.com/integrations/amazon-lambda/
 */
const NAMES: Readonly<Record<string, string>> = {
  'AWS/ApiGateway Count': 'aws.apigateway.count',
  'AWS/ApiGateway 4XXError': 'aws.apigateway.4xxerror',
  'AWS/ApiGateway 5XXError': 'aws.apigateway.5xxerror',
  'AWS/ApiGateway Latency': 'aws.apigateway.latency',
  'AWS/Lambda Errors': 'aws.lambda.errors',
  'AWS/Lambda Invocations': 'aws.lambda.invocations',
  'AWS/Lambda Throttles': 'aws.lambda.throttles',
  'AWS/Lambda Duration': 'aws.lambda.duration',
  'AWS/DynamoDB SystemErrors': 'aws.dynamodb.system_errors',
  'AWS/DynamoDB ReadThrottleEvents': 'aws.dynamodb.read_throttle_events',
  'AWS/DynamoDB WriteThrottleEvents': 'aws.dynamodb.write_throttle_events',
  'AWS/SNS NumberOfNotificationsFailed': 'aws.sns.number_of_notifications_failed',
  'AWS/SQS ApproximateNumberOfMessagesVisible': 'aws.sqs.approximate_number_of_messages_visible',
};

/** How Datadog aggregates what CloudWatch calls a statistic. */
const AGGREGATIONS: Readonly<Record<string, string>> = { Sum: 'sum', Average: 'avg', Maximum: 'max', Minimum: 'min' };

/**
 * A metric query, such as `sum:aws.apigateway.count{apiname:documents,region:eu-west-1}.as_count()`.
 *
 * @throws {NotExpressible}
 */
export function datadogMetric({ namespace, name, dimensions, statistic }: QueriedMetric, region: string): string {
  const metric = NAMES[`${namespace} ${name}`];
  if (metric === undefined) throw new NotExpressible(`Datadog documents no name for ${name} of ${namespace}`);
  const aggregation = AGGREGATIONS[statistic];
  if (aggregation === undefined) throw new NotExpressible(`Datadog has no ${statistic} of ${metric}`);
  const tags = Object.entries({ ...dimensions, region }).map(
    ([key, value]) => `${key.toLowerCase()}:${tagValue(value)}`,
  );
  return `${aggregation}:${metric}{${tags.join(',')}}${statistic === 'Sum' ? '.as_count()' : ''}`;
}

/**
 * Tags are in lower case, and have few characters.
 *
 * @see https://docs.datadoghq.com/getting_started/tagging/
 */
function tagValue(value: string): string {
  return value.toLowerCase().replaceAll(/[^\p{L}\p{N}_\-:./]/gu, '_');
}
