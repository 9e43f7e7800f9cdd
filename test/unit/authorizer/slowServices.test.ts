import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { proofStore } from '../../../lambdas/authorizer/binding/proofStore.ts';
import { clientDirectory } from '../../../lambdas/authorizer/clients.ts';
import { introspectionProver } from '../../../lambdas/authorizer/introspection.ts';
import { keySetAt } from '../../../lambdas/authorizer/keySet.ts';
import { revocationList } from '../../../lambdas/authorizer/revocations.ts';
import { counterTable } from '../../../lambdas/runtime/limit/counterTable.ts';
import { secretsManager } from '../../../lambdas/shared/secretsManager.ts';
import type { IntrospectionIssuer } from '../../../lib/definition/tokenIssuer.ts';
import { claimsOf, startIssuer, type TestIssuer, tokenIssuerOf } from './support/authorizer.ts';
import { localCertificate, startHttps, type TestServer } from './support/services.ts';

type Retry = typeof import('../../../lambdas/shared/retry.ts');

/** The limits that calls pass, which a test can replace by a longer time, so that a busy machine does not fail it. */
const control = vi.hoisted(() => ({
  limits: [] as { readonly timeoutMs: number; readonly retries: number }[],
  tooLarge: [] as string[],
  timeoutMs: undefined as number | undefined,
}));
vi.mock('../../../lambdas/shared/retry.ts', async (original) => {
  const retry = await original<Retry>();
  const withRetries: Retry['withRetries'] = (limits, ...rest) => {
    control.limits.push(limits);
    return retry.withRetries({ ...limits, timeoutMs: control.timeoutMs ?? limits.timeoutMs }, ...rest);
  };
  class ResponseTooLarge extends retry.ResponseTooLarge {
    constructor(maxBytes: number) {
      super(maxBytes);
      control.tooLarge.push(this.message);
    }
  }
  return { ...retry, withRetries, ResponseTooLarge };
});

type Respond = (request: IncomingMessage, response: ServerResponse, good: string) => unknown;

const closing: (() => unknown)[] = [];
let issuer: TestIssuer;
beforeAll(async () => {
  await localCertificate();
  issuer = await startIssuer(['ES256']);
});
afterEach(() => {
  control.limits.length = 0;
  control.tooLarge.length = 0;
});
afterAll(async () => {
  for (const close of closing) await close();
  await issuer.close();
});

/** What the calls need. */
interface Services {
  readonly environment: Readonly<Record<string, string>>;
  readonly secure: TestServer;
}

/** Services that respond in one way, each with everything that any of them returns. */
async function services(respond: Respond): Promise<Services> {
  const item = { n: { N: '1' } };
  const good = JSON.stringify({
    active: true,
    Item: item,
    Attributes: item,
    Responses: {},
    SecretString: 'value',
    keys: [issuer.publicJwk('ES256')],
  });
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    respond(request, response, good);
  };
  const plain = createServer(listener);
  await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done));
  const secure = await startHttps(listener);
  closing.push(secure.close, () => {
    plain.closeAllConnections();
    plain.close();
  });
  const url = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
  const environment = {
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_REGION: 'eu-west-1',
    SECURE_API_PROOFS: 'proofs',
    SECURE_API_CLIENTS_TABLE: 'clients',
    SECURE_API_REVOCATIONS: JSON.stringify({ table: 'revocations', cacheSeconds: 15, whenUnreachable: 'reject' }),
  };
  return { environment, secure };
}

const UPDATE = {
  UpdateExpression: '',
  ConditionExpression: '',
  ExpressionAttributeNames: {},
  ExpressionAttributeValues: {},
};
const opaqueIssuer = (secure: TestServer): IntrospectionIssuer => {
  const { jwksUri: _, algorithms: __, ...rules } = tokenIssuerOf('https://opaque.example.com');
  const endpoint = `${secure.url}/introspect`;
  return { ...rules, introspection: { endpoint, clientId: 'a', clientSecret: 'b', cacheSeconds: 0 } };
};
const secrets = { current: async () => 'secret', previous: async () => undefined };
const token = {
  claims: claimsOf('https://login.example.com'),
  tokenIssuer: tokenIssuerOf('https://login.example.com'),
};
const proof = { thumbprint: 'a', id: 'a', until: Date.now() / 1000 };

