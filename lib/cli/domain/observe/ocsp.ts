import { createHash, X509Certificate } from 'node:crypto';
import {
  bytesOf,
  type DerValue,
  oidOf,
  readAll,
  readOne,
  sequenceOf,
  serialOf,
  TAGS,
  timeOf,
  X509Invalid,
} from '../../../../lambdas/shared/x509/der.ts';
import { isSignedBy, readSignedData, type SignedData } from '../../../../lambdas/shared/x509/signedData.ts';
import { writeDer, writeInteger } from '../../../../lambdas/shared/x509/writeDer.ts';
import { fieldsOf, signsOcsp } from './certificateFields.ts';
import { SKEW_MS, type Statement } from './crl.ts';

const SHA1 = Buffer.from([0x2b, 0x0e, 0x03, 0x02, 0x1a]);
const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';

/** OCSPResponseStatus (RFC 6960, section 4.2.1), an enumerated value: 0 is "successful". */
const ENUMERATED = 0x0a;
/** The fields with a tag of their own: the certificates of a response, its end, and what is known of a certificate. */
const FIELDS = { body: 0xa0, certificates: 0xa0, nextUpdate: 0xa0, good: 0x80, revoked: 0xa1 } as const;

/** The request about one certificate (RFC 6960, section 4.1). SHA-1 only names the issuer here: every responder takes it (RFC 5019). */
export function ocspRequest(subject: X509Certificate, issuer: X509Certificate): Buffer {
  const request = writeDer(TAGS.sequence, certificateId(subject, issuer));
  return writeDer(TAGS.sequence, writeDer(TAGS.sequence, writeDer(TAGS.sequence, request)));
}

function certificateId(subject: X509Certificate, issuer: X509Certificate): Buffer {
  const { serial } = fieldsOf(subject);
  const { subject: name, keyBits } = fieldsOf(issuer);
  const algorithm = writeDer(TAGS.sequence, writeDer(TAGS.oid, SHA1), writeDer(TAGS.null));
  const hashes = [name.whole, keyBits].map((bytes) => writeDer(TAGS.octetString, sha1(bytes)));
  return writeDer(TAGS.sequence, algorithm, ...hashes, writeInteger(BigInt(`0x${serial}`)));
}

/** Reads a response (RFC 6960, section 4.2), stapled or fetched. It counts only if the issuer or its delegate signed it, and it is current. */
export function readOcsp(bytes: Buffer, subject: X509Certificate, issuer: X509Certificate, now: Date): Statement {
  try {
    const [status, wrapped] = sequenceOf(readOne(bytes));
    const [code] = bytesOf(status, ENUMERATED);
    if (code !== 0 || wrapped === undefined) return unknown(`has the status ${code}`);
    const [type, value] = sequenceOf(readOne(bytesOf(wrapped, FIELDS.body)));
    if (oidOf(type) !== BASIC_RESPONSE) return unknown('is of another type');
    const basic = readSignedData(bytesOf(value, TAGS.octetString));
    if (!signers(basic, issuer).some((signer) => isSignedBy(basic, signer.publicKey))) {
      return unknown('is not signed by the issuer of the certificate');
    }
    const responses = sequenceOf(sequenceOf(basic.data).find(({ tag }) => tag === TAGS.sequence)).map(sequenceOf);
    const match = responses.find(([id]) => isAbout(sequenceOf(id), subject, issuer));
    return match === undefined ? unknown('is about another certificate') : statementOf(match, now);
  } catch (error) {
    return unknown(error instanceof X509Invalid ? error.message : 'is no OCSP response');
  }
}

/** The issuer, and those in the response that the issuer allows to sign, as long as they are valid. */
function signers({ attached }: SignedData, issuer: X509Certificate): readonly X509Certificate[] {
  const [certificates] = attached;
  if (certificates === undefined) return [issuer];
  const delegates = sequenceOf(readOne(bytesOf(certificates, FIELDS.certificates)))
    .slice(0, 4)
    .map(({ whole }) => new X509Certificate(whole))
    .filter((one) => signsOcsp(one) && one.verify(issuer.publicKey) && one.validToDate.getTime() > Date.now());
  return [issuer, ...delegates];
}

function isAbout(id: readonly DerValue[], subject: X509Certificate, issuer: X509Certificate): boolean {
  const [, nameHash, keyHash, serial] = id;
  const { subject: name, keyBits } = fieldsOf(issuer);
  if (serialOf(serial) !== fieldsOf(subject).serial) return false;
  // Responders may name the issuer by another hash than that of the request.
  const hash = { 20: 'sha1', 32: 'sha256', 48: 'sha384', 64: 'sha512' }[nameHash?.bytes.length ?? 0];
  if (hash === undefined || nameHash === undefined || keyHash === undefined) return false;
  const digest = (bytes: Buffer) => createHash(hash).update(bytes).digest();
  return nameHash.bytes.equals(digest(name.whole)) && keyHash.bytes.equals(digest(keyBits));
}

function statementOf([, status, from, to]: readonly DerValue[], now: Date): Statement {
  if (status === undefined) return unknown('is no OCSP response');
  if (timeOf(from) > now.getTime() + SKEW_MS) return unknown('is of the future');
  const end = to?.tag === FIELDS.nextUpdate ? timeOf(readOne(to.bytes)) : undefined;
  if (end !== undefined && end < now.getTime() - SKEW_MS) return unknown(`lapsed at ${new Date(end).toISOString()}`);
  if (status.tag === FIELDS.good) return { status: 'good' };
  if (status.tag !== FIELDS.revoked) return unknown('does not know the certificate');
  const [revokedAt] = readAll(status.bytes);
  return { status: 'revoked', revokedAt: new Date(timeOf(revokedAt)) };
}

function sha1(bytes: Buffer): Buffer {
  return createHash('sha1').update(bytes).digest();
}

function unknown(reason: string): Statement {
  return { status: 'unknown', reason };
}
