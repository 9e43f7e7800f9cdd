/** The operations on one object. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { BucketModel } from '../../assembly/model.ts';
import { readBody } from '../loopback.ts';
import { checkDigests, headerTags, objectHeaders, xmlTags } from './attributes.ts';
import { checkDenials, type ObjectAction } from './bucketPolicy.ts';
import { escaped, S3Error } from './error.ts';
import { MAX_OBJECT_BYTES } from './postPolicy.ts';
import type { Scanner } from './scanner.ts';
import type { ObjectRecord, ObjectStore } from './store.ts';

/** A request whose signature is right. */
export interface ObjectCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly store: ObjectStore;
  readonly scanner: Scanner;
  readonly bucket: BucketModel;
  readonly key: string;
  /** The subresource of the object, such as `tagging`. */
  readonly query: URLSearchParams;
  /** SHA-256 of the body in hexadecimal, when it was signed. */
  readonly payload: string | undefined;
}

/** Ten tags of 128 and 256 characters, and the XML around them. */
const TAGGING_BYTES = 16_384;
const TAGGING: Readonly<Record<string, ObjectAction>> = {
  GET: 's3:GetObjectTagging',
  PUT: 's3:PutObjectTagging',
  DELETE: 's3:DeleteObjectTagging',
};
/** Conditions that are emulated for PutObject alone. */
const CONDITIONS = ['if-match', 'if-none-match'];
/** Headers that would change the operation and are not emulated. */
const REJECTED_HEADERS = [
  'range',
  'x-amz-acl',
  'x-amz-copy-source',
  'x-amz-object-lock-mode',
  'x-amz-trailer',
  'x-amz-website-redirect-location',
];

/** Parameters that replace a header of the response to GetObject; S3 has them for no others. */
const OVERRIDE = 'response-';
const OVERRIDES = [
  'content-type',
  'content-language',
  'expires',
  'cache-control',
  'content-disposition',
  'content-encoding',
];

function isOverride({ method }: IncomingMessage, parameter: string): boolean {
  return method === 'GET' && parameter.startsWith(OVERRIDE) && OVERRIDES.includes(parameter.slice(OVERRIDE.length));
}

/**
 * PutObject, GetObject, HeadObject, DeleteObject, and reading, writing and removing the tags of an object.
 *
 * @throws {S3Error} with S3's codes; `NotImplemented` for every other operation.
 */
export async function handleObject(call: ObjectCall): Promise<void> {
  const { request, query } = call;
  const notEmulated = request.method === 'PUT' ? REJECTED_HEADERS : [...CONDITIONS, ...REJECTED_HEADERS];
  const rejected = notEmulated.filter((name) => request.headers[name] !== undefined);
  if (rejected.length > 0) throw new S3Error('NotImplemented', `Not emulated locally: ${rejected.join(', ')}`);
  // The AWS SDKs name the operation in x-id. Presigned addresses have their signature in the query.
  const asked = [...query.keys()].filter(
    (name) => name !== 'x-id' && !/^X-Amz-/.test(name) && !isOverride(request, name),
  );
  if (asked.length === 0 && request.method === 'PUT') return put(call);
  if (asked.length === 0 && request.method === 'GET') return get(call);
  if (asked.length === 0 && request.method === 'HEAD') return head(call);
  if (asked.length === 0 && request.method === 'DELETE') return remove(call);
  if (asked.length === 1 && asked[0] === 'tagging') return tagging(call);
  throw new S3Error('NotImplemented', 'The local S3 has no such operation.');
}

async function put(call: ObjectCall): Promise<void> {
  const { request, response, store, scanner, bucket, key, payload } = call;
  const { headers } = request;
  check(call, 's3:PutObject');
  if (headers['x-amz-tagging'] !== undefined) check(call, 's3:PutObjectTagging');
  if (payload?.startsWith('STREAMING-') || headers['content-encoding']?.includes('aws-chunked')) {
    throw new S3Error(
      'NotImplemented',
      'Bodies in signed chunks (aws-chunked) are not emulated locally: send the bytes whole.',
    );
  }
  const received = await store.receive(request, MAX_OBJECT_BYTES);
  try {
    if (payload !== undefined && payload !== received.sha256.toString('hex')) {
      throw new S3Error(
        'XAmzContentSHA256Mismatch',
        'The provided x-amz-content-sha256 does not match what was computed.',
      );
    }
    checkDigests(received, (name) => one(headers, name));
    const tags = headerTags(one(headers, 'x-amz-tagging'));
    // Nothing is awaited between this and the write.
    checkConditions(call);
    const record = store.put(bucket.name, received, { key, headers: objectHeaders(stringsOf(headers)), tags });
    scanner.added(bucket.name, record);
    response.writeHead(200, { etag: `"${record.etag}"` }).end();
  } catch (error) {
    received.discard();
    throw error;
  }
}

