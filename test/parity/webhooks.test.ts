import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProxyEvent } from '../../lambdas/runtime/event.ts';
import type { WebhookCall, WebhookReceiver } from '../../lambdas/runtime/webhook/steps.ts';
import { KEYS, NEXT_KEYS } from '../support/hooksDefinition.ts';
import { signMessage } from '../support/signMessage.ts';
import { deliveryOf, useHooks } from '../support/webhookApi.ts';
import { acceptedByLibrary, type SenderName } from '../support/webhookSenders.ts';
import { silenceTelemetry } from '../unit/runtime/support.ts';
import { bodyFor, DELIVERIES, type Delivery, type DeliveryRow, idOf } from './rows/deliveries.ts';

/** How digests are compared; one test compares their beginning alone. */
const comparison = vi.hoisted(() => ({ bytes: 32 }));
vi.mock('../../lambdas/shared/nodeCrypto.ts', async (load) => {
  const real = await load<typeof import('../../lambdas/shared/nodeCrypto.ts')>();
  const timingSafeEqual = (a: Uint8Array, b: Uint8Array) =>
    real.timingSafeEqual(a.subarray(0, comparison.bytes), b.subarray(0, comparison.bytes));
  return { ...real, timingSafeEqual };
});

silenceTelemetry();
const services = useHooks();
const context = { functionName: 'test', awsRequestId: 'aws-1' };
const names = Object.keys(KEYS) as (keyof typeof KEYS)[];
beforeAll(() => bothKeys());
let round = 0;
beforeEach(() => {
  comparison.bytes = 32;
  round += 1;
});

function bothKeys(): void {
  for (const name of names) services.secrets().rotate(name, { current: NEXT_KEYS[name], previous: KEYS[name] });
}

type Send = (delivery: Delivery) => Promise<string>;

/** A function of all webhooks, with a part of its receiver replaced. */
function functions(change?: (receiver: WebhookReceiver) => WebhookReceiver): Send {
  const handler = () => ({ status: 204, headers: { 'X-Handled': 'yes' } });
  const senders = [...new Set(DELIVERIES.map(({ name }) => name.split(':')[0] ?? ''))];
  const serve = services.serve(Object.fromEntries(senders.map((sender) => [sender, handler])), change);
  return async ({ sender, body, headers }) => {
    const { statusCode, headers: sent } = await serve(deliveryOf(sender, body, headers), context);
    if (statusCode === 401) return 'rejected';
    return statusCode === 204 ? ('x-handled' in sent ? 'handled' : 'recognized') : String(statusCode);
  };
}

/** The rows with another outcome. Each round has its own messages, or those of the last one would be recognized. */
async function disagreements(send: Send): Promise<readonly string[]> {
  const found: string[] = [];
  for (const row of DELIVERIES) {
    const outcomes: string[] = [];
    for (const delivery of row.deliveries(bodyFor(row).replace('evt', `evt ${round}`)))
      outcomes.push(await send(delivery));
    if (JSON.stringify(outcomes) !== JSON.stringify(row.expected)) found.push(row.name);
  }
  return found.sort();
}

const rowsWhere = (holds: (row: DeliveryRow) => boolean) =>
  DELIVERIES.filter(holds)
    .map(({ name }) => name)
    .sort();
const isAbout = (...parts: readonly string[]) => rowsWhere(({ name }) => parts.some((part) => name.endsWith(part)));
const isRejected = ({ expected }: DeliveryRow) => expected.includes('rejected');

describe('every part agrees on the messages of webhooks', () => {
  it('functions', async () => expect(await disagreements(functions())).toEqual([]));

  it("the senders' own libraries, which do not know what was handled", async () => {
    const found: string[] = [];
    for (const row of DELIVERIES) {
      for (const [i, delivery] of row.deliveries(bodyFor(row)).entries()) {
        const accepted = await acceptedByLibrary(
          delivery,
          NEXT_KEYS[`${delivery.sender}-signing`],
          KEYS[`${delivery.sender}-signing`],
        );
        if (accepted !== undefined && accepted === (row.expected[i] === 'rejected')) found.push(row.name);
      }
    }
    // Stripe's library accepts any time in the future; we do not.
    expect(found).toEqual(['stripe: a time in the future']);
  });
});

/** A receiver whose verification sees another event. */
function seeing(change: (event: ProxyEvent, sender: SenderName) => ProxyEvent) {
  return (receiver: WebhookReceiver): WebhookReceiver =>
    (route, ...rest) => {
      const { verify, handleOnce } = receiver(route, ...rest);
      const before: typeof verify.before = async (request) => {
        const { call } = request.context;
        const { event } = call;
        Object.assign(call, { event: change(event, route.id as SenderName) });
        await verify.before?.(request);
        Object.assign(call, { event });
      };
      return { verify: { before }, handleOnce };
    };
}

