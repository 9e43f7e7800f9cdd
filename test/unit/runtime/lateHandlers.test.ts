import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { deliveryOf, useHooks } from '../../support/webhookApi.ts';
import { senders } from '../../support/webhookSenders.ts';
import { newKey, useOrders } from './idempotency/orders.ts';
import { call, create, serveCreate, silenceTelemetry } from './support.ts';

/** 250 ms before the end, the signal is aborted. */
const context = { functionName: 'test', awsRequestId: 'aws-1', getRemainingTimeInMillis: () => 300 };

interface Tools {
  readonly signal: AbortSignal;
}
const aborted = async (signal: AbortSignal) => {
  if (!signal.aborted) await once(signal, 'abort');
};
/** A handler that passes the signal on. */
const stops = async ({ signal }: Tools) => {
  await aborted(signal);
  signal.throwIfAborted();
};

silenceTelemetry();
const hooks = useHooks();
const service = useOrders();

describe('a handler that is late', () => {
  it('has an aborted signal when its client gets 504', async () => {
    let seen: AbortSignal | undefined;
    const hang = ({ signal }: Tools) => {
      seen = signal;
      return new Promise(() => undefined);
    };
    expect((await call(serveCreate(hang as () => unknown), create, context)).statusCode).toBe(504);
    expect(seen?.aborted).toBe(true);
  });

  it('gets no early response with an idempotency key, because Lambda would continue it with a later event', async () => {
    let hasEnded = false;
    service().behave = async (seen) => {
      await aborted((seen as Tools).signal);
      await new Promise((done) => setImmediate(done));
      hasEnded = true;
      return { status: 201, body: { id: 1 } };
    };
    const response = await service().order(newKey(), {}, context);
    expect([response.statusCode, hasEnded]).toEqual([201, true]);
  });

  it('gets no early response for the message of a webhook', async () => {
    let hasEnded = false;
    const work = async ({ signal }: Tools) => {
      await aborted(signal);
      await new Promise((done) => setImmediate(done));
      hasEnded = true;
      return { status: 204 };
    };
    const body = JSON.stringify({ type: 'paid', id: 'evt_late' });
    const delivery = deliveryOf('stripe', body, await senders.stripe({ body }));
    const { statusCode } = await hooks.serve({ stripe: work as () => unknown })(delivery, context);
    expect([statusCode, hasEnded]).toEqual([204, true]);
  });
});

describe('a handler that stops when its signal is aborted', () => {
  it('causes a 504, and its idempotency key is released', async () => {
    const key = newKey();
    service().behave = (seen) => stops(seen as Tools);
    expect(await service().order(key, {}, context)).toMatchObject({ statusCode: 504, json: { code: 'timeout' } });
    service().behave = () => ({ status: 201, body: { id: 1 } });
    expect((await service().order(key)).statusCode).toBe(201);
    expect(service().runs).toHaveLength(2);
  });

  it('causes a 504, and the message of its webhook is handled when it is delivered again', async () => {
    let runs = 0;
    const work = (tools: Tools) => {
      runs += 1;
      return runs === 1 ? stops(tools) : { status: 204 };
    };
    const body = JSON.stringify({ type: 'paid', id: 'evt_stopped' });
    const delivery = deliveryOf('stripe', body, await senders.stripe({ body }));
    const serve = hooks.serve({ stripe: work as () => unknown });
    expect([(await serve(delivery, context)).statusCode, (await serve(delivery, context)).statusCode]).toEqual([
      504, 204,
    ]);
  });

  it('has failed when it throws an abort that is not of the signal', async () => {
    const fail = () => {
      throw new DOMException('of something else', 'AbortError');
    };
    expect((await call(serveCreate(fail), create, context)).statusCode).toBe(500);
  });
});
