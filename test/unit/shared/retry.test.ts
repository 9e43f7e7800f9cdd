import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { awsCall } from '../../../lambdas/shared/aws.ts';
import type { CallLimits } from '../../../lambdas/shared/retry.ts';

type Behaviour =
  | 'fine'
  | 'reset'
  | 'cut'
  | 'silent'
  | 'html'
  | 'late'
  | 'elsewhere'
  | number
  | { readonly code: string };

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A service that does one thing for each request in turn, then works; and how many requests it got. */
async function service(...behaviours: readonly Behaviour[]) {
  const count = { requests: 0, connections: new Set<unknown>() };
  const listener: RequestListener = (request, response) => {
    const behaviour = behaviours[count.requests] ?? 'fine';
    count.requests += 1;
    count.connections.add(request.socket);
    const json = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
    request.resume().on('end', () => {
      if (behaviour === 'fine') json(200, { Item: { id: { S: 'a' } } });
      else if (behaviour === 'reset') request.socket.resetAndDestroy();
      else if (behaviour === 'late') setTimeout(() => json(200, { Item: { id: { S: 'a' } } }), 100);
      else if (behaviour === 'html') response.end('<html>');
      else if (behaviour === 'elsewhere') response.writeHead(307, { location: '/other' }).end();
      else if (behaviour === 'cut') {
        response.writeHead(200, { 'content-length': '1000' }).write('{"Item":');
        setTimeout(() => request.socket.destroy(), 10);
      } else if (typeof behaviour === 'number') json(behaviour, { __type: 'Down' });
      else if (typeof behaviour === 'object') json(400, { __type: `a#${behaviour.code}` });
    });
  };
  const started = createServer(listener);
  server = started;
  await new Promise<void>((done) => {
    started.listen(0, '127.0.0.1', done);
  });
  const { port } = started.address() as AddressInfo;
  const environment = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` };
  return { count, call: (limits?: CallLimits) => awsCall(environment, 'dynamodb', limits) };
}

const ITEM = { Item: { id: { S: 'a' } } };
const LIMITS = { timeoutMs: 4_000, retries: 2 };

describe('a call whose attempt fails', () => {
  it('is repeated after a reset of a connection that an earlier call left open', async () => {
    const { call, count } = await service('fine', 'reset');
    const send = call(LIMITS);
    expect(await send('GetItem', {})).toEqual(ITEM);
    expect(await send('GetItem', {})).toEqual(ITEM);
    expect(count.requests).toBe(3);
  });

  it.each<Behaviour>([
    'reset',
    'cut',
    'silent',
    500,
    502,
    503,
    504,
    429,
    { code: 'ProvisionedThroughputExceededException' },
    { code: 'ThrottlingException' },
    { code: 'RequestLimitExceeded' },
  ])('is repeated: %j', async (behaviour) => {
    const { call, count } = await service(behaviour);
    expect(await call(LIMITS)('GetItem', {})).toEqual(ITEM);
    expect(count.requests).toBe(2);
  });

  it('waits for a slow response, and does not send the request again', async () => {
    const { call, count } = await service('late');
    expect(await call(LIMITS)('GetItem', {})).toEqual(ITEM);
    expect(count.requests).toBe(1);
  });

  it.each<Behaviour>([{ code: 'ValidationException' }, { code: 'ConditionalCheckFailedException' }, 400, 403, 'html'])(
    'is an error at once, when repeating it is no use: %j',
    async (behaviour) => {
      const { call, count } = await service(behaviour);
      await expect(call(LIMITS)('GetItem', {})).rejects.toThrow(/^dynamodb returned/);
      expect(count.requests).toBe(1);
    },
  );

  it('ends at its deadline, also when memory is collected meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { call } = await service('silent');
    const collecting = setInterval(collect, 20);
    await expect(call({ timeoutMs: 300, retries: 0 })('GetItem', {})).rejects.toThrow();
    clearInterval(collecting);
  }, 10_000);

  it('does not follow a redirect: the next server would get the session token', async () => {
    const { call, count } = await service('elsewhere');
    await expect(call({ timeoutMs: 2_000, retries: 0 })('GetItem', {})).rejects.toThrow();
    expect(count.requests).toBe(1);
  });

  it('is an error after the last attempt, and at its deadline', async () => {
    const failing = await service('reset', 503, 'reset', 'fine');
    await expect(failing.call(LIMITS)('GetItem', {})).rejects.toThrow();
    expect(failing.count.requests).toBe(3);
    server?.closeAllConnections();
    const silent = await service('silent', 'silent', 'silent', 'silent');
    await expect(silent.call({ timeoutMs: 200, retries: 9 })('GetItem', {})).rejects.toThrow();
    expect(silent.count.requests).toBeLessThan(5);
  });
});

describe('a write that must not count twice', () => {
  it.each<Behaviour>(['reset', 'cut', 500, 503])(
    'is not repeated, because it could have counted: %j',
    async (behaviour) => {
      const { call, count } = await service(behaviour);
      await expect(call(LIMITS)('UpdateItem', {})).rejects.toThrow();
      expect(count.requests).toBe(1);
    },
  );

  it.each<Behaviour>([429, { code: 'ThrottlingException' }])(
    'is repeated when it was throttled: %j',
    async (behaviour) => {
      const { call, count } = await service(behaviour);
      expect(await call(LIMITS)('UpdateItem', {})).toEqual(ITEM);
      expect(count.requests).toBe(2);
    },
  );
});
