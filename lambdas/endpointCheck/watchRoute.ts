import { request } from 'node:https';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { connectionFault } from '../shared/connectionFault.ts';
import { metricsName } from '../shared/metricsName.ts';
import { makeLogger } from '../shared/telemetry.ts';
import type { CanaryRequest, Readable, RouteCheckEnvironment } from '../shared/wireContract.ts';
import type { Route } from './observe.ts';
import { USER_AGENT } from './userAgent.ts';

/** What a request of the canary ended with. */
interface Result {
  readonly status: number;
  /** The id by which all logs of the request are found. */
  readonly requestId: string | undefined;
}

const TIMEOUT_MS = 10_000;

/**
 * Makes the function that requests a route of an API as a client does. The metric `CanaryFailures` (namespace `SecureApi`, dimension
 * `api`) is 1 for a request that does not end with 2xx within ten seconds, or else 0; the log says why one failed.
 *
 * @param route for tests: where the API is reached.
 * @example
 * ```ts
 * export const handler = watchRoute('documents');
 * ```
 */
export function watchRoute(api: string, route: Route = {}): () => Promise<void> {
  const logger = makeLogger();
  const metrics = new Metrics();
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ api: metricsName(api) });
  return async () => {
    const environment: Readable<RouteCheckEnvironment> = process.env;
    const asked = JSON.parse(environment.SECURE_API_CANARY ?? '{}') as CanaryRequest;
    const fault = await send(asked, route).then(faultOf, (error: unknown) => ({ fault: connectionFault(error) }));
    if (fault !== undefined) logger.error('canary failed', fault);
    metrics.addMetric('CanaryFailures', MetricUnit.Count, fault === undefined ? 0 : 1);
    metrics.publishStoredMetrics();
  };
}

function faultOf({ status, requestId }: Result) {
  return status >= 200 && status < 300 ? undefined : { fault: `the response is ${status}`, status, requestId };
}

function send({ url, headers }: CanaryRequest, { address, port, ca }: Route): Promise<Result> {
  const { hostname, host, pathname } = new URL(url);
  return new Promise((done, fail) => {
    const sent = request({
      host: address ?? hostname,
      path: pathname,
      port: port ?? 443,
      servername: hostname,
      headers: { 'user-agent': USER_AGENT, accept: '*/*', ...headers, host },
      agent: false,
      ...(ca === undefined ? {} : { ca }),
    });
    // Of the whole request: a response that comes in drops is late, too.
    const late = setTimeout(() => sent.destroy(new Error(`no complete response in ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    const failed = (error: unknown): void => {
      clearTimeout(late);
      fail(error);
    };
    sent.on('error', failed);
    sent.on('response', (response) => {
      const requestId = response.headers['x-amzn-requestid'];
      response.on('error', failed);
      response.on('end', () => {
        clearTimeout(late);
        done({ status: response.statusCode ?? 0, requestId: Array.isArray(requestId) ? requestId[0] : requestId });
      });
      response.resume();
    });
    sent.end();
  });
}
