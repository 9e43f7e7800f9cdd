import { createHook } from 'node:async_hooks';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as bodyText } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { authorize } from '../../../lambdas/authorizer/authorize.ts';
import { clientDirectory } from '../../../lambdas/authorizer/clients.ts';
import type { AuthorizerEvent } from '../../../lambdas/authorizer/event.ts';
import { authorizerPolicy } from '../../../lib/access/index.ts';
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
  return authorize(authorizerPolicy(policy));
}

const bearer = async (change: Readonly<Record<string, unknown>> = {}) =>
  `Bearer ${await issuer.sign(claimsOf(issuer.url, change))}`;

/** The promises that are made until a function returns. */
function promisesOf(run: () => unknown): number {
  let promises = 0;
  const hook = createHook({
    init: (_, type) => {
      if (type === 'PROMISE') promises += 1;
    },
  });
  hook.enable();
  run();
  hook.disable();
  return promises;
}

describe('a decision', () => {
  it('has one promise, that of the handler, where all that it needs is in memory', async () => {
    const event = eventOf(await bearer());
    // After the token, so that the keys are not there before the first decision.
    const decide = deployed();
    let first: unknown;
    expect(promisesOf(() => (first = decide(event)))).toBeGreaterThan(1);
    const result = await first;
    let second: unknown;
    expect(promisesOf(() => (second = decide(event)))).toBe(1);
    expect(await second).toEqual(result);
  });
});

