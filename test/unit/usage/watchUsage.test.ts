import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { watchUsage } from '../../../lambdas/usage/watchUsage.ts';
import { partsIn, SECRET_KINDS, secretsToPlant } from '../../support/plantedSecrets.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';

/** API Gateway's GetUsage in two pages. */
const calls: string[] = [];
let failing = false;
let busyKey = 'busy';
const gateway = createServer((request, response) => {
  const url = new URL(request.url ?? '', 'http://localhost');
  calls.push(`${request.method} ${url.pathname} ${url.searchParams.get('position') ?? 'first'}`);
  if (failing) return response.writeHead(500).end('{}');
  const free = url.pathname.includes('p-free');
  const second = url.searchParams.get('position') === 'next';
  const values = second ? { [busyKey]: [[190, 10]] } : { quiet: [[1, free ? 199 : 999]] };
  response.end(JSON.stringify({ values, ...(free && !second ? { position: 'next' } : {}) }));
});

beforeAll(async () => {
  await new Promise<void>((done) => gateway.listen(0, '127.0.0.1', done));
  const environment = {
    AWS_ENDPOINT_URL_API_GATEWAY: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    POWERTOOLS_METRICS_NAMESPACE: 'SecureApi',
    POWERTOOLS_SERVICE_NAME: 'documents',
    SECURE_API_NAME: 'Shop-Api-1',
    POWERTOOLS_METRICS_DISABLED: 'false',
    POWERTOOLS_LOG_LEVEL: 'INFO',
    SECURE_API_USAGE_PLANS: JSON.stringify([
      { tier: 'free', planId: 'p-free', limit: 200 },
      { tier: 'premium', planId: 'p-premium', limit: 1000 },
    ]),
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterAll(() => {
  vi.unstubAllEnvs();
  gateway.close();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** The lines that one run writes. */
async function linesOfRun(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const lines = await linesOf(() => watchUsage('documents')());
  return lines.map((line) => JSON.parse(line));
}

describe('the watch over quotas', () => {
  it('reads every page of every plan, and reports the key of each that has used most', async () => {
    const lines = await linesOfRun();
    expect(calls).toEqual([
      'GET /usageplans/p-free/usage first',
      'GET /usageplans/p-free/usage next',
      'GET /usageplans/p-premium/usage first',
    ]);
    const metrics = lines.filter((line) => '_aws' in line);
    expect(metrics.map(({ api, tier, QuotaUsedPercent }) => [api, tier, QuotaUsedPercent])).toEqual([
      ['Shop-Api-1', 'free', 95],
      ['Shop-Api-1', 'premium', 0.1],
    ]);
    expect(JSON.stringify(metrics[0]?.['_aws'])).toContain('[["api"],["api","tier"]]');
  });

  it('logs keys that have nearly used theirs, by id', async () => {
    const lines = await linesOfRun();
    const near = lines.filter(({ message }) => message === 'quota nearly used');
    expect(near).toMatchObject([{ tier: 'free', keyId: 'busy', percent: 95, remaining: 10, level: 'WARN' }]);
  });

  it('writes no secret that API Gateway returns as an id', async () => {
    const secrets = secretsToPlant(2);
    for (const secret of secrets) {
      busyKey = secret.text;
      const lines = await linesOfRun();
      expect(lines.filter(({ message }) => message === 'quota nearly used')).toHaveLength(1);
      expect([secret.kind, partsIn(JSON.stringify(lines), secret)]).toEqual([secret.kind, []]);
    }
    expect(secrets).toHaveLength(2 * SECRET_KINDS);
    busyKey = 'busy';
  });

  it('fails if API Gateway fails, so that the alarm on failures fires', async () => {
    failing = true;
    await expect(watchUsage('documents')()).rejects.toThrow(/returned 500 for the usage of plan p-free/);
    failing = false;
  });
});
