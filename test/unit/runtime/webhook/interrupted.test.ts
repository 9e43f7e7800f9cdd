import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { webhookReceiver } from '../../../../lambdas/runtime/webhook/receiver.ts';
import { startTableProxy, type TableProxy } from '../../../support/tableProxy.ts';
import { deliveryOf, useHooks } from '../../../support/webhookApi.ts';
import { senders } from '../../../support/webhookSenders.ts';
import { linesOf } from '../../authorizer/support/authorizer.ts';

const services = useHooks();
let proxy: TableProxy;
beforeAll(async () => {
  proxy = await startTableProxy(services.tables().url);
});
afterAll(() => proxy.close());
afterEach(() => {
  proxy.passage = () => 'through';
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** Moves the clock of this process; the services keep theirs. */
const later = (seconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });

/** A new instance of the function, whose table is behind the proxy, and its deliveries of one message. */
async function deliveries(name: string, handler: (run: number) => unknown) {
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'SecureApi');
  let runs = 0;
  const fn = () => {
    runs += 1;
    return handler(runs);
  };
  const environment = { ...services.environment(), AWS_ENDPOINT_URL_DYNAMODB: proxy.url };
  const serve = services.serve({ github: fn }, () => webhookReceiver(environment));
  const body = JSON.stringify({ type: 'paid', id: name });
  const delivery = deliveryOf('github', body, await senders.github({ body }));
  const deliver = async (runsMs = 10_000) => {
    const context = { functionName: 'test', getRemainingTimeInMillis: () => runsMs };
    const { statusCode: status, headers } = await serve(delivery, context);
    return { status, headers };
  };
  return { deliver, runs: () => runs };
}

/** What a function logs and counts, and what it returns. */
async function observed<T>(run: () => Promise<T>): Promise<readonly [T | undefined, readonly object[]]> {
  let result: T | undefined;
  const lines = await linesOf(async () => {
    result = await run();
  });
  return [result, lines.map((line) => JSON.parse(line) as object)];
}

const done = () => ({ status: 204 });

/** A delivery whose handler is at work when Lambda ends the function: nobody sees its end. */
async function killed(deliver: (runsMs: number) => Promise<unknown>, runs: () => number): Promise<void> {
  void deliver(30_000);
  await vi.waitFor(() => expect(runs()).toBe(1), { timeout: 60_000 });
}

describe('a message whose delivery was interrupted', () => {
  it('is deferred while its function can be at work, and handled again after that', async () => {
    const { deliver, runs } = await deliveries('timed out', (run) =>
      run === 1 ? new Promise(() => undefined) : done(),
    );
    await killed(deliver, runs);
    const second = await deliver();
    expect([second.status, Number(second.headers['retry-after']) > 0, runs()]).toEqual([409, true, 1]);
    later(40);
    expect([(await deliver()).status, runs()]).toEqual([204, 2]);
    expect([(await deliver()).status, runs()]).toEqual([204, 2]);
  });

  it('is handled once by many deliveries after that', async () => {
    const { deliver, runs } = await deliveries('timed out, many', (run) =>
      run === 1 ? new Promise(() => undefined) : done(),
    );
    await killed(deliver, runs);
    later(40);
    const statuses = (await Promise.all([deliver(), deliver(), deliver()])).map(({ status }) => status);
    expect([runs(), statuses.filter((status) => status === 204).length > 0]).toEqual([2, true]);
  });

  it.each<readonly [string, (run: number) => unknown, number]>([
    ['threw an error', (run) => (run === 1 ? Promise.reject(new Error('a bug')) : done()), 500],
    ['returned what is not declared', (run) => (run === 1 ? { status: 200 } : done()), 500],
    ['returned nothing', (run) => (run === 1 ? undefined : done()), 500],
  ])('is handled again at once where the handler %s', async (name, handler, status) => {
    const { deliver, runs } = await deliveries(name, handler);
    expect([(await deliver()).status, (await deliver()).status, (await deliver()).status, runs()]).toEqual([
      status,
      204,
      204,
      2,
    ]);
  });
});

describe('a table of messages that is unreachable', () => {
  it('lets no message be handled, and counts the error that the alarm watches', async () => {
    const { deliver, runs } = await deliveries('no claim', done);
    proxy.passage = () => 'rejected';
    const [result, entries] = await observed(deliver);
    expect([result?.status, runs()]).toEqual([503, 0]);
    expect(entries).toContainEqual(
      expect.objectContaining({ message: 'webhook failed', reason: 'messages-unreachable' }),
    );
    proxy.passage = () => 'through';
    expect([(await deliver()).status, runs()]).toEqual([204, 1]);
  });

  it('after the handler has done its work changes no response; the message is deferred, then handled again', async () => {
    const { deliver, runs } = await deliveries('no completion', done);
    let claimed = false;
    proxy.passage = () => {
      if (claimed) return 'rejected';
      claimed = true;
      return 'through';
    };
    const [first, entries] = await observed(() => deliver(30_000));
    expect([first?.status, runs()]).toEqual([204, 1]);
    expect(entries).toContainEqual(expect.objectContaining({ WebhookError: 1, api: 'hooks' }));
    proxy.passage = () => 'through';
    expect([(await deliver()).status, runs()]).toEqual([409, 1]);
    later(40);
    expect([(await deliver()).status, runs()]).toEqual([204, 2]);
  });
});

describe('the metrics of webhooks', () => {
  it.each([
    ['WebhookReject', 'signature-mismatch', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }],
    ['WebhookReject', 'signature-missing', {}],
  ])('count %s by api, and by api and reason: %s', async (metric, reason, headers) => {
    vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'SecureApi');
    const context = { functionName: 'test' };
    const [, entries] = await observed(() => services.serve()(deliveryOf('github', '{}', headers), context));
    const _aws = { CloudWatchMetrics: [{ Namespace: 'SecureApi', Dimensions: [['api'], ['api', 'reason']] }] };
    expect(entries.filter((entry) => metric in entry)).toMatchObject([{ api: 'hooks', reason, [metric]: 1, _aws }]);
    expect(entries.filter((entry) => 'level' in entry && entry.level === 'WARN')).toEqual([]);
  });
});
