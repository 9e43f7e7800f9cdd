import { createHash, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { copyRevoked } from '../../../lambdas/certificateRevocation/copyRevoked.ts';
import { type KeyValueStores, keyValueStores } from '../../../local/services/cloudfront/keyValueStores.ts';
import { startKeyValueStoreApi } from '../../../local/services/cloudfront/start.ts';
import { daysFromNow, makeCa, type TestCertificate } from '../../support/certificates.ts';
import { makeCrl } from '../../support/revocationList.ts';

const ARN = 'arn:aws:cloudfront::111122223333:key-value-store/0a1b2c3d';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const objects = new Map<string, string>();
const bucket = createServer((request, response) => {
  const object = objects.get(request.url ?? '');
  response.writeHead(object === undefined ? 404 : 200).end(object ?? '');
});
let ca: TestCertificate;
let other: TestCertificate;
let stores: KeyValueStores;
let api: Awaited<ReturnType<typeof startKeyValueStoreApi>>;

beforeAll(async () => {
  [ca, other] = await Promise.all([makeCa({ commonName: 'Partners' }), makeCa({ commonName: 'Devices' })]);
  await new Promise<void>((done) => bucket.listen(0, '127.0.0.1', done));
  stores = keyValueStores();
  api = await startKeyValueStoreApi([{ arn: ARN, name: 'revoked' }], stores, { credentials, region: 'us-east-1' });
});
afterAll(async () => {
  await Promise.all([api.close(), new Promise((done) => bucket.close(done))]);
});
beforeEach(() => {
  objects.clear();
  stores.write(ARN, new Map());
});

const derOf = ({ cert }: TestCertificate) => new X509Certificate(cert).raw;
const keyOf = (authority: TestCertificate) =>
  `/lists/crl/${createHash('sha256').update(derOf(authority)).digest('hex')}.pem`;
const publish = async (authority: TestCertificate, options: Parameters<typeof makeCrl>[1]) => {
  objects.set(keyOf(authority), (await makeCrl(authority, options)).pem);
};
const makeRun = (now?: () => number) =>
  copyRevoked(
    [ca, other].map((authority) => derOf(authority).toString('base64')),
    {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: api.url,
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(bucket.address() as AddressInfo).port}`,
      SECURE_API_REVOKED_CERTIFICATES: JSON.stringify({ storeArn: ARN, bucket: 'lists', region: 'eu-west-1' }),
    },
    now,
  );
/** A run in a new instance. */
const run = () => makeRun()();
const serials = () => [...stores.of(ARN).keys.keys()].filter((key) => /^[0-9A-F]+$/.test(key)).sort();

describe('revoked certificates at the edge', () => {
  it('are those of the lists of all CAs, as upper-case hexadecimal without leading zeros', async () => {
    await publish(ca, { revoked: ['0a1b', '7f', '00ff01'] });
    await publish(other, { revoked: ['ff00'] });
    await expect(run()).resolves.toEqual({ added: 4, removed: 0 });
    expect(serials()).toEqual(['7F', 'A1B', 'FF00', 'FF01']);
  });

  it('change with the lists, more than one update takes included', async () => {
    const many = Array.from({ length: 130 }, (_, i) => (4096 + i).toString(16));
    await publish(ca, { revoked: many });
    await expect(run()).resolves.toEqual({ added: 130, removed: 0 });
    await publish(ca, { revoked: ['2000', ...many.slice(1)], thisUpdate: daysFromNow(0) });
    await expect(run()).resolves.toEqual({ added: 1, removed: 1 });
    expect(serials()).toHaveLength(130);
  });

  it('are written once: an unchanged list changes nothing', async () => {
    await publish(ca, { revoked: ['1f'] });
    await run();
    const { etag } = stores.of(ARN);
    await expect(run()).resolves.toEqual({ added: 0, removed: 0 });
    expect(stores.of(ARN).etag).toBe(etag);
  });

  it('stay while a list is missing, or of another CA, or older than the one before', async () => {
    await publish(ca, { revoked: ['1f'], thisUpdate: daysFromNow(-1 / 24) });
    await run();
    objects.delete(keyOf(ca));
    await expect(run()).rejects.toThrow('no readable list');
    await publish(ca, { revoked: [], thisUpdate: daysFromNow(0), signedBy: other });
    await expect(run()).rejects.toThrow('no readable list');
    await publish(ca, { revoked: [], thisUpdate: daysFromNow(-2) });
    await run();
    await publish(ca, { revoked: [], thisUpdate: daysFromNow(0), number: 0 });
    await run();
    expect(serials()).toEqual(['1F']);
    await publish(ca, { revoked: [], thisUpdate: daysFromNow(0) });
    await run();
    expect(serials()).toEqual([]);
  });

  it('stay while one of two CAs still revokes the same number', async () => {
    await publish(ca, { revoked: ['1f'] });
    await publish(other, { revoked: ['1f'] });
    await run();
    await publish(ca, { revoked: [], thisUpdate: daysFromNow(0) });
    await run();
    expect(serials()).toEqual(['1F']);
    await publish(other, { revoked: [], thisUpdate: daysFromNow(0) });
    await run();
    expect(serials()).toEqual([]);
  });

  it('of one CA are copied while the list of another one is invalid, and the run fails, so that the alarm counts it', async () => {
    objects.set(keyOf(ca), 'nonsense');
    await publish(other, { revoked: ['2f'] });
    await expect(run()).rejects.toThrow('no readable list');
    expect(serials()).toEqual(['2F']);
  });

  it('are none, without a failure, before a CA has published its first list', async () => {
    await expect(run()).resolves.toEqual({ added: 0, removed: 0 });
  });

  it('are compared with the store once an hour while the lists stay the same, because each request to it costs money', async () => {
    let now = Date.now();
    const again = makeRun(() => now);
    await publish(ca, { revoked: ['1f'] });
    await again();
    stores.write(ARN, new Map());
    now += 59 * 60_000;
    await expect(again()).resolves.toEqual({ added: 0, removed: 0 });
    expect(serials()).toEqual([]);
    now += 60_000;
    await again();
    expect(serials()).toEqual(['1F']);
    await publish(ca, { revoked: ['1f', '2f'], thisUpdate: daysFromNow(0) });
    await expect(again()).resolves.toEqual({ added: 1, removed: 0 });
  });

  it('of a list that stays invalid fail each run, so that the alarm stays', async () => {
    const again = makeRun();
    objects.set(keyOf(ca), 'nonsense');
    for (let i = 0; i < 3; i += 1) await expect(again()).rejects.toThrow('no readable list');
  });

  it('are repaired after a run that did not end', async () => {
    await publish(ca, { revoked: ['1f'] });
    stores.write(ARN, new Map([['1F', 'left by a run that did not end']]));
    await expect(run()).resolves.toEqual({ added: 0, removed: 0 });
    expect(serials()).toEqual(['1F']);
    expect(stores.of(ARN).keys.get('1F')).toMatch(/^[0-9a-f]{16}$/);
  });
});
