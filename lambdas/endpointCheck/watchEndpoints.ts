import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { connectionFault } from '../shared/connectionFault.ts';
import { metricsName } from '../shared/metricsName.ts';
import { MIN_HSTS_SECONDS, transportSecurity } from '../shared/strictTransportSecurity.ts';
import { makeLogger } from '../shared/telemetry.ts';
import type { EndpointCheckEnvironment, Readable } from '../shared/wireContract.ts';
import { type Endpoint, type Observation, observe, type Route } from './observe.ts';

/** Days below which a certificate is a fault; the construct sets the threshold of the alarm. */
const DEFAULT_DAYS = 30;
/** A connection that fails once is no fault of the endpoint. */
const ATTEMPTS = 3;

/**
 * Makes the function that examines the names of an API: trust, name and days of the certificate, the floor of TLS, HSTS. The metric
 * `EndpointFaults` (namespace `SecureApi`, dimension `api`) has the number of faults of a run, and the log names each.
 *
 * @param route for tests: where the endpoints are reached.
 * @example
 * ```ts
 * export const handler = watchEndpoints('documents');
 * ```
 */
export function watchEndpoints(api: string, route?: Route): () => Promise<void> {
  const logger = makeLogger();
  const metrics = new Metrics();
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ api: metricsName(api) });
  return async () => {
    const environment: Readable<EndpointCheckEnvironment> = process.env;
    const endpoints = JSON.parse(environment.SECURE_API_ENDPOINTS ?? '[]') as readonly Endpoint[];
    const days = Number(environment.SECURE_API_CERTIFICATE_DAYS ?? DEFAULT_DAYS);
    let count = 0;
    for (const endpoint of endpoints) {
      const faults = await faultsOf(endpoint, days, route);
      count += faults.length;
      for (const fault of faults) logger.error('endpoint fault', { name: endpoint.name, fault });
    }
    metrics.addMetric('EndpointFaults', MetricUnit.Count, count);
    metrics.publishStoredMetrics();
  };
}

async function faultsOf(endpoint: Endpoint, days: number, route?: Route): Promise<readonly string[]> {
  let reason: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      return inspect(endpoint, await observe(endpoint, route), days);
    } catch (error) {
      reason = error;
    }
  }
  return [`it does not respond: ${connectionFault(reason)}`];
}

/** What is wrong with an endpoint, as phrases. */
function inspect({ floor }: Endpoint, seen: Observation, days: number): readonly string[] {
  const { untrusted, daysToExpiry, hsts, acceptsOlder } = seen;
  const faults = [
    untrusted !== undefined && `its certificate is not trusted for the name: ${untrusted}`,
    daysToExpiry < days && `its certificate expires in ${Math.floor(daysToExpiry)} days`,
    acceptsOlder && `it accepts versions of TLS below ${floor}`,
    (transportSecurity(hsts ?? '')?.maxAge ?? 0) < MIN_HSTS_SECONDS &&
      'its responses have no Strict-Transport-Security of at least a year',
  ];
  return faults.filter((fault) => fault !== false);
}
