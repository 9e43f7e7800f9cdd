import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiKeyCleanup } from '../../../lambdas/cleanup/deleteApiKeys.ts';
import { environmentOf, later, type Service, startService } from './support.ts';

const PAGE = 2;
const FAST = { pauseMs: 0, throttledPauseMs: 0 };

/** API Gateway's keys, in pages of two, and what it returns for the next deletions. */
let keys: { id: string; name: string }[] = [];
let deletions: ((id: string) => number)[] = [];
let listStatus = 200;
let api: { status: number; body: object } = { status: 200, body: {} };
let gateway: Service;
const drop = (id: string) => {
  keys = keys.filter((key) => key.id !== id);
};
beforeEach(async () => {
  [keys, deletions, listStatus] = [[], [], 200];
  api = { status: 200, body: { tags: { 'secure-api:removal': 'destroy' } } };
  gateway = await startService(({ method, url }, response) => {
    if (url.pathname.startsWith('/restapis/')) return void response.writeHead(api.status).end(JSON.stringify(api.body));
    if (method === 'GET') {
      const start = Number(url.searchParams.get('position') ?? 0);
      const item = keys.slice(start, start + PAGE);
      const position = start + PAGE < keys.length ? { position: String(start + PAGE) } : {};
      return void response.writeHead(listStatus).end(JSON.stringify({ item, ...position }));
    }
    const id = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
    const status = deletions.shift()?.(id) ?? (keys.some((key) => key.id === id) ? 202 : 404);
    if (status === 202) drop(id);
    response.writeHead(status).end(status === 202 ? '' : '{"message":"secret-body"}');
  });
});
afterEach(() => gateway.close());

const clean = (Target: string | undefined, time = later()) =>
  apiKeyCleanup(environmentOf('API_GATEWAY', gateway.endpoint), FAST)({ Target }, time);
const named = (...names: readonly string[]) => names.map((name, index) => ({ id: `k${index}`, name }));

describe('the deletion of API keys', () => {
  it('removes the keys of one API, on every page, and no others', async () => {
    const others = ['other-abc-three', 'ab-four', 'abcd-five', 'abcd.v1.tier.free', 'Documents-Api-free'];
    keys = named('abc-one', 'abc-two', ...others, 'abc-six', 'abc.v1.tier.free', 'abc.v1.client.7.acme');
    expect(await clean('abc')).toEqual({ removed: 5, isInterrupted: false });
    expect(keys.map(({ name }) => name)).toEqual(others);
  });

  it.each([
    ['without tags', 200, {}],
    ['of another removal', 200, { tags: { 'secure-api:removal': 'retain' } }],
    ['with tags of an odd form', 200, { tags: ['secure-api:removal', 'destroy'] }],
  ])('removes nothing of an API %s: an update has dropped the resource, and the API stays', async (_, status, body) => {
    api = { status, body };
    keys = named('abc-one');
    expect(await clean('abc')).toEqual({ removed: 0, isInterrupted: false });
    expect(keys).toHaveLength(1);
  });

  it('removes the keys of an API that is gone', async () => {
    api = { status: 404, body: {} };
    keys = named('abc-one');
    expect(await clean('abc')).toEqual({ removed: 1, isInterrupted: false });
  });

  it('reports an API that it is not allowed to see', async () => {
    api = { status: 403, body: { message: 'secret-body' } };
    await expect(clean('abc')).rejects.toThrow(new Error('API Gateway returned 403 for the REST API'));
  });

  it('never asks for the values of keys', async () => {
    keys = named('abc-one');
    await clean('abc');
    const lists = gateway.received.filter(({ url }) => url.pathname === '/apikeys');
    expect(new Set(lists.map(({ url }) => url.searchParams.get('includeValues')))).toEqual(new Set(['false']));
  });

  it('removes a key that is made while it removes others', async () => {
    keys = named('abc-one');
    deletions = [
      () => {
        keys.push({ id: 'late', name: 'abc-late' });
        return 202;
      },
    ];
    await clean('abc');
    expect(keys).toEqual([]);
  });

  it('waits while API Gateway throttles, beyond the repetitions of one call', async () => {
    keys = named('abc-one');
    deletions = Array.from({ length: 7 }, () => () => 429);
    expect(await clean('abc')).toEqual({ removed: 1, isInterrupted: false });
    expect(keys).toEqual([]);
  });

  it('goes on past a key that another run has deleted', async () => {
    keys = named('abc-one', 'abc-two');
    deletions = [
      (id) => {
        drop(id);
        return 404;
      },
    ];
    expect(await clean('abc')).toMatchObject({ isInterrupted: false });
    expect(keys).toEqual([]);
  });

  it('ends when the list shows only keys that are gone', async () => {
    keys = named('abc-one', 'abc-two');
    deletions = Array.from({ length: 100 }, () => () => 404);
    expect(await clean('abc')).toEqual({ removed: 0, isInterrupted: false });
  });

  it('ends when the time is over, and the next run continues', async () => {
    keys = named('abc-one', 'abc-two', 'abc-three');
    const time = new AbortController();
    deletions = [
      () => {
        time.abort();
        return 202;
      },
    ];
    expect(await clean('abc', time.signal)).toEqual({ removed: 1, isInterrupted: true });
    expect(await clean('abc')).toEqual({ removed: 2, isInterrupted: false });
  });

  it('ends when the time is over while API Gateway throttles', async () => {
    keys = named('abc-one');
    const time = new AbortController();
    deletions = Array.from({ length: 5 }, (_, index) => () => {
      if (index === 4) time.abort();
      return 429;
    });
    expect(await clean('abc', time.signal)).toEqual({ removed: 0, isInterrupted: true });
  });

  it.each([
    ['a list that is denied', 403, undefined, 'API Gateway returned 403 for the list /apikeys'],
    ['a deletion that is denied', 200, 403, 'API Gateway returned 403 for the deletion of the API key k0'],
  ])('reports %s by its status, without the body', async (_, list, deletion, message) => {
    keys = named('abc-one');
    listStatus = list;
    if (deletion !== undefined) deletions = [() => deletion];
    await expect(clean('abc')).rejects.toThrow(new Error(message));
  });

  it.each([undefined, '', 'a-b', '*'])('removes nothing for %j, which is no id of an API', async (target) => {
    keys = named('-one', 'a-b-two', '*-three');
    await expect(clean(target)).rejects.toThrow('no id of a REST API');
    expect(gateway.received).toEqual([]);
  });
});
