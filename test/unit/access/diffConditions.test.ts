import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { accessPolicy, diffAccess } from '../../../lib/access/index.ts';
import {
  type Api,
  defineApi,
  defineRoles,
  get,
  object,
  post,
  Webhook,
  type WebhookInput,
} from '../../../lib/definition/index.ts';
import { TODAY } from '../../support/ledger.ts';

const ok = { responses: { 204: { description: 'Done' } } } as const;
const base = {
  name: 'shop',
  version: '1.0.0',
  roles: defineRoles({ clerk: { can: ['order:read'] } }, { reviewed: '2026-11-01' }),
  tiers: { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } },
} as const;
const apiOf = (input: object) =>
  accessPolicy(defineApi({ ...base, ...input } as never, { today: TODAY }) as unknown as Api);

/** The sentences of a change: `+` widens, `-` narrows. */
function changesOf(before: object, after: object): readonly string[] {
  const { changes, widens } = diffAccess(apiOf(before), apiOf(after));
  expect(widens).toBe(changes.some(({ effect }) => effect === 'widens'));
  return changes.map(({ effect, sentence }) => `${{ widens: '+', narrows: '-', neither: '=' }[effect]} ${sentence}`);
}
const signsOf = (before: object, after: object) =>
  changesOf(before, after)
    .map((line) => line[0])
    .join('');

describe('a change of a claim', () => {
  const listOrders = get('/orders', { permission: 'order:read', ...ok });
  const withClaims = (claims?: object) => ({ ...(claims && { claims }), routes: { listOrders } });
  const withOrg = (org: object) => withClaims({ org });
  const listed = Type.Enum(['ours', 'theirs']);
  const anyOrg = Type.String({ maxLength: 64, pattern: '^[a-z]+$' });

  it('that accepts other tokens widens, in a sentence that says which', () => {
    expect(changesOf(withOrg(listed), withOrg(anyOrg))).toEqual([
      '+ Tokens are accepted with other values of the claim org than before: string, at most 64 characters, ^[a-z]+$.',
    ]);
    expect(changesOf(withOrg(anyOrg), withOrg(Type.Optional(anyOrg)))).toEqual([
      '+ Tokens are accepted without the claim org, too.',
    ]);
    expect(changesOf(withOrg(anyOrg), withClaims())).toEqual([
      '+ Tokens are accepted whatever their claim org is, also without it.',
    ]);
  });

  it('that accepts fewer tokens narrows, in a sentence that says which', () => {
    expect(changesOf(withOrg(Type.Optional(anyOrg)), withOrg(anyOrg))).toEqual([
      '- Tokens are rejected unless their claim org is as follows: string, at most 64 characters, ^[a-z]+$.',
    ]);
    expect(changesOf(withClaims(), withOrg(Type.Optional(listed)))).toEqual([
      '- Tokens are accepted only with the claim org: one of ours, theirs, or missing.',
    ]);
  });

  const integer = (minimum?: number, maximum?: number) =>
    Type.Integer({ ...(minimum !== undefined && { minimum }), ...(maximum !== undefined && { maximum }) });
  it.each<readonly [string, object, object, string]>([
    ['one more value', listed, Type.Enum(['ours', 'theirs', 'third']), '+'],
    ['one value less', listed, Type.Enum(['ours']), '-'],
    ['another value', listed, Type.Enum(['ours', 'third']), '+-'],
    ['the same values in another order', listed, Type.Enum(['theirs', 'ours']), ''],
    ['a longer string', anyOrg, Type.String({ maxLength: 65, pattern: '^[a-z]+$' }), '+'],
    ['a shorter string', anyOrg, Type.String({ maxLength: 63, pattern: '^[a-z]+$' }), '-'],
    ['another pattern', anyOrg, Type.String({ maxLength: 64, pattern: '^[a-z0-9]+$' }), '+-'],
    ['a minimum length', anyOrg, Type.String({ minLength: 3, maxLength: 64, pattern: '^[a-z]+$' }), '-'],
    ['values of the pattern', anyOrg, listed, '-'],
    ['another type', anyOrg, integer(), '+-'],
    ['a lower minimum', integer(5, 9), integer(4, 9), '+'],
    ['no minimum', integer(5, 9), integer(undefined, 9), '+'],
    ['no maximum', integer(5, 9), integer(5), '+'],
    ['a lower maximum', integer(5, 9), integer(5, 8), '-'],
    ['a boolean of one value', Type.Boolean(), Type.Literal(true), '-'],
    ['both values of a boolean', Type.Literal(true), Type.Boolean(), '+'],
    ['a description', anyOrg, Type.String({ ...anyOrg, description: 'The organization' }), ''],
  ])('to %s', (_, before, after, signs) => {
    expect(signsOf(withOrg(before), withOrg(after))).toBe(signs);
  });
});

