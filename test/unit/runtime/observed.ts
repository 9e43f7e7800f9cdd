import { expect } from 'vitest';
import type { LambdaHandler } from '../../../lambdas/runtime/event.ts';
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import type { HandlerTools } from '../../../lambdas/runtime/secure.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, list, serveApi, type TestRequest, things } from './support.ts';

const secure = handlersOf<typeof things>();
/** What only the first request of a test writes. */
export const MARK = 'first-only';
export type Entry = Readonly<Record<string, unknown>>;

/** A function whose handler of `list` runs `first` in its first request. */
export function servedWith(first: (tools: HandlerTools) => unknown): LambdaHandler {
  let calls = 0;
  const handler = secure('list', async (request) => {
    calls += 1;
    if (calls === 1) await first(request);
    request.log.info('handled');
    request.metrics.addMetric('Handled', 'Count', 1);
    return { status: 200, body: { seen: null } };
  });
  return serveApi(things, [handler]);
}

export async function entriesOf(handler: LambdaHandler, request: TestRequest = list) {
  let status = 0;
  const lines = await linesOf(async () => {
    status = (await call(handler, request)).statusCode;
  });
  return { status, entries: lines.map((line) => JSON.parse(line) as Entry) };
}

function namespaceOf({ _aws }: Entry): string | undefined {
  const written = _aws as { readonly CloudWatchMetrics: readonly { readonly Namespace: string }[] } | undefined;
  return written?.CloudWatchMetrics[0]?.Namespace;
}

/** The request is logged once and counted once, by api and route only, and its latency is in milliseconds. */
export function expectCounted(entries: readonly Entry[], errors: 0 | 1): void {
  expect(entries.filter(({ message }) => message === 'request')).toHaveLength(1);
  const counted = entries.filter((entry) => namespaceOf(entry) === 'SecureApi' && entry['Requests'] !== undefined);
  expect(counted).toMatchObject([{ Requests: 1, Errors: errors, api: 'things', route: 'list' }]);
  expect(counted[0]?.['_aws']).toMatchObject({
    CloudWatchMetrics: [
      {
        Namespace: 'SecureApi',
        Dimensions: [['api', 'route']],
        Metrics: expect.arrayContaining([{ Name: 'Latency', Unit: 'Milliseconds' }]),
      },
    ],
  });
}

export async function expectNextIsGood(handler: LambdaHandler): Promise<void> {
  const { status, entries } = await entriesOf(handler);
  expect(status).toBe(200);
  expectCounted(entries, 0);
  expect(entries).toContainEqual(
    expect.objectContaining({ message: 'handled', requestId: 'request-1', route: 'list' }),
  );
  expect(entries.find(({ Handled }) => Handled === 1)?.['_aws']).toMatchObject({
    CloudWatchMetrics: [{ Namespace: 'SecureApi/Handlers', Dimensions: [['api', 'route']] }],
  });
  expect(JSON.stringify(entries)).not.toContain(MARK);
}
