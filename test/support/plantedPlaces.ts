/** Every part of a request that a client writes, with a secret in it. */
import type { Call } from './client.ts';
import { form, png } from './files.ts';

export interface PlantingCaller {
  readonly token: string;
  /** Path of a document that exists. */
  readonly document: string;
}
/** A request for the client, or its lines for what no client sends. */
export type PlantedRequest =
  | readonly [method: string, path: string, call: Call]
  | { readonly lines: readonly string[] };
type Place = (secret: string, caller: PlantingCaller) => PlantedRequest;

const encoded = encodeURIComponent;
/** A header takes no line breaks. */
const oneLine = (secret: string) => secret.replaceAll('\n', ' ');
const header =
  (name: string, before = ''): Place =>
  (secret, { token }) => ['GET', '/documents', { token, headers: { [name]: before + oneLine(secret) } }];
const authorization =
  (before: string, after = ''): Place =>
  (secret) => ['GET', '/documents', { headers: { authorization: `${before}${oneLine(secret)}${after}` } }];
const body =
  (make: (secret: string) => unknown): Place =>
  (secret, { token }) => ['POST', '/documents', { token, body: make(secret) }];
const file =
  (change: (secret: string) => object): Place =>
  (secret, { token, document }) => {
    const part = { name: 'a.png', type: 'image/png', bytes: png({ width: 2, height: 2 }), ...change(oneLine(secret)) };
    return ['POST', `${document}/attachments`, { token, ...form(part) }];
  };
const path =
  (make: (secret: string) => string): Place =>
  (secret, { token }) => ['GET', make(encoded(secret)), { token }];
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A token that nobody signed. */
const madeToken =
  (make: (secret: string) => { readonly header?: object; readonly claims?: object }): Place =>
  (secret) => {
    const { header: more, claims } = make(secret);
    const parts = [
      { alg: 'ES256', typ: 'at+jwt', kid: 'k', ...more },
      { iss: 'https://login.example', ...claims },
    ];
    const token = `${parts.map(base64url).join('.')}.${'A'.repeat(86)}`;
    return ['GET', '/documents', { token }];
  };
/** A request as bytes: its first line, then more. */
const lines =
  (make: (secret: string) => readonly string[]): Place =>
  (secret) => ({ lines: make(oneLine(secret)) });
const HOST = 'Host: localhost';
const END = ['Connection: close', '', ''];

const HEADERS = [
  ['Accept', 'text/'],
  ['Accept-Language', ''],
  ['Access-Control-Request-Headers', ''],
  ['Baggage', 'key='],
  ['Cookie', 'session='],
  ['DPoP', ''],
  ['Forwarded', 'for='],
  ['From', ''],
  ['Idempotency-Key', ''],
  ['If-None-Match', ''],
  ['Origin', 'https://'],
  ['Proxy-Authorization', 'Basic '],
  ['Range', 'bytes='],
  ['Referer', 'https://a.example/?x='],
  ['Stripe-Signature', 't=1,v1='],
  ['Traceparent', ''],
  ['Traceparent', '00-'],
  ['Tracestate', 'vendor='],
  ['Webhook-Signature', 'v1,'],
  ['X-Amz-Security-Token', ''],
  ['X-Amzn-Mtls-Clientcert', ''],
  ['X-Amzn-Trace-Id', 'Root='],
  ['X-Api-Key', ''],
  ['X-Correlation-Id', ''],
  ['X-Forwarded-For', ''],
  ['X-Forwarded-Host', ''],
  ['X-Hub-Signature-256', 'sha256='],
  ['X-Note', ''],
  ['X-Request-Id', ''],
  ['X-Secure-Api-Address', ''],
] as const;

