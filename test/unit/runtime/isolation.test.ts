import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LambdaHandler } from '../../../lambdas/runtime/event.ts';
import type { HandlerTools, RouteHandler } from '../../../lambdas/runtime/secure.ts';
import type { Caller } from '../../../lib/definition/handlers.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, create, serveApi, silenceTelemetry, thingHandlers, things } from './support.ts';

silenceTelemetry();
beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
});
afterEach(() => {
  vi.restoreAllMocks();
});

type Entry = Readonly<Record<string, unknown>>;
type Misuse = (tools: HandlerTools) => unknown;
const open = { method: 'GET', resource: '/open' } as const;
const good = { status: 201, body: { title: 'A' } };

/** A function whose route `create` misuses its tools, then succeeds; its route `open` does nothing. */
const serveMisuse = (misuse: Misuse) =>
  serveApi(things, [
    {
      route: 'create',
      fn: async (tools: HandlerTools) => {
        await misuse(tools);
        return good;
      },
    } as RouteHandler,
    ...thingHandlers.filter(({ route }) => route === 'open'),
  ]);

async function entriesOf(run: () => Promise<unknown>): Promise<readonly Entry[]> {
  const lines = await linesOf(run);
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Entry);
}

/** The metrics of the runtime in what was written. */
const countedOf = (entries: readonly Entry[]) =>
  entries.filter((entry) => metricsOf(entry)?.['Namespace'] === 'SecureApi' && entry['Requests'] !== undefined);

function metricsOf(entry: Entry): Entry | undefined {
  const { CloudWatchMetrics = [] } = (entry['_aws'] ?? {}) as { readonly CloudWatchMetrics?: readonly Entry[] };
  return CloudWatchMetrics[0];
}

const UNITS = { Requests: 'Count', ClientErrors: 'Count', Errors: 'Count', Latency: 'Milliseconds' };

function expectCounted(entries: readonly Entry[], route: string, errors: number) {
  const counted = countedOf(entries);
  expect(counted).toHaveLength(1);
  expect(counted[0]).toMatchObject({ api: 'things', route, Requests: 1, Errors: errors, Latency: expect.any(Number) });
  const { Namespace, Dimensions, Metrics: written } = metricsOf(counted[0] ?? {}) ?? {};
  expect({ Namespace, Dimensions }).toEqual({ Namespace: 'SecureApi', Dimensions: [['api', 'route']] });
  const units = (written as readonly { Name: string; Unit: string }[]).map(({ Name, Unit }) => [Name, Unit]);
  expect(Object.fromEntries(units)).toEqual(UNITS);
}

/** The next request of the instance: as if there had been none before. */
async function expectUntouched(handler: LambdaHandler) {
  const entries = await entriesOf(async () => {
    expect((await call(handler, open)).statusCode).toBe(204);
  });
  expectCounted(entries, 'open', 0);
  const ended = entries.filter(({ message }) => message === 'request');
  expect(ended).toHaveLength(1);
  expect(ended[0]).toMatchObject({ level: 'INFO', route: 'open', requestId: 'request-1', status: 204 });
  expect(JSON.stringify(entries)).not.toMatch(/LEFT|subject|create/);
}

const circular: { self?: unknown } = {};
circular.self = circular;
const throwing = (what: string) => () => {
  throw new Error(what);
};
const hostile = (): object =>
  new Proxy({}, { get: throwing('get'), ownKeys: throwing('ownKeys'), getPrototypeOf: throwing('prototype') });
const unreadable = Object.defineProperty({}, 'x', { enumerable: true, get: throwing('x') });
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`LEFT${index}`, 'x']));