const withHeaders = (event: ProxyEvent, headers: Readonly<Record<string, string>>): ProxyEvent => {
  const many = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return { ...event, multiValueHeaders: { ...event.multiValueHeaders, ...many } };
};
const signedAnew = (event: ProxyEvent, sender: SenderName) => {
  const { body = '' } = event;
  return withHeaders(event, signMessage(sender, { body: body ?? '', id: idOf(body ?? '') }));
};
const headersIn = ({ multiValueHeaders }: ProxyEvent, change: (name: string, value: string) => string): ProxyEvent => ({
  resource: '',
  httpMethod: 'POST',
  requestContext: {},
  multiValueHeaders: Object.fromEntries(
    Object.entries(multiValueHeaders ?? {}).map(([name, values]) => [
      name,
      values?.map((value) => change(name, value)),
    ]),
  ),
});

describe('a receiver that is broken is caught', () => {
  it('that does not check the signature', async () => {
    expect(await disagreements(functions(seeing(signedAnew)))).toEqual(rowsWhere(isRejected));
  });

  it('that accepts a bearer token', async () => {
    const trusting = seeing((event, sender) =>
      event.multiValueHeaders?.['authorization'] === undefined ? event : signedAnew(event, sender),
    );
    expect(await disagreements(functions(trusting))).toEqual(isAbout('a bearer token in place of a signature'));
  });

  it('that ignores the time', async () => {
    const timeless = functions(
      (receiver) =>
        (route, webhook, ...rest) =>
          receiver(route, { ...webhook, toleranceSeconds: 1e9 }, ...rest),
    );
    expect(await disagreements(timeless)).toEqual(isAbout('a stale time', 'a time in the future'));
  });

  it('that ignores replays', async () => {
    const forgetful = functions((receiver) => (...parts) => ({
      ...receiver(...parts),
      handleOnce: { after: () => undefined },
    }));
    expect(await disagreements(forgetful)).toEqual(isAbout('a replay', 'with a new signature'));
  });

  it('that recognizes a message by what is not signed', async () => {
    const naive = functions((receiver) => (...parts) => {
      const { verify, handleOnce } = receiver(...parts);
      const before: typeof verify.before = async (request) => {
        await verify.before?.(request);
        const { call } = request.context;
        const delivery = call.event.multiValueHeaders?.['x-github-delivery']?.[0];
        if (call.webhook !== undefined) Object.assign(call, { webhook: keyed(call, String(delivery)) });
      };
      return { verify: { before }, handleOnce };
    });
    expect(await disagreements(naive)).toEqual(isAbout('a replay'));
  });

  it('that recognizes a message by its signature', async () => {
    const naive = functions((receiver) => (...parts) => {
      const { verify, handleOnce } = receiver(...parts);
      const before: typeof verify.before = async (request) => {
        await verify.before?.(request);
        const { call } = request.context;
        const { 'stripe-signature': stripe, 'webhook-signature': standard } = call.event.multiValueHeaders ?? {};
        Object.assign(call, { webhook: keyed(call, String(stripe ?? standard ?? '')) });
      };
      return { verify: { before }, handleOnce };
    });
    expect(await disagreements(naive)).toEqual(isAbout('with a new signature'));
  });

  it('that compares the beginning of digests', async () => {
    comparison.bytes = 8;
    expect(await disagreements(functions())).toEqual(isAbout('a digest that begins right'));
  });

  it('that reads the first of several signatures', async () => {
    const first = seeing((event) => ({
      ...event,
      ...pick(
        headersIn(event, (name, value) => {
          if (name === 'webhook-signature') return value.replace(/ .*/, '');
          return name === 'stripe-signature' ? value.replace(/(v1=[0-9a-f]+),.*/, '$1') : value;
        }),
      ),
    }));
    expect(await disagreements(functions(first))).toEqual(isAbout('the right one of several signatures'));
  });

  it('that reads only the current version of the secret', async () => {
    for (const name of names) services.secrets().rotate(name, { current: NEXT_KEYS[name] });
    const found = await disagreements(functions());
    bothKeys();
    expect(found).toEqual(isAbout('the second live secret'));
  });

  it('that verifies the body as it writes it again', async () => {
    const rewriting = seeing((event) => ({ ...event, body: JSON.stringify(JSON.parse(event.body ?? '')) }));
    expect(await disagreements(functions(rewriting))).toEqual(
      isAbout('a body with blanks', 'a body that was written again'),
    );
  });
});

function keyed({ webhook }: WebhookCall, more: string) {
  return webhook && { ...webhook, key: `${webhook.key}${more}` };
}

function pick({ multiValueHeaders }: ProxyEvent) {
  return { multiValueHeaders };
}
