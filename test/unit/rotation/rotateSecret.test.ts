import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { apiKeys } from '../../../lambdas/rotation/apiKeys.ts';
import { clientRecords } from '../../../lambdas/rotation/clientRecords.ts';
import { rotateSecret } from '../../../lambdas/rotation/rotateSecret.ts';
import { secretVersions as versionsOf } from '../../../lambdas/rotation/secretVersions.ts';
import { awsCall } from '../../../lambdas/shared/aws.ts';
import { stateItem } from '../../../lambdas/shared/clientItems.ts';
import { type KeyRegistry, keyRegistry } from '../../../local/services/apigateway/keyRegistry.ts';
import { startControlPlane } from '../../../local/services/apigateway/start.ts';
import { createUsageRecords } from '../../../local/services/apigateway/usageRecords.ts';
import { startDynamoDb } from '../../../local/services/dynamodb/start.ts';
import { startSecretsManager } from '../../../local/services/secrets/start.ts';
import { secretVersions } from '../../../local/services/secrets/versions.ts';
import { aStack } from '../../../local/test/support/gateway.ts';
import { access } from '../../../local/test/support/services.ts';
import { clientsTable } from '../../support/clientsTable.ts';
import { temporaryFolder } from '../../support/folders.ts';

const SECRET = 's'.repeat(48);
const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys-AbCdEf';
const stages = [{ restApiId: 'api1', stage: 'live', methods: {} }];
const model = aStack({
  usagePlans: [
    { id: 'p-free', name: 'free', stages },
    { id: 'p-paid', name: 'paid', stages },
  ],
  apiKeys: [{ id: 'stack', name: 'stack-free', value: `free-${SECRET}`, enabled: true, planIds: ['p-free'] }],
});
const settings = {
  restApiId: 'api1',
  everyDays: 30,
  plans: [
    { tier: 'free', planId: 'p-free' },
    { tier: 'paid', planId: 'p-paid' },
  ],
};

const closing: (() => Promise<void>)[] = [];
let keys: KeyRegistry;
const environment: Record<string, string> = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'eu-west-1',
  SECURE_API_KEYS_SECRET: ARN,
  SECURE_API_ROTATION: JSON.stringify(settings),
};
beforeAll(async () => {
  const dynamoDb = await startDynamoDb(temporaryFolder(), [clientsTable], access);
  closing.push(dynamoDb.close);
  environment['AWS_ENDPOINT_URL_DYNAMODB'] = dynamoDb.url;
});
beforeEach(async () => {
  keys = keyRegistry(temporaryFolder(), model);
  const clock = { now: Date.now, speed: 1 };
  const plane = await startControlPlane({ model, keys, usageRecords: createUsageRecords(), clock }, access);
  const secrets = await startSecretsManager(
    [{ arn: ARN, name: 'keys' }],
    secretVersions(() => SECRET),
    access,
  );
  closing.push(plane.close, secrets.close);
  environment['AWS_ENDPOINT_URL_API_GATEWAY'] = plane.url;
  environment['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = secrets.url;
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const close of closing) await close();
});

const context = { getRemainingTimeInMillis: () => 900_000 };

describe('the function that rotates the secret', () => {
  it('does nothing on schedule before it is due', async () => {
    expect(await rotateSecret()({ source: 'aws.events' }, context)).toMatchObject({ phase: 'idle' });
    expect(keys.all()).toHaveLength(1);
  });

  it('makes keys of the new version in the plans, and makes it the current one', async () => {
    expect(await rotateSecret()({ start: true, settleSeconds: 0 }, context)).toMatchObject({
      phase: 'finished',
      total: 2,
    });
    const { current, previous } = await versionsOf(environment, ARN).labels();
    expect(previous).toBe('00000000-0000-4000-8000-000000000001');
    const { value } = await versionsOf(environment, ARN).read(current);
    expect(value).toMatch(/^[A-Za-z0-9]{48}$/);
    for (const { tier, planId } of settings.plans)
      expect(keys.byValue(`${tier}-${value}`)).toMatchObject({ enabled: true, planIds: [planId] });
  });

  it.each([
    [{ settleSeconds: -1 }],
    [{ settleSeconds: '0' }],
    [{ settleSeconds: 1e9 }],
    [{ seconds: 0 }],
    [{ start: 'yes' }],
    [null],
    [[]],
    ['start'],
  ])('takes %j as if it said nothing', async (event) => {
    const start = event !== null && typeof event === 'object' && 'settleSeconds' in event ? { start: true } : {};
    const phase = 'start' in start ? 'settling' : 'idle';
    const sent = Object.keys(start).length === 0 ? event : { ...(event as object), ...start };
    expect(await rotateSecret()(sent, context)).toMatchObject({ phase });
  });

  it('ends before Lambda stops it', async () => {
    const late = { getRemainingTimeInMillis: () => 59_000 };
    expect(await rotateSecret()({ start: true }, late)).toEqual({ phase: 'preparing', prepared: 0, total: 2 });
  });

  it('logs no key and no secret', async () => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(String(line)) > 0);
    const log = vi.spyOn(console, 'info').mockImplementation((line) => void written.push(String(line)));
    await rotateSecret()({ start: true, settleSeconds: 0 }, context);
    spy.mockRestore();
    log.mockRestore();
    const values = keys.all().map(({ value }) => value);
    expect(values).toHaveLength(3);
    for (const value of values) expect(written.join('\n')).not.toContain(value.slice(5));
  });
});

