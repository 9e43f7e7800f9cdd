import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProxyEvent } from '../../lambdas/runtime/event.ts';
import { bytesOf } from '../../lambdas/runtime/rawBody.ts';
import { WebhookRejected } from '../../lambdas/runtime/webhook/reasons.ts';
import { signatureVerifier } from '../../lambdas/runtime/webhook/verifySignature.ts';
import { signedHeaders, webhookKeys } from '../../lambdas/shared/webhookSignature.ts';
import { Webhook, type WebhookRules, webhookRules } from '../../lib/definition/webhook.ts';
import { digestFor, signMessage } from '../support/signMessage.ts';
import { deliveryOf } from '../support/webhookApi.ts';
import { acceptedByLibrary, type SenderName, senders } from '../support/webhookSenders.ts';

const LIBRARIES = ['stripe', 'github', 'standard'] as const;
type Library = (typeof LIBRARIES)[number];
const RULES: Readonly<Record<SenderName, WebhookRules>> = {
  stripe: webhookRules(Webhook.stripe('s')),
  github: webhookRules(Webhook.github('g')),
  standard: webhookRules(Webhook.standard('w')),
  slack: webhookRules(
    Webhook.hmac({
      secret: 'k',
      header: 'x-slack-signature',
      prefix: 'v0=',
      timestamp: { header: 'x-slack-request-timestamp' },
      content: 'v0:{timestamp}:{body}',
    }),
  ),
  shop: webhookRules(Webhook.hmac({ secret: 'p', header: 'x-shop-hmac-sha256', encoding: 'base64' })),
};
const now = () => Math.floor(Date.now() / 1000);

/** Whether we accept a message, as API Gateway passes it. */
async function accepted(sender: SenderName, event: ProxyEvent, key: string): Promise<boolean> {
  const secrets = { current: async () => key, previous: async () => undefined };
  try {
    await signatureVerifier(RULES[sender], 'secret', secrets)(event, bytesOf(event));
    return true;
  } catch (error) {
    if (error instanceof WebhookRejected) return false;
    throw error;
  }
}

/** Bodies that a library signs: a string; a lone surrogate is no UTF-8. Stripe's rejects an empty one. */
const body = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 });
const bytes = fc.uint8Array({ maxLength: 300 });
const text = fc
  .string({ minLength: 24, maxLength: 80, unit: fc.constantFrom(...'abcXYZ019 -_+/=!"\'é☃') })
  .filter((key) => key === key.trim());
const base64 = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .filter((key) => key.at(-1) !== 0)
  .map((key) => `whsec_${Buffer.from(key).toString('base64')}`);
const keyOf = (sender: SenderName) => (sender === 'standard' ? base64 : text);
const id = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(...'abcXYZ019-_:#{}') });
/** Seconds from now, not at the edge of the tolerance, where a test that is slow would fail. */
const past = fc.integer({ min: 0, max: 2_000 }).filter((age) => Math.abs(age - 300) > 30);
const letters = { hex: '0123456789abcdef', base64: 'ABCDEFabcdef0123456789+/' };

/** What happens to a message on its way. */
type Change = (message: Message) => Message;
interface Message {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const inHeader = (name: string, pattern: RegExp, replace: string): Change => {
  return ({ body: sent, headers }) => ({
    body: sent,
    headers: {
      ...headers,
      ...(headers[name] === undefined ? {} : { [name]: headers[name].replace(pattern, replace) }),
    },
  });
};
const change = (sender: Library): fc.Arbitrary<Change> => {
  const { header, encoding } = RULES[sender];
  const digit = fc.constantFrom(...(encoding === 'hex' ? letters.hex : letters.base64));
  return fc.oneof(
    fc.constant<Change>((same) => same),
    fc.tuple(fc.nat(), fc.string({ maxLength: 3 })).map(([at, more]): Change => {
      return (message) => {
        const place = at % (message.body.length + 1);
        return {
          ...message,
          body: `${message.body.slice(0, place)}${more}${message.body.slice(place)}`.toWellFormed(),
        };
      };
    }),
    digit.map((one) => inHeader(header, encoding === 'hex' ? /[0-9a-f]$/ : /[A-Za-z0-9+/](?=[A-Za-z0-9+/]{5})/, one)),
    fc.constant(inHeader(header, /v1|sha256/, 'v0')),
    fc.constant(inHeader('webhook-id', /.$/, 'z')),
    fc.constant(inHeader('webhook-timestamp', /.$/, '0')),
    fc.constant(inHeader('stripe-signature', /(t=\d{9})./, '$10')),
  );
};

describe.each(LIBRARIES)('the library of %s and ours', (sender) => {
  it('accept the same of what the library signs, and of what is changed on its way', async () => {
    let both = 0;
    await fc.assert(
      fc.asyncProperty(body, keyOf(sender), id, past, change(sender), async (sent, key, msg, age, alter) => {
        const signed = {
          body: sent,
          headers: await senders[sender]({ body: sent, key, id: msg, seconds: now() - age }),
        };
        const message = alter(signed);
        const theirs = await acceptedByLibrary({ sender, ...message }, key);
        expect(await accepted(sender, deliveryOf(sender, message.body, message.headers), key)).toBe(theirs);
        if (theirs === true) both += 1;
      }),
      { numRuns: 300 },
    );
    expect(both).toBeGreaterThan(0);
  });

  it('accept what we sign', async () => {
    await fc.assert(
      fc.asyncProperty(body, keyOf(sender), id, fc.integer({ min: 0, max: 270 }), async (sent, key, msg, age) => {
        const [bytesOfKey = new Uint8Array()] = webhookKeys(RULES[sender], key);
        const message = { id: msg, seconds: now() - age, body: Buffer.from(sent) };
        const headers = signedHeaders(RULES[sender], bytesOfKey, message);
        expect(await acceptedByLibrary({ sender, body: sent, headers }, key)).toBe(true);
        expect(await accepted(sender, deliveryOf(sender, sent, headers), key)).toBe(true);
      }),
    );
  });
});

describe.each(Object.keys(RULES) as SenderName[])('a message of %s', (sender) => {
  it('is accepted with any bytes as body, and with no other bytes', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, bytes, keyOf(sender), id, async (sent, other, key, msg) => {
        const headers = signMessage(sender, { body: sent, key, id: msg });
        expect(await accepted(sender, deliveryOf(sender, sent, headers), key)).toBe(true);
        const isSame = Buffer.from(sent).equals(other);
        expect(await accepted(sender, deliveryOf(sender, other, headers), key)).toBe(isSame);
      }),
    );
  });

  it('is rejected with any other digest', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, keyOf(sender), fc.string({ maxLength: 90 }), async (sent, key, digest) => {
        const signed = { body: sent, key };
        fc.pre(digest !== digestFor(sender, signed));
        expect(await accepted(sender, deliveryOf(sender, sent, signMessage(sender, signed, digest)), key)).toBe(false);
      }),
    );
  });

  it('is accepted or rejected, whatever its headers contain', async () => {
    const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom('t=,v1=', 'v1,', 'sha256='));
    const names = Object.keys(signMessage(sender, { body: '' }));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: names.length, maxLength: names.length }), async (values) => {
        const headers = Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
        expect(await accepted(sender, deliveryOf(sender, '{}', headers), 'whsec_'.padEnd(38, 'A0b1'))).toBe(false);
      }),
    );
  });
});
