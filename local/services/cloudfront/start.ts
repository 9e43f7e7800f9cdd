import type { IncomingMessage } from 'node:http';
import type { KeyValueStoreModel } from '../../assembly/edgeModel.ts';
import { type Json, list, record, string } from '../../assembly/values.ts';
import { readBody } from '../loopback.ts';
import type { Access } from '../signature.ts';
import { objectIn, type ServiceResponse, type SignedService, startSignedService } from '../signedService.ts';
import type { KeyValueStores, StoreContent } from './keyValueStores.ts';

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html: 5 MB a store, 1 KB a value, 512 bytes a key. */
const BODY_LIMIT = 5 * 1024 * 1024;
const MAX_KEY_BYTES = 512;
const MAX_VALUE_BYTES = 1024;
const MAX_STORE_BYTES = 5 * 1024 * 1024;
const PATH = /^\/key-value-stores\/(?<arn>[^/]+)(?<keys>\/keys)?(?:\/(?<key>[^/]+))?\/?$/;
const MEDIA_TYPE = 'application/json';

class StoreError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * The data API of the stores of a stack.
 *
 * @param access whose signatures count, of Signature Version 4 or 4A
 * @see https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations_Amazon_CloudFront_KeyValueStore.html
 */
export function startKeyValueStoreApi(
  served: readonly KeyValueStoreModel[],
  stores: KeyValueStores,
  access: Access,
): Promise<SignedService<KeyValueStoreModel>> {
  const kind = { service: 'cloudfront-keyvaluestore', mediaType: MEDIA_TYPE, bodyLimit: BODY_LIMIT };
  const respond = async (request: IncomingMessage, models: () => readonly KeyValueStoreModel[]) => {
    const { etag, body } = await run(request, models, stores);
    return { headers: { etag }, body };
  };
  return startSignedService({ ...kind, failure, run: respond }, served, access);
}

function failure(error: unknown): ServiceResponse {
  const known = error instanceof StoreError ? error : new StoreError(500, 'InternalServerException', 'It failed.');
  return { status: known.status, headers: { 'x-amzn-errortype': known.code }, body: { Message: known.message } };
}

interface Result {
  readonly etag: string;
  readonly body: Json;
}

async function run(
  request: IncomingMessage,
  models: () => readonly KeyValueStoreModel[],
  stores: KeyValueStores,
): Promise<Result> {
  const { method = 'GET', url = '/', headers } = request;
  const [path = ''] = url.split('?', 1);
  const groups = PATH.exec(path)?.groups;
  if (groups === undefined) throw new StoreError(404, 'ResourceNotFoundException', 'There is no such operation.');
  const input = parse(await readBody(request, BODY_LIMIT));
  const arn = decoded(groups['arn']);
  if (!models().some((model) => model.arn === arn))
    throw new StoreError(404, 'ResourceNotFoundException', 'There is no such store.');
  const store = stores.of(arn);
  const key = groups['key'] === undefined ? undefined : decoded(groups['key']);
  if (method === 'GET') return read(store, { arn, key, isList: groups['keys'] !== undefined });
  if (headers['if-match'] !== store.etag)
    throw new StoreError(409, 'ConflictException', 'The store has changed since the ETag of If-Match.');
  const keys = new Map(store.keys);
  if (method === 'PUT' && key !== undefined) put(keys, key, input['Value']);
  else if (method === 'DELETE' && key !== undefined) remove(keys, key);
  else if (method === 'POST' && key === undefined && groups['keys'] !== undefined) {
    for (const { Key, Value } of list(input['Puts']).map(record)) put(keys, string(Key) ?? '', Value);
    for (const { Key } of list(input['Deletes']).map(record)) remove(keys, string(Key) ?? '');
  } else throw new StoreError(404, 'ResourceNotFoundException', 'There is no such operation.');
  if (sizeOf(keys) > MAX_STORE_BYTES) throw new StoreError(402, 'ServiceQuotaExceededException', 'The store is full.');
  const next = stores.write(arn, keys);
  return { etag: next.etag, body: totals(next) };
}

function read(
  store: StoreContent,
  { arn, key, isList }: { readonly arn: string; readonly key: string | undefined; readonly isList: boolean },
): Result {
  const { etag, keys, created, changed } = store;
  if (key !== undefined) {
    const Value = keys.get(key);
    if (Value === undefined) throw new StoreError(404, 'ResourceNotFoundException', 'There is no such key.');
    return { etag, body: { Key: key, Value, ...totals(store) } };
  }
  if (isList) return { etag, body: { Items: [...keys].map(([Key, Value]) => ({ Key, Value })) } };
  const times = { Created: created / 1000, LastModified: changed / 1000 };
  return { etag, body: { KvsARN: arn, Status: 'READY', ...times, ...totals(store) } };
}

function put(keys: Map<string, string>, key: string, value: unknown): void {
  if (typeof value !== 'string' || key === '' || Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new StoreError(400, 'ValidationException', 'A key or its value is missing or too long.');
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES)
    throw new StoreError(400, 'ValidationException', `A value has ${MAX_VALUE_BYTES} bytes at most.`);
  keys.set(key, value);
}

function remove(keys: Map<string, string>, key: string): void {
  if (!keys.delete(key)) throw new StoreError(404, 'ResourceNotFoundException', 'There is no such key.');
}

function totals({ keys }: Pick<StoreContent, 'keys'>): Json {
  return { ItemCount: keys.size, TotalSizeInBytes: sizeOf(keys) };
}

function sizeOf(keys: ReadonlyMap<string, string>): number {
  let size = 0;
  for (const [key, value] of keys) size += Buffer.byteLength(key) + Buffer.byteLength(value);
  return size;
}

function decoded(part = ''): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new StoreError(400, 'ValidationException', 'The path is not percent-encoded UTF-8.');
  }
}

function parse(text: string): Json {
  const parsed = text === '' ? {} : objectIn(text);
  if (parsed === undefined) throw new StoreError(400, 'ValidationException', 'The body is not a JSON object.');
  return parsed;
}