const MISUSES: readonly (readonly [string, Misuse])[] = [
  ['adds Latency in seconds', ({ metrics }) => metrics.addMetric('Latency', 'Seconds', 0.2)],
  ['adds Requests in bytes', ({ metrics }) => metrics.addMetric('Requests', 'Bytes', 7)],
  [
    'adds one metric in two units',
    ({ metrics }) => ['Count', 'Bytes'].map((u) => metrics.addMetric('A', u as never, 1)),
  ],
  ['adds a unit that is none', ({ metrics }) => metrics.addMetric('A', 'Cows' as never, 1)],
  ['adds a value that is none', ({ metrics }) => metrics.addMetric('A', 'Count', 'x' as never)],
  ['adds a metric without a name', ({ metrics }) => metrics.addMetric('', 'Count', 1)],
  ['adds a metric named as a dimension', ({ metrics }) => metrics.addMetric('route', 'Count', 1)],
  ['adds a dimension', ({ metrics }) => metrics.addDimension('LEFT', 'x').addMetric('A', 'Count', 1)],
  ['adds an empty dimension', ({ metrics }) => metrics.addDimension('LEFT', '').addMetric('A', 'Count', 1)],
  [
    'renames the dimension of the runtime',
    ({ metrics }) => metrics.addDimension('route', 'LEFT').addMetric('A', 'Count', 1),
  ],
  ['adds 40 dimensions', ({ metrics }) => metrics.addDimensions(many).addMetric('A', 'Count', 1)],
  ['adds 40 dimensions one by one', ({ metrics }) => Object.keys(many).map((name) => metrics.addDimension(name, 'x'))],
  ['sets default dimensions', ({ metrics }) => metrics.setDefaultDimensions({ LEFT: 'x' })],
  ['clears default dimensions', ({ metrics }) => metrics.clearDefaultDimensions()],
  [
    'leaves metadata that is circular',
    ({ metrics }) => metrics.addMetadata('LEFT', circular as never).addMetric('A', 'Count', 1),
  ],
  [
    'leaves metadata that is a bigint',
    ({ metrics }) => metrics.addMetadata('LEFT', 1n as never).addMetric('A', 'Count', 1),
  ],
  ['leaves metadata alone', ({ metrics }) => metrics.addMetadata('LEFT', 'x')],
  ['publishes early', ({ metrics }) => metrics.addMetric('A', 'Count', 1).publishStoredMetrics()],
  ['publishes nothing', ({ metrics }) => metrics.publishStoredMetrics()],
  ['wants metrics or an error', ({ metrics }) => metrics.setThrowOnEmptyMetrics(true)],
  ['clears metrics', ({ metrics }) => metrics.clearMetrics()],
  ['sets a timestamp', ({ metrics }) => metrics.setTimestamp(1)],
  [
    'adds a single metric',
    ({ metrics }) => metrics.singleMetric().addDimension('LEFT', 'x').addMetric('A', 'Count', 1),
  ],
  ['adds a single metric in no unit', ({ metrics }) => metrics.singleMetric().addMetric('A', 'Cows' as never, 1)],
  [
    'adds 150 metrics',
    ({ metrics }) => Array.from({ length: 150 }, (_, i) => metrics.addMetric(`LEFT${i}`, 'Count', 1)),
  ],
  ['adds 150 values', ({ metrics }) => Array.from({ length: 150 }, () => metrics.addMetric('LEFT', 'Count', 1))],
  ['logs a circle', ({ log }) => log.info('LEFT', { circular })],
  ['logs a bigint', ({ log }) => log.info('LEFT', { value: 1n })],
  ['logs a getter that throws', ({ log }) => log.info('LEFT', unreadable)],
  ['logs a nested getter that throws', ({ log }) => log.info('LEFT', { unreadable })],
  ['logs a toJSON that throws', ({ log }) => log.info('LEFT', { value: { toJSON: throwing('toJSON') } })],
  ['logs a proxy that throws', ({ log }) => log.info('LEFT', hostile() as never)],
  ['logs a nested proxy that throws', ({ log }) => log.info('LEFT', { value: hostile() })],
  ['logs undefined', ({ log }) => log.info(undefined as never)],
  ['logs null', ({ log }) => log.error(null as never)],
  ['logs a symbol', ({ log }) => log.error(Symbol('LEFT') as never)],
  ['appends keys', ({ log }) => log.appendKeys({ LEFT: 'x' })],
  ['appends the keys of the runtime', ({ log }) => log.appendKeys({ route: 'LEFT', requestId: 'LEFT' })],
  ['appends a key that throws', ({ log }) => log.appendKeys({ LEFT: unreadable })],
  ['appends persistent keys', ({ log }) => log.appendPersistentKeys({ LEFT: 'x' })],
  ['sets persistent keys', ({ log }) => log.setPersistentLogAttributes({ LEFT: 'x' })],
  ['sets the level', ({ log }) => log.setLogLevel('SILENT')],
  ['sets a level that is none', ({ log }) => log.setLogLevel('LOUD' as never)],
  ['resets the keys', ({ log }) => log.resetKeys()],
  ['sets a correlation id', ({ log }) => log.setCorrelationId('LEFT')],
  ['adds a context', ({ log }) => log.addContext({ functionName: 'LEFT' } as never)],
  ['makes a child', ({ log }) => log.createChild({ persistentKeys: { LEFT: 'x' } }).info('child')],
  [
    'adds every metric of the runtime',
    ({ metrics }) => Object.keys(UNITS).map((name) => metrics.addMetric(name, 'Bytes', 9)),
  ],
  ['adds NaN', ({ metrics }) => metrics.addMetric('A', 'Count', Number.NaN)],
  ['adds dimensions without a metric', ({ metrics }) => metrics.addDimensions({ LEFT: 'x' })],
  ['leaves metadata named as a metric', ({ metrics }) => metrics.addMetadata('A', 'LEFT').addMetric('A', 'Count', 1)],
  ['names another function', ({ metrics }) => metrics.captureColdStartMetric('LEFT')],
  ['logs a revoked proxy', ({ log }) => log.info('LEFT', { value: revoked.proxy })],
  ['removes the keys of the runtime', ({ log }) => log.removePersistentKeys(['requestId', 'route'])],
  ['defines a method of the log', ({ log }) => Object.defineProperty(log, 'warn', { value: throwing('warn') })],
  ['takes the prototype of the log', ({ log }) => Object.setPrototypeOf(log, null)],
  [
    'defines a method of the metrics',
    ({ metrics }) =>
      Object.defineProperty(metrics.addMetric('A', 'Count', 1), 'hasStoredMetrics', { value: throwing('has') }),
  ],
  ['breaks a method of the log', ({ log }) => Object.assign(log, { info: throwing('info') })],
  [
    'breaks a method of the metrics',
    ({ metrics }) => Object.assign(metrics, { publishStoredMetrics: throwing('publish') }),
  ],
  [
    'changes who its caller is, then logs',
    (tools) => {
      Object.assign(callerOf(tools), { subject: 'LEFT', claims: null, roles: null });
      tools.log.info('after');
    },
  ],
  [
    'leaves its caller without members',
    (tools) => Object.setPrototypeOf(Object.assign(callerOf(tools), { claims: hostile() }), null),
  ],
];

