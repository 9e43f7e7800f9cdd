import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { revocationList } from '../../../lambdas/authorizer/revocations.ts';
import type { RevocationSettings } from '../../../lib/definition/tokenIssuer.ts';
import { dynamoDbCall } from '../../../local/services/dynamodb/call.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { claimsOf, tokenIssuerOf } from './support/authorizer.ts';
import { startTables } from './support/services.ts';

const data = temporaryFolder();
let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables(data, ['revocations']);
});
afterAll(async () => {
  await tables.close();
  rmSync(data, { recursive: true, force: true });
});
afterEach(() => {
  vi.useRealTimers();
});

const listed = (change: Partial<RevocationSettings> = {}, endpoint = tables.url) =>
  revocationList({
    SECURE_API_REVOCATIONS: JSON.stringify({
      table: 'revocations',
      cacheSeconds: 15,
      whenUnreachable: 'reject',
      ...change,
    }),
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
const token = (change: Readonly<Record<string, unknown>> = {}) => ({
  claims: JSON.parse(JSON.stringify(claimsOf('https://a.example', change))),
  tokenIssuer: tokenIssuerOf('https://a.example'),
});
const revoke = (id: string, seconds = 600) => {
  const expires = Math.floor(Date.now() / 1000) + seconds;
  return dynamoDbCall(tables.url)('PutItem', {
    TableName: 'revocations',
    Item: { id: { S: id }, expires: { N: String(expires) } },
  });
};

describe('a token on the deny list', () => {
  it.each([
    ['jti', 'jti#one', { jti: 'one', sub: 'u1' }, { jti: 'other', sub: 'u1' }],
    ['sub', 'sub#u2', { sub: 'u2' }, { sub: 'u3' }],
    ['client_id', 'client#bad', { sub: 'u4', client_id: 'bad' }, { sub: 'u4', client_id: 'good' }],
  ])('is refused by its %s, and no other one', async (_claim, id, revoked, other) => {
    await revoke(id);
    const check = listed();
    await expect(check(token(revoked))).rejects.toMatchObject({ name: 'TokenRejected', reason: 'token-revoked' });
    await expect(check(token(other))).resolves.toBeUndefined();
  });

  it('is good again after the end of the entry, which the table may still hold', async () => {
    await revoke('sub#u5', -1);
    await expect(listed()(token({ sub: 'u5' }))).resolves.toBeUndefined();
  });

  it('is not confused with one whose subject is a client of that name', async () => {
    await revoke('client#same');
    await expect(listed()(token({ sub: 'same', client_id: 'other' }))).resolves.toBeUndefined();
  });

  it('may have claims too large to be on it', async () => {
    await expect(listed()(token({ jti: 'x'.repeat(4_000) }))).resolves.toBeUndefined();
  });
});

it('answers are kept for the seconds of the setting, and no longer', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const check = listed();
  await check(token({ sub: 'u6' }));
  await revoke('sub#u6');
  vi.setSystemTime(Date.now() + 14_999);
  await expect(check(token({ sub: 'u6' }))).resolves.toBeUndefined();
  vi.setSystemTime(Date.now() + 1);
  await expect(check(token({ sub: 'u6' }))).rejects.toMatchObject({ reason: 'token-revoked' });
});

describe('a table out of reach', () => {
  const nowhere = 'http://127.0.0.1:1';

  it('refuses every token as our trouble', async () => {
    await expect(listed({}, nowhere)(token())).rejects.toMatchObject({
      name: 'AuthorizerFault',
      reason: 'revocations-unreachable',
    });
    await expect(listed({ table: 'missing' })(token())).rejects.toMatchObject({ reason: 'revocations-unreachable' });
  });

  it('accepts tokens where that was chosen, and asks again at once', async () => {
    const check = listed({ whenUnreachable: 'accept' }, nowhere);
    await expect(check(token())).resolves.toBeUndefined();
    await expect(check(token())).resolves.toBeUndefined();
  });
});

describe('the setting', () => {
  it.each([undefined, ''])('may be missing (%j): no list is asked', async (text) => {
    await expect(revocationList({ SECURE_API_REVOCATIONS: text })(token())).resolves.toBeUndefined();
  });

  it.each([
    'nonsense',
    '{}',
    '{"table":"t","cacheSeconds":5}',
    '{"table":"","cacheSeconds":5,"whenUnreachable":"reject"}',
  ])('that is wrong stops the authorizer: %s', (text) => {
    expect(() => revocationList({ SECURE_API_REVOCATIONS: text })).toThrow(/configuration-invalid/);
  });
});
