import { createServer, request, type ServerResponse } from 'node:http';
import { DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { keyRegistry } from '../../services/apigateway/keyRegistry.ts';
import { startControlPlane } from '../../services/apigateway/start.ts';
import { createUsageRecords } from '../../services/apigateway/usageRecords.ts';
import { startDynamoDb } from '../../services/dynamodb/start.ts';
import { listen, shut } from '../../services/loopback.ts';
import { requireSignature } from '../../services/requireSignature.ts';
import { startSecretsManager } from '../../services/secrets/start.ts';
import { secretVersions } from '../../services/secrets/versions.ts';
import { aStack } from '../support/gateway.ts';
import { access, type ServiceCall, signedFetch, signedHeaders } from '../support/services.ts';

const properties = {
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
};
const TABLE = { logicalId: 'T', name: 'Revocations', properties };
const KEY = { TableName: TABLE.name, Key: { id: { S: 'jti#1' } } };

/** A call of each service that an attacker would make. */
const CALLS: readonly ServiceCall[] = [
  {
    service: 'dynamodb',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.DeleteItem' },
    body: JSON.stringify(KEY),
  },
  {
    service: 'secretsmanager',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId: 'keys' }),
  },
  { service: 'apigateway', method: 'GET', path: '/apikeys?limit=1&embed=a%20b&a-b=1&a=2' },
];

const closing: (() => Promise<void>)[] = [];
const urls: Record<string, string> = {};
let tables: DynamoDBClient;
beforeAll(async () => {
  const data = temporaryFolder();
  const model = aStack();
  const parts = {
    model,
    keys: keyRegistry(data, model),
    usageRecords: createUsageRecords(),
    clock: { now: () => 0, speed: 1 },
  };
  const plane = await startControlPlane(parts, access);
  const dynamoDb = await startDynamoDb(data, [TABLE], access);
  const secrets = await startSecretsManager(
    [{ arn: 'arn:keys', name: 'keys' }],
    secretVersions(() => 'a secret'),
    access,
  );
  Object.assign(urls, { dynamodb: dynamoDb.url, secretsmanager: secrets.url, apigateway: plane.url });
  closing.push(plane.close, dynamoDb.close, secrets.close);
  tables = new DynamoDBClient({ endpoint: dynamoDb.url, ...access });
  await tables.send(new PutItemCommand({ TableName: TABLE.name, Item: { id: { S: 'jti#1' } } }));
});
afterAll(async () => {
  tables.destroy();
  for (const close of closing) await close();
});

const urlOf = ({ service }: ServiceCall) => urls[service] ?? '';
const later = (seconds: number) => new Date(Date.now() + seconds * 1000);
const another = (change: object) => ({ ...access, credentials: { ...access.credentials, ...change } });

/** Sends headers that `fetch` would not. */
function send(
  call: ServiceCall,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly error: string; readonly text: string }> {
  return new Promise((done, fail) => {
    const sent = request(
      new URL(call.path ?? '/', urlOf(call)),
      { method: call.method ?? 'POST', headers },
      (response) => {
        let text = '';
        response.on('data', (part) => {
          text += part;
        });
        response.on('end', () =>
          done({ status: response.statusCode ?? 0, error: String(response.headers['x-amzn-errortype']), text }),
        );
      },
    );
    sent.on('error', fail);
    sent.end(call.body);
  });
}

