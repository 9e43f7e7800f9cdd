import { createECDH, createHash, createHmac, createPrivateKey, type KeyObject, sign } from 'node:crypto';

/** AWS credentials, as Lambda has them in its environment. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const ALGORITHM = 'AWS4-ECDSA-P256-SHA256';
/** The order of the curve P-256, less two (FIPS 186-5): the largest number that a candidate for the private key can be. */
const LARGEST = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f');

/**
 * Signs a request for a service without a region: Signature Version 4A, valid in all regions. aws4fetch signs version 4 alone.
 *
 * @returns the headers of the request.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export function signV4a(
  { method, url, headers = {}, body = '' }: UnsignedRequest,
  credentials: SigningCredentials,
  { service, now = new Date() }: { readonly service: string; readonly now?: Date },
): Readonly<Record<string, string>> {
  const { host, pathname, search } = new URL(url);
  const date = now.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const scope = `${date.slice(0, 8)}/${service}/aws4_request`;
  const signed: Readonly<Record<string, string>> = {
    ...headers,
    host,
    'x-amz-content-sha256': hash(body),
    'x-amz-date': date,
    'x-amz-region-set': '*',
    ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
  };
  const names = Object.keys(signed).sort();
  const canonical = [
    method,
    // Every service but S3 encodes the path once more.
    pathname.split('/').map(encodeURIComponent).join('/'),
    // The caller has percent-encoded names and values.
    search.slice(1).split('&').sort().join('&'),
    ...names.map((name) => `${name}:${signed[name]?.trim()}`),
    '',
    names.join(';'),
    hash(body),
  ].join('\n');
  const toSign = [ALGORITHM, date, scope, hash(canonical)].join('\n');
  const signature = sign('sha256', Buffer.from(toSign), signingKey(credentials)).toString('hex');
  const { host: _, ...sent } = signed;
  return {
    ...sent,
    authorization: `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** The private key of an access key: the key derivation of NIST SP 800-108 in counter mode, repeated until it is on the curve. */
export function signingKey({ accessKeyId, secretAccessKey }: SigningCredentials): KeyObject {
  for (let counter = 1; counter < 255; counter += 1) {
    const input = [uint32(1), ALGORITHM, '\0', accessKeyId, Buffer.from([counter]), uint32(256)];
    const digest = createHmac('sha256', `AWS4A${secretAccessKey}`)
      .update(Buffer.concat(input.map((part) => Buffer.from(part))))
      .digest('hex');
    const candidate = BigInt(`0x${digest}`);
    if (candidate <= LARGEST) return keyOf((candidate + 1n).toString(16).padStart(64, '0'));
  }
  throw new Error('no signing key for this access key');
}

function keyOf(hex: string): KeyObject {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(hex, 'hex');
  const point = curve.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  const d = Buffer.from(hex, 'hex').toString('base64url');
  return createPrivateKey({ key: { kty: 'EC', crv: 'P-256', d, x, y }, format: 'jwk' });
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