function callerOf(tools: HandlerTools): Caller {
  return (tools as HandlerTools & { readonly caller: Caller }).caller;
}

describe.each(MISUSES)('a handler that %s', (_what, misuse) => {
  it('succeeds, is counted, and the next request does not notice', async () => {
    const handler = serveMisuse(misuse);
    await entriesOf(() => call(handler, open));
    const entries = await entriesOf(async () => {
      expect(await call(handler, create)).toMatchObject({ statusCode: 201, json: { title: 'A' } });
    });
    expectCounted(entries, 'create', 0);
    const ended = entries.find(({ message }) => message === 'request');
    expect(ended).toMatchObject({ route: 'create', requestId: 'request-1', subject: 'user-1', status: 201 });
    await expectUntouched(handler);
  });

  it('and then throws is a 500 that is counted, and the next request does not notice', async () => {
    const handler = serveMisuse(async (tools) => {
      await misuse(tools);
      throw new Error('then');
    });
    await entriesOf(() => call(handler, open));
    const entries = await entriesOf(async () => {
      expect(await call(handler, create)).toMatchObject({ statusCode: 500, json: { code: 'internal' } });
    });
    expectCounted(entries, 'create', 1);
    expect(entries.filter(({ message }) => message === 'request failed')).toHaveLength(1);
    await expectUntouched(handler);
  });
});

it('a stdout that cannot be written changes no response', async () => {
  const handler = serveMisuse(({ log, metrics }) => {
    log.info('a');
    metrics.addMetric('A', 'Count', 1);
  });
  vi.spyOn(process.stdout, 'write').mockImplementation(throwing('EPIPE'));
  vi.spyOn(process.stderr, 'write').mockImplementation(throwing('EPIPE'));
  const { statusCode } = await call(handler, create);
  vi.restoreAllMocks();
  expect(statusCode).toBe(201);
  await expectUntouched(handler);
});

it('work that a handler leaves behind logs and counts under its own request, also while another one runs', async () => {
  let resume: () => void = () => undefined;
  const left = new Promise<void>((resolve) => {
    resume = resolve;
  });
  let late: Promise<void> | undefined;
  const handler = serveMisuse(({ log, metrics }) => {
    late = left.then(() => {
      log.appendKeys({ LEFT: 'x' });
      log.info('late');
      metrics.addDimension('LEFT', 'x').addMetric('Late', 'Count', 1);
    });
  });
  await entriesOf(() => call(handler, create));
  const entries = await entriesOf(async () => {
    const running = call(handler, open);
    resume();
    await Promise.all([late, running]);
  });
  expect(entries.find(({ message }) => message === 'late')).toMatchObject({ route: 'create', subject: 'user-1' });
  await expectUntouched(handler);
});

it('a handler that never ends is a 504 that is counted, and the next request does not notice', async () => {
  const handler = serveMisuse(({ metrics }) => {
    metrics.addMetric('Latency', 'Seconds', 1);
    return new Promise(() => undefined);
  });
  await entriesOf(() => call(handler, open));
  const entries = await entriesOf(async () => {
    expect((await call(handler, create, { getRemainingTimeInMillis: () => 300 })).statusCode).toBe(504);
  });
  expectCounted(entries, 'create', 1);
  await expectUntouched(handler);
});

it('a handler that leaves something on what its caller has leaves it on nothing that the next caller with these roles has', async () => {
  const left: unknown[] = [];
  const handler = serveMisuse((tools) => {
    const { can, roles, permissions, scopes, claims, hasScope } = callerOf(tools);
    for (const one of [can, roles, permissions, scopes, claims, hasScope]) {
      left.push(Reflect.get(one, 'LEFT'));
      Reflect.set(one, 'LEFT', 'x');
    }
  });
  for (const _ of [1, 2]) expect((await call(handler, create)).statusCode).toBe(201);
  expect(left).toEqual(Array(12).fill(undefined));
});