describe('a change of where', () => {
  const Id = Type.String({ maxLength: 64, pattern: '^[a-z]+$' });
  const claims = { tenant: Id, org: Id };
  const route = (where?: object, [one, other] = ['tenantId', 'orderId']) => ({
    claims,
    routes: {
      read: get(
        `/${'tenants'}/{${one}}/orders/{${other}}` as '/a',
        {
          permission: 'order:read',
          path: object({ [String(one)]: Id, [String(other)]: Id }),
          ...(where && { where }),
          ...ok,
        } as never,
      ),
    },
  });
  const own = { 'path.tenantId': 'claims.tenant' };

  it.each<readonly [string, object, string]>([
    ['to none widens', route(), '+'],
    ['to another claim widens, as it is replaced', route({ 'path.tenantId': 'claims.org' }), '+-'],
    ['to another parameter widens, as it is replaced', route({ 'path.orderId': 'claims.tenant' }), '+-'],
    ['to one more comparison narrows', route({ ...own, 'path.orderId': 'claims.org' }), '-'],
    ['to another name of the parameter is none', route({ 'path.a': 'claims.tenant' }, ['a', 'b']), ''],
    ['to names that change places widens', route(own, ['orderId', 'tenantId']), '+-'],
  ])('%s', (_, after, signs) => {
    expect(signsOf(route(own), after)).toBe(signs);
  });
});

describe('a change of a webhook', () => {
  const route = (webhook: WebhookInput) => ({ routes: { paid: post('/paid', { webhook, ...ok }) } });
  const stripe = route(Webhook.stripe('s'));
  const hmac = (more: object) => route(Webhook.hmac({ secret: 's', header: 'x-signature', ...more }));

  it('that accepts messages without a signed time, or older ones, widens and says so', () => {
    expect(changesOf(stripe, route(Webhook.github('s')))).toEqual([
      '+ Messages to paid (POST /paid) are accepted without a signed time.',
      '+ Messages to paid (POST /paid) are verified by another rule: header, prefix, separator, timestamp, id, content.',
    ]);
    expect(changesOf(stripe, route(Webhook.stripe('s', { toleranceSeconds: 3600 })))).toEqual([
      '+ Messages to paid (POST /paid) are accepted up to 3600 seconds from their time, not 300.',
    ]);
    expect(changesOf(stripe, route(Webhook.stripe('s', { rememberDays: 1 })))).toEqual([
      '+ Messages to paid (POST /paid) are remembered for 1 day, not 7.',
    ]);
  });

  it.each<readonly [string, object, object, string]>([
    ['a shorter tolerance', stripe, route(Webhook.stripe('s', { toleranceSeconds: 60 })), '-'],
    ['a longer memory', stripe, route(Webhook.stripe('s', { rememberDays: 30 })), '-'],
    ['the defaults in words', stripe, route(Webhook.stripe('s', { toleranceSeconds: 300, rememberDays: 7 })), ''],
    ['another sender', stripe, route(Webhook.standard('s')), '+'],
    ['a time, which is another rule', hmac({}), hmac({ timestamp: { header: 'x-time' }, toleranceSeconds: 3600 }), '+'],
    ['another form of the key', hmac({}), hmac({ key: 'base64' }), '+'],
    ['another id', hmac({}), hmac({ id: { member: 'id' } }), '+'],
    ['another secret', stripe, route(Webhook.stripe('t')), '-+'],
  ])('to %s', (_, before, after, signs) => {
    expect(signsOf(before, after)).toBe(signs);
  });
});
