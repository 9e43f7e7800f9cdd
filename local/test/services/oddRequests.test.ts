import { Agent, request } from 'node:https';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { keyRegistry } from '../../services/apigateway/keyRegistry.ts';
import { startControlPlane } from '../../services/apigateway/start.ts';
import { createUsageRecords } from '../../services/apigateway/usageRecords.ts';
import { startDynamoDb } from '../../services/dynamodb/start.ts';
import { type Issuer, startIssuer } from '../../services/issuer/start.ts';
import { startS3 } from '../../services/s3/start.ts';
import { startSecretsManager } from '../../services/secrets/start.ts';
import { secretVersions } from '../../services/secrets/versions.ts';
import { aStack } from '../support/gateway.ts';
import { sampleTokenSettings } from '../support/issuer.ts';
import { access, signedFetch, testTls } from '../support/services.ts';
import { OPERATIONS, TABLE } from '../support/tableOperations.ts';

const closing: (() => Promise<void>)[] = [];
const urls: Record<string, string> = {};
let tls: Awaited<ReturnType<typeof testTls>>;
beforeAll(async () => {
  const data = temporaryFolder();
  tls = await testTls();
  const model = aStack();
  const keys = keyRegistry(data, model);
  const plane = await startControlPlane(
    { model, keys, usageRecords: createUsageRecords(), clock: { now: () => 0, speed: 1 } },
    access,
  );
  const dynamoDb = await startDynamoDb(data, [TABLE], access);
  const secrets = await startSecretsManager(
    [{ arn: 'arn:keys', name: 'keys' }],
    secretVersions(() => 'a secret'),
    access,
  );
  const s3 = await startS3({
    data,
    tls,
    access,
    buckets: [{ logicalId: 'Uploads', name: 'uploads', isVersioned: true, denials: [], scannedPrefixes: [] }],
    print: () => undefined,
  });
  const issuer: Issuer = await startIssuer({ data, tls, print: () => undefined, tokenSettings: sampleTokenSettings() });
  Object.assign(urls, {
    dynamodb: dynamoDb.url,
    secretsmanager: secrets.url,
    apigateway: plane.url,
    s3: s3.url,
    issuer: issuer.url,
  });
  closing.push(plane.close, dynamoDb.close, secrets.close, s3.close, issuer.close);
});
afterAll(async () => {
  for (const close of closing) await close();
});

/** What no member of a request should be. */
const ODD: readonly unknown[] = [null, 0, true, '', [], {}, [null], { S: null }, { M: { a: null } }, 'constructor'];
const BODIES = ['', 'null', '[]', '7', '"x"', '{', '{"__proto__":{"a":1}}', '\ufeff{}', '\0', `${'['.repeat(5_000)}`];

