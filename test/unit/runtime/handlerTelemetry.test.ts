import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HandlerTools } from '../../../lambdas/runtime/secure.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { type Entry, entriesOf, expectCounted, expectNextIsGood, MARK, servedWith } from './observed.ts';
import { call, list, silenceTelemetry } from './support.ts';

silenceTelemetry();
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

describe('a handler that uses logger or metrics in an unexpected way', () => {
  const circular: Record<string, unknown> = { note: MARK };
  circular['self'] = circular;
  const hostile = {
    get now() {
      throw new Error('a getter');
    },
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  const uses: readonly (readonly [string, (tools: HandlerTools) => unknown])[] = [
    ['a metric of the runtime in another unit', ({ metrics }) => metrics.addMetric('Latency', 'Seconds', 0.2)],
    [
      'every metric of the runtime',
      ({ metrics }) => ['Requests', 'Errors'].map((name) => metrics.addMetric(name, 'Bytes', 9)),
    ],
    ['one metric in two units', ({ metrics }) => metrics.addMetric('A', 'Count', 1).addMetric('A', 'Seconds', 1)],
    ['an unknown unit', ({ metrics }) => metrics.addMetric('A', 'Parsecs' as never, 1)],
    ['no name', ({ metrics }) => metrics.addMetric('', 'Count', 1)],
    ['a value that is no number', ({ metrics }) => metrics.addMetric('A', 'Count', 'many' as never)],
    ['NaN', ({ metrics }) => metrics.addMetric('A', 'Count', Number.NaN)],
    ['a dimension', ({ metrics }) => metrics.addDimension('tenant', MARK)],
    ['a dimension of the runtime', ({ metrics }) => metrics.addDimension('route', MARK)],
    ['a set of dimensions', ({ metrics }) => metrics.addDimensions({ tenant: MARK })],
    ['default dimensions', ({ metrics }) => metrics.setDefaultDimensions({ tenant: MARK })],
    ['no default dimensions', ({ metrics }) => metrics.clearDefaultDimensions()],
    ['100 dimensions', ({ metrics }) => Array.from({ length: 100 }, (_, i) => metrics.addDimension(`d${i}`, MARK))],
    ['metadata in a circle', ({ metrics }) => metrics.addMetadata('a', circular as never).addMetric('A', 'Count', 1)],
    ['metadata that is a bigint', ({ metrics }) => metrics.addMetadata('a', 1n as never).addMetric('A', 'Count', 1)],
    ['metadata named like a metric', ({ metrics }) => metrics.addMetadata('A', MARK).addMetric('A', 'Count', 1)],
    ['an empty publication', ({ metrics }) => metrics.setThrowOnEmptyMetrics(true)],
    ['an early publication', ({ metrics }) => metrics.addMetric('A', 'Count', 1).publishStoredMetrics()],
    ['a wrong time', ({ metrics }) => metrics.setTimestamp(-1)],
    ['a function name', ({ metrics }) => metrics.captureColdStartMetric(MARK)],
    [
      'a single metric',
      ({ metrics }) =>
        metrics
          .singleMetric()
          .addDimension('a', MARK)
          .addMetric('A', 'Parsecs' as never, 1),
    ],
    ['a circle', ({ log }) => log.info('seen', circular)],
    ['a bigint', ({ log }) => log.info('seen', { n: 1n })],
    ['a getter that throws', ({ log }) => log.info('seen', hostile)],
    ['a nested getter that throws', ({ log }) => log.info('seen', { hostile })],
    ['toJSON that throws', ({ log }) => log.info('seen', { a: { toJSON: () => hostile.now } })],
    ['a revoked proxy', ({ log }) => log.info('seen', { proxy: revoked.proxy })],
    ['nothing', ({ log }) => log.info(undefined as never)],
    ['a symbol', ({ log }) => log.info('seen', Symbol('s') as never)],
    ['keys', ({ log }) => log.appendKeys({ requestId: MARK, route: MARK })],
    ['keys that last', ({ log }) => log.appendPersistentKeys({ tenant: MARK })],
    ['other keys that last', ({ log }) => log.setPersistentLogAttributes({ tenant: MARK })],
    ['keys that throw', ({ log }) => log.appendKeys(hostile)],
    ['no keys', ({ log }) => log.removePersistentKeys(['requestId', 'route'])],
    ['another level', ({ log }) => log.setLogLevel('SILENT')],
    ['an unknown level', ({ log }) => log.setLogLevel('LOUD' as never)],
    ['a correlation id', ({ log }) => log.setCorrelationId(MARK)],
    ['a context', ({ log }) => log.addContext({ functionName: MARK } as never)],
    ['a child', ({ log }) => log.createChild({ persistentKeys: { a: MARK } }).info('seen', hostile)],
    ['another method', ({ log }) => Object.assign(log, { info: () => hostile.now })],
    ['another property', ({ log }) => Object.defineProperty(log, 'warn', { value: () => MARK })],
    ['no prototype', ({ log }) => Object.setPrototypeOf(log, null)],
    [
      'another property of the metrics',
      ({ metrics }) =>
        Object.defineProperty(metrics.addMetric('A', 'Count', 1), 'hasStoredMetrics', { value: () => hostile.now }),
    ],
  ];

  it.each(uses)('%s: the response is as returned, and nothing is left for the next request', async (_, use) => {
    const handler = servedWith(use);
    const { status, entries } = await entriesOf(handler);
    expect(status).toBe(200);
    expectCounted(entries, 0);
    await expectNextIsGood(handler);
  });

  it('says in the log which call failed and why', async () => {
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

  it('writes its metrics with its own dimensions, without secrets', async () => {
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

  it('logs under its own request after the response, while another request runs', async () => {
    let late: (() => void) | undefined;
    const handler = servedWith(({ log }) => {
      log.appendKeys({ of: 'first' });
      late = () => log.info('late');
    });
    await entriesOf(handler);
    const lines = await linesOf(async () => {
      const running = call(handler, list);
      late?.();
      await running;
    });
    const entries = lines.map((line) => JSON.parse(line) as Entry);
    expect(entries.filter(({ of }) => of === 'first').map(({ message }) => message)).toEqual(['late']);
  });
});
