import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { BucketModel } from '../../assembly/model.ts';
import type { ScanOptions } from '../../contracts.ts';
import { LOOPBACK, listen, shut } from '../loopback.ts';
import { type Access, readSignature, type Scope, SignatureRejected, verifyQuerySignature } from '../signature.ts';
import { errorXml, S3Error, signatureError, xml } from './error.ts';
import { listBuckets } from './listBuckets.ts';
import { listObjects } from './listObjects.ts';
import { handleObject } from './objects.ts';
import { postObject } from './postObject.ts';
import { type Scanner, startScanner } from './scanner.ts';
import { type ObjectStore, openStore } from './store.ts';

/** A running S3. */
export interface S3 {
  /** Endpoint for `AWS_ENDPOINT_URL_S3`. An address and not a name, so that clients put the bucket into the path. */
  readonly url: string;
  /** Serves these buckets from now on, with the objects that they have. */
  update(buckets: readonly BucketModel[]): void;
  /** For new connections. */
  setTls(tls: S3Options['tls']): void;
  close(): Promise<void>;
}

/** What an S3 is started with. */
export interface S3Options extends ScanOptions {
  readonly data: string;
  readonly buckets: readonly BucketModel[];
  /** For `127.0.0.1`, in PEM. */
  readonly tls: { readonly cert: string; readonly key: string };
  /** Whose signatures count. */
  readonly access: Access;
  /** Gets one line for each object that was scanned. */
  readonly print: (line: string) => void;
}

/** Keys have at most 1,024 bytes of UTF-8. */
const MAX_KEY_BYTES = 1_024;

/**
 * Starts an S3 over HTTPS on loopback, with the buckets of the stack and their objects under `<data>/s3`. Every request has
 * to be signed: in a header, in its query, or by the policy of a form. New objects are scanned where the stack has them scanned.
 */
export async function startS3({ data, buckets, tls, access, print, scan, scanDelay }: S3Options): Promise<S3> {
  const store = openStore(data);
  const scope = { ...access, service: 's3' };
  const scanner = startScanner({ store, buckets, print, scan, scanDelay });
  let origin = '';
  let served = buckets;
  const server = createServer({ ...tls, minVersion: 'TLSv1.2' }, (request, response) => {
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    response.setHeader('x-amz-request-id', requestId);
    response.setHeader('server', 'AmazonS3');
    handle(request, response, { store, buckets: served, scanner, scope, origin }).catch((error: unknown) => {
      // What is left of the request is read and dropped: a client that still sends would not read the response.
      request.unpipe();
      request.resume();
      reject(request, response, error, requestId);
    });
  });
  const port = await listen(server);
  origin = `https://${LOOPBACK}:${port}`;
  return {
    url: origin,
    update(next) {
      served = next;
      scanner.update(next);
    },
    setTls: (next) => server.setSecureContext({ ...next, minVersion: 'TLSv1.2' }),
    async close() {
      await Promise.all([shut(server), scanner.close()]);
    },
  };
}

interface Parts {
  readonly store: ObjectStore;
  readonly buckets: readonly BucketModel[];
  readonly scanner: Scanner;
  readonly scope: Scope;
  readonly origin: string;
}

async function handle(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  const { store, scanner, scope, origin } = parts;
  const [path = '', search = ''] = (request.url ?? '/').split('?', 2);
  const [, name = '', ...rest] = decoded(path).split('/');
  const key = rest.join('/');
  if (request.method === 'POST' && key === '') {
    const bucket = requireBucket(parts.buckets, name);
    const { record, status } = await postObject(request, { store, bucket, scope });
    scanner.added(name, record);
    const location = `${origin}/${name}/${encodeURIComponent(record.key)}`;
    const headers = { etag: `"${record.etag}"`, location };
    if (status !== 201) return void response.writeHead(status, headers).end();
    const members = { Location: location, Bucket: name, Key: record.key, ETag: `"${record.etag}"` };
    return void response
      .writeHead(status, { ...headers, 'content-type': 'application/xml' })
      .end(xml('PostResponse', members));
  }
  const query = new URLSearchParams(search);
  const signed = { method: request.method ?? 'GET', path, query, headers: request.headers };
  const isPresigned = query.has('X-Amz-Signature') && request.headers.authorization === undefined;
  const payload = isPresigned ? 'UNSIGNED-PAYLOAD' : String(request.headers['x-amz-content-sha256'] ?? '');
  if (isPresigned) verifyQuerySignature(signed, scope, Date.now());
  else readSignature(signed, scope, Date.now()).verify(payload);
  if (path === '/' && request.method === 'GET') {
    return void response.writeHead(200, { 'content-type': 'application/xml' }).end(listBuckets(parts.buckets));
  }
  const bucket = requireBucket(parts.buckets, name);
  if (key === '' && request.method === 'GET' && query.get('list-type') === '2') {
    const page = await listObjects(store, name, query);
    return void response.writeHead(200, { 'content-type': 'application/xml' }).end(page);
  }
  if (key === '')
    throw new S3Error('NotImplemented', 'The only operation of the local S3 on a bucket is ListObjectsV2.');
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Error('KeyTooLongError', 'Your key is too long');
  const hash = payload === 'UNSIGNED-PAYLOAD' ? undefined : payload;
  return handleObject({ request, response, store, scanner, bucket, key, query, payload: hash });
}

function requireBucket(buckets: readonly BucketModel[], wanted: string): BucketModel {
  const bucket = buckets.find(({ name }) => name === wanted);
  if (bucket === undefined) throw new S3Error('NoSuchBucket', 'The specified bucket does not exist');
  return bucket;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error('InvalidArgument', 'The path is not percent-encoded UTF-8.');
  }
}

function errorOf(error: unknown): S3Error {
  if (error instanceof SignatureRejected) return signatureError(error);
  return error instanceof S3Error ? error : new S3Error('InternalError', 'We encountered an internal error.');
}

function reject(request: IncomingMessage, response: ServerResponse, error: unknown, requestId: string): void {
  if (response.headersSent) return void response.destroy();
  const rejection = errorOf(error);
  const body = errorXml(rejection, request.url?.split('?')[0] ?? '/', requestId);
  response.writeHead(rejection.status, { 'content-type': 'application/xml' });
  response.end(request.method === 'HEAD' ? undefined : body);
}
