import { createHash, X509Certificate } from 'node:crypto';
import { fieldsOf, signsOcsp } from './certificateFields.ts';
import { SKEW_MS, type Statement } from './crl.ts';
import { childOf, childrenOf, type Der, oidOf, readDer, TAG, timeOf, writeDer } from './der.ts';
import { isSignedBy } from './signedData.ts';

const SHA1 = Buffer.from([0x2b, 0x0e, 0x03, 0x02, 0x1a]);
const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';

/** The request about one certificate (RFC 6960, section 4.1). SHA-1 only names the issuer here: every responder takes it (RFC 5019). */
export function ocspRequest(subject: X509Certificate, issuer: X509Certificate): Buffer {
  const request = writeDer(TAG.sequence, certificateId(subject, issuer));
  return writeDer(TAG.sequence, writeDer(TAG.sequence, writeDer(TAG.sequence, request)));
}

function certificateId(subject: X509Certificate, issuer: X509Certificate): Buffer {
  const { serial } = fieldsOf(subject);
  const { subject: name, keyBits } = fieldsOf(issuer);
  const algorithm = writeDer(TAG.sequence, writeDer(TAG.oid, SHA1), writeDer(TAG.null));
  const hashes = [name.bytes, keyBits].map((bytes) => writeDer(TAG.octetString, sha1(bytes)));
  return writeDer(TAG.sequence, algorithm, ...hashes, serial.bytes);
}

/** Reads a response (RFC 6960, section 4.2), stapled or fetched. It counts only if the issuer or its delegate signed it, and it is current. */
export function readOcsp(bytes: Buffer, subject: X509Certificate, issuer: X509Certificate, now: Date): Statement {
  try {
    const [status, wrapped] = childrenOf(readDer(bytes));
    if (status?.content[0] !== 0 || wrapped === undefined) return unknown(`has the status ${status?.content[0]}`);
    const [type, value] = childrenOf(childOf(wrapped, 0));
    if (type === undefined || value === undefined || oidOf(type) !== BASIC_RESPONSE)
      return unknown('is of another type');
    const basic = readDer(value.content);
    if (!signers(basic, issuer).some((signer) => isSignedBy(basic, signer.publicKey))) {
      return unknown('is not signed by the issuer of the certificate');
    }
    const one = childrenOf(childOf(basic, 0)).find(({ tag }) => tag === TAG.sequence);
    const responses = one === undefined ? [] : childrenOf(one);
    const match = responses.find((response) => isAbout(childOf(response, 0), subject, issuer));
    return match === undefined ? unknown('is about another certificate') : statementOf(match, now);
  } catch {
    return unknown('is no OCSP response');
  }
}

/** The issuer, and those in the response that the issuer allows to sign, as long as they are valid. */
function signers(basic: Der, issuer: X509Certificate): readonly X509Certificate[] {
  const attached = childrenOf(basic)[3];
  if (attached?.tag !== 0xa0) return [issuer];
  const delegates = childrenOf(childOf(attached, 0))
    .slice(0, 4)
    .map(({ bytes }) => new X509Certificate(bytes))
    .filter((one) => signsOcsp(one) && one.verify(issuer.publicKey) && one.validToDate.getTime() > Date.now());
  return [issuer, ...delegates];
}

function isAbout(id: Der, subject: X509Certificate, issuer: X509Certificate): boolean {
  const [, nameHash, keyHash, serial] = childrenOf(id);
  const { subject: name, keyBits } = fieldsOf(issuer);
  if (serial === undefined || !serial.content.equals(fieldsOf(subject).serial.content)) return false;
  // Responders may name the issuer by another hash than that of the request.
  const hash = { 20: 'sha1', 32: 'sha256', 48: 'sha384', 64: 'sha512' }[nameHash?.content.length ?? 0];
  if (hash === undefined || nameHash === undefined || keyHash === undefined) return false;
  const digest = (bytes: Buffer) => createHash(hash).update(bytes).digest();
  return nameHash.content.equals(digest(name.bytes)) && keyHash.content.equals(digest(keyBits));
}

function statementOf(response: Der, now: Date): Statement {
  const [, status, from, to] = childrenOf(response);
  if (status === undefined || from === undefined) return unknown('is no OCSP response');
  if (timeOf(from).getTime() > now.getTime() + SKEW_MS) return unknown('is of the future');
  const end = to?.tag === 0xa0 ? timeOf(childOf(to, 0)) : undefined;
  if (end !== undefined && end.getTime() < now.getTime() - SKEW_MS) return unknown(`lapsed at ${end.toISOString()}`);
  if (status.tag === 0x80) return { status: 'good' };
  if (status.tag === 0xa1) return { status: 'revoked', revokedAt: timeOf(childOf(status, 0)) };
  return unknown('does not know the certificate');
}

function sha1(bytes: Buffer): Buffer {
  return createHash('sha1').update(bytes).digest();
}

function unknown(reason: string): Statement {
  return { status: 'unknown', reason };
}
