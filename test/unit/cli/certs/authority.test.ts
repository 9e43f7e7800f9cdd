// @peculiar/x509 requires this polyfill at import.
import 'reflect-metadata';
import { type KeyObject, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { X509Crl } from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeCa, makeServer } from '../../../support/certificates.ts';
import { copyOf, temporaryFolder } from '../../../support/folders.ts';
import { cli } from '../../../support/gateway.ts';

interface Issued {
  readonly serial: string;
  readonly certificate: string;
  readonly key: string;
  readonly to: string;
}

const certs = (folder: string, ...args: readonly string[]) => cli(['certs', ...args], folder);

async function json<T>(folder: string, ...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await certs(folder, ...args, '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

async function newAuthority(...args: readonly string[]): Promise<string> {
  const folder = temporaryFolder();
  await json(folder, 'ca', ...args);
  return folder;
}

let made: string;
beforeAll(async () => {
  made = await newAuthority();
});

/** The CA of a test that needs no own options: a copy, because a command that makes a CA is a process. */
const copiedAuthority = () => copyOf(made);

const caOf = (folder: string) => new X509Certificate(readFileSync(join(folder, 'partner-ca/ca.pem')));
const listOf = (folder: string) => new X509Crl(readFileSync(join(folder, 'partner-ca/crl.pem'), 'utf8'));
const daysUntil = (time: string | Date) => Math.round((new Date(time).getTime() - Date.now()) / 86_400_000);

/** Whether a server that trusts this CA and its list, by OpenSSL, lets a client in. */
async function isAccepted(folder: string, { certificate, key }: Issued): Promise<boolean> {
  const authority = await makeCa();
  const server = await makeServer(authority);
  const [ca, crl] = ['ca.pem', 'crl.pem'].map((name) => readFileSync(join(folder, 'partner-ca', name)));
  const mutual = { requestCert: true, rejectUnauthorized: true, ca, crl };
  const listener = createServer({ cert: server.cert, key: server.key, ...mutual }, (socket) => socket.end('in'));
  listener.listen(0, '127.0.0.1').on('tlsClientError', () => undefined);
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const own = { cert: readFileSync(certificate), key: readFileSync(key) };
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: authority.cert, ...own });
  const result = await new Promise<boolean>((done) => {
    socket
      .on('data', () => done(true))
      .on('error', () => done(false))
      .on('close', () => done(false));
  });
  socket.destroy();
  listener.close();
  return result;
}

describe('secure-api certs ca', () => {
  it('makes a CA that signs no other CA, in a folder that only its owner reads', async () => {
    const folder = await newAuthority('--name', 'Müller & Söhne', '--years', '2');
    const ca = caOf(folder);
    expect([ca.ca, ca.verify(ca.publicKey), ca.subject]).toEqual([true, true, 'CN=Müller & Söhne']);
    expect([ca.publicKey.asymmetricKeyDetails?.namedCurve, daysUntil(ca.validToDate)]).toEqual(['prime256v1', 730]);
    const modes = ['.', 'ca.key', 'ca.json', 'index.json'].map(
      (name) => statSync(join(folder, 'partner-ca', name)).mode,
    );
    expect(modes.map((mode) => (mode & 0o777).toString(8))).toEqual(['700', '600', '600', '600']);
    expect((await listOf(folder).verify({ publicKey: await keyOf(ca.publicKey) })) && listOf(folder).entries).toEqual(
      [],
    );
  });

  it('signs with SHA-384 on P-384', async () => {
    const folder = await newAuthority('--curve', 'P-384');
    const { publicKey, signatureAlgorithm } = caOf(folder) as X509Certificate & {
      readonly signatureAlgorithm?: string;
    };
    expect([publicKey.asymmetricKeyDetails?.namedCurve, signatureAlgorithm]).toEqual([
      'secp384r1',
      'ecdsa-with-SHA384',
    ]);
    expect(await isAccepted(folder, await json<Issued>(folder, 'issue', 'acme'))).toBe(true);
  });

  it('never prints a key, and does not replace a CA', async () => {
    const folder = temporaryFolder();
    const made = await certs(folder, 'ca');
    const issued = await certs(folder, 'issue', 'acme');
    const again = await certs(folder, 'ca');
    expect([made.code, issued.code, again.code]).toEqual([0, 0, 2]);
    expect(again.stderr).toMatch(/^error authority-unusable at partner-ca: found a folder that holds a CA/);
    expect([made, issued, again].map((run) => run.stdout + run.stderr).join()).not.toMatch(/BEGIN|PRIVATE/);
  });
});

