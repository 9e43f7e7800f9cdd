import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { countLine } from '../../../lambdas/shared/metricLine.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';

beforeEach(() => vi.useFakeTimers({ now: 1_800_000_000_123, toFake: ['Date'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** What Powertools writes for one count, without its warnings. */
async function powertools(api: string, metric: string, reason: string): Promise<string> {
  const lines = await linesOf(async () => {
    const metrics = new Metrics({ logger: { warn() {}, info() {}, error() {}, debug() {} } as unknown as Console });
    metrics.clearDefaultDimensions();
    metrics.setDefaultDimensions({ api }).addDimensions({}).addDimensions({ reason });
    metrics.addMetric(metric, MetricUnit.Count, 1).publishStoredMetrics();
  });
  return lines.map((line) => `${line}\n`).join('');
}

describe('the line of a count', () => {
  it.each([
    ['documents', 'AuthorizerAllow', 'permitted', 'SecureApi'],
    ['documents', 'AuthorizerReject', 'signature-invalid', ' SecureApi '],
    ['an "API"\u2028', 'AuthorizerDeny', 'permission-missing', 'Names "of" mine'],
    ['documents', 'AuthorizerError', 'internal', ''],
  ])('of %j, %s, %s in the namespace %j is what Powertools writes', async (api, metric, reason, namespace) => {
    vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', namespace);
    const expected = await powertools(api, metric, reason);
    expect(expected).toContain('"_aws"');
    expect(countLine(api)(metric, reason)).toBe(expected);
  });

  it.each(['true', ' TRUE ', 'on', '1', 'yes', 'false', 'off', '0', 'no'])(
    'is written with POWERTOOLS_METRICS_DISABLED=%j where Powertools writes it',
    async (disabled) => {
      vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'SecureApi');
      vi.stubEnv('POWERTOOLS_METRICS_DISABLED', disabled);
      const expected = await powertools('documents', 'AuthorizerAllow', 'permitted');
      expect(countLine('documents')('AuthorizerAllow', 'permitted')).toBe(expected);
    },
  );
});