/** Each kind of call with its row in docs/identity.md, and the requests that it sends to a silent service. */
const CALLS: readonly (readonly [
  what: string,
  row: string,
  requests: number,
  call: (to: Services) => Promise<unknown>,
])[] = [
  ['the deny list', 'tables', 2, async ({ environment }) => revocationList(environment)(token as never)],
  ['a client', 'tables', 2, async ({ environment }) => clientDirectory(environment)('acme')],
  ['a used proof', 'tables', 2, ({ environment }) => proofStore(environment).isFirstUse(proof)],
  ['a secret', 'Secrets Manager', 2, ({ environment }) => secretsManager(environment).current('keys')],
  [
    'published keys',
    'published keys',
    2,
    async ({ secure }) => keySetAt(`${secure.url}/jwks`).keysFor({ alg: 'ES256', kid: 'ES256' }),
  ],
  [
    'an introspection',
    'introspection',
    2,
    ({ secure }) => introspectionProver(opaqueIssuer(secure), secrets)({ ...claimsOf(''), compact: 'opaque' }),
  ],
  ['a read of a count', 'read', 2, ({ environment }) => counterTable(environment).get('id')],
  ['a count', 'count', 1, ({ environment }) => counterTable(environment).update('id', UPDATE)],
];

describe('a call that a request waits for', () => {
  /** Rows of the table in docs/identity.md: name, limit, requests, bytes. */
  const rows = /\| call \| limit [^\n]*\n[^\n]*\n((?:\|[^\n]*\n)+)/
    .exec(readFileSync(new URL('../../../docs/identity.md', import.meta.url), 'utf8'))?.[1]
    ?.trim()
    .split('\n')
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  const ROWS: Readonly<Record<string, string>> = {
    tables: 'DynamoDB: deny list, clients, used proofs',
    read: 'DynamoDB: read of an [exact limit](limits.md#exact-limits)',
    count: 'DynamoDB: count of an exact limit',
  };
  const nameOf = (row: string) => ROWS[row] ?? row;

  it('is in the table of the documentation, with each of its rows', () => {
    expect(rows?.map(([name]) => name).sort()).toEqual([...new Set(CALLS.map(([, row]) => nameOf(row)))].sort());
  });

  it.each(CALLS)('%s has the limits that the documentation names', async (_, row, __, call) => {
    const [, seconds = '', requests = '', megabytes = ''] = rows?.find(([name]) => name === nameOf(row)) ?? [];
    const to = await services((_request, response) => {
      response.writeHead(200, { 'content-length': '100000000' });
      response.write('{');
    });
    await expect(call(to)).rejects.toThrow();
    const most = Math.max(...[...requests.matchAll(/\d+/g)].map(Number));
    expect(control.limits).toEqual([{ timeoutMs: Number.parseFloat(seconds) * 1_000, retries: most - 1 }]);
    expect(control.tooLarge).toEqual([
      `the response has more than ${Number.parseInt(megabytes, 10) * 1_048_576} bytes`,
    ]);
  });
});

describe('a good response after more than half of the time', () => {
  // Long, so that a busy machine does not fail a test.
  const LIMIT_MS = 8_000;
  beforeAll(() => {
    control.timeoutMs = LIMIT_MS;
  });
  afterAll(() => {
    control.timeoutMs = undefined;
  });
  it.concurrent.each(CALLS)('counts: %s', async (_, __, requests, call) => {
    const waiting: (() => void)[] = [];
    const to = await services(async (_request, response, good) => {
      waiting.push(() => response.end(good));
      // A call that is not repeatable sends no second request, by which the time could be recognized.
      if (requests === 1) await sleep(LIMIT_MS * 0.6);
      if (waiting.length === requests) waiting[0]?.();
    });
    await expect(call(to).then(() => 'returned')).resolves.toBe('returned');
    expect(waiting).toHaveLength(requests);
  });
});
