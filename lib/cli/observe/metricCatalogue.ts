import { ACCESS_LOG_NAMESPACE } from '../../../lambdas/shared/monitoringNames.ts';
import { METRICS_NAMESPACE } from '../../../lambdas/shared/wireContract.ts';

/** A metric of an API, by the short name that people use. */
export interface CataloguedMetric {
  readonly name: string;
  readonly meaning: string;
  readonly unit: 'count' | 'ms';
  readonly statistic: string;
  /** Where CloudWatch has it, of the REST API with a name. */
  readonly of: (api: string) => {
    readonly namespace: string;
    readonly metric: string;
    readonly dimensions: Readonly<Record<string, string>>;
  };
}

const gateway =
  (metric: string): CataloguedMetric['of'] =>
  (ApiName) => {
    return { namespace: 'AWS/ApiGateway', metric, dimensions: { ApiName } };
  };
const accessLog =
  (metric: string): CataloguedMetric['of'] =>
  (api) => {
    return { namespace: ACCESS_LOG_NAMESPACE, metric: `${api}-${metric}`, dimensions: {} };
  };
const decision =
  (metric: string): CataloguedMetric['of'] =>
  (api) => {
    return { namespace: METRICS_NAMESPACE, metric, dimensions: { api } };
  };
const counted = (name: string, meaning: string, of: CataloguedMetric['of']): CataloguedMetric => {
  return { name, meaning, unit: 'count', statistic: 'Sum', of };
};
const latency = (percent: number): CataloguedMetric => {
  const statistic = `p${percent}`;
  const meaning = `milliseconds that ${percent}% of the requests took at most`;
  return { name: statistic, meaning, unit: 'ms', statistic, of: gateway('Latency') };
};

/**
 * The metrics that say how an API does. A test compares them with those of the dashboard and the alarms.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
 */
export const METRICS: readonly CataloguedMetric[] = [
  counted('requests', 'all requests', gateway('Count')),
  counted('4xx', 'requests that were rejected', gateway('4XXError')),
  counted('5xx', 'requests that failed', gateway('5XXError')),
  latency(50),
  latency(90),
  latency(99),
  counted('unauthorized', '401: without a valid token', accessLog('Unauthorized')),
  counted('forbidden', '403: callers that are denied', accessLog('Forbidden')),
  counted('throttled', '429: more than a limit allows', accessLog('Throttled')),
  counted('blocked', 'requests that the web ACL blocked', accessLog('WafBlocked')),
  counted('not-found', '404: routes and things that do not exist', accessLog('NotFound')),
  counted('malformed', '400 and others: requests that are not well formed', accessLog('Malformed')),
  counted('authorizer-failed', 'requests for which the authorizer failed', accessLog('AuthorizerFailed')),
  counted('allowed-tokens', 'decisions of the authorizer that allow', decision('AuthorizerAllow')),
  counted('denied-tokens', 'decisions that deny the caller', decision('AuthorizerDeny')),
  counted('rejected-tokens', 'tokens that are not valid', decision('AuthorizerReject')),
  counted('authorizer-errors', 'errors of the authorizer', decision('AuthorizerError')),
  counted('open-routes', 'routes that policies leave to the handlers, added up', decision('AuthorizerOpenRoutes')),
  counted('webhooks-rejected', 'messages of webhooks that are not valid', decision('WebhookReject')),
];
