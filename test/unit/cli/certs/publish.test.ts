// @peculiar/x509 requires this polyfill at import.
import 'reflect-metadata';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { X509Crl } from '@peculiar/x509';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { credentials, startS3Endpoint } from '../../../../local/test/support/s3.ts';
import { daysFromNow, makeCa } from '../../../support/certificates.ts';
import { copyOf, temporaryFolder } from '../../../support/folders.ts';
import { cli } from '../../../support/gateway.ts';
import { type CrlOptions, makeCrl } from '../../../support/revocationList.ts';
import { type Cloud, startCloud } from '../../../support/userPoolCloud.ts';

let authority: string;
let folder: string;
beforeAll(async () => {
  authority = temporaryFolder();
  await cli(['certs', 'ca'], authority);
});
beforeEach(() => {
  folder = copyOf(authority);
});

const crlOf = () => readFileSync(join(folder, 'partner-ca/crl.pem'), 'utf8');
const serialsOf = (pem = '') => new X509Crl(pem).entries.map(({ serialNumber }) => serialNumber.toUpperCase());
function keyOf(): string {
  const { raw } = new X509Certificate(readFileSync(join(folder, 'partner-ca/ca.pem')));
  return `crl/${createHash('sha256').update(raw).digest('hex')}.pem`;
}

describe('certs … --publish --local', () => {
  /** A local S3 with one bucket, and the ready file of a gateway that has it. */
  async function gateway(
    bucket: string,
    apis: readonly object[] = [{ name: 'Notes-Api-1', definition: 'notes', revocationLists: bucket }],
  ) {
    const s3 = await startS3Endpoint({ name: bucket });
    writeFileSync(join(folder, 'local-ca.pem'), s3.ca);
    const environment = {
      AWS_ENDPOINT_URL_S3: s3.url(),
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
    const ready = { pid: process.pid, ca: join(folder, 'local-ca.pem'), environment, apis };
    writeFileSync(join(folder, 'ready.json'), JSON.stringify(ready));
    return s3;
  }

  it('uploads the list to the bucket of the gateway, over TLS', async () => {
    const Bucket = 'notes-apirevocationlists-1a2b3c';
    const s3 = await gateway(Bucket);
    const issued = JSON.parse((await cli(['certs', 'issue', 'acme', '--json'], folder)).stdout);
    const args = ['revoke', issued.serial, '--publish', '--local', '--ready-file', 'ready.json', '--json'];
    const { stdout, stderr } = await cli(['certs', ...args], folder);
    expect([stderr, JSON.parse(stdout).published]).toEqual(['', `s3://${Bucket}/${keyOf()}`]);
    const { Body } = await s3.client().send(new GetObjectCommand({ Bucket, Key: keyOf() }));
    expect(await Body?.transformToString()).toBe(crlOf());
    await s3.close();
  });

  it('uploads the list of another CA there, and needs no folder of a CA', async () => {
    const Bucket = 'notes-apirevocationlists-1a2b3c';
    const s3 = await gateway(Bucket);
    const foreign = await makeCa({ commonName: 'Acme' });
    const { pem } = await makeCrl(foreign, { revoked: ['0a'] });
    writeFileSync(join(folder, 'acme.crl'), pem);
    writeFileSync(join(folder, 'trusted.pem'), foreign.cert);
    const args = ['--file', 'acme.crl', '--trust-store', 'trusted.pem', '--publish', '--ready-file', 'ready.json'];
    expect((await cli(['certs', 'crl', ...args], folder)).code).toBe(0);
    const Key = `crl/${createHash('sha256').update(foreign.der).digest('hex')}.pem`;
    const { Body } = await s3.client().send(new GetObjectCommand({ Bucket, Key }));
    expect(serialsOf(await Body?.transformToString())).toEqual(['0A']);
    await s3.close();
  });

  it('uploads it to the bucket of the API that --api names, and takes none of several', async () => {
    const Bucket = 'notes-partners-2';
    const s3 = await gateway(Bucket, [
      { name: 'Notes-Admin-1', definition: 'admin', revocationLists: 'notes-adminrevocationlists-1' },
      { name: 'Notes-Partners-2', definition: 'partners', revocationLists: Bucket },
      { name: 'Notes-Public-3', definition: 'public' },
    ]);
    const crl = (...args: readonly string[]) =>
      cli(['certs', 'crl', '--publish', '--ready-file', 'ready.json', ...args], folder);
    for (const api of ['partners', 'Notes-Partners-2']) {
      expect((await crl('--api', api)).stderr).toBe(`Published as s3://${Bucket}/${keyOf()}.\n`);
    }
    const before = crlOf();
    const all = /admin \(Notes-Admin-1\), partners \(Notes-Partners-2\), public \(Notes-Public-3\)/;
    const cases: readonly (readonly [args: readonly string[], RegExp])[] = [
      [[], /^error option-missing at --api: found several APIs.*: Notes-Admin-1, Notes-Partners-2;/],
      [['--api', 'none'], new RegExp(`^error api-not-deployed at --local: found ${all.source}`)],
      [['--api', ''], all],
      [['--api', 'public'], /^error api-not-deployed at --local: found public \(.*expected an API with mtls/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await crl(...args);
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    }
    expect(crlOf()).toBe(before);
    await s3.close();
  });

  it('signs nothing when the gateway has no such bucket, or does not run', async () => {
    const before = crlOf();
    const missing = await cli(['certs', 'crl', '--publish', '--local'], folder);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/^error gateway-not-running/)]);
    const s3 = await gateway('uploads', [{ name: 'Notes-Api-1', definition: 'notes' }]);
    const { code, stderr } = await cli(['certs', 'crl', '--publish', '--ready-file', 'ready.json'], folder);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^error api-not-deployed at --local: found notes \(Notes-Api-1\); expected an API with mtls/,
      ),
    ]);
    expect(crlOf()).toBe(before);
    await s3.close();
  });
});