/** The places by what they are. */
export const PLACES: Readonly<Record<string, Place>> = {
  path: path((secret) => `/documents/${secret}`),
  'path without a token': (secret) => ['GET', `/documents/${encoded(secret)}`, {}],
  'unknown path': path((secret) => `/nothing/${secret}`),
  query: path((secret) => `/documents?q=${secret}`),
  'bearer token in the query': path((secret) => `/me?access_token=${secret}`),
  'API key in the query': path((secret) => `/me?api_key=${secret}`),
  'value of a declared parameter': path((secret) => `/documents?cursor=${secret}`),
  'name of a parameter': path((secret) => `/documents?${secret}=1`),
  ...Object.fromEntries(HEADERS.map(([name, before]) => [`${name}: ${before}`.trim(), header(name, before)])),
  'User-Agent': header('user-agent', 'app/1 '),
  'User-Agent at the cut': header('user-agent', `${'x'.repeat(185)} `),
  'User-Agent without a token': (secret) => ['GET', '/documents', { headers: { 'user-agent': oneLine(secret) } }],
  'If-Match': (secret, { token, document }) => [
    'PUT',
    document,
    { token, headers: { 'if-match': oneLine(secret) }, body: { title: 'a' } },
  ],
  Authorization: authorization(''),
  'Authorization: Bearer': authorization('Bearer '),
  'Authorization: Bearer without a space': authorization('Bearer'),
  'Authorization: Bearer in quotes': authorization('Bearer "', '"'),
  'Authorization: two schemes': authorization('Bearer a, Basic '),
  'Authorization: Basic': authorization('Basic '),
  'Authorization: Token': authorization('Token '),
  'Authorization: Digest': authorization('Digest username="a", response="', '"'),
  'Authorization: unknown scheme': authorization('X-Own key='),
  'Authorization after a token': (secret, { token }) => [
    'GET',
    '/documents',
    { headers: { authorization: `Bearer ${token} ${oneLine(secret)}` } },
  ],
  'kid of a token': madeToken((kid) => ({ header: { kid } })),
  'alg of a token': madeToken((alg) => ({ header: { alg } })),
  'typ of a token': madeToken((typ) => ({ header: { typ } })),
  'critical header of a token': madeToken((name) => ({ header: { crit: [name], [name]: 1 } })),
  'issuer of a token': madeToken((iss) => ({ claims: { iss } })),
  'claims of a token': madeToken((sub) => ({ claims: { sub, aud: sub, client_id: sub, scope: sub, [sub]: sub } })),
  'content type': (secret, { token }) => [
    'POST',
    '/documents',
    { token, headers: { 'content-type': `text/${oneLine(secret)}` }, body: '{}' },
  ],
  'body: string': body((secret) => ({ title: secret })),
  'body: rejected string': body((secret) => ({ title: 'a', tags: [secret] })),
  'body: key': body((secret) => ({ title: 'a', [secret]: 1 })),
  'body: value of an unknown key': body((secret) => ({ title: 'a', extra: { deep: [secret] } })),
  'body: malformed': body((secret) => `{"title":"${oneLine(secret)}`),
  'body: alone': body((secret) => secret),
  'file name': file((secret) => ({ name: `${secret.replaceAll('"', '')}.png` })),
  'field name': file((secret) => ({ field: secret.replaceAll('"', '') })),
  'type of a file': file((secret) => ({ type: `image/${secret}` })),
  'content of a file': file((secret) => ({ bytes: Buffer.from(secret) })),
  method: lines((secret) => [`${secret} /documents HTTP/1.1`, HOST, ...END]),
  'method of one word': lines((secret) => [`${secret.replaceAll(/\W/g, '')} /me HTTP/1.1`, HOST, ...END]),
  protocol: lines((secret) => [`GET /documents ${secret}`, HOST, ...END]),
  Host: lines((secret) => ['GET /documents HTTP/1.1', `Host: ${secret}`, ...END]),
  'user of the target': lines((secret) => [`GET https://a:${secret}@localhost/documents HTTP/1.1`, HOST, ...END]),
  'target as it is': lines((secret) => [
    `GET /documents/${secret.replaceAll(' ', '+')}#${secret} HTTP/1.1`,
    HOST,
    ...END,
  ]),
  'name of a header': lines((secret) => [
    'GET /documents HTTP/1.1',
    HOST,
    `${secret.replaceAll(/[^\w-]/g, '')}: 1`,
    ...END,
  ]),
  'malformed header': lines((secret) => ['GET /documents HTTP/1.1', HOST, secret, ...END]),
  'extension of a chunk': lines((secret) => [
    'POST /documents HTTP/1.1',
    HOST,
    'Transfer-Encoding: chunked',
    `Content-Type: application/json`,
    'Connection: close',
    '',
    `2;a="${secret}"`,
    '{}',
    '0',
    '',
    '',
  ]),
  trailer: lines((secret) => [
    'POST /documents HTTP/1.1',
    HOST,
    'Transfer-Encoding: chunked',
    'Connection: close',
    '',
    '0',
    `X-Note: ${secret}`,
    '',
    '',
  ]),
  'transfer coding': lines((secret) => ['POST /documents HTTP/1.1', HOST, `Transfer-Encoding: ${secret}`, ...END]),
  'another protocol': lines((secret) => [`AUTH PLAIN ${secret}`, '', '']),
};
