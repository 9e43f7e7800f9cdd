/**
 * Makes certificates for tests: real keys and signatures, good ones and faulty ones.
 *
 *   const ca = await makeCa();                                        // a root
 *   const sub = await makeIntermediate(ca);                           // a CA below it
 *   const server = await makeServer(sub, { names: ['localhost', '127.0.0.1'] });
 *   const partner = await makeClient(ca, { commonName: 'acme', uris: ['spiffe://acme/robot'] });
 *   const alone = await makeSelfSigned({ names: ['localhost'] });      // no CA
 *
 * Each certificate has `cert` (PEM), `key` (PEM, PKCS #8), `der`, `serial` (as `X509Certificate` of Node.js and
 * `tls.getPeerCertificate()` write it, in upper-case hexadecimal), `chain` (PEM of the certificate and of each intermediate CA, not the root: what a server
 * or client sends) and `root` (PEM: what the other side trusts). So a server is
 * `createServer({ cert: server.chain, key: server.key, ca: partner.root })`.
 *
 * Faults, for any certificate: `from` and `to` (dates; `lapsed()` and `notYet()` are pairs of them), `keyType: 'RSA-1024'`,
 * `hash: 'SHA-1'`, `serial`, `usages` (OIDs; `[]` leaves the extension out), `commonName` with any characters or null for an empty subject,
 * `rawNames` (subject alternative names of any tag and bytes), `extensions` (OID, critical, DER), `key` (PEM of an existing key),
 * `issuerKeyOf` (signed by the key of another CA under the name of this one). OpenSSL presents RSA-1024 and SHA-1 only with
 * `ciphers: 'DEFAULT@SECLEVEL=0'`. `der.*` encodes single values, revocationList.ts makes lists of revoked certificates.
 */
// @peculiar/x509 requires this polyfill at import.
import 'reflect-metadata';
import { createPrivateKey, createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { type AlternativeNames, alternativeNames } from './alternativeNames.ts';
import { cryptoKey, type Hash, type KeyType, makeKey, signatureOf } from './certificateKeys.ts';
import { der } from './der.ts';

const DAY_MS = 86_400_000;

/** A certificate with its key. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly der: Uint8Array;
  readonly serial: string;
  /** The certificate and each intermediate CA above it. */
  readonly chain: string;
  /** The root that it leads to; the certificate itself when it is a root or self-signed. */
  readonly root: string;
}

/** What every certificate can have. */
export interface CertificateOptions extends AlternativeNames {
  /** Null for an empty subject. */
  readonly commonName?: string | null;
  readonly organization?: string;
  readonly keyType?: KeyType;
  /** Hash of the signature that the issuer makes. @default SHA-256 */
  readonly hash?: Hash;
  readonly from?: Date;
  readonly to?: Date;
  /** Hexadecimal. */
  readonly serial?: string;
  readonly usages?: readonly string[];
  /** URLs of the revocation list, in the extension for them. */
  readonly crlUrls?: readonly string[];
  readonly extensions?: readonly { readonly oid: string; readonly critical?: boolean; readonly value: Uint8Array }[];
  /** PEM of an existing private key. */
  readonly key?: string;
  readonly issuerKeyOf?: TestCertificate;
  readonly pathLength?: number;
}

interface Shape extends CertificateOptions {
  readonly isCa: boolean;
}

/** A root CA. */
export function makeCa(options: CertificateOptions = {}): Promise<TestCertificate> {
  return make(undefined, { commonName: 'Test CA', ...options, isCa: true });
}

/** A CA below another. */
export function makeIntermediate(issuer: TestCertificate, options: CertificateOptions = {}): Promise<TestCertificate> {
  return make(issuer, { commonName: 'Test intermediate CA', ...options, isCa: true });
}

/** A certificate of a server, by default for `localhost`, `127.0.0.1` and `::1`. */
export function makeServer(issuer: TestCertificate, options: CertificateOptions = {}): Promise<TestCertificate> {
  const names = options.names ?? ['localhost', '127.0.0.1', '::1'];
  return make(issuer, {
    commonName: 'localhost',
    usages: [x509.ExtendedKeyUsage.serverAuth],
    ...options,
    names,
    isCa: false,
  });
}