describe('a caller', () => {
  it('is passed to the handlers, with the key of the tier', async () => {
    const result = await deployed()(eventOf(await bearer({ roles: ['editor', 'nobody'], tier: 'premium' })));
    expect(result).toMatchObject({
      principalId: 'user-1',
      usageIdentifierKey: `premium-${SECRET}`,
      context: { subject: 'user-1', roles: 'editor', tier: 'premium', client: 'acme', issuer: issuer.url },
    });
    expect(result.context.expires).toMatch(/^\d{10}$/);
    expect(Object.values(result.context).every((value) => typeof value === 'string')).toBe(true);
  });

  it('has the tier that is made for its client, not that of the token, and no other client gets it', async () => {
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
      torn: { tier: { S: 'free' }, status: { S: 'active' } },
    };
    const reads: string[] = [];
    let failing = false;
    const table = createServer(async (request, response) => {
      const { TableName, Key } = JSON.parse(await bodyText(request)) as {
        TableName: string;
        Key: { id: { S: string } };
      };
      reads.push(`${request.headers['x-amz-target']} ${TableName} ${Key.id.S}`);
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
    const resultFor = async (handler: ReturnType<typeof registry>, client_id: string, tier = 'free') =>
      handler(eventOf(await bearer({ client_id, tier, roles: ['editor'] })));
    const keyOf = (client: string, version: number) =>
      createHmac('sha256', SECRET).update(`v${version}:${client}`).digest('hex');

    it('has its own key and the tier that the key is counted in', async () => {
      const result = await resultFor(registry(), 'acme');
      expect(result.usageIdentifierKey).toBe(keyOf('acme', 3));
      expect(result.usageIdentifierKey).toMatch(/^[0-9a-f]{64}$/);
      expect(result.context.tier).toBe('premium');
      expect(allows(result.policyDocument, 'GET', '/documents')).toBe(true);
    });

    it('shares its key among all its tokens, and with no other client', async () => {
      const handler = registry();
      const [one, two, other] = [
        await resultFor(handler, 'acme'),
        await resultFor(handler, 'acme'),
        await resultFor(handler, 'nobody'),
      ];
      expect(two.usageIdentifierKey).toBe(one.usageIdentifierKey);
      expect(other.usageIdentifierKey).toBe(`free-${SECRET}`);
    });

    it('is denied everything while it is suspended, with the reason', async () => {
      const { policyDocument, context } = await resultFor(registry(), 'evil');
      expect(allows(policyDocument, 'GET', '/documents')).toBe(false);
      expect(allows(policyDocument, 'GET', '/me')).toBe(false);
      expect(context).toMatchObject({ rejectionCode: 'client-suspended', rejectionDetail: 'The client is suspended.' });
    });

    it.each([
      ['active, so that only a suspension disables its key', 'acme', 'client-suspended'],
      ['suspended', 'evil', 'client-suspended'],
      ['of a tier that the definition does not have', 'lost', 'forbidden'],
      ['without the version of its key', 'torn', 'forbidden'],
      ['not registered', 'nobody', 'forbidden'],
    ])('gets the code of a rejected key that fits its record: %s', async (_record, client, code) => {
      expect((await resultFor(registry(), client)).context.keyRejectionCode).toBe(code);
    });

    it('has the tier of its token if the definition does not know the tier of the table', async () => {
      expect((await resultFor(registry(), 'lost', 'premium')).context.tier).toBe('premium');
    });

    it('is read once in half a minute, even if there is no such client', async () => {
      const handler = registry();
      reads.length = 0;
      for (const client of ['acme', 'acme', 'unknown', 'unknown']) await resultFor(handler, client);
      expect(reads).toEqual(['acme', 'unknown'].map((client) => `DynamoDB_20120810.GetItem clients client#${client}`));
    });

    it('is decided by the cached record while the table is unreachable, and not at all without one', async () => {
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

  it.each([undefined, 'gold', 7, ['premium']])('whose token has the tier %j gets the default tier', async (tier) => {
    const result = await deployed()(eventOf(await bearer({ tier })));
    expect(result.context.tier).toBe('free');
  });

  it.each([
    ['a list', ['viewer', 'editor'], 'viewer editor'],
    ['a string', 'viewer editor', 'viewer editor'],
    ['nothing', undefined, ''],
    ['an object', { viewer: true }, ''],
    ['names of prototypes', ['__proto__', 'constructor'], ''],
  ])('can have roles as %s', async (_form, roles, expected) => {
    const result = await deployed()(eventOf(await bearer({ roles })));
    expect(result.context.roles).toBe(expected);
  });

  it('gets a policy over every route, not just the requested one', async () => {
    const { policyDocument } = await deployed()(eventOf(await bearer({ roles: ['editor'] })));
    expect(allows(policyDocument, 'GET', '/documents')).toBe(true);
    expect(allows(policyDocument, 'PUT', '/documents/1')).toBe(true);
    expect(allows(policyDocument, 'GET', '/me')).toBe(true);
    expect(allows(policyDocument, 'DELETE', '/documents/1')).toBe(false);
    expect(allows(policyDocument, 'POST', '/documents/1/publish')).toBe(false);
  });

  it('without the permission is denied the route, and not the others', async () => {
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

  it('is 401 if there are two headers, even if both are valid', async () => {
    const header = await bearer();
    await rejected({ ...eventOf(header), multiValueHeaders: { Authorization: [header, header] } });
    await rejected({ ...eventOf(header), multiValueHeaders: { Authorization: [header], authorization: [header] } });
  });

  it('is accepted with any case of the scheme', async () => {
    const header = (await bearer()).replace('Bearer', 'bEARER');
    await expect(deployed()(eventOf(header))).resolves.toBeDefined();
  });
});

describe('no oracle', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('every invalid token has the same result for gateway and caller', async () => {
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
    const results = await Promise.all(
      bad.map((token) =>
        handler(eventOf(`Bearer ${token}`)).catch((error: Error) => `${error.name}: ${error.message}`),
      ),
    );
    expect(new Set(results)).toEqual(new Set(['Error: Unauthorized']));
  });
});

describe('an error on our side is never a 401', () => {
  const failing = async (handler: (event: AuthorizerEvent) => Promise<unknown>) =>
    expect(handler(eventOf(await bearer()))).rejects.toThrow(/^Authorizer failed$/);

  it.each([
    '',
    'nonsense',
    '[]',
    '{}',
    '[{}]',
    JSON.stringify([{ ...tokenIssuerOf('https://a.example'), algorithms: ['HS256'] }]),
  ])('wrong token issuers: %s', async (tokenIssuers) => failing(deployed({ SECURE_API_TOKEN_ISSUERS: tokenIssuers })));

  const INTROSPECTION = { endpoint: 'https://a.example', clientId: 'a', clientSecret: 'arn', cacheSeconds: 0 };
  it.each<readonly [string, object]>([
    ['shared secrets', { hmacSecret: 'arn', jwksUri: undefined }],
    ['introspection', { introspection: INTROSPECTION, jwksUri: undefined }],
    ['DPoP', { dpop: 'optional' }],
  ])('an issuer whose code is not in the bundle: %s', async (code, change) => {
    const other = { ...tokenIssuerOf('https://a.example'), ...change };
    const settings = { SECURE_API_TOKEN_ISSUERS: JSON.stringify([tokenIssuerOf(issuer.url), other]) };
    await failing(deployed(settings));
    const lines = await linesOf(async () => deployed({ ...LOUD, ...settings })(eventOf(await bearer())));
    const found = `an issuer needs the code of ${code}, which is not in this bundle`;
    const fix = 'deploy the stack again instead of changing SECURE_API_TOKEN_ISSUERS';
    expect(lines.join('\n')).toContain(`"message":"configuration-invalid: ${found}: ${fix}"`);
  });

  it('keys over plain HTTP, no audience and no client, or a tolerance of hours', async () => {
    for (const change of [
      { jwksUri: 'http://issuer.example/jwks' },
      { audience: undefined },
      { clockToleranceSeconds: 7200 },
    ]) {
      await failing(deployed({ SECURE_API_TOKEN_ISSUERS: JSON.stringify([tokenIssuerOf(issuer.url, change)]) }));
    }
  });

  it('an unreachable issuer', async () => {
    const handler = deployed();
    issuer.fail(true);
    await failing(handler);
    issuer.fail(false);
    await expect(handler(eventOf(await bearer()))).resolves.toBeDefined();
  });

  it('an unreachable secret, until it is back', async () => {
    const handler = deployed();
    secrets.fail(true);
    await failing(handler);
    secrets.fail(false);
    await expect(handler(eventOf(await bearer()))).resolves.toBeDefined();
  });
});

it('reads the secret once for concurrent requests', async () => {
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
    const handler = deployed({ ...LOUD, SECURE_API_NAME: 'Shop-Api-1' });
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
    expect(entries[1]).toMatchObject({ AuthorizerDeny: 1, api: 'Shop-Api-1', reason: 'permission-missing' });
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

  describe('of a rejected token', () => {
    const now = Math.floor(Date.now() / 1000);
    const owner = { subject: 'user-1', client: 'acme' };
    const ownerIn = async (header: string) => {
      const [entry = {}] = await entriesOf(() => deployed(LOUD)(eventOf(header)).catch(() => {}));
      const { decision, reason, subject, client, justExpired } = entry;
      expect(decision).toBe('reject');
      return { reason, subject, client, justExpired };
    };

    it.each([
      ['expired', { exp: now - 3_600, iat: now - 7_200 }, owner],
      ['expired', { exp: now - 100, iat: now - 3_600 }, { ...owner, justExpired: true }],
      ['audience-invalid', { aud: 'other' }, owner],
      ['subject-invalid', { sub: 'user\n1' }, { client: 'acme' }],
      ['subject-invalid', { sub: 'u'.repeat(256) }, { client: 'acme' }],
      ['lifetime-too-long', { exp: now + 10 ** 8, client_id: 'c'.repeat(256) }, { subject: 'user-1' }],
    ])('subject and client are facts where its issuer signed it: %s %j', async (reason, change, facts) => {
      expect(await ownerIn(await bearer(change))).toEqual({ reason, ...facts });
    });

    it('nobody is named where the signature is of somebody else', async () => {
      const [header, , signature] = (await bearer()).slice('Bearer '.length).split('.');
      const claims = Buffer.from(JSON.stringify(claimsOf(issuer.url, { sub: 'victim' }))).toString('base64url');
      expect(await ownerIn(`Bearer ${header}.${claims}.${signature}`)).toEqual({ reason: 'signature-invalid' });
    });

    it('nobody is named where the issuer is unknown', async () => {
      const header = await bearer({ iss: 'https://other.example.com', sub: 'victim' });
      expect(await ownerIn(header)).toEqual({ reason: 'issuer-unknown' });
    });
  });

  it('names an error on our side', async () => {
    const handler = deployed({ ...LOUD, SECURE_API_TOKEN_ISSUERS: JSON.stringify([tokenIssuerOf('')]) });
    const header = await bearer();
    const entries = await entriesOf(() => handler(eventOf(header)));
    expect(entries[0]).toMatchObject({ level: 'ERROR', reason: 'configuration-invalid' });
    expect(JSON.stringify(entries[0])).toContain('[0].issuer');
    expect(entries[1]).toMatchObject({ AuthorizerError: 1 });
  });
});

it('denies a route that the definition does not have', async () => {
  const { policyDocument } = await deployed()(eventOf(await bearer(), 'GET', '/other'));
  expect(allows(policyDocument, 'GET', '/other')).toBe(false);
  expect(policyDocument.Statement.flatMap(({ Resource }) => Resource).every((arn) => arn.startsWith(STAGE))).toBe(true);
});
