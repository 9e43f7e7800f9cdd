import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ClientServices, clientRegistry, openClients, sweep } from '../../../lib/clients/index.ts';
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
const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys-AbCdEf';
const tags = (tier: string, table?: string) => ({
  'secure-api:api': table === undefined ? 'plain' : 'notes',
  'secure-api:tier': tier,
  'secure-api:keysSecret': arn,
  ...(table === undefined ? {} : { 'secure-api:clientsTable': table }),
});
const stages = [{ restApiId: 'api1', stage: 'live', methods: {} }];
const quota = { limit: 100, period: 'DAY' as const };
const model = aStack({
  usagePlans: [
    { id: 'p-free', name: 'free', stages, quota, tags: tags('free', 'clients') },
    { id: 'p-paid', name: 'paid', stages, tags: tags('paid', 'clients') },
    { id: 'p-plain', name: 'plain', stages, tags: tags('free') },
  ],
});
const closing: (() => Promise<void>)[] = [];
const book = createUsageRecords();
let keys: KeyRegistry;
let nowMs = Date.UTC(2026, 10, 25, 12);
let services: ClientServices;

beforeAll(async () => {
  const data = temporaryFolder();
  keys = keyRegistry(data, model);
  const clock = { now: () => nowMs, speed: 1 };
  const plane = await startControlPlane({ model, keys, usageRecords: book, clock }, access);
  const dynamoDb = await startDynamoDb(data, [clientsTable], access);
  const secrets = await startSecretsManager(
    [{ arn, name: 'keys' }],
    secretVersions(() => SECRET),
    access,
  );
  closing.push(plane.close, dynamoDb.close, secrets.close);
  const environment = {
    AWS_ENDPOINT_URL_API_GATEWAY: plane.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-west-1',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const opened = await openClients({ api: 'notes', local: true });
  services = { ...opened, who: async () => 'arn:aws:iam::123456789012:user/ada', now: () => new Date(nowMs) };
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const close of closing) await close();
});

const registry = () => clientRegistry(services);
const keyValueOf = (client: string, version: number) =>
  createHmac('sha256', SECRET).update(`v${version}:${client}`).digest('hex');
const plansOf = (client: string, version: number) => keys.byValue(keyValueOf(client, version))?.planIds;
const later = (seconds: number) => {
  nowMs += seconds * 1000;
};

