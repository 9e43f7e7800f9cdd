// @peculiar/x509 requires this polyfill at import.
import 'reflect-metadata';
import { createPublicKey, webcrypto, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeCa, makeClient } from '../../../support/certificates.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { cli } from '../../../support/gateway.ts';
import { makeCrl } from '../../../support/revocationList.ts';

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const rsa = (modulusLength: number) => ({
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash: 'SHA-256',
});

let folder: string;
beforeAll(async () => {
  folder = temporaryFolder();
  await cli(
    ['certs', 'ca', '--permit-dns', 'acme.example', '--permit-uri', '.acme.example', '--permit-email', 'acme.example'],
    folder,
  );
});

async function requestOf(algorithm: object, asked = '') {
  const keys = (await webcrypto.subtle.generateKey(algorithm as webcrypto.EcKeyGenParams, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const extensions = asked === '' ? [] : [new SubjectAlternativeNameExtension([{ type: 'dns', value: asked }])];
  return Pkcs10CertificateRequestGenerator.create({
    name: 'CN=partner',
    keys,
    signingAlgorithm: algorithm as typeof EC,
    extensions,
  });
}

const write = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return name;
};
const issue = (...args: readonly string[]) => cli(['certs', 'issue', ...args], folder);

describe('a signing request', () => {
  it.each([
    ['P-256', EC, 'pem'],
    ['P-384', { ...EC, namedCurve: 'P-384' }, 'der'],
    ['RSA', rsa(2_048), 'pem'],
  ])('with a key of %s gives the certificate its key, and not its names', async (_, algorithm, format) => {
    const request = await requestOf(algorithm, 'evil.example');
    const file = write(`a.${format}`, format === 'pem' ? request.toString('pem') : new Uint8Array(request.rawData));
    const { stdout, stderr, code } = await issue('acme', '--csr', file, '--dns', 'robot.acme.example', '--json');
    expect([code, stderr]).toEqual([
      0,
      'The request asks for other names. The certificate has only those of this command.\n',
    ]);
    const issued = JSON.parse(stdout) as { readonly certificate: string; readonly key?: string };
    const read = new X509Certificate(readFileSync(issued.certificate));
    expect([issued.key, read.subject, read.subjectAltName]).toEqual([undefined, 'CN=acme', 'DNS:robot.acme.example']);
    const own = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' });
    expect(read.publicKey.equals(own)).toBe(true);
  });

  it.each<[what: string, content: () => Promise<string | Uint8Array>, found: RegExp]>([
    ['is a certificate', async () => (await makeCa()).cert, /found a file that is PEM of the kind CERTIFICATE;/],
    ['is a key', async () => (await makeCa()).key, /found a file that is PEM of the kind PRIVATE KEY;/],
    ['is empty', async () => '', /found a file that is cut/],
    ['is not DER', async () => Buffer.from('hello'), /found a file that is cut/],
    ['is a list of revoked certificates', async () => (await makeCrl(await makeCa())).der, /found no request/],
    ['has bytes after it', async () => damaged((der) => [der, Buffer.of(0)]), /has bytes after its end/],
    [
      'has bytes after it in PEM',
      async () => damaged((der) => pemOf(Buffer.concat([der, Buffer.of(0)]))),
      /has bytes after its end/,
    ],
    ['is there twice', async () => damaged((der) => [pemOf(der), pemOf(der)]), /has something after its PEM block/],
    ['has text before it', async () => damaged((der) => ['Subject: acme\n', pemOf(der)]), /is not one block of PEM/],
    ['has text after it', async () => damaged((der) => [pemOf(der), 'acme']), /has something after its PEM block/],
    ['has a byte order mark', async () => damaged((der) => ['\ufeff', pemOf(der)]), /is not one block of PEM/],
    [
      'has a header in its block',
      async () => damaged((der) => pemOf(der).replace('\n', '\nA: b\n\n')),
      /base64 that is damaged/,
    ],
    ['is huge', async () => Buffer.alloc(70_000), /a file that has 70000 bytes, and the limit is 65536/],
    ['has a short key', async () => (await requestOf(rsa(1_024))).toString('pem'), /an RSA key of 1024 bits/],
    [
      'has a key of another type',
      async () => (await requestOf({ name: 'Ed25519' })).toString('pem'),
      /a key of the type ed25519/,
    ],
    [
      'was changed',
      async () => changed(new Uint8Array((await requestOf(EC)).rawData)),
      /a signature that its key does not verify/,
    ],
  ])('that %s is rejected', async (_, content, found) => {
    const { code, stderr } = await issue('acme', '--csr', write('bad.csr', await content()));
    expect([code, stderr]).toEqual([2, expect.stringMatching(found)]);
    expect(stderr).toMatch(/^error certificate-invalid at bad\.csr: /);
  });

  it('that is missing is a file fault', async () => {
    expect((await issue('acme', '--csr', 'none.csr')).stderr).toMatch(/^error file-unreadable at none\.csr/);
  });
});

describe('wrong input', () => {
  it.each<[args: readonly string[], message: RegExp]>([
    [[''], /option-invalid at the name: found ""/],
    [['a'.repeat(65)], /expected 1 to 64 Latin letters/],
    [[' acme'], /option-invalid at the name/],
    [['ac\u202eme'], /option-invalid at the name/],
    [['ac\nme'], /option-invalid at the name/],
    [['ac  me'], /option-invalid at the name/],
    [['\u0430cme'], /option-invalid at the name: found "\\u0430cme"/],
    [['01'.repeat(17)], /which looks like a serial number/],
    [['acme', '--dns', '*.acme.example'], /option-invalid at --dns.*without a wildcard/],
    [['acme', '--dns', 'münchen.acme.example'], /option-invalid at --dns/],
    [['acme', '--uri', 'acme'], /option-invalid at --uri/],
    [['acme', '--email', 'acme.example'], /option-invalid at --email/],
    [
      ['acme', '--dns', 'acme.example.evil.example'],
      /certificate-invalid at --dns: found acme\.example\.evil\.example/,
    ],
    [['acme', '--dns', 'evilacme.example'], /certificate-invalid at --dns/],
    [['acme', '--uri', 'spiffe://acme.example/x'], /certificate-invalid at --uri/],
    [['acme', '--uri', 'https://a.acme.example@evil.example/'], /certificate-invalid at --uri/],
    [['acme', '--email', 'a@b.acme.example'], /certificate-invalid at --email/],
    [['acme', '--days', '0'], /expected a whole number from 1 to 397/],
    [['acme', '--dir', 'elsewhere'], /authority-unusable at elsewhere: found no ca\.pem/],
  ])('of issue is rejected: %j', async (args, message) => {
    const { code, stdout, stderr } = await issue(...args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
  });

  it('of issue is rejected: more days than the CA has left', async () => {
    const other = temporaryFolder();
    await cli(['certs', 'ca', '--years', '1'], other);
    const { code, stderr } = await cli(['certs', 'issue', 'acme', '--days', '366'], other);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/at --days: found 366; expected at most 36[45]/)]);
  });

  it('of revoke is rejected: a certificate of another CA, also one of the same name, and an unknown serial number', async () => {
    const file = write('foreign.pem', (await makeClient(await makeCa({ commonName: 'Partner CA' }))).cert);
    for (const [target, found] of [
      [file, 'a certificate of another CA'],
      ['0a0b', 'neither a file nor a name or serial number'],
      ['nobody', 'neither a file nor a name'],
      [write('two.pem', readFileSync(join(folder, file), 'utf8').repeat(2)), 'a file that has something after'],
    ]) {
      const { code, stderr } = await cli(['certs', 'revoke', String(target)], folder);
      expect([code, stderr]).toEqual([2, expect.stringContaining(`certificate-invalid at ${target}: found ${found}`)]);
    }
  });

  it('of revoke is rejected: the CA itself, which no list of its own takes out', async () => {
    const ca = join('partner-ca', 'ca.pem');
    const { raw, serialNumber } = new X509Certificate(readFileSync(join(folder, ca)));
    for (const target of [ca, write('renamed.der', raw), serialNumber]) {
      const { code, stderr } = await cli(['certs', 'revoke', target], folder);
      expect([code, stderr]).toEqual([2, expect.stringContaining('found the certificate of the CA itself')]);
      expect(stderr).toMatch(
        /^error certificate-invalid at .*remove its certificate from the file of mtls\.trustStore/,
      );
    }
  });

  it('of ca is rejected', async () => {
    for (const args of [
      ['--permit-dns', '*.x'],
      ['--years', '21'],
      ['--curve', 'P-521'],
      ['--curve', 'P-384', '--kms', 'k'],
      ['--name', ''],
    ]) {
      const { code, stderr } = await cli(['certs', 'ca', '--dir', 'new', ...args], folder);
      expect([code, stderr]).toEqual([2, expect.stringMatching(/^error option-invalid at/)]);
    }
  });
});

/** The same with another byte in the subject. */
function changed(der: Uint8Array): Uint8Array {
  der[Buffer.from(der).indexOf('partner')] = 0x50;
  return der;
}

/** A request in DER, changed. */
async function damaged(change: (der: Buffer) => string | readonly (string | Buffer)[]): Promise<Buffer> {
  const parts = [change(Buffer.from((await requestOf(EC)).rawData))].flat() as readonly (string | Buffer)[];
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

function pemOf(der: Buffer): string {
  return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
}
