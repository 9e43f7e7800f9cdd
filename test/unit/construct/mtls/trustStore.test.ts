// @peculiar/x509 requires this polyfill at import.
import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { createHash, webcrypto, X509Certificate } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSignedBy, readSignedData } from '../../../../lambdas/shared/x509/signedData.ts';
import { readTrustStore } from '../../../../lib/construct/mtls/trustStore.ts';
import { API_GATEWAY, CLOUD_FRONT, type TrustStoreLimits } from '../../../../lib/construct/mtls/trustStoreLimits.ts';
import {
  daysFromNow,
  lapsed,
  makeCa,
  makeClient,
  makeIntermediate,
  notYet,
  type TestCertificate,
} from '../../../support/certificates.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { makeCrl } from '../../../support/revocationList.ts';

const folder = temporaryFolder();
const location = 'mtls.trustStore';
const read = (content: string | Uint8Array, limits: TrustStoreLimits = API_GATEWAY, name = 'store.pem') => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return readTrustStore({ location, file, limits });
};
/** What a service says about a file. */
const faultOf = (content: string | Uint8Array, limits?: TrustStoreLimits, name?: string) => {
  try {
    return `accepted ${read(content, limits, name).certificates.length}`;
  } catch (error) {
    return String((error as Error).message);
  }
};

