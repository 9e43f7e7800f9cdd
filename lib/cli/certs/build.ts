/** Makes the certificates and revocation lists of a CA (RFC 5280). */
import { createPublicKey, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import { writeInteger } from '../../../lambdas/shared/x509/writeDer.ts';
import { ConfigError } from '../../definition/errors.ts';
import { permittedNames } from './nameConstraints.ts';
import type { AlternativeName } from './names.ts';
import type { RevocationReason } from './reasons.ts';
import { REASON_CODES } from './reasons.ts';
import { type Signer, signing } from './signer.ts';
import { loadX509 } from './x509.ts';

export const DAY_MS = 86_400_000;
/** Certificates and lists are valid since five minutes ago: a clock that is behind would reject every client. */
export const SKEW_MS = 300_000;

const NAME_CONSTRAINTS = '2.5.29.30';
const CRL_NUMBER = '2.5.29.20';

/** A certificate in PEM, and what is in it. */
export interface Made {
  readonly pem: string;
  readonly serial: string;
  readonly from: Date;
  readonly to: Date;
}

/** The certificate of a CA, which signs no other CA. */
export async function makeAuthority(
  signer: Signer,
  {
    name,
    days,
    permitted,
  }: { readonly name: string; readonly days: number; readonly permitted: readonly AlternativeName[] },
): Promise<Made> {
  const x509 = loadX509();
  const publicKey = x509PublicKey(signer.publicKey);
  const subject = new x509.Name([{ CN: [{ utf8String: name }] }]);
  const { crypto, ...keys } = signing(signer);
  const made = await x509.X509CertificateGenerator.create(
    {
      ...serialAndDates(days),
      subject,
      issuer: subject,
      publicKey,
      ...keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(publicKey),
        ...(permitted.length === 0 ? [] : [new x509.Extension(NAME_CONSTRAINTS, true, permittedNames(permitted))]),
      ],
    },
    crypto,
  );
  return verified(made.toString('pem'), signer);
}

/** A certificate of a client, signed by the CA. */
export async function makeCertificate(
  signer: Signer,
  authority: string,
  options: {
    readonly name: string;
    readonly names: readonly AlternativeName[];
    readonly days: number;
    readonly publicKey: KeyObject;
  },
): Promise<Made> {
  const x509 = loadX509();
  const issuer = new x509.X509Certificate(authority);
  const publicKey = x509PublicKey(options.publicKey);
  const types = { dns: 'dns', uri: 'url', email: 'email' } as const;
  const names = options.names.map(({ kind, value }) => ({ type: types[kind], value }));
  const { crypto, ...keys } = signing(signer);
  const made = await x509.X509CertificateGenerator.create(
    {
      ...serialAndDates(options.days),
      subject: new x509.Name([{ CN: [{ utf8String: options.name }] }]),
      issuer: issuer.subjectName,
      publicKey,
      ...keys,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
        await x509.SubjectKeyIdentifierExtension.create(publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
        ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
      ],
    },
    crypto,
  );
  return verified(made.toString('pem'), signer);
}

/** A revoked certificate. */
export interface RevokedEntry {
  readonly serial: string;
  readonly at: string;
  readonly reason: RevocationReason;
}

/** The revocation list of a CA, in PEM. */
export async function makeRevocationList(
  signer: Signer,
  authority: string,
  list: {
    readonly number: number;
    readonly thisUpdate: Date;
    readonly nextUpdate: Date;
    readonly revoked: readonly RevokedEntry[];
  },
): Promise<string> {
  const x509 = loadX509();
  const issuer = new x509.X509Certificate(authority);
  const { crypto, ...keys } = signing(signer);
  const made = await x509.X509CrlGenerator.create(
    {
      issuer: issuer.subjectName,
      thisUpdate: list.thisUpdate,
      nextUpdate: list.nextUpdate,
      ...keys,
      entries: list.revoked.map(({ serial, at, reason }) => ({
        serialNumber: serial,
        revocationDate: new Date(at),
        // RFC 5280 (section 5.3.1): without the extension instead of "unspecified".
        ...(reason === 'unspecified' ? {} : { reason: REASON_CODES[reason] }),
      })),
      extensions: [
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
        new x509.Extension(CRL_NUMBER, false, writeInteger(list.number)),
      ],
    },
    crypto,
  );
  if (!(await made.verify({ publicKey: issuer.publicKey }))) throw wrongKey();
  // The library writes the label "CRL", which OpenSSL does not read: RFC 7468 (section 6) has this one.
  return `${x509.PemConverter.encode(made.rawData, 'X509 CRL')}\n`;
}

/** 128 random bits after a byte that keeps the number positive and of one length; RFC 5280 allows 20 bytes. */
function serialAndDates(days: number) {
  const now = Date.now();
  return {
    serialNumber: `01${randomBytes(16).toString('hex')}`,
    notBefore: new Date(now - SKEW_MS),
    notAfter: new Date(now + days * DAY_MS),
  };
}

function x509PublicKey(key: KeyObject) {
  return new (loadX509().PublicKey)(new Uint8Array(key.export({ type: 'spki', format: 'der' })));
}

/** A certificate that the public key of the CA verifies: a key of another CA, or a broken service, is noticed before anybody gets it. */
function verified(pem: string, { publicKey }: Signer): Made {
  const read = new X509Certificate(pem);
  if (!read.verify(createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })))) throw wrongKey();
  return { pem: `${pem}\n`, serial: read.serialNumber, from: read.validFromDate, to: read.validToDate };
}

function wrongKey(): ConfigError {
  return new ConfigError({
    code: 'authority-unusable',
    location: 'the key of the CA',
    found: 'a signature that the certificate of the CA does not verify',
    expected: 'the key of this CA',
    fix: 'Put the key of this CA back, or name the right folder.',
  });
}
