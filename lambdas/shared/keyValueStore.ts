import type { AwsEnvironment } from './aws.ts';
import { isRecord } from './json.ts';
import { type CallLimits, hasNoResponse, readBytes, withRetries } from './retry.ts';
import { signV4a, type UnsignedRequest } from './sigV4a.ts';

/** State of a store: its version, which a write needs, and its last change. */
export interface StoreState {
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly changed: number;
}

/** A CloudFront KeyValueStore, which functions of CloudFront read. */
export interface KeyValueStore {
  describe(): Promise<StoreState>;
  /** Undefined where there is no such key. */
  get(key: string): Promise<string | undefined>;
  /** Rejects when the store has changed since `etag`. */
  put(key: string, value: string, etag: string): Promise<void>;
  /** All keys with their values. */
  list(): Promise<ReadonlyMap<string, string>>;
  /** Makes up to 50 changes, all or none, and rejects as `put` does. Returns the next etag. */
  update(changes: readonly KeyChange[], etag: string): Promise<string>;
}

/** A key to put, or without a value to delete. */
export interface KeyChange {
  readonly key: string;
  readonly value: string | undefined;
}

const SERVICE = 'cloudfront-keyvaluestore';
/** The most of ListKeys. https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_kvs_ListKeys.html */
const PAGE = 50;
const LIMITS: CallLimits = { timeoutMs: 10_000, retries: 3 };

/**
 * The store of an ARN. Changes reach all edge locations within seconds, usually.
 *
 * @see https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations_Amazon_CloudFront_KeyValueStore.html
 */
export function keyValueStore(environment: AwsEnvironment, arn: string): KeyValueStore {
  const account = arn.split(':')[4] ?? '';
  const overridden = environment.AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE ?? environment.AWS_ENDPOINT_URL;
  const base = `${overridden ?? `https://${account}.cloudfront-kvs.global.api.aws`}/key-value-stores/${encodeURIComponent(arn)}`;
  const credentials = {
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: environment.AWS_SESSION_TOKEN,
  };
  const send = ({ method, url, headers, body }: UnsignedRequest) =>
    withRetries(
      LIMITS,
      async (signal) => {
        const request = { method, url, headers, body } as UnsignedRequest;
        const signed = signV4a(request, credentials, { service: SERVICE });
        const response = await fetch(url, { method, headers: signed, body: body ?? null, signal, redirect: 'error' });
        const text = (await readBytes(response)).toString('utf8');
        return { ok: response.ok, status: response.status, etag: response.headers.get('etag') ?? '', text };
      },
      {
        isRepeatable: true,
        isTransient: (outcome) =>
          hasNoResponse(outcome) ||
          (outcome.status === 'fulfilled' && (outcome.value.status >= 500 || outcome.value.status === 429)),
      },
    );
  const keyUrl = (key: string) => `${base}/keys/${encodeURIComponent(key)}`;
  return {
    async describe() {
      const { ok, status, etag, text } = await send({ method: 'GET', url: base });
      if (!ok) throw failed(status, 'its description');
      const changed = timeOf(membersOf(text)['LastModified']);
      return { etag, changed };
    },
    async get(key) {
      const { ok, status, text } = await send({ method: 'GET', url: keyUrl(key) });
      if (status === 404) return undefined;
      const { Value: value } = ok ? membersOf(text) : {};
      if (typeof value !== 'string') throw failed(status, 'a key');
      return value;
    },
    async put(key, value, etag) {
      const headers = { 'content-type': 'application/json', 'if-match': etag };
      const body = JSON.stringify({ Value: value });
      const { ok, status } = await send({ method: 'PUT', url: keyUrl(key), headers, body });
      if (!ok) throw failed(status, 'a new value');
    },
    async list() {
      const found = new Map<string, string>();
      let next: unknown = '';
      do {
        const page = typeof next === 'string' && next !== '' ? `&NextToken=${encodeURIComponent(next)}` : '';
        const { ok, status, text } = await send({ method: 'GET', url: `${base}/keys?MaxResults=${PAGE}${page}` });
        if (!ok) throw failed(status, 'its keys');
        const { Items: items, NextToken: token } = membersOf(text);
        for (const item of Array.isArray(items) ? items.filter(isRecord) : []) {
          found.set(String(item['Key']), String(item['Value']));
        }
        next = token;
      } while (typeof next === 'string' && next !== '');
      return found;
    },
    async update(changes, etag) {
      const isPut = ({ value }: KeyChange) => value !== undefined;
      const body = JSON.stringify({
        Puts: changes.filter(isPut).map(({ key, value }) => ({ Key: key, Value: value })),
        Deletes: changes.filter((change) => !isPut(change)).map(({ key }) => ({ Key: key })),
      });
      const headers = { 'content-type': 'application/json', 'if-match': etag };
      const response = await send({ method: 'POST', url: `${base}/keys`, headers, body });
      if (!response.ok) throw failed(response.status, 'its changes');
      return response.etag;
    },
  };
}

/** Without any part of the response, which could have a value. */
function failed(status: number, what: string): Error {
  return new Error(`the KeyValueStore returned ${status} for ${what}`);
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(text);
  return isRecord(parsed) ? parsed : {};
}

/** Seconds since the epoch, or a date. */
function timeOf(value: unknown): number {
  const time = typeof value === 'number' ? value * 1000 : Date.parse(String(value));
  if (!Number.isFinite(time)) throw new Error('the KeyValueStore returned no time');
  return time;
}