let ca: TestCertificate;
let other: TestCertificate;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  [ca, other] = await Promise.all([makeCa(), makeCa({ keyType: 'RSA-2048' })]);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a trust store', () => {
  it('has one or several CAs, with comments between them, and lines that end as on any system', () => {
    for (const limits of [API_GATEWAY, CLOUD_FRONT]) {
      expect(faultOf(`# partners\n${ca.cert}# others\n${other.cert}\n\n`, limits)).toBe('accepted 2');
      expect(faultOf(`${ca.cert}${other.cert}`.replaceAll('\n', '\r\n'), limits)).toBe('accepted 2');
      expect(faultOf(ca.cert.trimEnd(), limits)).toBe('accepted 1');
    }
  });

  it('has blank lines between certificates at API Gateway alone', () => {
    expect(faultOf(`${ca.cert}\n${other.cert}`)).toBe('accepted 2');
    expect(faultOf(`${ca.cert}\n${other.cert}`, CLOUD_FRONT)).toMatch(/^mtls-invalid .*a blank line in line \d+ of/);
  });

  it('has nothing else: the fault says what and where, and shows none of it', async () => {
    const crl = await makeCrl(ca);
    const lines = ca.cert.split('\n').length;
    const cases: readonly (readonly [string | Uint8Array, RegExp])[] = [
      ['', /0 certificates/],
      ['# nothing\n', /0 certificates/],
      ['nonsense', /text in line 1 of .*Remove the line, or make it a comment/s],
      [`${ca.cert}${ca.key}`, new RegExp(`a private key in line ${lines} of .*could sign`, 's')],
      [ca.cert + ca.key.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE'), /a private key/],
      [`-----BEGIN EC PRIVATE KEY-----\n${ca.cert}`, /a private key in line 1/],
      [`${ca.cert}${crl.pem}`, /a revocation list in line/],
      [ca.cert.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'), /another block in line 1/],
      [ca.cert.replace('-----END', '-----BEGIN'), /another block in line \d+/],
      [ca.cert.replace('-----BEGIN CERTIFICATE', '----BEGIN CERTIFICATE'), /text in line 1/],
      [ca.cert.replace('\n', '\nProc-Type: 4,ENCRYPTED\n'), /text in line 2/],
      [` ${ca.cert}`, /text in line 1/],
      [`# a-b\n${ca.cert}`, /text in line 1 .*have no hyphen/],
      [`subject=CN = Test CA\n${ca.cert}`, /text in line 1/],
      [ca.cert.slice(0, -30), /a certificate without end from line 1 on/],
      [`\uFEFF${ca.cert}`, /the byte 0xef in line 1 .*byte order mark/s],
      [`${ca.cert}\0`, new RegExp(`the byte 0x00 in line ${lines}`)],
      [`# M\u00FCller\n${ca.cert}`, /the byte 0xc3 in line 1/],
      [`#\u001b[2J\n${ca.cert}`, /the byte 0x1b in line 1/],
      [Buffer.from(ca.cert, 'utf16le'), /the byte 0x00 in line 1/],
      [ca.der, /the byte 0x/],
      ['-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----', /which cannot be read/],
      [ca.cert.replace(/\n[^-\n]+\n-----END/, '\n-----END'), /which cannot be read/],
    ];
    const key = ca.key.split('\n')[1] ?? '';
    for (const [content, message] of cases) {
      const fault = faultOf(content);
      expect(fault).toMatch(message);
      expect(fault).toMatch(/^mtls-invalid at mtls\.trustStore: found .*; expected .*\. [A-Z].*\.$/s);
      expect(fault).not.toContain(key);
    }
  });

  it('is a file that can be read, whose name ends with .pem', () => {
    const none = (file: string) => () => readTrustStore({ location, file, limits: API_GATEWAY });
    expect(none(join(folder, 'none.pem'))).toThrow(/^mtls-invalid .*cannot be read \(ENOENT\)/);
    mkdirSync(join(folder, 'folder.pem'));
    expect(none(join(folder, 'folder.pem'))).toThrow(/which is no regular file/);
    execFileSync('mkfifo', [join(folder, 'pipe.pem')]);
    expect(none(join(folder, 'pipe.pem'))).toThrow(/which is no regular file/);
    expect(faultOf(ca.cert, API_GATEWAY, 'ca.crt')).toMatch(/expected a file whose name ends with \.pem/);
  });

  it('is within the limits of the service that reads it', async () => {
    const many = await Promise.all(Array.from({ length: 26 }, () => makeCa()));
    const content = many.map(({ cert }) => cert).join('');
    expect(faultOf(content)).toBe('accepted 26');
    expect(faultOf(content, CLOUD_FRONT)).toMatch(/26 certificates .*1 to 25 certificates .*the limits of CloudFront/);
    const padded = (bytes: number) => `${ca.cert}#${'x'.repeat(bytes - ca.cert.length - 1)}`;
    expect(faultOf(padded(65_536), CLOUD_FRONT)).toBe('accepted 1');
    expect(faultOf(padded(65_537), CLOUD_FRONT)).toMatch(/65537 bytes.*at most 65536 bytes/);
    expect(faultOf(padded(1_048_576))).toBe('accepted 1');
    expect(faultOf(padded(1_048_577))).toMatch(/1048577 bytes.*the limits of API Gateway/);
    const value = Buffer.alloc(17_000, 1);
    const large = await makeCa({ extensions: [{ oid: '1.3.6.1.4.1.99999.1', value }] });
    expect(faultOf(large.cert)).toBe('accepted 1');
    expect(faultOf(large.cert, CLOUD_FRONT)).toMatch(/has 17\d{3} bytes.*at most 16384 bytes/);
  });
});

