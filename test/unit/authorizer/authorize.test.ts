import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as stringOf } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { clientDirectory } from '../../../lambdas/authorizer/clients.ts';
import { type AuthorizerEvent, authorize } from '../../../lambdas/authorizer/index.ts';
import {
  allows,
  claimsOf,
  deployedEnvironment,
  eventOf,
  linesOf,
  POLICY,
  STAGE,
  startIssuer,
  type TestIssuer,
  tokenIssuerOf,
} from './support/authorizer.ts';
import { startSecrets } from './support/services.ts';

const SECRET = 'a'.repeat(48);
let issuer: TestIssuer;
let secrets: Awaited<ReturnType<typeof startSecrets>>;

beforeAll(async () => {
  issuer = await startIssuer();
  secrets = await startSecrets(SECRET);
});
afterAll(async () => {
  await issuer.close();
  await secrets.close();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const QUIET = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };
const LOUD = { POWERTOOLS_LOG_LEVEL: 'INFO', POWERTOOLS_METRICS_DISABLED: 'false' };

function deployed(environment: Readonly<Record<string, string>> = {}, policy = POLICY) {
  const settings = {
    ...deployedEnvironment(issuer.url, secrets.url),
    POWERTOOLS_SERVICE_NAME: 'documents',
    ...QUIET,
    ...environment,
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  return authorize(policy);
}

const bearer = async (change: Readonly<Record<string, unknown>> = {}) =>
  `Bearer ${await issuer.sign(claimsOf(issuer.url, change))}`;

describe('a caller', () => {
  it('is told to the handlers, with the key of the tier', async () => {
    const answer = await deployed()(eventOf(await bearer({ roles: ['editor', 'nobody'], tier: 'premium' })));
    expect(answer).toMatchObject({
      principalId: 'user-1',
      usageIdentifierKey: `premium-${SECRET}`,
      context: { subject: 'user-1', roles: 'editor', tier: 'premium', client: 'acme', issuer: issuer.url },
    });
    expect(answer.context.expires).toMatch(/^\d{10}$/);
    expect(Object.values(answer.context).every((value) => typeof value === 'string')).toBe(true);
  });

  it('has the tier that is made for its client, whatever the token says, and no other client has it', async () => {
    const policy = { ...POLICY, tiers: [...POLICY.tiers, 'acme-only'], clientTiers: { acme: 'acme-only' } };
    const tierOf = async (claims: Record<string, unknown>) =>
      (await deployed({}, policy)(eventOf(await bearer(claims)))).context.tier;
    expect(await tierOf({ tier: 'premium', client_id: 'acme' })).toBe('acme-only');
    expect(await tierOf({ tier: 'acme-only', client_id: 'other' })).toBe('free');
    expect(await tierOf({ tier: 'premium', client_id: 'other' })).toBe('premium');
  });

  describe('that is registered', () => {
    const items: Record<string, Record<string, Record<string, string>>> = {
      acme: { tier: { S: 'premium' }, status: { S: 'active' }, keyVersion: { N: '3' } },
      evil: { tier: { S: 'free' }, status: { S: 'suspended' }, keyVersion: { N: '1' } },
      lost: { tier: { S: 'bronze' }, status: { S: 'active' }, keyVersion: { N: '1' } },
    };
    const asked: string[] = [];
    let failing = false;
    const table = createServer(async (request, response) => {
      const { TableName, Key } = JSON.parse(await stringOf(request)) as {
        TableName: string;
        Key: { id: { S: string } };
      };
      asked.push(`${request.headers['x-amz-target']} ${TableName} ${Key.id.S}`);
      if (failing) return response.writeHead(400).end('{"__type":"x#ResourceNotFoundException"}');
      response.end(JSON.stringify({ Item: items[Key.id.S.replace('client#', '')] }));
    });
    let url = '';
    beforeAll(async () => {
      await new Promise<void>((done) => table.listen(0, '127.0.0.1', done));
      url = `http://127.0.0.1:${(table.address() as AddressInfo).port}`;
    });
    afterAll(() => table.close());
    const registry = () => deployed({ SECURE_API_CLIENTS_TABLE: 'clients', AWS_ENDPOINT_URL_DYNAMODB: url });
    const ask = async (handler: ReturnType<typeof registry>, client_id: string, tier = 'free') =>
      handler(eventOf(await bearer({ client_id, tier, roles: ['editor'] })));
    const keyOf = (client: string, version: number) =>
      createHmac('sha256', SECRET).update(`v${version}:${client}`).digest('hex');

    it('has a key of its own and the tier that the key is counted in', async () => {
      const answer = await ask(registry(), 'acme');
      expect(answer.usageIdentifierKey).toBe(keyOf('acme', 3));
      expect(answer.usageIdentifierKey).toMatch(/^[0-9a-f]{64}$/);
      expect(answer.context.tier).toBe('premium');
      expect(allows(answer.policyDocument, 'GET', '/documents')).toBe(true);
    });

    it('shares its key among all its tokens, and with no other client', async () => {
      const handler = registry();
      const [one, two, other] = [await ask(handler, 'acme'), await ask(handler, 'acme'), await ask(handler, 'nobody')];
      expect(two.usageIdentifierKey).toBe(one.usageIdentifierKey);
      expect(other.usageIdentifierKey).toBe(`free-${SECRET}`);
    });

    it('may do nothing while it is suspended, and the answer says so', async () => {
      const { policyDocument, context } = await ask(registry(), 'evil');
      expect(allows(policyDocument, 'GET', '/documents')).toBe(false);
      expect(allows(policyDocument, 'GET', '/me')).toBe(false);
      expect(context).toMatchObject({ rejectionCode: 'client-suspended', rejectionDetail: 'The client is suspended.' });
    });

    it('keeps the tier of its token when the table names one that the definition lacks', async () => {
      expect((await ask(registry(), 'lost', 'premium')).context.tier).toBe('premium');
    });

    it('is asked for once in half a minute, also when there is no such client', async () => {
      const handler = registry();
      asked.length = 0;
      for (const client of ['acme', 'acme', 'stranger', 'stranger']) await ask(handler, client);
      expect(asked).toEqual(['acme', 'stranger'].map((client) => `DynamoDB_20120810.GetItem clients client#${client}`));
    });

    it('is decided on by what was known while the table is out of reach, and not at all without', async () => {
      let nowMs = 0;
      const directory = clientDirectory(
        { SECURE_API_CLIENTS_TABLE: 'clients', AWS_ENDPOINT_URL_DYNAMODB: url, AWS_REGION: 'eu-west-1' },
        () => nowMs,
      );
      expect(await directory('evil')).toMatchObject({ status: 'suspended' });
      failing = true;
      nowMs = 40_000;
      expect(await directory('evil')).toMatchObject({ status: 'suspended' });
      await expect(directory('acme')).rejects.toThrow(/^clients-unreachable/);
      nowMs = 4_000_000;
      await expect(directory('evil')).rejects.toThrow(/^clients-unreachable/);
      failing = false;
    });
  });

  it.each([undefined, 'gold', 7, ['premium']])('whose token says tier %j is of the default tier', async (tier) => {
    const answer = await deployed()(eventOf(await bearer({ tier })));
    expect(answer.context.tier).toBe('free');
  });

  it.each([
    ['a list', ['viewer', 'editor'], 'viewer editor'],
    ['a text', 'viewer editor', 'viewer editor'],
    ['nothing', undefined, ''],
    ['an object', { viewer: true }, ''],
    ['names of prototypes', ['__proto__', 'constructor'], ''],
  ])('may have roles as %s', async (_form, roles, expected) => {
    const answer = await deployed()(eventOf(await bearer({ roles })));
    expect(answer.context.roles).toBe(expected);
  });

  it('gets a policy over every route, whichever was asked for first', async () => {
    const { policyDocument } = await deployed()(eventOf(await bearer({ roles: ['editor'] })));
    expect(allows(policyDocument, 'GET', '/documents')).toBe(true);
    expect(allows(policyDocument, 'PUT', '/documents/1')).toBe(true);
    expect(allows(policyDocument, 'GET', '/me')).toBe(true);
    expect(allows(policyDocument, 'DELETE', '/documents/1')).toBe(false);
    expect(allows(policyDocument, 'POST', '/documents/1/publish')).toBe(false);
  });

  it('without the permission is denied the route, and keeps the others', async () => {
    const { policyDocument } = await deployed()(eventOf(await bearer(), 'DELETE', '/documents/{id}', '/documents/1'));
    expect(allows(policyDocument, 'DELETE', '/documents/1')).toBe(false);
    expect(allows(policyDocument, 'GET', '/documents/1')).toBe(true);
  });
});

describe('no usable token', () => {
  const rejected = async (event: AuthorizerEvent) => expect(deployed()(event)).rejects.toThrow(/^Unauthorized$/);

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a.b',
    'Bearer a.b.c.d',
    'Bearer a.b.c=',
    'Basic dXNlcjpwYXNz',
    'bearer\ta.b.c',
    ' Bearer a.b.c',
    'Bearer a.b.c,Bearer a.b.c',
    `Bearer ${'a'.repeat(9000)}.b.c`,
  ])('is 401: %j', async (authorization) => {
    await rejected(eventOf(authorization));
  });

  it('is 401 where two headers come, even if both are good', async () => {
    const header = await bearer();
    await rejected({ ...eventOf(header), multiValueHeaders: { Authorization: [header, header] } });
    await rejected({ ...eventOf(header), multiValueHeaders: { Authorization: [header], authorization: [header] } });
  });

  it('may be written with any case of the scheme', async () => {
    const header = (await bearer()).replace('Bearer', 'bEARER');
    await expect(deployed()(eventOf(header))).resolves.toBeDefined();
  });
});

