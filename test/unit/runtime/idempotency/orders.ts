import { Type } from 'typebox';
import { afterAll, beforeAll, beforeEach, expect, vi } from 'vitest';
import type { LambdaHandler } from '../../../../lambdas/runtime/event.ts';
import { type RunOnceParts, runOnce } from '../../../../lambdas/runtime/idempotency/runOnce.ts';
import { handlersOf } from '../../../../lambdas/runtime/index.ts';
import { defineApi, defineRoles, object, post } from '../../../../lib/definition/index.ts';
import { patientTable, type RecordServer, startRecordTable } from '../../../support/recordTable.ts';
import { call, serveApi, type TestRequest } from '../support.ts';

const Order = object({ item: Type.String({ maxLength: 50 }), count: Type.Optional(Type.Integer({ default: 1 })) });
const Created = object({ id: Type.Integer(), text: Type.Optional(Type.String()) });
const responses = {
  201: { description: 'Created', body: Created, headers: { etag: 'Version', 'cache-control': 'Cache' } },
};
const headers = object({
  'x-mode': Type.Optional(Type.String({ maxLength: 9 })),
  traceparent: Type.Optional(Type.String({ maxLength: 60 })),
});
const query = object({ dry: Type.Optional(Type.Boolean()) });
const permission = 'order:create';

/** An API with a route that knows keys, and one that needs them. */
export const orders = defineApi({
  name: 'orders',
  version: '1.0.0',
  roles: defineRoles({ viewer: { can: ['order:create'] }, other: { can: ['other:use'] } }, { reviewed: '2026-11-01' }),
  tiers: { free: { rate: 10, burst: 20, quota: { requests: 1_000, per: 'DAY' } } },
  claims: {
    tenant: Type.Optional(Type.String({ maxLength: 9, pattern: '^[a-z]+$' })),
    plan: Type.Optional(Type.String({ maxLength: 9, pattern: '^[a-z]+$' })),
  },
  problems: { 'order-closed': { status: 409, title: 'The order is closed' } },
  routes: {
    create: post('/orders', {
      permission,
      body: Order,
      query,
      headers,
      idempotency: true,
      responses,
      problems: [404, 409, 'order-closed'],
    }),
    pay: post('/orders/{id}/payment', {
      permission,
      path: object({ id: Type.String({ maxLength: 20 }) }),
      idempotency: { required: true, expiresAfterSeconds: 60 },
      responses,
    }),
  },
});

/** What the handler of a route sees of a request. */
export interface Seen {
  readonly headers?: object;
  readonly idempotencyKey?: string | undefined;
}

/** The API on a real table, with a handler whose behaviour a test sets, and a clock. */
export interface OrderService {
  readonly server: RecordServer;
  now: number;
  behave: (seen: Seen) => unknown;
  /** The `idempotencyKey` of each run of the handler. */
  runs: (string | undefined)[];
  /** Forgets the runs, and sets clock and behaviour to what they were. */
  reset(): void;
  /** The same handlers with another environment or table. */
  serveWith(environment: Readonly<Record<string, string>>, parts?: RunOnceParts): LambdaHandler;
  /** Sends an order; without a key, none is sent. */
  order(key: string | undefined, rest?: Partial<TestRequest>, context?: object): ReturnType<typeof call>;
}

/** The service for the tests of a file, as new for each of them. */
export function useOrders(): () => OrderService {
  let service: OrderService | undefined;
  beforeAll(async () => {
    service = await startOrders();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await service?.server.close();
  });
  beforeEach(() => service?.reset());
  return () => service ?? expect.fail('the service has not started');
}

/** Starts it. Logs are silent until the mocks of a test are reset. */
async function startOrders(): Promise<OrderService> {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
  const server = await startRecordTable();
  const secure = handlersOf<typeof orders>();
  const handle = async (request: unknown) => {
    const seen = request as Seen;
    service.runs.push(seen.idempotencyKey);
    return (await service.behave(seen)) as never;
  };
  const handlers = [secure('create', handle), secure('pay', handle)];
  const service: OrderService = {
    server,
    now: 0,
    behave: () => undefined,
    runs: [],
    reset() {
      service.runs = [];
      service.now = Date.now();
      service.behave = () => ({ status: 201, body: { id: service.runs.length }, headers: { etag: '"1"' } });
    },
    serveWith: (environment, parts = {}) =>
      serveApi(orders, handlers, {
        runOnce: () => runOnce(environment, { now: () => service.now, table: patientTable(environment), ...parts }),
      }),
    order: (key, rest = {}, context = {}) => {
      const sent = { ...(key === undefined ? {} : { 'Idempotency-Key': key }), ...rest.headers };
      const request = { method: 'POST', resource: '/orders', body: { item: 'tea' }, ...rest, headers: sent };
      return call(served, request, context);
    },
  };
  service.reset();
  const served = service.serveWith(server.environment);
  return service;
}

let keys = 0;
/** A key that no test has used. */
export function newKey(): string {
  keys += 1;
  return `key-${keys}`;
}