describe('a registered client', () => {
  it('gets the key that the authorizer computes, in the plan of its tier', async () => {
    const state = await registry().add('acme', 'free');
    expect(state).toMatchObject({ client: 'acme', tier: 'free', status: 'active', keyVersion: nowMs / 1000 });
    const key = keys.byValue(keyValueOf('acme', state.keyVersion));
    expect(key).toMatchObject({ id: state.keyId, enabled: true, planIds: ['p-free'] });
    expect(JSON.stringify(state)).not.toContain(key?.value);
  });

  it('moves to another tier without a moment in which its key is in no plan', async () => {
    const before = await registry().add('mover', 'free');
    later(1);
    const after = await registry().setTier('mover', 'paid');
    expect(after).toMatchObject({ tier: 'paid', created: before.created });
    expect(plansOf('mover', after.keyVersion)).toEqual(['p-paid']);
    // Decisions that the gateway has cached still name the old key.
    expect(plansOf('mover', before.keyVersion)).toEqual(['p-free']);
  });

  it('leaves an old key, which is deleted once no cached decision can name it', async () => {
    const before = await registry().add('turner', 'free');
    later(1);
    const after = await registry().rotate('turner');
    later(4_199);
    await sweep(services);
    expect(plansOf('turner', before.keyVersion)).toEqual(['p-free']);
    later(1);
    await sweep(services);
    expect(plansOf('turner', before.keyVersion)).toBeUndefined();
    expect(plansOf('turner', after.keyVersion)).toEqual(['p-free']);
    expect(await services.store.retired()).toEqual([]);
  });

  it('is suspended by its key at once and by its state for new decisions, until it is resumed', async () => {
    const { keyVersion } = await registry().add('villain', 'free');
    const isOn = () => keys.byValue(keyValueOf('villain', keyVersion))?.enabled;
    expect([(await registry().suspend('villain')).status, isOn()]).toEqual(['suspended', false]);
    later(1);
    const moved = await registry().setTier('villain', 'paid');
    expect(moved.status).toBe('suspended');
    expect(keys.byValue(keyValueOf('villain', moved.keyVersion))?.enabled).toBe(false);
    expect((await registry().resume('villain')).status).toBe('active');
  });

  it('is removed, and gets a key of a new version when it is added again', async () => {
    const first = await registry().add('guest', 'free');
    await registry().remove('guest');
    await expect(registry().show('guest')).rejects.toThrow(/^client-unknown at guest/);
    later(2);
    const second = await registry().add('guest', 'paid');
    expect(second.keyVersion).toBeGreaterThan(first.keyVersion);
  });

  it('has a history of who did what, which holds no key', async () => {
    await registry().add('audited', 'free');
    later(1);
    await registry().setTier('audited', 'paid');
    later(1);
    await registry().suspend('audited');
    const { state, history } = await registry().show('audited');
    expect(history.map(({ action, tier, outcome, who }) => [action, tier, outcome, who])).toEqual([
      ['suspend', 'paid', 'done', 'arn:aws:iam::123456789012:user/ada'],
      ['set-tier', 'paid', 'done', 'arn:aws:iam::123456789012:user/ada'],
      ['add', 'free', 'done', 'arn:aws:iam::123456789012:user/ada'],
    ]);
    const everything = JSON.stringify([state, history, await registry().list()]);
    for (const { value } of keys.all()) expect(everything).not.toContain(value);
  });

  it('records a failed change as failed, and undoes it', async () => {
    const known = keys.all().length;
    const broken = { ...services.keys, joinPlan: () => Promise.reject(new Error('no plan today')) };
    const failing = clientRegistry({ ...services, keys: broken });
    await expect(failing.add('unlucky', 'free')).rejects.toThrow('no plan today');
    expect(keys.all()).toHaveLength(known);
    expect((await services.store.history('unlucky')).map(({ action, outcome }) => [action, outcome])).toEqual([
      ['add', 'failed'],
    ]);
  });

  it('is not changed by two people at once', async () => {
    await registry().add('contested', 'free');
    later(1);
    const results = await Promise.allSettled([registry().suspend('contested'), registry().suspend('contested')]);
    later(1);
    const stale = (await services.store.read('contested')) ?? expect.fail('it is registered');
    await registry().resume('contested');
    await expect(services.store.write(stale, stale)).rejects.toThrow(/^client-changed at contested/);
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
  });

  it('gets one new key when two people rotate it at once, and the second gets an error', async () => {
    await registry().add('hurried', 'free');
    later(1);
    const known = keys.all().length;
    const results = await Promise.allSettled([registry().rotate('hurried'), registry().rotate('hurried')]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const rejected = results.find((result) => result.status === 'rejected');
    expect(String(rejected?.reason)).toMatch(/client-changed/);
    expect(keys.all()).toHaveLength(known + 1);
  });

  it('can be added after a change that was interrupted between its key and its item', async () => {
    const cut = { ...services.store, write: () => new Promise<void>(() => {}) };
    void clientRegistry({ ...services, store: cut }).add('cut', 'free');
    await expect.poll(() => keys.all().filter(({ name }) => name === 'api1-cut').length).toBe(1);
    later(1);
    const { keyVersion } = await registry().add('cut', 'free');
    expect(plansOf('cut', keyVersion)).toEqual(['p-free']);
    const { outcome } = (await services.store.history('cut')).at(-1) ?? expect.fail('no history');
    expect(outcome).toBe('begun');
  });

  it('reports how much of its quota it has used', async () => {
    const { keyId } = await registry().add('reader', 'free');
    expect(await registry().usage('reader')).toEqual({ used: 0, limit: 100, period: 'DAY' });
    book.register('p-free', keyId, () => 42);
    expect(await registry().usage('reader')).toEqual({ used: 42, limit: 100, period: 'DAY' });
  });

  it('is listed with all others, in order, without their histories', async () => {
    const names = (await registry().list()).map(({ client }) => client);
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(expect.arrayContaining(['acme', 'guest', 'reader']));
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    ['a tier that is not deployed', () => registry().add('x', 'gold'), /option-invalid at --tier.*free, paid/],
    ['an id that no token can have', () => registry().add('zwölf', 'free'), /option-invalid at client/],
    ['a client twice', () => registry().add('acme', 'free'), /^client-exists at acme/],
    ['changes of an unknown client', () => registry().rotate('unknown'), /^client-unknown at unknown/],
    ['an API that is not there', () => openClients({ api: 'other', local: true }), /^api-not-deployed at other/],
    ['an API without clients', () => openClients({ api: 'plain', local: true }), /^clients-not-registered at plain/],
  ])('rejects %s', async (_, act, message) => {
    await expect(act()).rejects.toThrow(message);
  });
});

describe('the principal of a change', () => {
  it.each(['AWS_ENDPOINT_URL_STS', 'AWS_ENDPOINT_URL'])(
    'is the principal that STS at %s returns for a signed call',
    async (variable) => {
      let signed = '';
      const sts = createServer((request, response) => {
        signed = request.headers.authorization ?? '';
        response.end(
          '<GetCallerIdentityResult><Arn>arn:aws:sts::1:assumed-role/ops/ada</Arn></GetCallerIdentityResult>',
        );
      });
      await new Promise<void>((done) => sts.listen(0, '127.0.0.1', done));
      vi.stubEnv('AWS_ENDPOINT_URL_STS', undefined);
      vi.stubEnv(variable, `http://127.0.0.1:${(sts.address() as AddressInfo).port}`);
      const { who } = await openClients({ api: 'notes', local: false });
      expect(await who()).toBe('arn:aws:sts::1:assumed-role/ops/ada');
      expect(signed).toMatch(/^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/eu-west-1\/sts\/aws4_request/);
      sts.close();
    },
  );
});