describe('no oracle', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('whatever is wrong with a token, gateway and caller are told the same', async () => {
    const good = await issuer.sign(claimsOf(issuer.url));
    const [header = '', payload = '', signature = ''] = good.split('.');
    const bad = [
      `${encode({ alg: 'none' })}.${payload}.`,
      `${encode({ alg: 'none' })}.${payload}.AA`,
      `${encode({ alg: 'RS256', kid: 'RS256', jku: 'https://evil.example' })}.${payload}.${signature}`,
      `${header}.${payload}.${'A'.repeat(signature.length)}`,
      `${header}.${payload}.${signature}.${signature}.${signature}`,
      await issuer.sign(claimsOf(issuer.url, { exp: 1 })),
      await issuer.sign(claimsOf(issuer.url, { aud: 'other' })),
      await issuer.sign(claimsOf(issuer.url, { cnf: { jkt: 'x' } })),
      await issuer.sign(claimsOf('https://evil.example')),
    ];
    const handler = deployed();
    const answers = await Promise.all(
      bad.map((token) =>
        handler(eventOf(`Bearer ${token}`)).catch((error: Error) => `${error.name}: ${error.message}`),
      ),
    );
    expect(new Set(answers)).toEqual(new Set(['Error: Unauthorized']));
  });
});

