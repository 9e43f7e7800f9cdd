import { readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import type { LocalGateway } from '../../contracts.ts';
import { serve } from '../../serve/serve.ts';
import { requestToken, type TokenRequest } from '../../services/issuer/requestToken.ts';
import { handWritten, SMALLEST_API } from '../support/assembly.ts';
import { functionOf } from '../support/routes.ts';
import { signedFetch } from '../support/services.ts';

/** A table with one key. */
const table = (TableName: string, key = 'id') => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName,
    KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
  },
});
const secret = (Name: string) => ({
  Type: 'AWS::SecretsManager::Secret',
  Properties: { Name, GenerateSecretString: {} },
});
const alarm = (AlarmName: string, more: object = {}) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName,
    Namespace: 'Shop',
    MetricName: 'Failed',
    Statistic: 'Sum',
    Period: 3_600,
    EvaluationPeriods: 24,
    DatapointsToAlarm: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: 'Topic' }],
    ...more,
  },
});
const filter = (name: string, pattern: string) => ({
  Type: 'AWS::Logs::MetricFilter',
  Properties: {
    LogGroupName: '/shop',
    FilterPattern: pattern,
    MetricTransformations: [{ MetricNamespace: 'Shop', MetricName: name, MetricValue: '1' }],
  },
});
const TOPIC = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alarms' } };

/** The stack of a test: an API that names roles, an authorizer that accepts tokens by an algorithm, and more. */
function stack(resources: object, roles: readonly string[] = ['viewer'], algorithms: readonly string[] = ['RS256']) {
  const issuer = {
    issuer: 'https://login.example.com',
    jwksUri: 'https://login.example.com/keys',
    audience: ['shop'],
    algorithms,
    roles: { claim: 'roles' },
    tierClaim: 'tier',
  };
  const Api = { ...SMALLEST_API.Api, Metadata: { 'secure-api': { roles, tiers: ['free'] } } };
  const environment = { SECURE_API_TOKEN_ISSUERS: JSON.stringify([issuer]) };
  const Authorizer = functionOf('exports.handler = async () => ({});', environment);
  return handWritten({ Resources: { ...SMALLEST_API, Api, Authorizer, Topic: TOPIC, ...resources } });
}

const FIRST = { Notes: table('notes'), Key: secret('key'), Failed: alarm('failed'), Filter: filter('Failed', 'ERROR') };
const lines: string[] = [];
let gateway: LocalGateway;
beforeAll(async () => {
  const print = (line: string) => void lines.push(line);
  gateway = await serve({ assembly: stack(FIRST), data: temporaryFolder(), port: 0, speed: 600, print });
});
afterAll(() => gateway?.close());

const update = (...parts: Parameters<typeof stack>) => gateway.update({ assembly: stack(...parts) });
const access = () => {
  const { environment } = gateway.ready;
  const credentials = {
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
  };
  return { credentials, region: environment['AWS_REGION'] ?? '' };
};
const endpoint = (service: string) => gateway.ready.environment[`AWS_ENDPOINT_URL_${service}`] ?? '';

describe('tables', () => {
  const client = () => new DynamoDBClient({ endpoint: endpoint('DYNAMODB'), ...access(), maxAttempts: 1 });
  const note = { id: { S: '1' }, text: { S: 'kept' } };
  const names = async () => (await client().send(new ListTablesCommand({}))).TableNames;

  it('are made when they are new, and keep their items, also while the stack does not have them', async () => {
    await client().send(new PutItemCommand({ TableName: 'notes', Item: note }));
    await update({ ...FIRST, More: table('more') });
    expect(await names()).toEqual(['more', 'notes']);
    await update({});
    await update(FIRST);
    const read = new GetItemCommand({ TableName: 'notes', Key: { id: { S: '1' } } });
    expect((await client().send(read)).Item).toEqual(note);
  });

  it('with another layout are served as they are, which is reported once', async () => {
    lines.length = 0;
    await update({ ...FIRST, Notes: table('notes', 'other') });
    await update({ ...FIRST, Notes: table('notes', 'other') }, ['viewer', 'editor']);
    expect(lines).toEqual([
      expect.stringMatching(/^not emulated locally: Notes .*existing table notes has other keys/),
    ]);
    expect(gateway.notEmulated.join()).toContain('existing table notes');
    await update(FIRST);
    expect(gateway.notEmulated.join()).not.toContain('existing table notes');
  });

  it('of a change that fails are not made', async () => {
    const before = await names();
    await expect(update({ ...FIRST, Good: table('good'), Bad: table('not a name') })).rejects.toThrow(/ValidationEx/);
    expect(await names()).toEqual(before);
    expect(gateway.model.tables.map(({ name }) => name)).toEqual(['notes']);
  });

  it('take the calls that are under way during an update', async () => {
    const put = (i: number) => client().send(new PutItemCommand({ TableName: 'notes', Item: { id: { S: `${i}` } } }));
    const calls = Array.from({ length: 40 }, (_, i) => put(i));
    for (const roles of [['a'], ['b'], ['c']]) await update({ ...FIRST, Made: table(`made-${roles}`) }, roles);
    await Promise.all(calls);
  });
});

