import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyValueStores } from '../../services/cloudfront/keyValueStores.ts';
import { startKeyValueStoreApi } from '../../services/cloudfront/start.ts';
import { patternSets } from '../../services/wafv2/patternSets.ts';
import { startWaf } from '../../services/wafv2/start.ts';
import { access, signedFetch } from '../support/services.ts';

const ARN = 'arn:aws:cloudfront::111111111111:key-value-store/one';
const SET = { arn: 'arn:set', id: 'id-1', name: 'origin', scope: 'REGIONAL', patterns: ['^a$'] };
const service = 'cloudfront-keyvaluestore';
const path = `/key-value-stores/${encodeURIComponent(ARN)}`;

let kvs: Awaited<ReturnType<typeof startKeyValueStoreApi>>;
let waf: Awaited<ReturnType<typeof startWaf>>;
const sets = patternSets();
beforeAll(async () => {
  kvs = await startKeyValueStoreApi([{ arn: ARN, name: 'one' }], keyValueStores(), access);
  waf = await startWaf([SET], sets, access);
});
afterAll(() => Promise.all([kvs?.close(), waf?.close()]));

const etagNow = async () => (await signedFetch(kvs.url, { service, method: 'GET', path })).headers.get('etag') ?? '';
const write = (method: string, rest: string, etag: string, body = '') =>
  signedFetch(kvs.url, {
    service,
    method,
    path: `${path}${rest}`,
    headers: { 'if-match': etag },
    ...(body && { body }),
  });

describe('the local API of key value stores', () => {
  it('writes with the current ETag alone', async () => {
    const etag = await etagNow();
    expect((await write('PUT', '/keys/a', etag, '{"Value":"1"}')).status).toBe(200);
    expect((await write('PUT', '/keys/a', etag, '{"Value":"2"}')).status).toBe(409);
    const read = await signedFetch(kvs.url, { service, method: 'GET', path: `${path}/keys/a` });
    expect(await read.json()).toMatchObject({ Key: 'a', Value: '1', ItemCount: 1 });
  });

  it('puts and deletes several keys, or none where one is wrong', async () => {
    const good = JSON.stringify({ Puts: [{ Key: 'b', Value: '2' }], Deletes: [] });
    expect((await write('POST', '/keys', await etagNow(), good)).status).toBe(200);
    const bad = JSON.stringify({ Puts: [{ Key: 'c', Value: '3' }], Deletes: [{ Key: 'missing' }] });
    expect((await write('POST', '/keys', await etagNow(), bad)).status).toBe(404);
    expect((await signedFetch(kvs.url, { service, method: 'GET', path: `${path}/keys/c` })).status).toBe(404);
  });

  it('rejects requests without a signature, and values that CloudFront would not take', async () => {
    expect((await fetch(`${kvs.url}${path}`)).status).toBe(403);
    const authorization = `AWS4-ECDSA-P256-SHA256 Credential=test/20261101/${service}/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
    expect((await fetch(`${kvs.url}${path}`, { headers: { authorization } })).status).toBe(403);
    const long = JSON.stringify({ Value: 'x'.repeat(1_025) });
    expect((await write('PUT', '/keys/long', await etagNow(), long)).status).toBe(400);
  });
});

describe('the local API of regex pattern sets', () => {
  const call = async (operation: string, input: object) => {
    const headers = { 'x-amz-target': `AWSWAF_20190729.${operation}` };
    const response = await signedFetch(waf.url, { service: 'wafv2', headers, body: JSON.stringify(input) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const target = { Id: SET.id, Name: SET.name, Scope: SET.scope };

  it('replaces the patterns with the current lock token alone', async () => {
    const { body } = await call('GetRegexPatternSet', target);
    const update = { ...target, LockToken: body['LockToken'], RegularExpressionList: [{ RegexString: '^b$' }] };
    expect((await call('UpdateRegexPatternSet', update)).status).toBe(200);
    expect(sets.written(SET.arn)).toEqual(['^b$']);
    const again = await call('UpdateRegexPatternSet', update);
    expect([again.status, again.body['__type']]).toEqual([400, 'WAFOptimisticLockException']);
  });

  it('knows no other set and no other operation', async () => {
    expect((await call('GetRegexPatternSet', { ...target, Id: 'other' })).body['__type']).toBe(
      'WAFNonexistentItemException',
    );
    expect((await call('DeleteWebACL', target)).body['__type']).toBe('UnknownOperationException');
  });
});
