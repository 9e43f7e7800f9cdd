/**
 * The metrics that API Gateway itself puts, by API and by API and stage.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
 */
import type { RestApiModel } from '../assembly/model.ts';
import type { Telemetry } from '../contracts.ts';
import type { Ending } from './contextVariables.ts';
import type { RequestState } from './step.ts';

const NAMESPACE = 'AWS/ApiGateway';

/** Counts a request that has ended. */
export type Meter = (state: RequestState, ending: Ending) => void;

/** Makes the meter of an API: `Count`, `4XXError`, `5XXError`, `Latency` and `IntegrationLatency` in milliseconds. */
export function createMetrics(api: RestApiModel, telemetry: Telemetry): Meter {
  const sets: readonly Readonly<Record<string, string>>[] = [
    { ApiName: api.name },
    { ApiName: api.name, Stage: api.stage.name },
  ];
  return ({ integrationLatencyMs }, { status, latencyMs }) => {
    for (const dimensions of sets) {
      const put = (name: string, value: number) => telemetry.metric(NAMESPACE, name, dimensions, value);
      put('Count', 1);
      put('4XXError', status >= 400 && status < 500 ? 1 : 0);
      put('5XXError', status >= 500 ? 1 : 0);
      put('Latency', latencyMs);
      if (integrationLatencyMs !== undefined) put('IntegrationLatency', integrationLatencyMs);
    }
  };
}
