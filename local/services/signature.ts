/**
 * Signature Version 4, as the services check it. All local services accept the signatures of one data directory and no others.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Whose signatures the services of a stack accept. */
export interface Access {
  readonly credentials: Credentials;
  /** Region of the stack. */
  readonly region: string;
}

/** The same for one service. */
export interface Scope extends Access {
  /** As signatures name it, such as `dynamodb`. */
  readonly service: string;
}

/** A request as far as its signature is concerned. */
export interface SignedRequest {
  readonly method: string;
  /** As sent, percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** Why a signature is rejected. */
export type SignatureFault =
  | 'missing'
  | 'incomplete'
  | 'key-unknown'
  | 'scope-wrong'
  | 'time-wrong'
  | 'expired'
  | 'mismatch';

/** The message names the rule, never a part of the signature. */
export class SignatureRejected extends Error {
  readonly fault: SignatureFault;

  constructor(fault: SignatureFault, message: string) {
    super(message);
    this.name = 'SignatureRejected';
    this.fault = fault;
  }
}

export const ALGORITHM = 'AWS4-HMAC-SHA256';
/** How far the clocks of client and service may be apart. */
const SKEW_MS = 15 * 60_000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})$/;

/** A request whose header fields are good, and whose payload is not known yet. */
export interface ReadSignature {
  /** Checks the signature. @throws {SignatureRejected} `mismatch` unless it is that of this payload, given as a SHA-256 in hexadecimal. */
  verify(payload: string): void;
}

/**
 * Reads the signature in the headers of a request. Everything but the signature itself is checked, so that the payload of a
 * stranger is not even read.
 *
 * @throws {SignatureRejected}
 */
export function readSignature(request: SignedRequest, scope: Scope, nowMs: number): ReadSignature {
  const { headers } = request;
  if (headers.authorization === undefined) throw new SignatureRejected('missing', 'Sign the request in its headers.');
  const [, credential = '', signedHeaders = '', signature = ''] = AUTHORIZATION.exec(headers.authorization) ?? [];
  const time = text(headers['x-amz-date']);
  if (signature === '' || time === '') {
    throw new SignatureRejected('incomplete', 'Authorization or X-Amz-Date is not that of Signature Version 4.');
  }
  checkScope(credential, time, scope);
  checkTime(time, nowMs);
  const names = signedHeaders.split(';');
  checkSignedHeaders(headers, names);
  return {
    verify(payload) {
      const digest = sha256(canonicalRequest(request, { names, payload, service: scope.service }));
      const signed = [ALGORITHM, time, scopeOf(credential), digest].join('\n');
      verifyString(signed, signature, { credential, scope });
    },
  };
}

/** Seconds for which an address can be signed: a week. */
const MAX_EXPIRES = 604_800;

/**
 * Checks the signature in the query of a request, which lets the holder of the address send it until it expires.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 *
 * @throws {SignatureRejected}
 */
export function verifyQuerySignature(request: SignedRequest, scope: Scope, nowMs: number): void {
  const query = new URLSearchParams(request.query);
  const [credential, time, signature] = ['Credential', 'Date', 'Signature'].map((name) => query.get(`X-Amz-${name}`));
  const expires = Number(query.get('X-Amz-Expires'));
  const names = (query.get('X-Amz-SignedHeaders') ?? '').split(';');
  const isWhole = query.get('X-Amz-Algorithm') === ALGORITHM && credential && time && signature;
  if (!isWhole || !Number.isInteger(expires) || expires < 1 || expires > MAX_EXPIRES) {
    throw new SignatureRejected('incomplete', 'The query is not that of a presigned address of Signature Version 4.');
  }
  checkSignedHeaders(request.headers, names);
  checkScope(credential, time, scope);
  const signedAt = timeOf(time);
  if (!(signedAt - nowMs <= SKEW_MS)) throw new SignatureRejected('time-wrong', 'Request is not yet valid');
  if (nowMs > signedAt + expires * 1000) throw new SignatureRejected('expired', 'Request has expired');
  query.delete('X-Amz-Signature');
  const rules = { names, payload: 'UNSIGNED-PAYLOAD', service: scope.service };
  const digest = sha256(canonicalRequest({ ...request, query }, rules));
  verifyString([ALGORITHM, time, scopeOf(credential), digest].join('\n'), signature, { credential, scope });
}

/**
 * Checks that a string was signed.
 *
 * @throws {SignatureRejected} `key-unknown`, `scope-wrong` or `mismatch`.
 */
export function verifyString(
  signed: string,
  signature: string,
  { credential, scope }: { readonly credential: string; readonly scope: Scope },
): void {
  checkScope(credential, credential.split('/')[1] ?? '', scope);
  const expected = hmac(signingKey(scopeOf(credential), scope), signed);
  const given = Buffer.from(signature, 'hex');
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw new SignatureRejected('mismatch', 'The signature we calculated does not match the one you provided.');
}