/** A certificate of a client. */
export function makeClient(issuer: TestCertificate, options: CertificateOptions = {}): Promise<TestCertificate> {
  return make(issuer, { commonName: 'client', usages: [x509.ExtendedKeyUsage.clientAuth], ...options, isCa: false });
}

/** A certificate of a server that no CA signed. */
export function makeSelfSigned(options: CertificateOptions = {}): Promise<TestCertificate> {
  const names = options.names ?? ['localhost', '127.0.0.1', '::1'];
  return make(undefined, {
    commonName: 'localhost',
    usages: [x509.ExtendedKeyUsage.serverAuth],
    ...options,
    names,
    isCa: false,
  });
}

/** Dates of a certificate that has lapsed a day ago. */
export function lapsed(): { readonly from: Date; readonly to: Date } {
  return { from: daysFromNow(-30), to: daysFromNow(-1) };
}

/** Dates of a certificate that is valid from tomorrow. */
export function notYet(): { readonly from: Date; readonly to: Date } {
  return { from: daysFromNow(1), to: daysFromNow(30) };
}

/** A moment, in days after now. */
export function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

async function make(issuer: TestCertificate | undefined, options: Shape): Promise<TestCertificate> {
  const {
    keyType = 'P-256',
    hash = 'SHA-256',
    from = daysFromNow(-1 / 24),
    to = daysFromNow(options.isCa ? 365 : 30),
  } = options;
  const own = options.key === undefined ? await makeKey(keyType) : createPrivateKey(options.key);
  const parent = issuer === undefined ? undefined : new x509.X509Certificate(issuer.cert);
  const signer = options.issuerKeyOf ?? issuer;
  const signingKey = signer === undefined ? own : createPrivateKey(signer.key);
  const publicKey = await x509.PublicKey.create(
    new Uint8Array(createPublicKey(own).export({ type: 'spki', format: 'der' })),
  );
  const subject = subjectOf(options);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: options.serial ?? positive(randomBytes(16)).toString('hex'),
    notBefore: from,
    notAfter: to,
    subject,
    issuer: parent?.subjectName ?? subject,
    publicKey,
    signingKey: await cryptoKey(signingKey, hash, 'sign'),
    signingAlgorithm: signatureOf(signingKey, hash),
    extensions: await extensionsOf(options, publicKey, parent?.publicKey ?? publicKey),
  });
  const cert = `${certificate.toString('pem')}\n`;
  return {
    cert,
    key: String(own.export({ type: 'pkcs8', format: 'pem' })),
    der: new Uint8Array(certificate.rawData),
    serial: new X509Certificate(cert).serialNumber,
    chain: issuer === undefined || issuer.cert === issuer.root ? cert : `${cert}${issuer.chain}`,
    root: issuer?.root ?? cert,
  };
}

function subjectOf({ commonName, organization }: Shape): x509.Name {
  const given = { CN: commonName, O: organization };
  const parts = Object.entries(given).filter((part): part is [string, string] => typeof part[1] === 'string');
  return new x509.Name(parts.map(([name, value]) => ({ [name]: [{ utf8String: value }] })));
}

async function extensionsOf(options: Shape, own: x509.PublicKey, issuer: x509.PublicKey): Promise<x509.Extension[]> {
  const { isCa, usages = [], crlUrls = [], extensions = [], pathLength } = options;
  const flags = x509.KeyUsageFlags;
  const names = alternativeNames(options);
  return [
    new x509.BasicConstraintsExtension(isCa, pathLength, true),
    new x509.KeyUsagesExtension(isCa ? flags.keyCertSign | flags.cRLSign : flags.digitalSignature, true),
    await x509.SubjectKeyIdentifierExtension.create(own),
    await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ...(usages.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension([...usages])]),
    ...(names.length === 0 ? [] : [new x509.Extension('2.5.29.17', false, der.sequence(...names))]),
    ...(crlUrls.length === 0 ? [] : [new x509.CRLDistributionPointsExtension([...crlUrls])]),
    ...extensions.map(({ oid, critical = false, value }) => new x509.Extension(oid, critical, Buffer.from(value))),
  ];
}

/** A serial number is positive and has no leading zero byte. */
function positive(bytes: Buffer): Buffer {
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}
