import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { createApiKeyCheck } from '../../gateway/limits/apiKeys.ts';
import { createUsagePlans } from '../../gateway/limits/usagePlans.ts';
import { keyRegistry } from '../../services/apigateway/keyRegistry.ts';
import { startControlPlane } from '../../services/apigateway/start.ts';
import { createUsageRecords } from '../../services/apigateway/usageRecords.ts';
import { anApi, aRequestState, aRoute, aStack, outcomeOf } from '../support/gateway.ts';
import { access, signedFetch } from '../support/services.ts';

const BODY = { components: { securitySchemes: { key: { type: 'apiKey', name: 'x-api-key', in: 'header' } } } };
const ROUTE = aRoute({ security: [{ key: [] }] });
const stages = [{ restApiId: 'api1', stage: 'prod', methods: {} }];
const model = aStack({
  usagePlans: [
    { id: 'free', name: 'free', stages, quota: { limit: 3, period: 'DAY' }, tags: { 'secure-api:tier': 'free' } },
    { id: 'paid', name: 'paid', stages },
  ],
  apiKeys: [{ id: 'shared', value: 'free-'.padEnd(30, 'x'), enabled: true, planIds: ['free'] }],
});
const VALUE = 'c'.repeat(64);
const clock = { now: () => Date.UTC(2026, 10, 25), speed: 1 };
const data = temporaryFolder();
const keys = keyRegistry(data, model);
const usageRecords = createUsageRecords();
let plane: Awaited<ReturnType<typeof startControlPlane>>;
beforeAll(async () => {
  plane = await startControlPlane({ model, keys, usageRecords, clock }, access);
});
afterAll(() => plane.close());

const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
  const call = { service: 'apigateway', method, path, headers, body: body && JSON.stringify(body) };
  const response = await signedFetch(plane.url, call);
  const text = await response.text();
  const error = response.headers.get('x-amzn-errortype');
  return { status: response.status, error, body: text === '' ? undefined : JSON.parse(text) };
};
const stage = createApiKeyCheck(model, anApi(BODY), keys);
const usage = createUsagePlans(model, anApi(), clock, { usageRecords });
const asks = async (value: string) => {
  const exchange = aRequestState({}, ROUTE);
  exchange.grant = { principalId: 'ada', context: {}, usageIdentifierKey: value };
  const rejected = await outcomeOf(stage(exchange));
  return rejected === 'pass' ? outcomeOf(usage(exchange)) : rejected;
};

describe('the control plane', () => {
  it('adds a key that counts once it is in a plan, returns its usage, and never its value', async () => {
    expect(await asks(VALUE)).toBe('INVALID_API_KEY');
    const made = await call('POST', '/apikeys', { name: 'acme', value: VALUE, enabled: true });
    expect(made).toMatchObject({ status: 201, body: { name: 'acme', enabled: true } });
    expect(JSON.stringify(made)).not.toContain(VALUE);
    expect(await asks(VALUE)).toBe('INVALID_API_KEY');
    const { id } = made.body;
    expect((await call('POST', '/usageplans/free/keys', { keyId: id, keyType: 'API_KEY' })).status).toBe(201);
    expect([await asks(VALUE), await asks(VALUE)]).toEqual(['pass', 'pass']);
    expect((await call('GET', `/usageplans/free/usage?keyId=${id}`)).body.values).toEqual({ [id]: [[2, 1]] });
    expect([await asks(VALUE), await asks(VALUE)]).toEqual(['pass', 'QUOTA_EXCEEDED']);
    expect(JSON.stringify((await call('GET', '/apikeys')).body)).not.toContain(VALUE);
  });

  it('disables a key, moves it to another plan with a separate count, and removes it', async () => {
    const [{ id }] = (await call('GET', '/apikeys')).body.item.filter(({ name }: { name: string }) => name === 'acme');
    const enabled = (value: string) =>
      call('PATCH', `/apikeys/${id}`, { patchOperations: [{ op: 'replace', path: '/enabled', value }] });
    await enabled('false');
    expect(await asks(VALUE)).toBe('INVALID_API_KEY');
    await enabled('true');
    expect((await call('POST', '/usageplans/paid/keys', { keyId: id })).error).toBe('ConflictException');
    expect((await call('DELETE', `/usageplans/free/keys/${id}`)).status).toBe(202);
    await call('POST', '/usageplans/paid/keys', { keyId: id });
    expect(await asks(VALUE)).toBe('pass');
    expect((await call('DELETE', `/apikeys/${id}`)).status).toBe(202);
    expect(await asks(VALUE)).toBe('INVALID_API_KEY');
  });

  it('keeps added keys over a restart, in a file for the owner alone', async () => {
    keys.add({ id: 'k1', value: 'd'.repeat(64), enabled: true, planIds: ['free'] });
    expect(keyRegistry(data, model).byValue('d'.repeat(64))?.id).toBe('k1');
    const file = join(data, 'api-keys.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain('shared');
  });

  it.each([
    ['the template’s keys', 'DELETE', '/apikeys/shared', undefined, 'BadRequestException'],
    ['a key that is not there', 'DELETE', '/apikeys/nobody', undefined, 'NotFoundException'],
    ['a value that is known', 'POST', '/apikeys', { value: 'free-'.padEnd(30, 'x') }, 'ConflictException'],
    ['a value that is too short', 'POST', '/apikeys', { value: 'short' }, 'BadRequestException'],
    ['a plan that is not there', 'POST', '/usageplans/gold/keys', { keyId: 'k1' }, 'NotFoundException'],
    ['another change of a key', 'PATCH', '/apikeys/k1', { patchOperations: [] }, 'BadRequestException'],
    ['other operations', 'GET', '/restapis', undefined, 'NotFoundException'],
  ])('rejects %s', async (_, method, path, body, error) => {
    expect((await call(method, path, body)).error).toBe(error);
  });

  it('rejects web pages', async () => {
    expect((await call('GET', '/apikeys', undefined, { origin: 'https://evil.example' })).status).toBe(403);
  });
});
