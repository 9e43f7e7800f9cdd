import { describe, expect, it } from 'vitest';
import { deliveryOf, useHooks } from '../../../support/webhookApi.ts';
import { type SenderName, senderNames, senders } from '../../../support/webhookSenders.ts';
import { silenceTelemetry } from '../support.ts';

silenceTelemetry();
const services = useHooks();
const context = { functionName: 'test', awsRequestId: 'aws-1' };
let sent = 0;
/** A body that no other test sends. */
const bodyOf = (more: object = {}) => {
  sent += 1;
  return JSON.stringify({ type: 'paid', id: `evt_${sent}`, ...more });
};

/** Delivers what a sender signed; `change` is what happens to it on the way. */
async function deliver(
  name: SenderName,
  body: string,
  change: (headers: Readonly<Record<string, string>>) => Readonly<Record<string, string | readonly string[]>> = (
    same,
  ) => same,
  sentBody: string | Uint8Array = body,
) {
  const headers = await senders[name]({ body, id: `msg_${sent}` });
  return services.serve()(deliveryOf(name, sentBody, change(headers)), context);
}

describe.each(senderNames)('a message of %s', (name) => {
  it('is accepted as the sender signs it', async () => {
    expect(await deliver(name, bodyOf())).toMatchObject({ statusCode: 204 });
  });

  it('is accepted with the bytes in base64, as binary media types reach a function', async () => {
    const body = bodyOf({ data: 'ünïcode ☃' });
    expect(await deliver(name, body, (same) => same, Buffer.from(body))).toMatchObject({ statusCode: 204 });
  });

  it('is rejected when one byte of its body changed', async () => {
    const body = bodyOf();
    expect(await deliver(name, body, (same) => same, body.replace('paid', 'pald'))).toMatchObject({ statusCode: 401 });
  });
});