/**
 * Conditional writes: `If-None-Match: *` for an object that is new, `If-Match` for one that is as it was read.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
function checkConditions({ request: { headers }, store, bucket, key }: ObjectCall): void {
  const [match, noneMatch] = [headers['if-match'], headers['if-none-match']];
  const before = store.find(bucket.name, key);
  if (noneMatch !== undefined && noneMatch !== '*') {
    throw new S3Error('NotImplemented', 'Not emulated locally: if-none-match with another value than *');
  }
  if (match !== undefined && before === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
  const isMet = match === undefined || match.replaceAll('"', '') === before?.etag;
  if (isMet && (noneMatch === undefined || before === undefined)) return;
  throw new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
}

async function get(call: ObjectCall): Promise<void> {
  check(call, 's3:GetObject');
  const record = found(call);
  const given = [...call.query].filter(([name]) => isOverride(call.request, name));
  const overrides = given.map(([name, value]) => [name.slice(OVERRIDE.length), value]);
  call.response.writeHead(200, { ...objectResponseHeaders(record), ...Object.fromEntries(overrides) });
  await pipeline(call.store.read(record), call.response);
}

function head(call: ObjectCall): void {
  check(call, 's3:GetObject');
  call.response.writeHead(200, objectResponseHeaders(found(call))).end();
}

function remove(call: ObjectCall): void {
  const { response, store, bucket, key } = call;
  check(call, 's3:DeleteObject');
  store.remove(bucket.name, key);
  response.writeHead(204).end();
}

async function tagging(call: ObjectCall): Promise<void> {
  const { request, response, store, bucket, key } = call;
  const action = TAGGING[request.method ?? ''];
  if (action === undefined) throw new S3Error('NotImplemented', 'The local S3 has no such operation.');
  check(call, action);
  if (bucket.isVersioned && store.wasRemoved(bucket.name, key)) {
    throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.');
  }
  const { tags } = found(call);
  if (request.method === 'GET') {
    const inner = Object.entries(tags).map(
      ([name, value]) => `<Tag><Key>${escaped(name)}</Key><Value>${escaped(value)}</Value></Tag>`,
    );
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Tagging><TagSet>${inner.join('')}</TagSet></Tagging>`;
    response.writeHead(200, { 'content-type': 'application/xml' }).end(body);
  } else if (request.method === 'PUT') {
    store.tag(bucket.name, key, xmlTags(await readBody(request, TAGGING_BYTES).catch(() => '')));
    response.writeHead(200).end();
  } else {
    store.tag(bucket.name, key, {});
    response.writeHead(204).end();
  }
}

/** Requires that the policy of the bucket does not deny this. */
function check({ request, store, bucket, key }: ObjectCall, action: ObjectAction): void {
  checkDenials(bucket, { request, action, key, object: store.find(bucket.name, key) });
}

function found({ store, bucket, key }: ObjectCall): ObjectRecord {
  const record = store.find(bucket.name, key);
  if (record === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
  return record;
}

function objectResponseHeaders({
  headers,
  etag,
  size,
  modified,
  tags,
}: ObjectRecord): Readonly<Record<string, string>> {
  const count = Object.keys(tags).length;
  return {
    ...headers,
    etag: `"${etag}"`,
    'content-length': String(size),
    'last-modified': new Date(modified).toUTCString(),
    ...(count === 0 ? {} : { 'x-amz-tagging-count': String(count) }),
  };
}

function stringsOf(headers: IncomingHttpHeaders): readonly (readonly [string, string])[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
}

function one(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