describe('certs … --publish --stack', () => {
  let cloud: Cloud;
  let status = 200;
  const puts: { readonly path: string; readonly body: string; readonly hash: unknown }[] = [];
  const objects = new Map<string, string>();
  /** What another machine publishes after the list was read, once. */
  let another: string | undefined;
  const etagOf = (path: string) =>
    `"${createHash('md5')
      .update(objects.get(path) ?? '')
      .digest('hex')}"`;
  const isMet = (path: string, headers: IncomingHttpHeaders) =>
    headers['if-match'] === undefined
      ? headers['if-none-match'] === '*' && !objects.has(path)
      : headers['if-match'] === etagOf(path);
  /** Keeps objects by conditional writes; `status` is that of every PUT. */
  const s3 = createServer(async (request, response) => {
    const path = request.url ?? '';
    if (request.method === 'GET') {
      response.writeHead(objects.has(path) ? 200 : 404, { etag: etagOf(path) }).end(objects.get(path) ?? '');
      if (another !== undefined) objects.set(path, another);
      another = undefined;
      return;
    }
    const body = await text(request);
    if (status === 200 && !isMet(path, request.headers)) {
      return void response.writeHead(412).end('<Error><Code>PreconditionFailed</Code></Error>');
    }
    puts.push({ path: `${request.method} ${path}`, body, hash: request.headers['x-amz-content-sha256'] });
    if (status === 200) objects.set(path, body);
    response.writeHead(status).end(status === 200 ? '' : '<Error><Code>AccessDenied</Code></Error>');
  });
  beforeEach(async () => {
    [status, puts.length, another] = [200, 0, undefined];
    objects.clear();
    cloud = await startCloud([]);
    if (!s3.listening) await new Promise<void>((done) => s3.listen(0, '127.0.0.1', done).unref());
  });
  afterEach(() => cloud.close());

  const crl = (...args: readonly string[]) => {
    const endpoint = `http://127.0.0.1:${(s3.address() as AddressInfo).port}`;
    return cli(['certs', 'crl', '--publish', ...args], folder, undefined, '', {
      ...cloud.env,
      AWS_ENDPOINT_URL_S3: endpoint,
    });
  };
  const deploy = (revocationLists: string | undefined) =>
    cloud.stacks.push({ name: 'Notes', outputs: cloud.outputsOf('notes', 'Notes-Api-1', { revocationLists }) });

  it('uploads the list to the bucket in the outputs of the stack', async () => {
    deploy('lists');
    expect((await crl('--stack', 'Notes')).stderr).toBe(`Published as s3://lists/${keyOf()}.\n`);
    const hash = createHash('sha256').update(crlOf()).digest('hex');
    expect(puts).toEqual([{ path: `PUT /lists/${keyOf()}`, body: crlOf(), hash }]);
  });

  it('uploads it to a named bucket without a stack', async () => {
    expect((await crl('--bucket', 'other')).code).toBe(0);
    expect(puts.map(({ path }) => path)).toEqual([`PUT /other/${keyOf()}`]);
  });

  it('signs nothing when the stack has no such bucket', async () => {
    deploy(undefined);
    const before = crlOf();
    const { code, stderr } = await crl('--stack', 'Notes');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/found no output RevocationLists.*revocation: true/)]);
    expect(crlOf()).toBe(before);
  });

  it('fails with 1 and says how to publish again when the bucket rejects the list, which is signed', async () => {
    status = 403;
    const before = crlOf();
    const { code, stderr } = await crl('--bucket', 'other');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^error aws-call-failed at S3 PutObject to other: found AccessDenied.*certs crl --publish/),
    ]);
    expect(crlOf()).not.toBe(before);
  });

  it.each<[args: readonly string[], message: RegExp]>([
    [[], /option-missing at --stack, --bucket or --local: found --publish alone/],
    [['--stack', 'A', '--local'], /'--stack <name>' cannot be used with option '--local'/],
    [['--stack', 'A', '--bucket', 'b'], /cannot be used with option/],
    [['--stack', 'A', '--ready-file', 'ready.json'], /cannot be used with option/],
    [['--bucket', 'b', '--api', 'notes'], /cannot be used with option/],
  ])('rejects %j', async (args, message) => {
    const { code, stderr } = await crl(...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  const ca = (name: string) => join(folder, 'partner-ca', name);
  const issue = async (name: string) =>
    JSON.parse((await cli(['certs', 'issue', name, '--json'], folder)).stdout).serial;
  const published = () => objects.get(`/lists/${keyOf()}`) ?? '';

  it('replaces no list by one with a lower number, or with the same one and other contents', async () => {
    const old = ['index.json', 'crl.pem'].map((name) => [ca(name), readFileSync(ca(name))] as const);
    await crl('--bucket', 'lists');
    await crl('--bucket', 'lists');
    const newest = published();
    for (const found of [/found number 2 of .*, and number 3 of/, /found number 3 of .*, and number 3 of/]) {
      for (const [file, bytes] of found.source.includes('number 2') ? old : []) writeFileSync(file, bytes);
      const { code, stderr } = await crl('--bucket', 'lists');
      expect([code, stderr]).toEqual([2, expect.stringMatching(/^error revocation-list-invalid at .*crl\.pem: /)]);
      expect(stderr).toMatch(found);
      expect(stderr).toContain('Download the published list to');
    }
    expect(published()).toBe(newest);
  });

  it('replaces no list by one that takes a revocation back, and takes it over from the list that was downloaded', async () => {
    const [acme, bolt] = [await issue('acme'), await issue('bolt')];
    const old = readFileSync(ca('index.json'));
    await cli(['certs', 'revoke', acme], folder);
    await crl('--bucket', 'lists');
    const before = published();
    writeFileSync(ca('index.json'), String(old).replace('"crlNumber": 1', '"crlNumber": 9'));
    rmSync(ca('crl.pem'));
    const { code, stderr } = await crl('--bucket', 'lists');
    expect([code, stderr]).toEqual([2, expect.stringContaining(`found a list without ${acme}, revoked by the one at`)]);
    expect(published()).toBe(before);

    writeFileSync(ca('crl.pem'), before);
    await cli(['certs', 'revoke', bolt], folder);
    expect((await crl('--bucket', 'lists')).code).toBe(0);
    expect(serialsOf(published())).toEqual([bolt, acme]);
    const listed = JSON.parse((await cli(['certs', 'list', '--json'], folder)).stdout).certificates;
    expect(listed).toMatchObject([
      { name: 'bolt', status: 'revoked' },
      { name: 'acme', status: 'revoked' },
    ]);
  });

  it('compares again when another machine has published since it compared, and takes back none of its revocations', async () => {
    const acme = await issue('acme');
    const before = ['index.json', 'crl.pem'].map((name) => [ca(name), readFileSync(ca(name))] as const);
    await cli(['certs', 'revoke', acme], folder);
    const theirs = crlOf();
    for (const [file, bytes] of before) writeFileSync(file, bytes);
    another = theirs;
    const { code, stderr } = await crl('--bucket', 'lists');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error revocation-list-invalid at /)]);
    expect(published()).toBe(theirs);
    expect(puts).toEqual([]);
  });

  it('is published beside one that came before it meanwhile', async () => {
    await crl('--bucket', 'lists');
    const earlier = published();
    objects.clear();
    another = earlier;
    expect((await crl('--bucket', 'lists')).code).toBe(0);
    expect(published()).toBe(crlOf());
    expect(published()).not.toBe(earlier);
  });

  it('replaces what counts as no list, and says so', async () => {
    objects.set(`/lists/${keyOf()}`, 'nonsense');
    expect((await crl('--bucket', 'lists')).stderr).toMatch(/is not one block of PEM\. It is replaced\./);
    expect(published()).toBe(crlOf());
  });

  it('publishes the list of another CA, when one of the trust store has signed it', async () => {
    const [foreign, other] = [await makeCa({ commonName: 'Acme' }), await makeCa({ commonName: 'Acme' })];
    const object = `/lists/crl/${createHash('sha256').update(foreign.der).digest('hex')}.pem`;
    writeFileSync(join(folder, 'trusted.pem'), `${other.cert}${foreign.cert}`);
    const publish = async (options: CrlOptions, ...more: readonly string[]) => {
      writeFileSync(join(folder, 'acme.crl'), (await makeCrl(foreign, options)).der);
      return crl('--file', 'acme.crl', '--trust-store', 'trusted.pem', '--bucket', 'lists', ...more);
    };
    const first = await publish({ revoked: ['0a', '0b'], number: 5 }, '--json');
    expect([first.stderr, JSON.parse(first.stdout)]).toEqual(['', expect.objectContaining({ number: 5, revoked: 2 })]);
    expect(serialsOf(objects.get(object) ?? '')).toEqual(['0A', '0B']);
    expect((await publish({ signedBy: await makeCa(), number: 6 })).stderr).toContain('is not signed by the CA');
    expect((await publish({ nextUpdate: daysFromNow(-1), number: 6 })).stderr).toContain('found a list that lapsed on');
    expect((await publish({ nextUpdate: null, number: 6 })).stderr).toContain('has no end (nextUpdate)');
    expect((await publish({ revoked: ['0a', '0b'], number: 5 })).stderr).toContain('expected a higher number');
    expect((await publish({ revoked: ['0a'], number: 6 })).stderr).toContain('found a list without 0B, revoked by');
    expect(puts).toHaveLength(1);
    expect((await publish({ revoked: ['0a'], number: 6 }, '--allow-removed')).code).toBe(0);
    expect(serialsOf(objects.get(object) ?? '')).toEqual(['0A']);
    expect((await crl('--file', 'acme.crl', '--bucket', 'lists')).stderr).toMatch(
      /option-missing at --file, --trust-store/,
    );
  });

  it('rejects a place without --publish', async () => {
    const { stderr } = await cli(['certs', 'crl', '--stack', 'A'], folder);
    expect(stderr).toContain('option-missing at --publish: found a place without it');
  });
});