describe('trouble of ours is never a 401', () => {
  const failing = async (handler: (event: AuthorizerEvent) => Promise<unknown>) =>
    expect(handler(eventOf(await bearer()))).rejects.toThrow(/^Authorizer failed$/);

  it.each([
    '',
    'nonsense',
    '[]',
    '{}',
    '[{}]',
    JSON.stringify([{ ...tokenIssuerOf('https://a.example'), algorithms: ['HS256'] }]),
  ])('a wrong identity: %s', async (identity) => failing(deployed({ SECURE_API_TOKEN_ISSUERS: identity })));

  it('keys that come over plain HTTP, no audience and no client, or a tolerance of hours', async () => {
    for (const change of [
      { jwksUri: 'http://issuer.example/jwks' },
      { audience: undefined },
      { clockToleranceSeconds: 7200 },
    ]) {
      await failing(deployed({ SECURE_API_TOKEN_ISSUERS: JSON.stringify([tokenIssuerOf(issuer.url, change)]) }));
    }
  });

  it('the issuer out of reach', async () => {
    const handler = deployed();
    issuer.fail(true);
    await failing(handler);
    issuer.fail(false);
    await expect(handler(eventOf(await bearer()))).resolves.toBeDefined();
  });

  it('the secret out of reach, until it is back', async () => {
    const handler = deployed();
    secrets.fail(true);
    await failing(handler);
    secrets.fail(false);
    await expect(handler(eventOf(await bearer()))).resolves.toBeDefined();
  });
});