describe('a certificate in a trust store', () => {
  it('is one of a CA, valid, with a strong key and signature', async () => {
    const cases: readonly (readonly [TestCertificate, RegExp])[] = [
      [await makeClient(ca), /which is of no CA/],
      [await makeCa(lapsed()), /which expired on \d{4}-/],
      [await makeCa(notYet()), /which is not valid before \d{4}-.*Add it from that day on/s],
      [await makeCa({ keyType: 'RSA-1024' }), /has a key of rsa 1024/],
      [await makeCa({ keyType: 'Ed25519' }), /has a key of ed25519/],
      [await makeCa({ hash: 'SHA-1' }), /is signed by SHA-1 with ECDSA/],
      [await makeCa({ keyType: 'RSA-2048', hash: 'SHA-1' }), /is signed by SHA-1 with RSA/],
    ];
    const otherLines = other.cert.split('\n').length;
    for (const limits of [API_GATEWAY, CLOUD_FRONT]) {
      for (const [{ cert }, message] of cases) {
        expect(faultOf(`${other.cert}${cert}`, limits)).toMatch(message);
        expect(faultOf(`${other.cert}${cert}`, limits)).toContain(`the certificate in line ${otherLines} of`);
      }
    }
  });

  it.each(['SHA-256', 'SHA-384', 'SHA-512'] as const)('can be signed by %s', async (hash) => {
    for (const keyType of ['P-256', 'P-384', 'RSA-2048', 'RSA-3072'] as const) {
      expect(faultOf((await makeCa({ keyType, hash })).cert, CLOUD_FRONT)).toBe('accepted 1');
    }
  });

  it('can be signed by RSASSA-PSS with SHA-256 and longer, not with SHA-1', async () => {
    const signed = async (hash: string) => {
      const algorithm = { name: 'RSA-PSS', hash, publicExponent: Uint8Array.of(1, 0, 1), modulusLength: 2048 };
      const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
      const extensions = [new x509.BasicConstraintsExtension(true, undefined, true)];
      const signingAlgorithm = { name: 'RSA-PSS', hash, saltLength: 32 } as const;
      const options = {
        name: 'CN=PSS',
        keys,
        extensions,
        signingAlgorithm,
        notBefore: daysFromNow(-1),
        notAfter: daysFromNow(9),
      };
      return `${(await x509.X509CertificateGenerator.createSelfSigned(options)).toString('pem')}\n`;
    };
    for (const hash of ['SHA-256', 'SHA-384', 'SHA-512']) {
      const pem = await signed(hash);
      expect(faultOf(pem)).toBe('accepted 1');
      // The authorizer verifies lists in the same way.
      const { raw, publicKey } = new X509Certificate(pem);
      const altered = Buffer.from(raw);
      altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
      expect([raw, altered].map((der) => isSignedBy(readSignedData(der), publicKey))).toEqual([true, false]);
    }
    expect(faultOf(await signed('SHA-1'))).toMatch(/is signed by RSASSA-PSS without SHA-256/);
  });

  it('stands there once, also where it is written in another way', () => {
    const [body = ''] = /(?<=-----\n)[^-]+/.exec(ca.cert) ?? [];
    const rewrapped = ca.cert.replace(body, `${body.replaceAll('\n', '')}\n`);
    for (const twice of [ca.cert, rewrapped])
      expect(faultOf(`${ca.cert}${twice}`)).toMatch(/twice; expected each .* once/);
  });

  it('has its issuers up to the root beside it, and at most three', async () => {
    const chain = [ca];
    for (const [i] of [0, 1, 2, 3].entries()) {
      chain.push(await makeIntermediate(chain.at(-1) ?? ca, { commonName: `Test CA ${i}` }));
    }
    const content = (count: number) =>
      chain
        .slice(0, count)
        .map(({ cert }) => cert)
        .join('');
    for (const limits of [API_GATEWAY, CLOUD_FRONT]) {
      expect(faultOf(content(4), limits)).toBe('accepted 4');
      expect(faultOf(content(5), limits)).toMatch(/more than 3 CAs above it/);
      expect(faultOf(chain[1]?.cert ?? '', limits)).toMatch(
        /has no issuer in the file.*Add the certificate of the CA that issued it/s,
      );
      expect(faultOf(`${chain[1]?.cert}${chain[2]?.cert}`, limits)).toMatch(/no issuer in the file/);
      expect(faultOf(`${chain[2]?.cert}${chain[1]?.cert}`, limits)).toMatch(/leads to 2 CAs and no root/);
    }
    const forged = await makeIntermediate(ca, { issuerKeyOf: other });
    expect(faultOf(`${ca.cert}${forged.cert}`)).toMatch(/no issuer in the file/);
  });

  it('is returned as DER in base64, in the order of the file', () => {
    const { certificates } = read(`${other.cert}${ca.cert}`);
    const hashes = certificates.map((one) => createHash('sha256').update(Buffer.from(one, 'base64')).digest('hex'));
    const expected = [other, ca].map(({ der }) => createHash('sha256').update(der).digest('hex'));
    expect(hashes).toEqual(expected);
  });
});
