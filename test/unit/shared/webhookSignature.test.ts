import { describe, expect, it } from 'vitest';
import { digestOf, signedContent, signedHeaders, webhookKeys } from '../../../lambdas/shared/webhookSignature.ts';
import { Webhook, type WebhookInput, webhookRules } from '../../../lib/definition/webhook.ts';

const rulesOf = (webhook: WebhookInput) => webhookRules(webhook);
const slack = Webhook.hmac({
  secret: 'slack',
  header: 'x-slack-signature',
  prefix: 'v0=',
  timestamp: { header: 'x-slack-request-timestamp' },
  content: 'v0:{timestamp}:{body}',
});

/** What senders publish: https://github.com/stripe/stripe-dotnet, src/StripeTests/Resources/event_test_signature.json. */
const STRIPE_EVENT = {
  id: 'evt_123',
  object: 'event',
  account: 'acct_123',
  api_version: '2017-05-25',
  created: 1533204620,
  data: {
    object: {
      id: 'cus_123',
      object: 'customer',
      created: 123456789,
      email: 'test@stripe.com',
      livemode: false,
      metadata: {},
    },
  },
  livemode: false,
  pending_webhooks: 1,
  request: { id: 'req_123', idempotency_key: 'idempotency-key-123' },
  type: 'customer.created',
};

describe('the published vector', () => {
  it('of Stripe has our digest: its key is shorter than those that we accept', () => {
    const body = Buffer.from(`${JSON.stringify(STRIPE_EVENT, undefined, 2)}\n`);
    const rules = rulesOf(Webhook.stripe('stripe'));
    const content = signedContent(rules, { timestamp: '1533204620', body });
    expect(digestOf(Buffer.from('webhook_secret'), content).toString('hex')).toBe(
      '2220f87ef101a04665f11cdf770523143f875572008577fa0f20882ddb9cc3c7',
    );
    expect(() => webhookKeys(rules, 'webhook_secret')).toThrow('less than 24 bytes');
  });

  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  it('of GitHub is what we sign', () => {
    const rules = rulesOf(Webhook.github('github'));
    const [key = Buffer.alloc(0)] = webhookKeys(rules, "It's a Secret to Everybody");
    expect(signedHeaders(rules, key, { id: '', seconds: 0, body: Buffer.from('Hello, World!') })).toEqual({
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    });
  });

  // https://github.com/standard-webhooks/standard-webhooks, tests of the libraries
  it('of Standard Webhooks is what we sign, with and without the prefix of the key', () => {
    const rules = rulesOf(Webhook.standard('standard'));
    const message = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      seconds: 1614265330,
      body: Buffer.from('{"test": 2432232314}'),
    };
    for (const secret of ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']) {
      const [key = Buffer.alloc(0)] = webhookKeys(rules, secret);
      expect(signedHeaders(rules, key, message)).toEqual({
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      });
    }
  });

  // https://docs.slack.dev/authentication/verifying-requests-from-slack
  it('of Slack is what we sign', () => {
    const rules = rulesOf(slack);
    const [key = Buffer.alloc(0)] = webhookKeys(rules, '8f742231b10e8888abcd99yyyzzz85a5');
    const body = Buffer.from(
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    );
    expect(signedHeaders(rules, key, { id: '', seconds: 1531420618, body })).toEqual({
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    });
  });
});

describe('what is signed', () => {
  it.each(['constructor', 'toString', '__proto__', '{}', '{bodies}', '$&', ''])(
    'contains what the definition writes as it is: %j',
    (literal) => {
      const content = signedContent(
        { content: `${literal}{timestamp}.{body}` },
        { timestamp: '1', body: Buffer.from('b') },
      );
      expect(Buffer.from(content).toString()).toBe(`${literal}1.b`);
    },
  );

  it('contains the bytes of the body, and no placeholder that is in them', () => {
    const body = Buffer.from([0xff, 0x00, ...Buffer.from('{timestamp}{id}{body}')]);
    const content = signedContent({ content: '{id}.{timestamp}.{body}' }, { id: '{body}', timestamp: '1', body });
    expect(Buffer.from(content)).toEqual(Buffer.concat([Buffer.from('{body}.1.'), body]));
  });
});

describe('the string of a secret', () => {
  const key = 'x'.repeat(24);
  const keysOf = (secret: string, kind: 'utf8' | 'base64' | 'hex' = 'utf8') =>
    webhookKeys({ key: kind }, secret).map((one) => Buffer.from(one).toString('latin1'));

  it('is a key, or a list of up to four', () => {
    expect(keysOf(key)).toEqual([key]);
    expect(keysOf(JSON.stringify([key, 'y'.repeat(30)]))).toEqual([key, 'y'.repeat(30)]);
    expect(keysOf(Buffer.from(key).toString('base64'), 'base64')).toEqual([key]);
    expect(keysOf(Buffer.from(key).toString('hex').toUpperCase(), 'hex')).toEqual([key]);
  });

  it.each<readonly [string, string, 'utf8' | 'base64' | 'hex']>([
    ['nothing', '', 'utf8'],
    ['23 bytes', 'x'.repeat(23), 'utf8'],
    ['23 bytes and zeros, which HMAC ignores', `${'x'.repeat(23)}${'\0'.repeat(20)}`, 'utf8'],
    ['a line break at the end', `${key}\n`, 'utf8'],
    ['a space before it', ` ${key}`, 'utf8'],
    ['an object', JSON.stringify({ key }), 'utf8'],
    ['an empty list', '[]', 'utf8'],
    ['a list of five', JSON.stringify([key, key, key, key, key]), 'utf8'],
    ['a list with a number', JSON.stringify([key, 7]), 'utf8'],
    ['a list with a short one', JSON.stringify([key, 'x']), 'utf8'],
    ['half a list', `["${key}"`, 'utf8'],
    ['no base64', `${key}!`, 'base64'],
    ['base64 without padding', 'x'.repeat(33), 'base64'],
    ['no hexadecimal', `${'ab'.repeat(24)}g`, 'hex'],
    ['half a byte', `${'ab'.repeat(24)}a`, 'hex'],
  ])('that is %s is no key, and is not in the message', (_, secret, kind) => {
    const failing = () => keysOf(secret, kind);
    expect(failing).toThrow(/^the secret /);
    expect(failing).not.toThrow(/xxx|ababab/);
  });
});
