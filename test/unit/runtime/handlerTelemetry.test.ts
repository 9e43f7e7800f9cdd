import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { partsIn, secretsToPlant } from '../../support/plantedSecrets.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { entriesOf, expectNextIsGood, MARK, servedWith } from './observed.ts';
import { call, list, silenceTelemetry } from './support.ts';

silenceTelemetry();
const raise = (message: string): never => {
  throw new Error(message);
};
beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
});
afterEach(() => vi.restoreAllMocks());

describe('a method of the logger or of the metrics that throws', () => {
  const methods = [Logger, Metrics].flatMap(({ name, prototype }) =>
    Object.entries(Object.getOwnPropertyDescriptors(prototype))
      .filter(([method, { value }]) => typeof value === 'function' && method !== 'constructor')
      .map(([method]) => [name, method, prototype as object] as const),
  );

  it('is tried for every method that the library has', () => {
    expect(methods.length).toBeGreaterThan(60);
  });

  it.each(methods)('%s.%s changes no response, nor the requests after it', async (_, method, prototype) => {
    const handler = servedWith(({ log, metrics }) => {
      log.appendKeys({ key: MARK });
      log.info(MARK);
      metrics.addDimension('tenant', MARK).addMetadata('note', MARK).addMetric('Seen', 'Count', 1);
    });
    await entriesOf(servedWith(() => undefined));
    const broken = vi.spyOn(prototype as Record<string, () => unknown>, method).mockImplementation((() => {
      throw new Error('broken');
    }) as never);
    let status = 0;
    await linesOf(async () => {
      status = (await call(handler, list)).statusCode;
    });
    broken.mockRestore();
    expect(status).toBe(200);
    await expectNextIsGood(handler);
  });
});

describe('the logger and the metrics of a handler', () => {
  const hostile = {
    get now() {
      throw new Error('a getter');
    },
  };

  it('say in the log which call failed and why', async () => {
    const { entries } = await entriesOf(
      servedWith(({ log, metrics }) => {
        metrics.addMetric('A', 'Parsecs' as never, 1);
        log.info('seen', { hostile });
      }),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({ message: 'a metric could not be written', call: 'addMetric' }),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({ message: 'a log entry could not be written', call: 'info', reason: 'a getter' }),
    );
  });

  it('belong to a copy of the request, too', async () => {
    const { entries } = await entriesOf(
      servedWith((request) => {
        const { log, metrics } = { ...request };
        log.info('of a copy');
        metrics.addMetric('OfCopy', 'Count', 1);
        expect(log).toBe(request.log);
        expect(Object.keys(request)).toEqual(expect.arrayContaining(['caller', 'log', 'metrics', 'requestId']));
      }),
    );
    expect(entries).toContainEqual(expect.objectContaining({ message: 'of a copy', route: 'list' }));
    expect(entries).toContainEqual(expect.objectContaining({ OfCopy: 1, route: 'list' }));
  });

  it('write metrics with their own dimensions, without secrets', async () => {
    const { entries } = await entriesOf(
      servedWith(({ metrics }) => {
        metrics
          .addDimension('tenant', 'acme')
          .addMetadata('password', 'hunter2')
          .addMetric('RefreshTokens', 'Count', 3);
      }),
    );
    const own = entries.find(({ RefreshTokens }) => RefreshTokens === 3);
    expect(own).toMatchObject({ tenant: 'acme', password: '[redacted]' });
    expect(own?.['_aws']).toMatchObject({
      CloudWatchMetrics: [{ Namespace: 'SecureApi/Handlers', Dimensions: [['api', 'route', 'tenant']] }],
    });
  });

  it('hide a value that is given beside the name of a secret, in a list of pairs, or in a map', async () => {
    const { entries } = await entriesOf(
      servedWith(({ log }) => {
        log.info('password', 'hunter2');
        log.info('sent', {
          rawHeaders: ['Authorization', 'hunter2'],
          headers: new Headers({ cookie: 'hunter2', host: 'a' }),
        });
        log.info('sent', { field: { name: 'password', value: 'hunter2' }, map: new Map([['apiKey', 'hunter2']]) });
      }),
    );
    expect(JSON.stringify(entries)).not.toContain('hunter2');
    expect(entries).toContainEqual(expect.objectContaining({ message: 'password', extra: '[redacted]' }));
    expect(entries).toContainEqual(expect.objectContaining({ headers: { cookie: '[redacted]', host: 'a' } }));
  });

  it('hide a secret before they cut the reason of a failure', async () => {
    for (const { text, hidden } of secretsToPlant(2)) {
      const message = `${'x'.repeat(190)} ${text} ${'y'.repeat(50)}`;
      const { entries } = await entriesOf(
        servedWith(({ log }) => {
          log.info('seen', Object.defineProperty({}, 'a', { enumerable: true, get: () => raise(message) }));
        }),
      );
      const failed = entries.find(({ message: written }) => written === 'a log entry could not be written');
      expect(String(failed?.['reason']).length).toBeLessThanOrEqual(200 + '[redacted]'.length);
      expect(
        partsIn(JSON.stringify(failed), { kind: '', text, hidden: hidden.map((part) => part.slice(0, 8)) }),
      ).toEqual([]);
    }
  });
});
