import { describe, expect, it } from 'vitest';
import { deliveryOf, useHooks } from '../support/webhookApi.ts';
import { silenceTelemetry } from '../unit/runtime/support.ts';
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
