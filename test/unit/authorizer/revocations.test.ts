import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { revocationList } from '../../../lambdas/authorizer/revocations.ts';
import { revocationIds } from '../../../lib/cli/revocations.ts';
import type { RevocationSettings } from '../../../lib/definition/tokenIssuer.ts';
import { dynamoDbCall } from '../../../local/services/dynamodb/call.ts';
import { access } from '../../../local/test/support/services.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { claimsOf, tokenIssuerOf } from './support/authorizer.ts';
import { useAws } from './support/aws.ts';
import { startTables } from './support/services.ts';

vi.mock('../../../lambdas/shared/callHttp.ts', async () => {
  const { callOverFetch } = await import('./support/callOverFetch.ts');
  return { callHttp: callOverFetch };
});

const aws = useAws();

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

/** The check of a list, whose result and rejection are those of a promise, whether it looks something up or not. */
const checkOf = (environment: Parameters<typeof revocationList>[0]) => {
  const check = revocationList(environment);
  return async (token: Parameters<typeof check>[0]) => check(token);
};

const listed = (change: Partial<RevocationSettings> = {}, endpoint = tables.url) =>
  checkOf({
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
  return dynamoDbCall(tables.url, access)('PutItem', {
    TableName: 'revocations',
    Item: { id: { S: id }, expires: { N: String(expires) } },
  });
};

describe('a token on the deny list', () => {
  it.each([
    ['jti', 'jti#one', { jti: 'one', sub: 'u1' }, { jti: 'other', sub: 'u1' }],
    ['sub', 'sub#u2', { sub: 'u2' }, { sub: 'u3' }],
    ['client_id', 'client#bad', { sub: 'u4', client_id: 'bad' }, { sub: 'u4', client_id: 'good' }],
  ])('is rejected by its %s, and no other token is', async (_claim, id, revoked, other) => {
    await revoke(id);
    const check = listed();
    await expect(check(token(revoked))).rejects.toMatchObject({ name: 'TokenRejected', reason: 'token-revoked' });
    await expect(check(token(other))).resolves.toBeUndefined();
  });

  it('is valid again after the end of the entry, even while the table still has it', async () => {
    await revoke('sub#u5', -1);
    await expect(listed()(token({ sub: 'u5' }))).resolves.toBeUndefined();
  });

  it('is not confused with one whose subject is a client of that name', async () => {
    await revoke('client#same');
    await expect(listed()(token({ sub: 'same', client_id: 'other' }))).resolves.toBeUndefined();
  });

  it.each([
    ['jti', { jti: 'é'.repeat(513) }],
    ['jti', { jti: 'x'.repeat(4_000) }],
    ['client', { client_id: 'x'.repeat(1_025) }],
  ])('could not be on it with a %s that is too long, so it is rejected', async (_claim, change) => {
    await expect(listed()(token(change))).rejects.toMatchObject({ reason: 'identifier-invalid' });
    const accepting = listed({ whenUnreachable: 'accept' }, 'http://127.0.0.1:1');
    await expect(accepting(token(change))).rejects.toMatchObject({ reason: 'identifier-invalid' });
  });

  it('is every accepted token that the command puts there, whatever its identifiers are (300 tokens)', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.nat(1_100).map((length) => 'x'.repeat(length)),
      fc.nat(400).map((length) => '€'.repeat(length)),
    );
    const seen = { accepted: 0, rejected: 0 };
    const property = fc.asyncProperty(fc.constantFrom('jti', 'client'), text, async (kind, value) => {
      const claims = { sub: 'property', [kind === 'jti' ? 'jti' : 'client_id']: value };
      const before = await listed()(token(claims)).then(
        () => 'accepted' as const,
        () => 'rejected' as const,
      );
      seen[before] += 1;
      // A missing identifier is not on the list; the subject still is.
      if (before === 'rejected' || value === '') return;
      const [id = ''] = revocationIds({ [kind]: value });
      await revoke(id);
      await expect(listed()(token(claims))).rejects.toMatchObject({ reason: 'token-revoked' });
    });
    await fc.assert(property, {
      numRuns: 300,
      examples: [
        ['jti', 'x'.repeat(1_024)],
        ['jti', 'x'.repeat(1_025)],
        ['client', '€'.repeat(341)],
        ['client', '€'.repeat(342)],
      ],
    });
    expect(seen.accepted).toBeGreaterThan(100);
    expect(seen.rejected).toBeGreaterThan(1);
  });
});

it('lookups are cached for the seconds of the setting, and no longer', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const check = listed();
  await check(token({ sub: 'u6' }));
  await revoke('sub#u6');
  vi.setSystemTime(Date.now() + 14_999);
  await expect(check(token({ sub: 'u6' }))).resolves.toBeUndefined();
  vi.setSystemTime(Date.now() + 1);
  await expect(check(token({ sub: 'u6' }))).rejects.toMatchObject({ reason: 'token-revoked' });
});