describe('secure-api certs issue', () => {
  it('issues a certificate for clients only, for 30 days, with the names that were asked for', async () => {
    const folder = copiedAuthority();
    const names = [
      '--dns',
      'robot.acme.example',
      '--uri',
      'spiffe://acme.example/robot',
      '--email',
      'ops@acme.example',
    ];
    const issued = await json<Issued>(folder, 'issue', 'acme', ...names);
    const read = new X509Certificate(readFileSync(issued.certificate));
    expect([read.ca, read.subject, read.keyUsage, daysUntil(issued.to)]).toEqual([
      false,
      'CN=acme',
      ['1.3.6.1.5.5.7.3.2'],
      30,
    ]);
    expect(read.subjectAltName).toBe('DNS:robot.acme.example, URI:spiffe://acme.example/robot, email:ops@acme.example');
    expect([read.checkIssued(caOf(folder)), read.verify(caOf(folder).publicKey)]).toEqual([true, true]);
    expect((statSync(issued.key).mode & 0o777).toString(8)).toBe('600');
    expect([issued.serial, issued.serial.length]).toEqual([read.serialNumber, 34]);
    expect(await isAccepted(folder, issued)).toBe(true);
  });

  it('is constrained by the certificate of the CA too: TLS rejects a name that it does not permit', async () => {
    const folder = await newAuthority('--permit-uri', 'acme.example', '--permit-dns', 'acme.example');
    writeFileSync(join(folder, 'partner-ca/ca.json'), '{ "version": 1, "permitted": [] }');
    const issue = (...names: readonly string[]) => json<Issued>(folder, 'issue', 'acme', ...names);
    const good = await issue('--uri', 'spiffe://acme.example/x', '--dns', 'a.acme.example');
    const bad = [await issue('--uri', 'spiffe://evil.example/x'), await issue('--dns', 'a.evil.example')];
    const results = [good, ...bad].map((one) => isAccepted(folder, one));
    expect(await Promise.all(results)).toEqual([true, false, false]);
  });

  it('keeps every entry of runs at once', async () => {
    const folder = copiedAuthority();
    const runs = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => json<Issued>(folder, 'issue', name));
    const serials = (await Promise.all(runs)).map(({ serial }) => serial).sort();
    const { certificates } = await json<{ readonly certificates: readonly Issued[] }>(folder, 'list');
    expect(certificates.map(({ serial }) => serial).sort()).toEqual(serials);
  });
});

describe('secure-api certs revoke', () => {
  it('puts a certificate on the list, by serial number or file, so that TLS rejects it', async () => {
    const folder = copiedAuthority();
    const issue = (name: string) => json<Issued>(folder, 'issue', name);
    const [acme, bolt, other] = [await issue('acme'), await issue('bolt'), await issue('other')];
    await json(folder, 'revoke', acme.certificate, '--reason', 'keyCompromise');
    await json(folder, 'revoke', bolt.serial.toLowerCase().replace(/(..)(?!$)/g, '$1:'));
    const entries = listOf(folder).entries.map(({ serialNumber, reason }) => [serialNumber.toUpperCase(), reason]);
    expect(entries).toEqual([
      [acme.serial, 1],
      [bolt.serial, undefined],
    ]);
    expect(await Promise.all([acme, bolt, other].map((one) => isAccepted(folder, one)))).toEqual([false, false, true]);
    const { certificates } = await json<{ readonly certificates: readonly object[] }>(folder, 'list');
    expect(certificates).toMatchObject([
      { name: 'acme', status: 'revoked', revoked: { reason: 'keyCompromise' } },
      { name: 'bolt', status: 'revoked' },
      { name: 'other', status: 'valid' },
    ]);
  });

  it('keeps time and reason of the first revocation, and counts the lists', async () => {
    const folder = copiedAuthority();
    const { serial } = await json<Issued>(folder, 'issue', 'acme');
    const first = await json<object>(folder, 'revoke', serial, '--reason', 'superseded');
    const second = await json<object>(folder, 'revoke', serial, '--reason', 'keyCompromise');
    expect(second).toEqual({ ...first, crl: expect.objectContaining({ number: 3 }) });
    expect(await json(folder, 'crl', '--list-days', '3')).toMatchObject({ number: 4, revoked: 1 });
    expect(daysUntil(listOf(folder).nextUpdate ?? '')).toBe(3);
    // A server whose clock is behind would reject every client by a list that is not yet valid.
    expect(Date.now() - listOf(folder).thisUpdate.getTime()).toBeGreaterThan(299_000);
  });

  it('keeps what is revoked on the list until a month after its end', async () => {
    const folder = copiedAuthority();
    const ended = (serial: string, days: number) => {
      const to = new Date(Date.now() - days * 86_400_000).toISOString();
      return { serial, name: 'x', names: [], from: to, to, revoked: { at: to, reason: 'unspecified' } };
    };
    const index = { version: 1, crlNumber: 1, issued: [ended('0A', 30), ended('0B', 32)] };
    writeFileSync(join(folder, 'partner-ca/index.json'), JSON.stringify(index));
    expect(await json(folder, 'crl')).toMatchObject({ number: 2, revoked: 1 });
    expect(listOf(folder).entries.map(({ serialNumber }) => serialNumber)).toEqual(['0a']);
  });

  it('revokes by its file what no index has, as after an older backup was restored', async () => {
    const folder = copiedAuthority();
    const { certificate, serial } = await json<Issued>(folder, 'issue', 'acme');
    writeFileSync(join(folder, 'partner-ca/index.json'), '{ "version": 1, "crlNumber": 1, "issued": [] }');
    await json(folder, 'revoke', certificate);
    expect(listOf(folder).findRevoked(serial)).not.toBeNull();
  });
});

