import { describe, expect, it } from 'vitest';
import { KEYS, NEXT_KEYS } from '../support/hooksDefinition.ts';
import { deliveryOf, useHooks } from '../support/webhookApi.ts';
import { senderNames } from '../support/webhookSenders.ts';
import { silenceTelemetry } from '../unit/runtime/support.ts';
import { firstOf, replays } from './cases/replays.ts';
import type { Message } from './message.ts';
import { bodyOf, learned, MESSAGES } from './messages.ts';

silenceTelemetry();
const services = useHooks();
/** The same for every reason. */
const REJECTED = ['Webhook rejected', 401, 'string', { code: 'webhook-rejected' }];
const context = { functionName: 'test', awsRequestId: 'aws-1' };

describe('a message of a webhook, through the runtime of the functions', () => {
  it('is in the table once', () => {
    const names = MESSAGES.map(([category, what]) => `${category}: ${what}`);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it.each(MESSAGES)('%s: %s', async (category, what, messageOf, { status }) => {
    let runs = 0;
    const count = () => {
      runs += 1;
      return { status: 204 };
    };
    const { sender, body, headers } = messageOf(bodyOf(category, what));
    const result = await services.serve({ [sender]: count })(deliveryOf(sender, body, headers), context);
    expect([result.statusCode, result.body]).toEqual([status, expect.any(String)]);
    if (status >= 400) expect(runs).toBe(0);
    if (status === 401) expect(learned(result.body)).toEqual(REJECTED);
  });
});

describe('a message that was handled, and is sent again', () => {
  it.each(replays)('by %s %s does not reach the handler', async (sender, how, replay, status) => {
    let runs = 0;
    const count = () => {
      runs += 1;
      return { status: 204 };
    };
    const serve = services.serve({ [sender]: count });
    const send = async (message: Message) =>
      (await serve(deliveryOf(sender, message.body, message.headers), context)).statusCode;
    const first = firstOf(sender, bodyOf('replays', `${sender} ${how}`));
    expect([await send(first), await send(replay(first)), await send(first), runs]).toEqual([204, status, 204, 1]);
  });

  it('to another webhook is rejected: each has its own secret', async () => {
    const serve = services.serve();
    for (const sender of senderNames) {
      const { body, headers } = firstOf(sender, bodyOf('replays', `to others than ${sender}`));
      for (const other of senderNames.filter((name) => name !== sender)) {
        expect((await serve(deliveryOf(other, body, headers), context)).statusCode).toBe(401);
      }
    }
  });

  it('after two rotations of the secret is rejected, and after one recognized', async () => {
    const name = 'github-signing';
    const message = firstOf('github', bodyOf('replays', 'rotations'));
    const send = async () => {
      return (await services.serve()(deliveryOf('github', message.body, message.headers), context)).statusCode;
    };
    expect(await send()).toBe(204);
    services.secrets().rotate(name, { current: NEXT_KEYS[name], previous: KEYS[name] });
    expect(await send()).toBe(204);
    services.secrets().rotate(name, { current: 'a third secret of the sender', previous: NEXT_KEYS[name] });
    expect(await send()).toBe(401);
    services.secrets().rotate(name, { current: KEYS[name] });
  });
});
