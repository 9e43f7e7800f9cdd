import { describe, expect, it } from 'vitest';
import { deliveryOf, useHooks } from '../../../support/webhookApi.ts';
import { senders } from '../../../support/webhookSenders.ts';
import { silenceTelemetry } from '../support.ts';

silenceTelemetry();
const services = useHooks();
const context = { functionName: 'test', awsRequestId: 'aws-1', getRemainingTimeInMillis: () => 10_000 };
const bodyOf = (id: string) => JSON.stringify({ type: 'paid', id });

describe('a message that is delivered again', () => {
  it('gets the same status without a second run of the handler, also with a new signature', async () => {
    let runs = 0;
    const handler = () => {
      runs += 1;
      return { status: 204 };
    };
    const serve = services.serve({ stripe: handler });
    const body = bodyOf('evt_again');
    const now = Math.floor(Date.now() / 1000);
    const first = await serve(deliveryOf('stripe', body, await senders.stripe({ body, seconds: now - 20 })), context);
    const second = await serve(deliveryOf('stripe', body, await senders.stripe({ body, seconds: now })), context);
    expect([first.statusCode, second.statusCode, second.body, runs]).toEqual([204, 204, '', 1]);
  });

  it('runs the handler again after a failure', async () => {
    let runs = 0;
    const fail = () => {
      runs += 1;
      if (runs === 1) throw new Error('the database is away');
      return { status: 204 };
    };
    const serve = services.serve({ standard: fail });
    const body = bodyOf('failed');
    const deliver = async () => {
      const headers = await senders.standard({ body, id: 'msg_failed' });
      return (await serve(deliveryOf('standard', body, headers), context)).statusCode;
    };
    expect([await deliver(), await deliver(), await deliver(), runs]).toEqual([500, 204, 204, 2]);
  });

  it('is deferred with 409 while another delivery is at work', async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const work = async () => {
      started.resolve();
      await finish.promise;
      return { status: 204 };
    };
    const serve = services.serve({ github: work });
    const body = bodyOf('slow');
    const delivery = deliveryOf('github', body, await senders.github({ body }));
    const first = serve(delivery, context);
    await started.promise;
    const second = await serve(delivery, context);
    expect([second.statusCode, Number(second.headers['retry-after']) > 0]).toEqual([409, true]);
    finish.resolve();
    expect((await first).statusCode).toBe(204);
    expect((await serve(delivery, context)).statusCode).toBe(204);
  });
});

describe('the published vector', () => {
  it('of GitHub is accepted, whose body is no JSON: 401 becomes 400', async () => {
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const sent = (headers: Record<string, string>) =>
      services.serve()(deliveryOf('github', 'Hello, World!', headers), context);
    expect((await sent({ 'x-hub-signature-256': signature })).statusCode).toBe(400);
    expect((await sent({ 'x-hub-signature-256': signature.replace('757', '758') })).statusCode).toBe(401);
  });
});

describe('a hostile message', () => {
  const body = bodyOf('evt_hostile');
  const now = () => Math.floor(Date.now() / 1000);
  const cases: readonly (readonly [string, () => Promise<Readonly<Record<string, string | readonly string[]>>>])[] = [
    ['without a signature', async () => ({})],
    ['with a stale timestamp', () => senders.stripe({ body, seconds: now() - 400 })],
    ['from the future', () => senders.stripe({ body, seconds: now() + 400 })],
    ['signed with another secret', () => senders.stripe({ body, key: 'whsec_of_somebody_else_0123456789' })],
    [
      'whose header is there twice',
      async () => {
        const { 'stripe-signature': one = '' } = await senders.stripe({ body });
        return { 'stripe-signature': [one, one] };
      },
    ],
    [
      'with two timestamps',
      async () => ({ 'stripe-signature': `t=${now()},${(await senders.stripe({ body }))['stripe-signature']}` }),
    ],
    [
      'downgraded to v0',
      async () => ({
        'stripe-signature': ((await senders.stripe({ body }))['stripe-signature'] ?? '').replace('v1=', 'v0='),
      }),
    ],
    [
      'with digits in upper case',
      async () => ({
        'stripe-signature': ((await senders.stripe({ body }))['stripe-signature'] ?? '').replace(
          /[a-f0-9]{64}/,
          (hex) => hex.toUpperCase().replace(/^./, 'A'),
        ),
      }),
    ],
    [
      'with a huge header',
      async () => ({
        'stripe-signature': `${(await senders.stripe({ body }))['stripe-signature']}${',v0=00'.repeat(600)}`,
      }),
    ],
    [
      'with white space',
      async () => ({ 'stripe-signature': `${(await senders.stripe({ body }))['stripe-signature']}, v1=` }),
    ],
  ];
  it.each(cases)('%s gets 401 and nothing else', async (_, sign) => {
    const result = await services.serve()(deliveryOf('stripe', body, await sign()), context);
    expect(result.statusCode).toBe(401);
    const { code, detail, errors } = JSON.parse(result.body);
    expect({ code, detail, errors }).toEqual({ code: 'webhook-rejected' });
  });

  it('is rejected with the signature of another webhook', async () => {
    const signed = await senders.slack({ body });
    const result = await services.serve()(deliveryOf('github', body, signed), context);
    expect(result.statusCode).toBe(401);
  });

  it('is still accepted beside signatures that do not match', async () => {
    const { 'stripe-signature': header = '' } = await senders.stripe({ body });
    const several = header.replace(',v1=', `,v1=${'0'.repeat(64)},v0=abc,v1=`);
    expect(
      (await services.serve()(deliveryOf('stripe', body, { 'stripe-signature': several }), context)).statusCode,
    ).toBe(204);
  });
});

describe('a rotation of the secret', () => {
  it('accepts the new and the previous version', async () => {
    const next = 'a-new-secret-of-github-0123456789';
    services.secrets().rotate('github-signing', { current: next, previous: "It's a Secret to Everybody" });
    const serve = services.serve();
    const send = async (id: string, key?: string) => {
      const body = bodyOf(id);
      return (
        await serve(
          deliveryOf('github', body, await senders.github({ body, ...(key === undefined ? {} : { key }) })),
          context,
        )
      ).statusCode;
    };
    expect([await send('old'), await send('new', next)]).toEqual([204, 204]);
  });

  it('is 503 while the secret is unreachable, and nothing is accepted', async () => {
    services.secrets().fail(true);
    const body = bodyOf('unreachable');
    const result = await services.serve()(deliveryOf('shop', body, await senders.shop({ body })), context);
    services.secrets().fail(false);
    expect(result.statusCode).toBe(503);
  });
});
