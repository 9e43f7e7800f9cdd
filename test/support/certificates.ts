/**
 * Makes certificates for tests: real keys and signatures, good ones and faulty ones.
 *
 *   const ca = await makeCa();                                        // a root
 *   const sub = await makeIntermediate(ca);                           // a CA below it
 *   const server = await makeServer(sub, { names: ['localhost', '127.0.0.1'] });
 *   const partner = await makeClient(ca, { commonName: 'acme', uris: ['spiffe://acme/robot'] });
 *   const alone = await makeSelfSigned({ names: ['localhost'] });      // no CA
 *   const crl = await makeCrl(ca, { revoked: [partner] });             // crl.pem, crl.der
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
 * `ciphers: 'DEFAULT@SECLEVEL=0'`. `der.*` encodes single values.
 */
// @peculiar/x509 requires this polyfill at import.
import 'reflect-metadata';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  webcrypto,
  X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import { der } from './der.ts';

const DAY_MS = 86_400_000;

/** The kinds of keys. */
export type KeyType = 'P-256' | 'P-384' | 'RSA-1024' | 'RSA-2048' | 'RSA-3072' | 'Ed25519' | OldKeyType;
/** Keys for a server's certificate alone: they sign no other. */
type OldKeyType = 'P-192' | 'secp112r1' | 'DSA-1024';
type Hash = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

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
export interface CertificateOptions {
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
  /** Dns names, or addresses. */
  readonly names?: readonly string[];
  readonly uris?: readonly string[];
  readonly emails?: readonly string[];
  readonly rawNames?: readonly { readonly tag: number; readonly bytes: Uint8Array }[];
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

/** A revocation list. */
export interface TestCrl {
  readonly pem: string;
  readonly der: Uint8Array;
}

/** What a revocation list can have. */
export interface CrlOptions {
  /** Certificates, or serial numbers in hexadecimal. */
  readonly revoked?: readonly (string | Pick<TestCertificate, 'serial'>)[];
  readonly reason?: x509.X509CrlReason;
  /** @default an hour ago */
  readonly thisUpdate?: Date;
  /** Null leaves it out. @default in a day */
  readonly nextUpdate?: Date | null;
  /** Null leaves the extension out. @default 1 */
  readonly number?: number | null;
  readonly hash?: Hash;
  readonly extensions?: CertificateOptions['extensions'];
  /** Signed by the key of another CA, under the name of this one. */
  readonly signedBy?: TestCertificate;
}

/** The revocation list of a CA. A lapsed one: `{ nextUpdate: daysFromNow(-1) }`. */
export async function makeCrl(ca: TestCertificate, options: CrlOptions = {}): Promise<TestCrl> {
  const { revoked = [], reason, hash = 'SHA-256', number = 1, extensions = [], signedBy = ca, nextUpdate } = options;
  const issuer = new x509.X509Certificate(ca.cert);
  const signingKey = await cryptoKey(createPrivateKey(signedBy.key), hash, 'sign');
  const list = await x509.X509CrlGenerator.create({
    issuer: issuer.subjectName,
    thisUpdate: options.thisUpdate ?? daysFromNow(-1 / 24),
    ...(nextUpdate === null ? {} : { nextUpdate: nextUpdate ?? daysFromNow(1) }),
    entries: revoked.map((one) => ({
      serialNumber: typeof one === 'string' ? one : one.serial,
      revocationDate: daysFromNow(-1 / 24),
      ...(reason === undefined ? {} : { reason }),
    })),
    extensions: [
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(number === null ? [] : [new x509.Extension('2.5.29.20', false, der.integer(number))]),
      ...extensions.map(({ oid, critical = false, value }) => new x509.Extension(oid, critical, Buffer.from(value))),
    ],
    signingKey,
    signingAlgorithm: signatureOf(createPrivateKey(signedBy.key), hash),
  });
  // The library writes the label "CRL", which OpenSSL does not read: RFC 7468 (section 6) has this one.
  return { pem: `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`, der: new Uint8Array(list.rawData) };
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

/** GeneralName of RFC 5280 (section 4.2.1.6): 1 is an email address, 2 a dns name, 6 a URI, 7 an address. */
function alternativeNames({
  names = [],
  uris = [],
  emails = [],
  rawNames = [],
}: Shape): readonly Uint8Array<ArrayBuffer>[] {
  const of = (tag: number, text: string) => der.value(0x80 | tag, Buffer.from(text));
  return [
    ...names.map((name) => (isIP(name) === 0 ? of(2, name) : der.value(0x87, addressBytes(name)))),
    ...uris.map((uri) => of(6, uri)),
    ...emails.map((email) => of(1, email)),
    ...rawNames.map(({ tag, bytes }) => der.value(0x80 | tag, bytes)),
  ];
}

function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (text: string | undefined) => (text ? text.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const [before, after] = [groups(head), groups(tail)];
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]));
}

async function makeKey(type: KeyType): Promise<KeyObject> {
  if (type === 'DSA-1024') return generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey;
  if (type === 'P-192') return generateKeyPairSync('ec', { namedCurve: 'prime192v1' }).privateKey;
  if (type === 'secp112r1') return generateKeyPairSync('ec', { namedCurve: type }).privateKey;
  const rsa = /^RSA-(\d+)$/.exec(type)?.[1];
  const algorithm =
    rsa !== undefined
      ? {
          name: 'RSASSA-PKCS1-v1_5',
          modulusLength: Number(rsa),
          publicExponent: Uint8Array.of(1, 0, 1),
          hash: 'SHA-256',
        }
      : type === 'Ed25519'
        ? { name: 'Ed25519' }
        : { name: 'ECDSA', namedCurve: type };
  const { privateKey } = (await webcrypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  return createPrivateKey({
    key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey)),
    format: 'der',
    type: 'pkcs8',
  });
}

function cryptoKey(key: KeyObject, hash: Hash, usage: 'sign'): Promise<webcrypto.CryptoKey> {
  const bytes = key.export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', new Uint8Array(bytes), signatureOf(key, hash), false, [usage]);
}

function signatureOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, hash: Hash) {
  if (asymmetricKeyType === 'ed25519') return { name: 'Ed25519', hash };
  if (asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash };
  const namedCurve = asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'P-384' : 'P-256';
  return { name: 'ECDSA', namedCurve, hash };
}

/** A serial number is positive and has no leading zero byte. */
function positive(bytes: Buffer): Buffer {
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}
