import { describe, expect, it } from 'vitest';
import { messageId, messageKey } from '../../../../lambdas/runtime/webhook/messageKey.ts';
import { Webhook, type WebhookInput, webhookRules } from '../../../../lib/definition/webhook.ts';

const idOf = (webhook: WebhookInput, body: string, more: { readonly timestamp?: string; readonly id?: string } = {}) =>
  messageId(webhookRules(webhook), { body: Buffer.from(body), time: undefined, ...more });
const DIGEST = /^sha256:[\w-]{43}$/;
const stripe = Webhook.stripe('s');
const github = Webhook.github('g');

describe('the id of a message', () => {
  it('is what its sender signed as its id', () => {
    expect(idOf(stripe, '{"id":"evt_1","type":"a"}', { timestamp: '1' })).toBe('evt_1');
    expect(idOf(stripe, '{"id":"an id with blanks"}', { timestamp: '1' })).toBe('an id with blanks');
    expect(idOf(stripe, '{"id":1234}', { timestamp: '1' })).toBe('1234');
    expect(idOf(Webhook.standard('w'), '{}', { id: 'msg_1', timestamp: '1' })).toBe('msg_1');
  });

  it.each([
    ['is missing', '{}'],
    ['is empty', '{"id":""}'],
    ['is too long', JSON.stringify({ id: 'x'.repeat(257) })],
    ['contains a control character', '{"id":"a\\nb"}'],
    ['is a number that is rounded', '{"id":12345678901234567890}'],
    ['is a fraction', '{"id":1.5}'],
    ['is null', '{"id":null}'],
    ['is an object', '{"id":{"a":1}}'],
    ['is in a list', '[{"id":"evt_1"}]'],
    ['is inherited', '{"__proto__":{"id":"evt_1"}}'],
    ['is in no JSON', 'id=evt_1'],
    ['is in nothing', ''],
    ['is not ASCII', '{"id":"é"}'],
  ])('is a digest of the body where the member %s, the same for a redelivery at another time', (_, body) => {
    const id = idOf(stripe, body, { timestamp: '1' });
    expect(id).toMatch(DIGEST);
    expect(idOf(stripe, body, { timestamp: '2' })).toBe(id);
    expect(idOf(stripe, `${body} `, { timestamp: '1' })).not.toBe(id);
  });

  it('is a digest of all that is signed, and of nothing else', () => {
    expect(idOf(github, 'a')).toMatch(DIGEST);
    expect(idOf(github, 'a')).toBe(idOf(github, 'a', { timestamp: '1' }));
    expect(idOf(github, 'a')).not.toBe(idOf(github, 'b'));
    const timed = Webhook.hmac({ secret: 't', header: 'x-t', timestamp: { header: 'x-time' } });
    expect(idOf(timed, '{}', { timestamp: '1' })).not.toBe(idOf(timed, '{}', { timestamp: '2' }));
  });
});

describe('the key of a message', () => {
  it('is different for each route and id, whatever they contain', () => {
    const keys = [messageKey('a', 'b#c'), messageKey('a#b', 'c'), messageKey('b', 'b#c'), messageKey('a', 'b')];
    expect(new Set(keys).size).toBe(4);
    for (const key of keys) expect(key).toMatch(/^[a-z#]+#[\w-]{43}$/);
  });
});
