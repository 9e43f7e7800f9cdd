/**
 * Signature Version 4, as S3 checks it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from './error.ts';

/** Whose signatures are accepted. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const ALGORITHM = 'AWS4-HMAC-SHA256';
/** How far the clocks of client and service may be apart. */
const SKEW_MS = 15 * 60_000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})$/;
const CREDENTIAL = /^([^/]+)\/(\d{8})\/([a-z0-9-]+)\/s3\/aws4_request$/;

/** A request as far as its signature is concerned. */
export interface SignedRequest {
  readonly method: string;
  /** As sent, percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Checks who signed a request in its headers.
 *
 * @returns the SHA-256 of the payload in hexadecimal that was signed, or nothing for a payload that was not.
 * @throws {S3Error} `AccessDenied` without a signature, `InvalidAccessKeyId`, `RequestTimeTooSkewed`, `SignatureDoesNotMatch`.
 */
export function verifySignature(request: SignedRequest, credentials: Credentials, nowMs: number): string | undefined {
  const { headers } = request;
  const [, credential = '', signedHeaders = '', signature = ''] = AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  if (signature === '') throw new S3Error('AccessDenied', 'Access Denied: sign the request in its headers');
  const payload = text(headers['x-amz-content-sha256']);
  const time = text(headers['x-amz-date']);
  if (Math.abs(timeOf(time) - nowMs) > SKEW_MS || Number.isNaN(timeOf(time))) {
    throw new S3Error(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    );
  }
  const names = signedHeaders.split(';');
  if (!names.includes('host')) throw new S3Error('SignatureDoesNotMatch', 'The header host has to be signed.');
  const canonical = [
    request.method,
    encoded(decodeURIComponent(request.path), true),
    canonicalQuery(request.query),
    ...names.map((name) => `${name}:${text(headers[name]).trim().replaceAll(/ +/g, ' ')}`),
    '',
    signedHeaders,
    payload,
  ].join('\n');
  const scope = credential.slice(credential.indexOf('/') + 1);
  const digest = createHash('sha256').update(canonical).digest('hex');
  verify(credential, [ALGORITHM, time, scope, digest].join('\n'), signature, credentials);
  return payload === 'UNSIGNED-PAYLOAD' ? undefined : payload;
}

/**
 * Checks that a string was signed with these credentials for S3.
 *
 * @param credential such as `AKIA…/20261125/eu-west-1/s3/aws4_request`.
 * @throws {S3Error} `InvalidAccessKeyId`, `SignatureDoesNotMatch`.
 */
export function verify(credential: string, signed: string, signature: string, credentials: Credentials): void {
  const [, accessKeyId, date = '', region = ''] = CREDENTIAL.exec(credential) ?? [];
  if (accessKeyId !== credentials.accessKeyId) {
    throw new S3Error('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
  }
  let key: Buffer | string = `AWS4${credentials.secretAccessKey}`;
  for (const part of [date, region, 's3', 'aws4_request']) key = hmac(key, part);
  const expected = hmac(key, signed);
  const given = Buffer.from(signature, 'hex');
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw new S3Error(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the one you provided.',
  );
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** `20261125T080000Z` in milliseconds; not a number for anything else. */
function timeOf(time: string): number {
  return Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function canonicalQuery(query: URLSearchParams): string {
  const pairs = [...query].map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  return pairs.sort().join('&');
}

/** Everything but letters, digits and `-._~` is escaped; S3 keeps the slashes of a path. */
function encoded(value: string, keepSlashes = false): string {
  const escaped = encodeURIComponent(value).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return keepSlashes ? escaped.replaceAll('%2F', '/') : escaped;
}

function text(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.join(',') ?? '');
}
