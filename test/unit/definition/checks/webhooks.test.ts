import { describe, expect, it } from 'vitest';
import { Webhook } from '../../../../lib/definition/index.ts';
import { faultsOf, ok, wholeFaultsOf, withRoute } from '../support.ts';

const hmac = (more: object) => ({ scheme: 'hmac', secret: 'shop', header: 'x-signature', ...more });
const fault = (webhook: object, more: object = {}) => faultsOf(withRoute({ webhook, ...more }));

describe('a webhook', () => {
  it.each([
    ['stripe', Webhook.stripe('a-name')],
    ['github', Webhook.github('a-name', { rememberDays: 30 })],
    ['standard', Webhook.standard('a-name', { toleranceSeconds: 60 })],
    ['hmac over the body', Webhook.hmac({ secret: 'shop', header: 'x-shop-hmac', encoding: 'base64' })],
    [
      'a timestamp in the signature header',
      Webhook.hmac({ secret: 'a', header: 'x-a', separator: ';', prefix: 'h1=', timestamp: { prefix: 'ts=' } }),
    ],
  ])('of %s is valid', (_, webhook) => {
    expect(fault(webhook)).toEqual([]);
  });

  it.each([
    ['the value of a secret as name', { scheme: 'stripe', secret: 'whsec_d5yrEJPOnmKxvqVvkBwoZzN7' }, 'webhook.secret'],
    ['hexadecimal digits as name', { scheme: 'github', secret: 'a'.repeat(32) }, 'webhook.secret'],
    ['an unknown scheme', { scheme: 'twilio', secret: 'a' }, 'webhook.scheme'],
    ['too long a tolerance', { scheme: 'stripe', secret: 'a', toleranceSeconds: 86_400 }, 'webhook.toleranceSeconds'],
    ['a tolerance without a time', { scheme: 'github', secret: 'a', toleranceSeconds: 60 }, 'webhook.toleranceSeconds'],
    ['a reserved header', hmac({ header: 'cookie' }), 'webhook.header'],
    ['a header in upper case', hmac({ header: 'X-Signature' }), 'webhook.header'],
    ['an unsigned timestamp', hmac({ timestamp: { header: 'x-time' }, content: '{body}' }), 'webhook.content'],
    ['an unsigned id', hmac({ id: { header: 'x-id' }, content: '{body}' }), 'webhook.content'],
    ['an id without an end', hmac({ id: { header: 'x-id' }, content: '{id}{body}' }), 'webhook.content'],
    ['a body that is signed twice', hmac({ content: '{body}{body}' }), 'webhook.content'],
    ['an unknown encoding', hmac({ encoding: 'base32' }), 'webhook.encoding'],
    ['one header for two parts', hmac({ timestamp: { header: 'x-signature' } }), 'webhook.timestamp.header'],
    [
      'a timestamp part without a separator',
      hmac({ prefix: 'v1=', timestamp: { prefix: 't=' } }),
      'webhook.timestamp.prefix',
    ],
    ['a misspelt option', { scheme: 'stripe', secret: 'a', tolerance: 60 }, 'webhook.tolerance'],
  ])('with %s is a fault at its location', (_, webhook, at) => {
    expect(fault(webhook)).toEqual([{ code: 'webhook-invalid', location: `routes.list.${at}` }]);
  });

  it.each(['stripe', null, [], 7, true])('that is %j is a fault', (webhook) => {
    expect(faultsOf(withRoute({ webhook }))).toEqual([{ code: 'webhook-invalid', location: 'routes.list.webhook' }]);
  });

  it.each<readonly [string, readonly unknown[]]>([
    ['secret', ['', 7, 'Stripe', 'a_b', '1a', 'arn:aws:secretsmanager:eu:1:secret:a', 'a'.repeat(65), undefined]],
    ['toleranceSeconds', [29, 3_601, 60.5, Number.NaN, Number.POSITIVE_INFINITY, '300', null]],
    ['rememberDays', [0, 366, 1.5, -1, '7', null]],
    ['header', ['', 'x y', 'x_y', '-', 'a'.repeat(65), 7, null, undefined]],
    ['header', ['host', 'content-type', 'accept', 'user-agent', 'via', 'connection', 'transfer-encoding', 'x-api-key']],
    ['header', ['x-forwarded-for', 'x-amzn-trace-id', 'x-amz-cf-id', 'x-http-method-override', 'proxy-authorization']],
    ['encoding', ['HEX', 'base32', '', null]],
    ['separator', ['|', '', ', ', null]],
    ['key', ['text', 'whsec_abc', null]],
    ['prefix', ['', 'a\n', 'ä', 7, 'x'.repeat(33), null]],
    ['timestamp', [{}, 'x-time', [], null, { header: 'x-t', prefix: 't=' }]],
    ['id', [{}, 'x-id', [], null, { header: 'x-id', member: 'id' }]],
    [
      'content',
      ['', 'x', '{Body}', '{body', '{url}{body}', '{timestamp}.{body}', 'ü{body}', '{{body}}', '{body}}', 7, null],
    ],
  ])('whose %s is out of bounds is a fault at its location', (member, values) => {
    const location = `routes.list.webhook.${member}`;
    for (const value of values) {
      const timestamp = member === 'toleranceSeconds' ? { timestamp: { header: 'x-t' } } : {};
      const webhook = hmac({ ...timestamp, [member]: value });
      expect([value, fault(webhook)]).toEqual([value, [{ code: 'webhook-invalid', location }]]);
    }
  });

  it('can be signed in a header that is otherwise for tokens', () => {
    expect(fault(hmac({ header: 'authorization', prefix: 'HMAC ', encoding: 'base64' }))).toEqual([]);
  });

  it('does not show a value that can be the secret', () => {
    const [first] = wholeFaultsOf(withRoute({ webhook: Webhook.stripe('whsec_d5yrEJPOnmKxvqVvkBwoZzN7') }));
    expect(JSON.stringify(first)).not.toContain('whsec_');
  });

  it('is not on a route that has another kind of access, or a rule about its caller', () => {
    const webhook = Webhook.stripe('a');
    expect(fault(webhook, { public: 'a long enough reason' }).map(({ code }) => code)).toContain(
      'route-access-ambiguous',
    );
    expect(fault(webhook, { ownership: 'createdBy' }).map(({ code }) => code)).toContain('webhook-invalid');
    expect(fault(webhook, { limits: { free: { rate: 1, burst: 1 } } }).map(({ code }) => code)).toContain(
      'webhook-invalid',
    );
  });

  it('shares its secret with no other route', () => {
    const hook = (path: string) => ({ method: 'POST', path, options: { webhook: Webhook.stripe('a'), ...ok } });
    const faults = faultsOf({ routes: { one: hook('/one'), two: hook('/two') } });
    expect(faults).toEqual([{ code: 'webhook-invalid', location: 'routes.two.webhook.secret' }]);
  });
});