it('a listed token is rejected wherever in its check the clock passes the end of a cached entry (60 checks)', async () => {
  const ids: Readonly<Record<string, string>> = { jti: 'jti#j', sub: 'sub#s', client_id: 'client#c' };
  const outcomes: string[] = [];
  for (const [claim, id] of Object.entries(ids)) {
    vi.stubGlobal('fetch', async (request: Request) => {
      const { RequestItems } = (await request.json()) as { RequestItems: { revocations: { Keys: { id: object }[] } } };
      const items = RequestItems.revocations.Keys.filter((key) => JSON.stringify(key.id).includes(id));
      return Response.json({
        Responses: { revocations: items.map((key) => ({ ...key, expires: { N: '99999999999' } })) },
      });
    });
    for (let step = 0; step < 20; step += 1) {
      // The clock jumps to the end of the cached entry at one of the times that it is read.
      const clock = { now: 1_000_000, reads: Number.NEGATIVE_INFINITY };
      vi.spyOn(Date, 'now').mockImplementation(() => clock.now + (++clock.reads > step ? 15_000 : 0));
      const check = listed();
      await check(token({ jti: '', sub: 'other', client_id: '', [claim]: id.replace(/.*#/, '') })).catch(
        () => undefined,
      );
      Object.assign(clock, { now: clock.now + 14_999, reads: 0 });
      outcomes.push(
        await check(token({ jti: 'j', sub: 's', client_id: 'c' })).then(
          () => `accepted: ${claim}, ${step}`,
          ({ reason }) => reason,
        ),
      );
      vi.restoreAllMocks();
    }
  }
  vi.unstubAllGlobals();
  expect(outcomes).toEqual(Array(60).fill('token-revoked'));
});

describe('an unreachable table', () => {
  const nowhere = 'http://127.0.0.1:1';

  it('is an error on our side for every token', async () => {
    await expect(listed({}, nowhere)(token())).rejects.toMatchObject({
      name: 'AuthorizerFault',
      reason: 'revocations-unreachable',
    });
    await expect(listed({ table: 'missing' })(token())).rejects.toMatchObject({ reason: 'revocations-unreachable' });
  });

  it('accepts tokens if the settings say so, and is read again at once', async () => {
    const check = listed({ whenUnreachable: 'accept' }, nowhere);
    await expect(check(token())).resolves.toBeUndefined();
    await expect(check(token())).resolves.toBeUndefined();
  });
});

describe('the setting', () => {
  it.each([undefined, ''])('can be missing (%j): no list is read', async (setting) => {
    await expect(checkOf({ SECURE_API_REVOCATIONS: setting })(token())).resolves.toBeUndefined();
  });

  it.each([
    'nonsense',
    '{}',
    '{"table":"t","cacheSeconds":5}',
    '{"table":"","cacheSeconds":5,"whenUnreachable":"reject"}',
  ])('that is invalid stops the authorizer: %s', (setting) => {
    expect(() => revocationList({ SECURE_API_REVOCATIONS: setting })).toThrow(/configuration-invalid/);
  });
});

describe('the deny list', () => {
  const list = (change = {}) => {
    const settings = { table: 'revoked', cacheSeconds: 60, whenUnreachable: 'reject', ...change };
    return checkOf({ ...aws.environment, SECURE_API_REVOCATIONS: JSON.stringify(settings) });
  };
  const token = (claims: Readonly<Record<string, unknown>>) =>
    ({ claims, tokenIssuer: tokenIssuerOf('https://i.example') }) as Parameters<ReturnType<typeof list>>[0];
  const returnItems = (...items: unknown[]) => aws.respond({ Responses: { revoked: items } });
  const later = { N: String(Math.floor(Date.now() / 1000) + 60) };

  it('is read for every claim that can be revoked, and cached', async () => {
    returnItems({ id: { S: 'sub#u' }, expires: later });
    const reject = list();
    for (let time = 0; time < 2; time += 1) {
      await expect(reject(token({ jti: 'j', sub: 'u', client_id: 'c' }))).rejects.toMatchObject({
        reason: 'token-revoked',
      });
    }
    await expect(reject(token({ sub: 'u' }))).rejects.toMatchObject({ reason: 'token-revoked' });
    await expect(reject(token({ jti: 'j' }))).resolves.toBeUndefined();
    expect(aws.requests.map(({ body }) => body)).toEqual([
      { RequestItems: { revoked: { Keys: ['jti#j', 'sub#u', 'client#c'].map((S) => ({ id: { S } })) } } },
    ]);
  });

  it('is not read for values that no key can have', async () => {
    returnItems();
    for (const jti of ['é'.repeat(513), '\ud800', 7, null, ['a']]) {
      await expect(list()(token({ jti, sub: 'u' }))).rejects.toMatchObject({ reason: 'identifier-invalid' });
    }
    expect(aws.requests).toEqual([]);
    await list()(token({ jti: '', sub: 'é'.repeat(512) }));
    expect(aws.requests).toHaveLength(1);
  });

  it('counts items until their end, and ignores unreadable ones', async () => {
    returnItems({ id: { S: 'sub#u' }, expires: { N: '1' } }, { id: { S: 'sub#u' } }, { expires: later }, { id: {} });
    await expect(list()(token({ sub: 'u' }))).resolves.toBeUndefined();
    aws.respond({});
    await expect(list()(token({ sub: 'u' }))).resolves.toBeUndefined();
  });

  it('that does not return all keys counts as unreachable', async () => {
    aws.respond({ Responses: { revoked: [] }, UnprocessedKeys: { revoked: {} } });
    await expect(list()(token({ sub: 'u' }))).rejects.toThrow(
      /^revocations-unreachable: the table did not return all keys$/,
    );
    const accept = list({ whenUnreachable: 'accept' });
    await expect(accept(token({ sub: 'u' }))).resolves.toBeUndefined();
    returnItems({ id: { S: 'sub#u' }, expires: later });
    await expect(accept(token({ sub: 'u' }))).rejects.toMatchObject({ reason: 'token-revoked' });
  });

  it.each([
    ['nonsense'],
    ['null'],
    [{ table: '' }],
    [{ table: 7 }],
    [{ cacheSeconds: 0.5 }],
    [{ whenUnreachable: 'perhaps' }],
  ])('is an error on our side with settings %j', (change) => {
    const make = () =>
      typeof change === 'string'
        ? revocationList({ ...aws.environment, SECURE_API_REVOCATIONS: change })
        : list(change);
    expect(make).toThrow(/^configuration-invalid: SECURE_API_REVOCATIONS is invalid$/);
  });
});