/** Changes to a good request, each of which another user of this machine could send. */
const ATTACKS: readonly (readonly [
  what: string,
  error: string,
  headers: (call: ServiceCall) => Readonly<Record<string, string>>,
])[] = [
  ['no signature', 'MissingAuthenticationTokenException', ({ headers = {} }) => headers],
  [
    'a signature of nothing',
    'IncompleteSignatureException',
    ({ headers }) => ({
      ...headers,
      authorization: 'AWS4-HMAC-SHA256 Credential=test/local, SignedHeaders=host, Signature=local',
    }),
  ],
  [
    'another scheme',
    'IncompleteSignatureException',
    (call) => ({ ...signed(call), authorization: 'Basic dGVzdDp0ZXN0' }),
  ],
  [
    'another access key',
    'UnrecognizedClientException',
    (call) => signed(call, { by: another({ accessKeyId: 'other' }) }),
  ],
  [
    'another secret',
    'InvalidSignatureException',
    (call) => signed(call, { by: another({ secretAccessKey: 'other' }) }),
  ],
  ['no secret', 'InvalidSignatureException', (call) => signed(call, { by: another({ secretAccessKey: '' }) })],
  ['another region', 'InvalidSignatureException', (call) => signed(call, { by: { ...access, region: 'us-east-1' } })],
  ['another service', 'InvalidSignatureException', (call) => signed(call, { service: 's3' })],
  ['a body of another request', 'InvalidSignatureException', (call) => signed(call, { body: '{}x' })],
  ['another method', 'InvalidSignatureException', (call) => signed(call, { method: 'PUT' })],
  ['another path', 'InvalidSignatureException', (call) => signed(call, { path: '/other' })],
  [
    'another query',
    'InvalidSignatureException',
    (call) => signed(call, { path: `${call.path ?? '/'}#`.replace(/[?#].*/, '?x') }),
  ],
  ['an old time', 'InvalidSignatureException', (call) => signed(call, { now: later(-16 * 60) })],
  ['a time to come', 'InvalidSignatureException', (call) => signed(call, { now: later(16 * 60) })],
  [
    'a time that was not signed',
    'InvalidSignatureException',
    (call) => ({ ...signed(call), 'x-amz-date': time(later(1)) }),
  ],
  ['no time', 'IncompleteSignatureException', (call) => without('x-amz-date', signed(call))],
  ['a time that is none', 'InvalidSignatureException', (call) => ({ ...signed(call), 'x-amz-date': 'now' })],
  [
    'an operation that was not signed',
    'IncompleteSignatureException',
    (call) => ({
      ...signed({ ...call, headers: {} }),
      ...call.headers,
      'x-amz-target': 'DynamoDB_20120810.DeleteTable',
    }),
  ],
  [
    'another operation',
    'InvalidSignatureException',
    (call) => ({ ...signed({ ...call, headers: { 'x-amz-target': 'a' } }), 'x-amz-target': 'b' }),
  ],
  [
    'a host that was not signed',
    'IncompleteSignatureException',
    (call) => ({ ...signed(call), authorization: signed(call)['authorization']?.replace(/host;?/, '') ?? '' }),
  ],
  [
    'a signature that is cut short',
    'IncompleteSignatureException',
    (call) => ({ ...signed(call), authorization: signed(call)['authorization']?.slice(0, -1) ?? '' }),
  ],
  [
    'a signature with another last digit',
    'InvalidSignatureException',
    (call) => ({
      ...signed(call),
      authorization: signed(call)['authorization']?.replace(/.$/, (last) => (last === '0' ? '1' : '0')) ?? '',
    }),
  ],
  [
    'the origin of a page',
    'MissingAuthenticationTokenException',
    (call) => ({ ...signed(call), origin: 'https://evil.example' }),
  ],
  [
    'the mark of a browser',
    'MissingAuthenticationTokenException',
    (call) => ({ ...signed(call), 'sec-fetch-site': 'none' }),
  ],
  [
    'another host, as by DNS rebinding',
    'MissingAuthenticationTokenException',
    (call) => ({ ...signed(call), host: 'evil.example' }),
  ],
];

function signed(call: ServiceCall, change: Partial<ServiceCall> = {}): Readonly<Record<string, string>> {
  return signedHeaders(urlOf(call), { ...call, ...change });
}

function time(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d+/g, '');
}

function without(name: string, headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([known]) => known !== name));
}

describe.each(CALLS.map((call) => [call.service, call] as const))('%s', (_, call) => {
  it('serves who signs with the credentials of the data directory', async () => {
    const read =
      call.service === 'dynamodb'
        ? { ...call, headers: { ...call.headers, 'x-amz-target': 'DynamoDB_20120810.GetItem' } }
        : call;
    expect((await signedFetch(urlOf(call), read)).status).toBe(200);
    expect((await signedFetch(urlOf(call), { ...read, now: later(-14 * 60) })).status).toBe(200);
  });

  it.each(ATTACKS)('rejects %s with its own error, and does nothing', async (_what, error, headersOf) => {
    const result = await send(call, headersOf(call));
    expect(result).toMatchObject({ status: 403, error });
    expect(JSON.parse(result.text)).toEqual({
      __type: `com.amazon.coral.service#${error}`,
      message: expect.any(String),
    });
    const kept = await tables.send(new GetItemCommand(KEY));
    expect(kept.Item).toEqual({ id: { S: 'jti#1' } });
  });

  it('reads no large body', async () => {
    const body = 'x'.repeat(17 * 1024 * 1024);
    const result = await send({ ...call, method: 'POST', body }, signed(call, { method: 'POST', body })).catch(
      () => undefined,
    );
    expect(result?.status ?? 413).toBe(413);
  });
});

it.each([
  ['before it responds', () => undefined, { status: 500, error: 'InternalFailure' }],
  ['after it set headers', (response: ServerResponse) => response.setHeader('content-length', 1), { status: 500 }],
  ['after it sent headers', (response: ServerResponse) => response.writeHead(200).write('{'), undefined],
  ['after it responded', (response: ServerResponse) => response.writeHead(200).end('{}'), { status: 200 }],
])('a listener that throws %s ends its request alone', async (_, respond, expected) => {
  const unhandled: unknown[] = [];
  const record = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', record);
  const server = createServer((_request, response) => {
    respond(response);
    throw new Error('of a listener');
  });
  const rules = { scope: { ...access, service: 'test' }, mediaType: 'application/json', bodyLimit: 100 };
  requireSignature(server, rules);
  urls['test'] = `http://127.0.0.1:${await listen(server)}`;
  const call = { service: 'test', body: '{}' };
  for (let time = 0; time < 2; time += 1) {
    const result = await send(call, signed(call)).catch(() => undefined);
    if (expected === undefined) expect(result).toBeUndefined();
    else expect(result).toMatchObject(expected);
  }
  await shut(server);
  process.off('unhandledRejection', record);
  expect(unhandled).toEqual([]);
});

it('the AWS SDK and the client of the functions can use each service', async () => {
  await tables.send(new DeleteItemCommand({ ...KEY, Key: { id: { S: 'other' } } }));
  const secrets = new SecretsManagerClient({ endpoint: urls['secretsmanager'] ?? '', ...access });
  expect((await secrets.send(new GetSecretValueCommand({ SecretId: 'keys' }))).SecretString).toBe('a secret');
  secrets.destroy();
  const client = new AwsClient({ ...access.credentials, region: access.region, service: 'apigateway', retries: 0 });
  for (const path of ['/apikeys?b=2&a-b=1&a=%2F+x', '/usageplans//', '/usageplans/a%3Ab%20c/usage?keyId=ü']) {
    const response = await client.fetch(`${urls['apigateway']}${path}`);
    expect([200, 404]).toContain(response.status);
  }
});