/** The headers of a signed request, for calls of our own. */
export function signatureHeaders(
  request: Omit<SignedRequest, 'headers'> & { readonly headers: Readonly<Record<string, string>> },
  body: string,
  scope: Scope,
  now: Date,
): Readonly<Record<string, string>> {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const parts = [time.slice(0, 8), scope.region, scope.service, 'aws4_request'].join('/');
  const headers: Readonly<Record<string, string>> = { ...request.headers, 'x-amz-date': time };
  const names = Object.keys(headers).sort();
  const canonical = canonicalRequest({ ...request, headers }, { names, payload: sha256(body), service: scope.service });
  const signature = hmac(signingKey(parts, scope), [ALGORITHM, time, parts, sha256(canonical)].join('\n'));
  const credential = `${scope.credentials.accessKeyId}/${parts}`;
  const authorization = `${ALGORITHM} Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature.toString('hex')}`;
  return { ...headers, authorization };
}

export function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** `AKIA…/20261125/eu-west-1/s3/aws4_request`, and the day of the request's time. */
function checkScope(credential: string, time: string, { credentials, region, service }: Scope): void {
  const [accessKeyId, ...parts] = credential.split('/');
  if (accessKeyId !== credentials.accessKeyId) {
    throw new SignatureRejected('key-unknown', 'The access key id is not that of the data directory.');
  }
  const expected = [time.slice(0, 8), region, service, 'aws4_request'];
  if (parts.length === expected.length && parts.every((part, i) => part === expected[i])) return;
  const scope = `<day of the request>/${region}/${service}/aws4_request`;
  throw new SignatureRejected('scope-wrong', `Credential should be scoped to ${scope}.`);
}

/** `20261125T080000Z`, at most a quarter of an hour from now. */
export function checkTime(time: string, nowMs: number): void {
  if (!(Math.abs(timeOf(time) - nowMs) <= SKEW_MS))
    throw new SignatureRejected('time-wrong', 'The time of the request is too far from the current time.');
}

/** Epoch milliseconds of `20261125T080000Z`; NaN for any other form. */
function timeOf(time: string): number {
  const iso = time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return iso === time ? Number.NaN : Date.parse(iso);
}

export function checkSignedHeaders(headers: IncomingHttpHeaders, names: readonly string[]): void {
  const unsigned = Object.keys(headers).find((name) => isSigned(name) && !names.includes(name));
  if (unsigned !== undefined) throw new SignatureRejected('incomplete', `The header ${unsigned} has to be signed.`);
}

/** Headers that decide what a request does. */
function isSigned(name: string): boolean {
  return name === 'host' || (name.startsWith('x-amz-') && name !== 'x-amzn-trace-id');
}

/**
 * S3 encodes a path once, the other services twice.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function canonicalRequest(
  { method, path, query, headers }: SignedRequest,
  {
    names,
    payload,
    service,
  }: { readonly names: readonly string[]; readonly payload: string; readonly service: string },
): string {
  return [
    method,
    service === 's3' ? encoded(decoded(path), true) : encoded(path.replaceAll(/\/+/g, '/'), true),
    canonicalQuery(query),
    ...names.map((name) => `${name}:${text(headers[name]).trim().replaceAll(/ +/g, ' ')}`),
    '',
    names.join(';'),
    payload,
  ].join('\n');
}

/** The last key, because one is good for a day. */
let lastKey: { readonly of: string; readonly key: Buffer } | undefined;

function signingKey(parts: string, { credentials }: Scope): Buffer {
  const of = `${credentials.secretAccessKey} ${parts}`;
  if (lastKey?.of === of) return lastKey.key;
  const seed: Buffer = Buffer.from(`AWS4${credentials.secretAccessKey}`);
  const key = parts.split('/').reduce<Buffer>((last, part) => hmac(last, part), seed);
  lastKey = { of, key };
  return key;
}

function scopeOf(credential: string): string {
  return credential.slice(credential.indexOf('/') + 1);
}

function hmac(key: Buffer, string: string): Buffer {
  return createHmac('sha256', key).update(string).digest();
}

function canonicalQuery(query: URLSearchParams): string {
  const pairs = [...query].map(([name, value]) => [encoded(name), encoded(value)] as const);
  const ordered = pairs.sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)));
  return ordered.map(([name, value]) => `${name}=${value}`).join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Everything but letters, digits and `-._~` is escaped; the slashes of a path stay. */
function encoded(value: string, keepSlashes = false): string {
  const escaped = encodeURIComponent(value.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return keepSlashes ? escaped.replaceAll('%2F', '/') : escaped;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new SignatureRejected('mismatch', 'The path is not percent-encoded UTF-8.');
  }
}

export function text(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.join(',') ?? '');
}