describe('the folder of a CA', () => {
  it('works after a run was killed between index and list', async () => {
    const folder = copiedAuthority();
    const issued = await json<Issued>(folder, 'issue', 'acme');
    const before = readFileSync(join(folder, 'partner-ca/crl.pem'));
    await json(folder, 'revoke', issued.serial);
    writeFileSync(join(folder, 'partner-ca/crl.pem'), before);
    // The lock of a process that has ended.
    writeFileSync(join(folder, 'partner-ca/index.json.lock'), `${(await import('node:os')).hostname()} 999999999`);
    const { stderr } = await certs(folder, 'list');
    expect(stderr).toContain(`warning: crl.pem is without ${issued.serial}. Run: secure-api certs crl`);
    await json(folder, 'crl');
    expect(listOf(folder).findRevoked(issued.serial)).not.toBeNull();
    expect((await certs(folder, 'list')).stderr).toBe('');
    rmSync(join(folder, 'partner-ca/crl.pem'));
    expect((await certs(folder, 'list')).stderr).toContain('crl.pem cannot be read (ENOENT)');
    expect(readdirSync(join(folder, 'partner-ca'))).not.toContain('index.json.lock');
  });

  it('is no CA before ca.pem, and its making can be repeated', async () => {
    const folder = copiedAuthority();
    rmSync(join(folder, 'partner-ca/ca.pem'));
    expect((await certs(folder, 'issue', 'acme')).stderr).toContain('found no ca.pem');
    await json(folder, 'ca');
    expect(existsSync((await json<Issued>(folder, 'issue', 'acme')).certificate)).toBe(true);
  });

  it.each<[what: string, damage: (ca: string) => Promise<void> | void, message: RegExp]>([
    ['others can read it', (ca) => chmodSync(ca, 0o755), /found mode 755.*chmod 700/],
    ['the key is missing', (ca) => rmSync(join(ca, 'ca.key')), /found no readable ca\.key/],
    [
      'the key is another',
      async (ca) => writeFileSync(join(ca, 'ca.key'), (await makeCa()).key),
      /a key that is not of/,
    ],
    [
      'the index is damaged',
      (ca) => writeFileSync(join(ca, 'index.json'), '{'),
      /index\.json: found a file that is missing or damaged/,
    ],
    [
      'the settings are missing',
      (ca) => rmSync(join(ca, 'ca.json')),
      /ca\.json: found a file that is missing or damaged/,
    ],
  ])('is not used when %s', async (_, damage, message) => {
    const folder = copiedAuthority();
    await damage(join(folder, 'partner-ca'));
    const { code, stderr, stdout } = await certs(folder, 'issue', 'acme');
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
    expect(stderr).toMatch(/^error authority-unusable at /);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('is not used after the CA has expired', async () => {
    const folder = copiedAuthority();
    const past = { from: new Date('2020-01-01'), to: new Date('2021-01-01') };
    const key = readFileSync(join(folder, 'partner-ca/ca.key'), 'utf8');
    writeFileSync(join(folder, 'partner-ca/ca.pem'), (await makeCa({ key, ...past })).cert);
    expect((await certs(folder, 'issue', 'acme')).stderr).toContain('found a CA that expired on 2021-01-01');
  });
});

async function keyOf(key: KeyObject) {
  const { PublicKey } = await import('@peculiar/x509');
  return new PublicKey(new Uint8Array(key.export({ type: 'spki', format: 'der' })));
}