describe('the versions of the secret', () => {
  it('get one pending version from two runs that start at once', async () => {
    const secret = versionsOf(environment, ARN);
    const labels = await secret.labels();
    await Promise.all([secret.add(labels), secret.add(labels)]);
    const { pending = '' } = await secret.labels();
    expect(pending).toMatch(/^[0-9a-f-]{36}$/);
    await secret.promote({ ...labels, pending });
    await secret.promote({ ...labels, pending });
    expect(await secret.labels()).toMatchObject({ current: pending, previous: labels.current, pending: undefined });
  });
});

describe('API keys', () => {
  it('of older versions, which have no tag, are left to the command line', async () => {
    const server = createServer((_, response) => response.writeHead(403).end('{"message":"not authorized"}'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const own = { ...environment, AWS_ENDPOINT_URL_API_GATEWAY: `http://127.0.0.1:${port}` };
    expect(await apiKeys(own, 'api1').remove('old')).toBe(false);
    server.close();
  });

  it('are created once for a value, join a plan once, and are removed once', async () => {
    const plane = apiKeys(environment, 'api1');
    const key = { name: 'n', value: 'v'.repeat(30), enabled: false };
    const id = (await plane.create(key)) ?? '';
    expect(await plane.create(key)).toBeUndefined();
    await plane.join('p-free', id);
    await plane.join('p-free', id);
    await plane.setEnabled(id, true);
    const [, made] = await plane.list();
    expect(made).toMatchObject({ id, name: 'n', enabled: true });
    expect(await plane.membersOf('p-free')).toEqual(new Set(['stack', id]));
    expect([await plane.hasPlan(id), await plane.hasPlan('none')]).toEqual([true, false]);
    expect(Math.abs((made?.created ?? 0) - Date.now())).toBeLessThan(60_000);
    expect([await plane.remove(id), await plane.remove(id)]).toEqual([true, true]);
    expect(await plane.list()).toHaveLength(1);
  });

  it('are not named by the value in an error', async () => {
    const value = 'x'.repeat(10);
    const created = apiKeys(environment, 'api1').create({ name: 'n', value, enabled: true });
    await expect(created).rejects.toThrow('apigateway returned 400 POST /apikeys');
  });

  it('are read page by page, with times as numbers and as strings', async () => {
    const pages: Record<string, object> = {
      '': { item: [{ id: 'a', name: 'one', createdDate: 1_795_000_000 }], position: 'p 2' },
      'p 2': {
        item: [{ id: 'b', createdDate: '2026-11-18T11:06:40Z', lastUpdatedDate: 1_795_500_000, enabled: true }, 'odd'],
      },
    };
    const server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost');
      response.end(JSON.stringify(pages[searchParams.get('position') ?? '']));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const own = { ...environment, AWS_ENDPOINT_URL_API_GATEWAY: `http://127.0.0.1:${port}` };
    expect(await apiKeys(own, 'api1').list()).toEqual([
      { id: 'a', name: 'one', created: 1_795_000_000_000, updated: 1_795_000_000_000, enabled: false },
      { id: 'b', name: '', created: Date.parse('2026-11-18T11:06:40Z'), updated: 1_795_500_000_000, enabled: true },
    ]);
    server.close();
  });
});

describe('the records of clients', () => {
  const state = { client: 'acme', tier: 'free', status: 'active', keyVersion: 1, keyId: 'k1' } as const;
  const times = { created: '2026-11-28T00:00:00.000Z', updated: '2026-11-28T00:00:00.000Z' };

  it('are replaced only as they were read', async () => {
    const records = clientRecords(environment, 'clients');
    const before = { ...state, ...times, client: randomUUID() };
    const next = { keyId: 'k2', keyVersion: 2, secretVersion: 'v2', made: times.created };
    expect(await records.replace(before, { ...before, next })).toBe(false);
    const { secretVersion } = next;
    await awsCall(environment, 'dynamodb')('PutItem', { TableName: 'clients', Item: stateItem(before) });
    expect(await records.replace(before, { ...before, next, secretVersion, updated: '2026-11-28T00:00:01.000Z' })).toBe(
      true,
    );
    expect(await records.replace(before, before)).toBe(false);
    const stored = (await records.list()).find(({ client }) => client === before.client);
    expect(stored).toEqual({ ...before, next, secretVersion, updated: '2026-11-28T00:00:01.000Z' });
  });

  it('keep retired keys until they are forgotten', async () => {
    const records = clientRecords(environment, 'clients');
    const key = { keyId: 'old', at: times.created };
    await records.retire(key);
    expect(await records.retired()).toContainEqual(key);
    await records.forget(key);
    expect(await records.retired()).not.toContainEqual(key);
  });
});
