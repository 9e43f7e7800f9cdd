/** A request as a client sends it. */
export interface Sent {
  readonly method: string;
  /** Path and query, as on the wire. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
}

/**
 * What is sent, in words, and the expected status; two statuses where the gateway rejects, for another reason, what the
 * functions would also reject.
 */
export type Case = readonly [what: string, sent: Sent, status: number, byGateway?: number];

export const ID = '7b0e1f38-3f0c-4e0b-9d5a-1c2d3e4f5a6b';
/** A marker in values that no response may repeat. */
export const SECRET = 'S3CRET';

const JSON_TYPE = { 'content-type': 'application/json' };

/** `GET /items/{id}` with a query and headers. */
export function read(query = '', headers: Sent['headers'] = {}): Sent {
  return { method: 'GET', target: `/items/${ID}${query === '' ? '' : `?${query}`}`, headers };
}

/** `GET` of another path. */
export function at(target: string, headers: Sent['headers'] = {}): Sent {
  return { method: 'GET', target, headers };
}

/** `POST /items` with these bytes. */
export function raw(body: string | Uint8Array, headers: Sent['headers'] = JSON_TYPE): Sent {
  return { method: 'POST', target: '/items', headers, body };
}

/** `POST /items` with a value. */
export function item(body: unknown, headers?: Sent['headers']): Sent {
  return raw(JSON.stringify(body), headers);
}

/** `POST /items` with one member beside the title. */
export function field(name: string, value: unknown): Sent {
  return item({ title: 'T', [name]: value });
}

/** `POST /texts`, which takes raw text and normalizes. */
export function text(body: unknown): Sent {
  return { method: 'POST', target: '/texts', headers: JSON_TYPE, body: JSON.stringify(body) };
}
