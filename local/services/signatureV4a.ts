/**
 * Signature Version 4A, which CloudFront KeyValueStore takes: ECDSA with a key that derives from the access key, valid in all
 * regions. Written from the documentation, so that it checks the signer independently.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
import { createECDH, createHmac, createPublicKey, type KeyObject, verify } from 'node:crypto';
import {
  type Credentials,
  canonicalRequest,
  checkSignedHeaders,
  checkTime,
  type ReadSignature,
  type Scope,
  SignatureRejected,
  type SignedRequest,
  sha256,
  text,
} from './signature.ts';

const ALGORITHM = 'AWS4-ECDSA-P256-SHA256';
const AUTHORIZATION =
  /^AWS4-ECDSA-P256-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{16,160})$/;
/** The order of P-256, less two (FIPS 186-5). */
const LARGEST = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254fn;

/** Whether a request is signed in this way. */
export function isV4a({ headers }: Pick<SignedRequest, 'headers'>): boolean {
  return headers.authorization?.startsWith(ALGORITHM) === true;
}

/** As `readSignature`. @throws {SignatureRejected} */
export function readSignatureV4a(request: SignedRequest, scope: Scope, nowMs: number): ReadSignature {
  const { headers } = request;
  const [, credential = '', signedHeaders = '', signature = ''] = AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  const time = text(headers['x-amz-date']);
  const regions = text(headers['x-amz-region-set']).split(',');
  if (signature === '' || time === '')
    throw new SignatureRejected('incomplete', 'Authorization or X-Amz-Date is not that of Signature Version 4A.');
  const [accessKeyId, ...parts] = credential.split('/');
  if (accessKeyId !== scope.credentials.accessKeyId)
    throw new SignatureRejected('key-unknown', 'The access key id is not that of the data directory.');
  const expected = `${time.slice(0, 8)}/${scope.service}/aws4_request`;
  if (parts.join('/') !== expected || !regions.some((region) => region === '*' || region === scope.region))
    throw new SignatureRejected('scope-wrong', `Credential should be scoped to ${expected}, for every region.`);
  checkTime(time, nowMs);
  const names = signedHeaders.split(';');
  checkSignedHeaders(headers, names);
  return {
    verify(payload) {
      const canonical = canonicalRequest(request, { names, payload, service: scope.service });
      const signed = [ALGORITHM, time, expected, sha256(canonical)].join('\n');
      const key = publicKey(scope.credentials);
      if (verify('sha256', Buffer.from(signed), key, Buffer.from(signature, 'hex'))) return;
      throw new SignatureRejected('mismatch', 'The signature does not match the request.');
    },
  };
}

/** The last key, because credentials stay the same while a gateway serves. */
let last: { readonly of: string; readonly key: KeyObject } | undefined;

/** NIST SP 800-108 in counter mode, until a candidate is a private key of the curve. */
function publicKey({ accessKeyId, secretAccessKey }: Credentials): KeyObject {
  const of = `${accessKeyId} ${secretAccessKey}`;
  if (last?.of === of) return last.key;
  for (let counter = 1; counter < 255; counter += 1) {
    const label = Buffer.from(`\0\0\0\x01${ALGORITHM}\0${accessKeyId}`, 'latin1');
    const input = Buffer.concat([label, Buffer.from([counter, 0, 0, 1, 0])]);
    const candidate = BigInt(`0x${createHmac('sha256', `AWS4A${secretAccessKey}`).update(input).digest('hex')}`);
    if (candidate > LARGEST) continue;
    const curve = createECDH('prime256v1');
    curve.setPrivateKey((candidate + 1n).toString(16).padStart(64, '0'), 'hex');
    const point = curve.getPublicKey();
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
    last = { of, key };
    return key;
  }
  throw new SignatureRejected('mismatch', 'No key derives from this access key.');
}