/** What of a request to S3 a test chooses. */
interface Sent {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Every copy of a value with one of its parts replaced. */
function variants(value: unknown, part: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [part];
  const copies = Object.entries(value).flatMap(([name, member]) =>
    variants(member, part).map((changed) =>
      Array.isArray(value) ? value.with(Number(name), changed) : { ...value, [name]: changed },
    ),
  );
  return [part, ...copies];
}

const bodiesOf = (good: object) => [
  ...BODIES,
  ...ODD.flatMap((part) => variants(good, part)).map((one) => JSON.stringify(one)),
];

async function inTurns<T>(items: readonly T[], run: (item: T) => Promise<unknown>): Promise<void> {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await run(item);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

/** Sends each body with an operation of AWS JSON; each response must be one of the service. */
async function sendAll(service: string, target: string, bodies: readonly string[]): Promise<void> {
  const headers = {
    'content-type': `application/x-amz-json-${service === 'dynamodb' ? '1.0' : '1.1'}`,
    'x-amz-target': target,
  };
  await inTurns(bodies, async (body) => {
    const response = await signedFetch(urls[service] ?? '', { service, headers, body });
    const result = JSON.parse(await response.text());
    const isError = response.status === 400 && /^(?:[\w.]+#)?\w+(?:Exception|Error)$/.test(result?.__type);
    expect({ body, isResponse: response.status === 200 || isError }).toEqual({ body, isResponse: true });
  });
}

/** An error of OAuth, a page, or that there is no such path; never a stack. */
function isIssuerError({ type, text }: { readonly type: string; readonly text: string }): boolean {
  if (/\n\s+at /.test(text)) return false;
  if (type.startsWith('application/json')) return typeof JSON.parse(text).error === 'string';
  return type.startsWith('text/html') ? text.startsWith('<!DOCTYPE html>') : text === 'Not Found';
}

describe('odd requests get an error in the form of the service, and the service goes on', () => {
  it.each(Object.entries(OPERATIONS))('DynamoDB %s, with each of its parts replaced', async (operation, good) => {
    const bodies = bodiesOf(good);
    await sendAll('dynamodb', `DynamoDB_20120810.${operation}`, bodies);
    // The same item or table again: no odd request keeps a lock of it.
    await sendAll('dynamodb', `DynamoDB_20120810.${operation}`, [JSON.stringify(good)]);
    expect(bodies.length).toBeGreaterThanOrEqual(20);
  });

  it('Secrets Manager', async () => {
    const good = { SecretId: 'keys', VersionStage: 'AWSCURRENT' };
    for (const operation of ['GetSecretValue', 'DescribeSecret', 'PutSecretValue', '', '__proto__'])
      await sendAll('secretsmanager', `secretsmanager.${operation}`, bodiesOf(good));
  });

  it('API Gateway', async () => {
    const send = async (method: string, path: string, body?: string) => {
      const response = await signedFetch(urls['apigateway'] ?? '', { service: 'apigateway', method, path, body });
      const text = await response.text();
      const error = response.headers.get('x-amzn-errortype');
      expect(text === '' ? {} : JSON.parse(text)).toBeTypeOf('object');
      return { status: response.status, error };
    };
    const key = { name: 'a', value: 'x'.repeat(30), enabled: true, description: 'b', customerId: 'c' };
    for (const name of Object.keys(key)) {
      const wrong = JSON.stringify({ ...key, [name]: 5 });
      expect(await send('POST', '/apikeys', wrong)).toEqual({ status: 400, error: 'BadRequestException' });
    }
    const patch = { patchOperations: [{ op: 'replace', path: '/enabled', value: 'true' }] };
    for (const path of ['/%zz', '//', '//%zz', '/apikeys/%00', '/apikeys/..%2f', '/usageplans/__proto__/usage', '/%C3'])
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE', 'PUT']) {
        const { status, error } = await send(method, path, method === 'GET' ? undefined : '{}');
        expect([path, [400, 404].includes(status), error]).toEqual([path, true, expect.stringMatching(/Exception$/)]);
      }
    await inTurns(
      bodiesOf(patch).map((body) => ['PATCH', '/apikeys/none', body] as const),
      async (call) => expect([400, 404]).toContain((await send(...call)).status),
    );
    await inTurns(
      bodiesOf({ keyId: 'a', keyType: 'API_KEY' }).map((body) => ['POST', '/usageplans/none/keys', body] as const),
      async (call) => expect([400, 404]).toContain((await send(...call)).status),
    );
    await inTurns(
      bodiesOf(key).map((body) => ['POST', '/apikeys', body] as const),
      async (call) => expect([201, 400, 409]).toContain((await send(...call)).status),
    );
    expect(await send('GET', '/apikeys')).toEqual({ status: 200, error: null });
  });

  it('S3', async () => {
    const agent = new Agent({ ca: tls.caPem, keepAlive: true, maxSockets: 1 });
    const client = new AwsClient({ ...access.credentials, region: access.region, service: 's3' });
    const send = async (method: string, path: string, { body = '', headers = {} }: Sent = {}) => {
      const signed = await client.sign(`${urls['s3']}${path}`, { method, headers });
      return new Promise<string>((done, fail) => {
        const sent = request(signed.url, { method, agent, headers: Object.fromEntries(signed.headers) }, (response) => {
          response.toArray().then((parts) => {
            const code = /<Code>(\w+)<\/Code>/.exec(Buffer.concat(parts).toString())?.[1] ?? '';
            done(`${response.statusCode} ${code}`.trim());
          }, fail);
        });
        sent.on('error', fail);
        sent.end(body);
      });
    };
    const location = '/uploads/a';
    expect(await send('PUT', location, { body: 'bytes' })).toBe('200');
    // On one connection: a body that is not read must not leave it dead.
    for (const size of [20_000, 2_000_000])
      expect(await send('PUT', `${location}?tagging`, { body: 'x'.repeat(size) })).toBe('400 MalformedXML');
    const tags = ['', '<Tagging', '<Tagging><TagSet><Tag><Key></Key><Value></Value></Tag></TagSet></Tagging>', '\0'];
    for (const body of tags) expect(await send('PUT', `${location}?tagging`, { body })).toMatch(/^400 \w+$/);
    for (const [name, value] of [
      ['content-md5', 'none'],
      ['x-amz-tagging', '='],
      ['x-amz-checksum-sha1', ''],
      ['range', 'bytes=0-'],
      ['content-encoding', 'aws-chunked'],
    ] as const)
      expect(await send('PUT', location, { body: 'b', headers: { [name]: value } })).toMatch(/^(?:400|501) \w+$/);
    for (const [method, path] of [
      ['PUT', '/'],
      ['GET', '/none/a'],
      ['PUT', `/uploads/${'k'.repeat(1_025)}`],
      ['PATCH', location],
      ['GET', `${location}?acl`],
      ['POST', location],
      ['POST', `${location}?tagging`],
    ] as const)
      expect([method, path, await send(method, path)]).toEqual([method, path, expect.stringMatching(/^[45]\d\d \w+$/)]);
    expect(await send('GET', location)).toBe('200');
    agent.destroy();
  });

  it('the issuer', async () => {
    const agent = new Agent({ ca: tls.caPem });
    const paths = [
      '/%zz',
      '//',
      '/token',
      '/auth',
      '/jwks',
      '/admin/keys',
      '/interaction/a',
      '/interaction/%00',
      '/device',
    ];
    const send = (method: string, path: string, type: string, body: string) =>
      new Promise<{ readonly status: number; readonly type: string; readonly text: string }>((done, fail) => {
        const options = { method, agent, path, headers: { 'content-type': type } };
        const sent = request(urls['issuer'] ?? '', options, (response) => {
          response.toArray().then((parts) => {
            const text = Buffer.concat(parts).toString();
            done({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text });
          }, fail);
        });
        sent.on('error', fail);
        sent.end(method === 'GET' ? undefined : body);
      });
    const odd: string[] = [];
    let sent = 0;
    const sendOne = async (method: string, path: string, type: string, body: string) => {
      const { status, ...response } = await send(method, path, type, body);
      sent += 1;
      const isGood = status === 200 && method === 'GET' && ['/jwks', '/device'].includes(path);
      // oidc-provider throws for a form of a device without a session.
      const isKnown =
        status === 500 && method === 'POST' && path === '/device' && response.text === 'Internal Server Error';
      const isError = status >= 400 && status < 500 && isIssuerError(response);
      if (!isGood && !isKnown && !isError) odd.push(`${method} ${path} ${status} ${response.text}`);
    };
    for (const path of paths)
      for (const method of ['GET', 'POST', 'PUT'])
        for (const type of ['application/x-www-form-urlencoded', 'application/json', ''])
          for (const body of ['%zz', 'grant_type=a&grant_type=b', `a=${'x'.repeat(100_000)}`, '\0', '{"a":'])
            await sendOne(method, path, type, body);
    expect(odd).toEqual([]);
    expect(sent).toBe(405);
    expect(await send('GET', '/.well-known/openid-configuration', '', '')).toMatchObject({ status: 200 });
    agent.destroy();
  });
});