it('secrets keep their values, and new ones are there', async () => {
  const read = async (name: string) => {
    const headers = { 'x-amz-target': 'secretsmanager.GetSecretValue' };
    const body = JSON.stringify({ SecretId: name });
    const response = await signedFetch(endpoint('SECRETS_MANAGER'), {
      service: 'secretsmanager',
      headers,
      body,
      by: access(),
    });
    return ((await response.json()) as { SecretString?: string }).SecretString;
  };
  const before = await read('key');
  await update({ ...FIRST, Other: secret('other') });
  expect(await read('other')).toHaveLength(32);
  await update(FIRST);
  expect([await read('key'), await read('other')]).toEqual([before, undefined]);
});

it('buckets that are new take objects', async () => {
  const httpsAgent = new Agent({ ca: readFileSync(gateway.ready.ca) });
  const client = new S3Client({
    endpoint: endpoint('S3'),
    ...access(),
    maxAttempts: 1,
    requestHandler: { httpsAgent },
  });
  const put = () => client.send(new PutObjectCommand({ Bucket: 'files', Key: 'a', Body: 'text' }));
  await expect(put()).rejects.toMatchObject({ name: 'NoSuchBucket' });
  await update({ ...FIRST, Files: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'files' } } });
  expect((await put()).ETag).toMatch(/^"[0-9a-f]{32}"$/);
  client.destroy();
});

it('alarms keep metrics and states, and count by new filters', async () => {
  const { services } = gateway;
  const stateOf = (name: string) => services.alarms().find((one) => one.name === name)?.state;
  await update(FIRST);
  services.telemetry.log('/shop', 'ERROR one');
  await expect.poll(() => stateOf('failed'), { timeout: 30_000 }).toBe('ALARM');
  const notified = services.notifications().length;
  const other = { MetricName: 'Refunds' };
  await update({ ...FIRST, Failed: alarm('failed', { Threshold: 1.5 }), Refunds: alarm('refunds', other) });
  expect([stateOf('failed'), stateOf('refunds')]).toEqual(['ALARM', 'INSUFFICIENT_DATA']);
  // One event is below the new threshold.
  await expect.poll(() => stateOf('failed'), { timeout: 30_000 }).toBe('OK');
  expect(services.notifications()).toHaveLength(notified);
  await update({ ...FIRST, Refunds: alarm('refunds', other), Refund: filter('Refunds', 'REFUND') });
  services.telemetry.log('/shop', 'REFUND one');
  await expect.poll(() => stateOf('refunds'), { timeout: 30_000 }).toBe('ALARM');
  expect(services.notifications().at(-1)).toMatchObject({ alarm: 'refunds', newState: 'ALARM' });
  expect(stateOf('failed')).toBe('ALARM');
});

describe('the issuer', () => {
  const token = (request: Partial<TokenRequest>) =>
    requestToken({ ready: gateway.ready, data: gateway.ready.data, ...request });

  it('gives the roles of the last update, and signs by its algorithms, with the previous keys', async () => {
    await update(FIRST);
    const first = await token({ roles: ['viewer'] });
    await expect(token({ roles: ['auditor'] })).rejects.toThrow(/unknown/);
    await update(FIRST, ['viewer', 'auditor'], ['ES384']);
    const second = await token({ roles: ['auditor'] });
    expect([decodeJwt(first).iss, decodeJwt(second).iss]).toEqual([gateway.ready.issuer, gateway.ready.issuer]);
    expect([decodeProtectedHeader(second).alg, decodeJwt(second)['roles']]).toEqual(['ES384', ['auditor']]);
    await update(FIRST);
    expect(decodeProtectedHeader(await token({ roles: ['viewer'] })).kid).toBe(decodeProtectedHeader(first).kid);
    await expect(token({ roles: ['viewer'], alg: 'ES384' })).rejects.toThrow(/alg must be one of/);
  });

  it('knows the clients of user pools that an update adds, and prints their ids', async () => {
    lines.length = 0;
    const pool = {
      Pool: { Type: 'AWS::Cognito::UserPool', Properties: {} },
      Client: {
        Type: 'AWS::Cognito::UserPoolClient',
        Properties: { UserPoolId: { Ref: 'Pool' }, ClientName: 'web', AllowedOAuthFlows: ['code'] },
      },
    };
    await update({ ...FIRST, ...pool });
    await update({ ...FIRST, ...pool }, ['viewer', 'editor']);
    const [client] = gateway.model.userPools.flatMap(({ clients }) => clients);
    expect(lines).toEqual([`user pool client web: ${client?.id} (code)`]);
  });
});

it('another region needs another start', async () => {
  const assembly = stack(FIRST);
  const manifest = JSON.parse(readFileSync(`${assembly}/manifest.json`, 'utf8'));
  manifest.artifacts.Sample.environment = 'aws://123456789012/us-east-1';
  writeFileSync(`${assembly}/manifest.json`, JSON.stringify(manifest));
  await expect(gateway.update({ assembly })).rejects.toMatchObject({ code: 'restart-needed' });
});