it('reads the secret once for many callers at once', async () => {
  const handler = deployed();
  const before = secrets.requests();
  const events = await Promise.all(Array.from({ length: 10 }, async () => eventOf(await bearer())));
  await Promise.all(events.map((event) => handler(event)));
  expect(secrets.requests()).toBe(before + 1);
});

describe('what is logged and counted', () => {
  const entriesOf = async (run: () => Promise<unknown>) =>
    (await linesOf(run)).map((line) => JSON.parse(line) as Record<string, unknown>);

  it('is one entry and one metric for a decision, and no part of the token', async () => {
    const handler = deployed(LOUD);
    const header = await bearer({ roles: ['viewer', 'ghost'] });
    const entries = await entriesOf(() => handler(eventOf(header, 'DELETE', '/documents/{id}', '/documents/1')));
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({
      decision: 'deny',
      reason: 'permission-missing',
      requestId: 'request-1',
      sourceIp: '192.0.2.1',
      subject: 'user-1',
      client: 'acme',
      roles: ['viewer'],
      unknownRoles: ['ghost'],
      route: 'DELETE /documents/{id}',
    });
    expect(entries[1]).toMatchObject({ AuthorizerDeny: 1, api: 'documents', reason: 'permission-missing' });
    const metadata = entries[1]?.['_aws'] as { CloudWatchMetrics: { Namespace: string; Dimensions: string[][] }[] };
    expect(metadata.CloudWatchMetrics[0]).toMatchObject({
      Namespace: 'SecureApi',
      Dimensions: [['api'], ['api', 'reason']],
    });
    for (const part of header.slice(7).split('.')) expect(JSON.stringify(entries)).not.toContain(part);
    expect(JSON.stringify(entries)).not.toContain(SECRET);
  });

  it.each([
    ['AuthorizerAllow', 'permitted', {}],
    ['AuthorizerReject', 'expired', { exp: 1_000, iat: 900 }],
  ])('%s with reason %s', async (metric, reason, change) => {
    const handler = deployed(LOUD);
    const header = await bearer(change);
    const entries = await entriesOf(() => handler(eventOf(header)));
    expect(entries[1]).toMatchObject({ [metric]: 1, reason });
  });

  it('names the trouble of ours', async () => {
    const handler = deployed({ ...LOUD, SECURE_API_TOKEN_ISSUERS: JSON.stringify([tokenIssuerOf('')]) });
    const header = await bearer();
    const entries = await entriesOf(() => handler(eventOf(header)));
    expect(entries[0]).toMatchObject({ level: 'ERROR', reason: 'configuration-invalid' });
    expect(JSON.stringify(entries[0])).toContain('[0].issuer');
    expect(entries[1]).toMatchObject({ AuthorizerError: 1 });
  });
});

it('denies what a route of no definition asks for', async () => {
  const { policyDocument } = await deployed()(eventOf(await bearer(), 'GET', '/other'));
  expect(allows(policyDocument, 'GET', '/other')).toBe(false);
  expect(policyDocument.Statement.flatMap(({ Resource }) => Resource).every((arn) => arn.startsWith(STAGE))).toBe(true);
});
