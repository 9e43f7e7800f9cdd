import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientOf } from '../support/client.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { openMetricsFaults, readMetrics } from '../support/openMetrics.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.stop());

it('serves the metrics of real requests as OpenMetrics, without the token and the query of any', async () => {
  const call = clientOf(gateway.ready);
  const token = await gateway.token('viewer');
  for (let i = 0; i < 3; i++) await call('GET', '/documents?limit=7', { token });
  await call('GET', '/documents/%22%0A%7D%5C?q=planted-in-the-query', { token: 'planted-in-the-token' });
  const text = await (await fetch(gateway.ready.metricsUrl)).text();
  expect(openMetricsFaults(text)).toEqual([]);
  const metrics = readMetrics(text);
  const [count] = metrics.get('aws_apigateway_count_sum') ?? [];
  expect(count).toMatchObject({ value: '4', labels: { dimension_Stage: 'live' } });
  expect(
    Number(
      metrics.get('aws_apigateway_latency_p99')?.[0]?.value ??
        metrics.get('aws_apigateway_latency_average')?.[0]?.value,
    ),
  ).toBeGreaterThan(0);
  expect(metrics.get('aws_lambda_invocations_total')?.length).toBeGreaterThan(0);
  expect(text).not.toMatch(/planted|eyJ|[?]q=/);
});
