import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Claim, type MessageStore, messageStore } from '../../../../lambdas/runtime/webhook/messageStore.ts';
import { startTableProxy, type TableProxy } from '../../../support/tableProxy.ts';
import { useHooks } from '../../../support/webhookApi.ts';

const services = useHooks();
/** Time for a busy machine. */
const PATIENT = { timeoutMs: 60_000, retries: 2 };
let proxy: TableProxy;
let store: MessageStore;
beforeAll(async () => {
  proxy = await startTableProxy(services.tables().url);
  store = messageStore({ ...services.environment(), AWS_ENDPOINT_URL_DYNAMODB: proxy.url }, PATIENT);
});
beforeEach(() => {
  proxy.passage = () => 'through';
});
afterAll(() => proxy.close());

const now = () => Math.floor(Date.now() / 1000);
/** A delivery of a message, whose function runs for ten seconds. */
const claimOf = (key: string, more: Partial<Claim> = {}): Claim => ({
  key,
  owner: randomUUID(),
  lease: now() + 10,
  expires: now() + 1_000,
  ...more,
});

describe('a message', () => {
  it('is claimed once, and handled with its status afterwards', async () => {
    const first = claimOf('once');
    expect(await store.claim(first)).toEqual({ outcome: 'claimed' });
    expect(await store.claim(claimOf('once'))).toEqual({ outcome: 'in-progress', until: first.lease });
    await store.complete(first, 202);
    expect(await store.claim(claimOf('once'))).toEqual({ outcome: 'handled', status: 202 });
    expect(await store.claim(claimOf('another'))).toEqual({ outcome: 'claimed' });
  });

  it('is claimed by one of many deliveries at once', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => store.claim(claimOf('race'))));
    expect(results.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
    expect(results.filter(({ outcome }) => outcome === 'in-progress')).toHaveLength(19);
  });

  it('is claimed again after it was given up', async () => {
    const first = claimOf('given up');
    await store.claim(first);
    await store.release(first);
    expect(await store.claim(claimOf('given up'))).toEqual({ outcome: 'claimed' });
  });

  it('stays handled where its delivery gives it up afterwards, such as after a step that fails', async () => {
    const first = claimOf('handled, given up');
    await store.claim(first);
    await store.complete(first, 204);
    await store.release(first);
    expect(await store.claim(claimOf('handled, given up'))).toEqual({ outcome: 'handled', status: 204 });
  });

  it('is claimed again once the function that was killed must have ended, not before', async () => {
    await store.claim(claimOf('killed', { lease: now() + 60 }));
    expect((await store.claim(claimOf('killed'))).outcome).toBe('in-progress');
    await store.claim(claimOf('killed long ago', { lease: now() - 1 }));
    expect(await store.claim(claimOf('killed long ago'))).toEqual({ outcome: 'claimed' });
  });

  it('is claimed by one of many deliveries after such a function', async () => {
    await store.claim(claimOf('take over', { lease: now() - 1 }));
    const results = await Promise.all(Array.from({ length: 20 }, () => store.claim(claimOf('take over'))));
    expect(results.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
  });

  it('stays as the delivery has it that took over, whatever the late one records', async () => {
    const [late, next] = [claimOf('late', { lease: now() - 1 }), claimOf('late')];
    await store.claim(late);
    await store.claim(next);
    await store.complete(late, 200);
    await store.release(late);
    expect(await store.claim(claimOf('late'))).toEqual({ outcome: 'in-progress', until: next.lease });
    await store.complete(next, 204);
    await store.complete(late, 200);
    await store.release(late);
    expect(await store.claim(claimOf('late'))).toEqual({ outcome: 'handled', status: 204 });
  });

  it('is new again after its time, although the table still has it', async () => {
    const old = claimOf('old', { expires: now() - 1 });
    await store.claim(old);
    await store.complete(old, 204);
    expect(await store.claim(claimOf('old'))).toEqual({ outcome: 'claimed' });
  });

  it('that is given up while another delivery asks is in progress for a moment', async () => {
    const first = claimOf('gone');
    await store.claim(first);
    let released: Promise<void> | undefined;
    const direct = messageStore(services.environment(), PATIENT);
    const asking = messageStore({ ...services.environment(), AWS_ENDPOINT_URL_DYNAMODB: proxy.url }, PATIENT);
    proxy.hold = async (operation) => {
      if (operation !== 'GetItem') return;
      released ??= direct.release(first);
      await released;
    };
    const { outcome, ...rest } = await asking.claim(claimOf('gone'));
    proxy.hold = undefined;
    expect([outcome, rest]).toEqual(['in-progress', { until: expect.any(Number) }]);
    expect(await store.claim(claimOf('gone'))).toEqual({ outcome: 'claimed' });
  });
});

describe('a table that loses responses', () => {
  /** Loses the response to the first request of an operation. */
  const losing = (lost: string) => {
    let count = 0;
    proxy.passage = (operation) => {
      if (operation !== lost) return 'through';
      count += 1;
      return count === 1 ? 'response-lost' : 'through';
    };
  };

  it('gives the claim to the delivery that wrote it', async () => {
    losing('PutItem');
    expect(await store.claim(claimOf('lost claim'))).toEqual({ outcome: 'claimed' });
    expect((await store.claim(claimOf('lost claim'))).outcome).toBe('in-progress');
  });

  it('keeps that a message is handled, or given up', async () => {
    const [handled, failed] = [claimOf('lost completion'), claimOf('lost release')];
    await store.claim(handled);
    await store.claim(failed);
    losing('PutItem');
    await store.complete(handled, 204);
    losing('DeleteItem');
    await store.release(failed);
    expect((await store.claim(claimOf('lost completion'))).outcome).toBe('handled');
    expect((await store.claim(claimOf('lost release'))).outcome).toBe('claimed');
  });
});

describe('a table that is unreachable', () => {
  it('lets nothing be claimed, completed or given up, and says so', async () => {
    const claim = claimOf('unreachable');
    await store.claim(claim);
    proxy.passage = () => 'rejected';
    const attempts = [() => store.claim(claimOf('x')), () => store.complete(claim, 204), () => store.release(claim)];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({ reason: 'messages-unreachable', status: 503 });
    }
    proxy.passage = () => 'through';
    expect((await store.claim(claimOf('unreachable'))).outcome).toBe('in-progress');
  });

  it('is not asked where the function is missing its name', async () => {
    const { SECURE_API_MESSAGES_TABLE: _, ...environment } = services.environment() as Record<string, string>;
    await expect(messageStore(environment).claim(claimOf('x'))).rejects.toMatchObject({
      reason: 'messages-unreachable',
    });
  });
});
