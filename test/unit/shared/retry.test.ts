import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { awsCall } from '../../../lambdas/shared/aws.ts';
import { type CallLimits, withRetries } from '../../../lambdas/shared/retry.ts';

type Behaviour =
  | 'fine'
  | 'reset'
  | 'cut'
  | 'silent'
  | 'html'
  | { readonly lateMs: number }
  | 'elsewhere'
  | 'partial'
  | number
  | ((response: ServerResponse) => void)
  | { readonly code: string; readonly message?: string };

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
      if (typeof behaviour === 'function') behaviour(response);
      else if (behaviour === 'fine') json(200, { Item: { id: { S: 'a' } } });
      else if (behaviour === 'reset') request.socket.resetAndDestroy();
      else if (behaviour === 'html') response.end('<html>');
      else if (behaviour === 'partial') json(200, { Responses: {}, UnprocessedKeys: { table: { Keys: [] } } });
      else if (behaviour === 'elsewhere') response.writeHead(307, { location: '/other' }).end();
      else if (behaviour === 'cut') {
        response.writeHead(200, { 'content-length': '1000' }).write('{"Item":');
        setTimeout(() => request.socket.destroy(), 10);
      } else if (typeof behaviour === 'number') json(behaviour, { __type: 'Down' });
      else if (typeof behaviour === 'object' && 'lateMs' in behaviour)
        setTimeout(() => json(200, { Item: { id: { S: 'a' } } }), behaviour.lateMs);
      else if (typeof behaviour === 'object') json(400, { __type: `a#${behaviour.code}`, message: behaviour.message });
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
/** Half of it is long enough for a busy machine. */
const PATIENT = { timeoutMs: 8_000, retries: 2 };

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
    { code: 'RequestExpired' },
    { code: 'InvalidSignatureException', message: 'Signature expired: 20261128T080000Z is now earlier than …' },
    'partial',
  ])('is repeated: %j', async (behaviour) => {
    const { call, count } = await service(behaviour);
    expect(await call(LIMITS)('GetItem', {})).toEqual(ITEM);
    expect(count.requests).toBe(2);
  });

  it('waits for a slow response, and does not send the request again', async () => {
    const { call, count } = await service({ lateMs: 100 });
    expect(await call(LIMITS)('GetItem', {})).toEqual(ITEM);
    expect(count.requests).toBe(1);
  });

  it('waits for a slow response beyond half of the time, beside one further request for a connection that died', async () => {
    let endFirst = () => {};
    const { call, count } = await service(
      (response) => {
        endFirst = () => response.end(JSON.stringify(ITEM));
      },
      () => endFirst(),
    );
    expect(await call(PATIENT)('GetItem', {})).toEqual(ITEM);
    expect(count.requests).toBe(2);
    expect(count.connections.size).toBe(2);
  });

  it('takes the response of either request, and ends the other one', async () => {
    const { call, count } = await service('silent', 503);
    expect(await call(PATIENT)('GetItem', {})).toEqual(ITEM);
    expect(count.requests).toBe(3);
    let endFirst = () => {};
    const late = await service(
      (response) => {
        endFirst = () => response.end(JSON.stringify(ITEM));
      },
      (response) => {
        response.writeHead(503).end('{}');
        response.on('finish', () => setTimeout(endFirst, 100));
      },
    );
    expect(await late.call({ ...PATIENT, retries: 1 })('GetItem', {})).toEqual(ITEM);
    expect(late.count.requests).toBe(2);
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

describe('a response that is too large', () => {
  it.each([
    ['announces it', { 'content-length': '10000000' }],
    ['arrives in parts without end', {}],
  ])('is an error at once, whether it %s', async (_, headers) => {
    let written = 0;
    const { call, count } = await service((response) => {
      response.writeHead(200, headers);
      const part = 'x'.repeat(65_536);
      const write = () => {
        while (!response.destroyed && written < 200_000_000 && response.write(part)) written += part.length;
      };
      response.on('drain', write);
      write();
    });
    await expect(call(LIMITS)('GetItem', {})).rejects.toThrow('the response has more than 1048576 bytes');
    expect(count.requests).toBe(1);
    expect(written).toBeLessThan(200_000_000);
  });
});

describe('a write that must not count twice', () => {
  it.each<Behaviour>(['reset', 'cut', 500, 503, { code: 'InvalidSignatureException', message: 'no match' }])(
    'is not repeated, because it could have counted: %j',
    async (behaviour) => {
      const { call, count } = await service(behaviour);
      await expect(call(LIMITS)('UpdateItem', {})).rejects.toThrow();
      expect(count.requests).toBe(1);
    },
  );

  it('has the whole time, because it is not repeated', async () => {
    const { call, count } = await service({ lateMs: 0.6 * PATIENT.timeoutMs });
    expect(await call(PATIENT)('UpdateItem', {})).toEqual(ITEM);
    expect(count.requests).toBe(1);
  });

  it.each<Behaviour>([429, { code: 'ThrottlingException' }, { code: 'RequestExpired' }])(
    'is repeated when it was not processed: %j',
    async (behaviour) => {
      const { call, count } = await service(behaviour);
      expect(await call(LIMITS)('UpdateItem', {})).toEqual(ITEM);
      expect(count.requests).toBe(2);
    },
  );
});

describe('a call always ends', () => {
  const rules = { isRepeatable: true, isTransient: () => true };
  const failingAfter = (ms: () => number) => async () => {
    await new Promise((done) => setTimeout(done, ms()));
    throw new Error('failed');
  };

  it('with the last outcome, whenever its attempts fail', async () => {
    const limits = { timeoutMs: 60, retries: 3 };
    const calls = Array.from({ length: 1_000 }, () =>
      withRetries(
        limits,
        failingAfter(() => Math.random() * 50),
        rules,
      ).catch((error: unknown) => error),
    );
    for (const outcome of await Promise.all(calls)) expect(outcome).toEqual(new Error('failed'));
  });

  it('if the process does nothing else while the call waits for its next attempt', async () => {
    const limits = { timeoutMs: 60, retries: 3 };
    const call = withRetries(limits, () => Promise.reject(new Error('failed')), rules).catch((error: unknown) => error);
    await Promise.resolve();
    const until = performance.now() + 80;
    while (performance.now() < until);
    expect(await call).toEqual(new Error('failed'));
  });

  it('with a good response that comes while it waits to repeat a failed attempt', async () => {
    const outcomes = [
      new Promise<string>((done) => setTimeout(done, 520, 'good')),
      new Promise<string>((_, fail) => setTimeout(fail, 510, new Error('failed'))),
    ];
    // On a slow machine the rejection comes before the attempt that waits for it.
    outcomes[1]?.catch(() => undefined);
    let attempts = 0;
    const attempt = async () => {
      attempts += 1;
      return outcomes[attempts - 1] ?? 'late';
    };
    const isTransient = ({ status }: PromiseSettledResult<string>) => status === 'rejected';
    expect(await withRetries({ timeoutMs: 1_000, retries: 1 }, attempt, { isRepeatable: true, isTransient })).toBe(
      'good',
    );
  });
});
