import { createHash, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { revocationLists } from '../../../../lambdas/authorizer/certificate/revocationLists.ts';
import {
  daysFromNow,
  makeCa,
  makeClient,
  makeIntermediate,
  type TestCertificate,
} from '../../../support/certificates.ts';
import { makeCrl } from '../../../support/revocationList.ts';

/** The lists in the bucket, by URL. */
const objects = new Map<string, string>();
const bucket = createServer((request, response) => {
  const object = objects.get(request.url ?? '');
  response.writeHead(object === undefined ? 404 : 200).end(object ?? '');
});
let root: TestCertificate;
let intermediate: TestCertificate;
let below: TestCertificate;
beforeAll(async () => {
  await new Promise<void>((done) => bucket.listen(0, '127.0.0.1', done));
  root = await makeCa({ commonName: 'Root' });
  intermediate = await makeIntermediate(root, { commonName: 'Partners' });
  below = await makeClient(intermediate, { commonName: 'acme' });
});
afterAll(() => bucket.close());
beforeEach(() => objects.clear());

const certificateOf = ({ cert }: TestCertificate) => new X509Certificate(cert);
const publish = async (ca: TestCertificate, options: Parameters<typeof makeCrl>[1] = {}) => {
  const id = createHash('sha256').update(certificateOf(ca).raw).digest('hex');
  objects.set(`/lists/crl/${id}.pem`, (await makeCrl(ca, options)).pem);
};
/** The reason of a rejection; undefined for a certificate that is accepted. */
const checked = async (certificate: TestCertificate, trusted: readonly TestCertificate[]) => {
  const environment = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDTEST',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(bucket.address() as AddressInfo).port}`,
    SECURE_API_REVOCATION_LISTS: 'lists',
  };
  const reject = revocationLists(environment, trusted.map(certificateOf));
  return reject(certificateOf(certificate)).catch((error: { readonly reason?: string }) => error.reason);
};

describe('an intermediate CA whose root is in the trust store, too', () => {
  it('makes its certificates rejected once the root has revoked it', async () => {
    await publish(intermediate);
    await publish(root);
    expect(await checked(below, [root, intermediate])).toBeUndefined();
    await publish(root, { revoked: [intermediate] });
    expect(await checked(below, [root, intermediate])).toBe('certificate-revoked');
  });

  it('is not accepted without a current list of the root', async () => {
    await publish(intermediate);
    expect(await checked(below, [root, intermediate])).toBe('revocation-unknown');
    await publish(root, { nextUpdate: daysFromNow(-1) });
    expect(await checked(below, [root, intermediate])).toBe('revocation-unknown');
  });

  it('is checked at every level', async () => {
    const third = await makeIntermediate(intermediate, { commonName: 'Devices' });
    const device = await makeClient(third, { commonName: 'device' });
    for (const ca of [root, intermediate, third]) await publish(ca);
    expect(await checked(device, [third, intermediate, root])).toBeUndefined();
    await publish(root, { revoked: [intermediate] });
    expect(await checked(device, [third, intermediate, root])).toBe('certificate-revoked');
  });
});

describe('an intermediate CA that is trusted without its root', () => {
  it('needs its own list alone', async () => {
    await publish(intermediate);
    expect(await checked(below, [intermediate])).toBeUndefined();
  });
});

describe('an intermediate CA that was renewed with the same key', () => {
  it.each(['the old', 'the new'])(
    'is revoked for both by the revocation of %s certificate, in any order of the trust store',
    async (which) => {
      const renewed = await makeIntermediate(root, { commonName: 'Partners', key: intermediate.key });
      for (const ca of [intermediate, renewed]) await publish(ca);
      await publish(root);
      const orders = [
        [root, intermediate, renewed],
        [root, renewed, intermediate],
        [renewed, intermediate, root],
      ];
      for (const order of orders) expect(await checked(below, order)).toBeUndefined();
      await publish(root, { revoked: [which === 'the old' ? intermediate : renewed] });
      for (const order of orders) expect(await checked(below, order)).toBe('certificate-revoked');
    },
  );
});

describe('a CA whose certificate was renewed with the same key', () => {
  let renewed: TestCertificate;
  beforeAll(async () => {
    renewed = await makeCa({ commonName: 'Root', key: root.key, serial: '77' });
  });

  it('needs one list, under the old or the new certificate', async () => {
    const client = await makeClient(root, { commonName: 'acme' });
    await publish(root);
    expect(await checked(client, [root, renewed])).toBeUndefined();
    objects.clear();
    await publish(renewed);
    expect(await checked(client, [root, renewed])).toBeUndefined();
    objects.clear();
    expect(await checked(client, [root, renewed])).toBe('revocation-unknown');
  });

  it('revokes what one of its lists has', async () => {
    const client = await makeClient(root, { commonName: 'acme' });
    await publish(root);
    await publish(renewed, { revoked: [client] });
    expect(await checked(client, [root, renewed])).toBe('certificate-revoked');
  });
});

describe('CAs that have certified each other', () => {
  it('are checked once each', async () => {
    const one = await makeCa({ commonName: 'One' });
    const two = await makeCa({ commonName: 'Two' });
    const oneByTwo = await makeIntermediate(two, { commonName: 'One', key: one.key });
    const twoByOne = await makeIntermediate(one, { commonName: 'Two', key: two.key });
    const client = await makeClient(one, { commonName: 'acme' });
    for (const ca of [one, two, oneByTwo, twoByOne]) await publish(ca);
    expect(await checked(client, [oneByTwo, twoByOne])).toBeUndefined();
  });
});
