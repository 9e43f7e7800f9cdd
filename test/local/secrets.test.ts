import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Call, type Client, clientOf } from '../support/client.ts';
import { form, png } from '../support/files.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { type PlantedSecret, partsIn, SECRET_KINDS, secretsToPlant } from '../support/plantedSecrets.ts';

const SETS = 2;
/** Requests at the same time. */
const WORKERS = 6;
/** An alarm on failed logins rings at thirty within five minutes. */
const FAILED_LOGINS = 40;

let gateway: RunningGateway;
let call: Client;
beforeAll(async () => {
  // The clock is driven, so that an alarm rings and its notification is an output, too.
  gateway = await startGateway({ args: ['--speed', '60'] });
  call = clientOf(gateway.ready);
});
afterAll(() => gateway?.stop());

interface Caller {
  readonly token: string;
  /** Path of a document that exists. */
  readonly document: string;
}
type Request = readonly [method: string, path: string, call: Call];
type Place = (secret: string, caller: Caller) => Request;

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

/** Every part of a request that a client writes. */
const PLACES: Readonly<Record<string, Place>> = {
  path: (secret, { token }) => ['GET', `/documents/${encoded(secret)}`, { token }],
  'path without a token': (secret) => ['GET', `/documents/${encoded(secret)}`, {}],
  'unknown path': (secret, { token }) => ['GET', `/nothing/${encoded(secret)}`, { token }],
  query: (secret, { token }) => ['GET', `/documents?q=${encoded(secret)}`, { token }],
  'value of a declared parameter': (secret, { token }) => ['GET', `/documents?cursor=${encoded(secret)}`, { token }],
  'name of a parameter': (secret, { token }) => ['GET', `/documents?${encoded(secret)}=1`, { token }],
  'User-Agent': header('user-agent', 'app/1 '),
  'User-Agent at the cut': header('user-agent', `${'x'.repeat(185)} `),
  'User-Agent without a token': (secret) => ['GET', '/documents', { headers: { 'user-agent': oneLine(secret) } }],
  Referer: header('referer', 'https://a.example/?x='),
  Cookie: header('cookie', 'session='),
  'X-Forwarded-For': header('x-forwarded-for'),
  'x-api-key': header('x-api-key'),
  DPoP: header('dpop'),
  'X-Amzn-Trace-Id': header('x-amzn-trace-id', 'Root='),
  Accept: header('accept', 'text/'),
  Origin: header('origin', 'https://'),
  'any header': header('x-note'),
  'a declared header': (secret, { token }) => [
    'POST',
    '/documents',
    { token, headers: { 'idempotency-key': oneLine(secret) }, body: {} },
  ],
  'If-Match': (secret, { token, document }) => [
    'PUT',
    document,
    { token, headers: { 'if-match': oneLine(secret) }, body: { title: 'a' } },
  ],
  Authorization: authorization(''),
  'Authorization: Bearer': authorization('Bearer '),
  'Authorization: Basic': authorization('Basic '),
  'Authorization: Token': authorization('Token '),
  'Authorization: Digest': authorization('Digest username="a", response="', '"'),
  'Authorization: unknown scheme': authorization('X-Own key='),
  'Authorization after a token': (secret, { token }) => [
    'GET',
    '/documents',
    { headers: { authorization: `Bearer ${token} ${oneLine(secret)}` } },
  ],
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
};

async function newCaller(): Promise<Caller> {
  const token = await gateway.token('editor', ['--tier', 'premium']);
  const { id } = (await call('POST', '/documents', { token, body: { title: 'Files' } })).json();
  return { token, document: `/documents/${id}` };
}

interface Planting {
  readonly where: string;
  readonly secret: PlantedSecret;
  readonly requestOf: (caller: Caller) => Request;
}

type Rejection = Planting & { readonly text: string };

/** Sends the requests and returns the error responses, whole; a successful one returns what the caller stored. */
async function sendAll(plantings: readonly Planting[], caller: Caller): Promise<readonly Rejection[]> {
  const waiting = [...plantings];
  const rejections: Rejection[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { status, headers, text } = await call(...next.requestOf(caller));
      // API Gateway names an unknown property to the client that sent it, and cannot redact its own message.
      const ownMessage = /"message":"\[object instance has properties which are not allowed by the schema.*?\]\]"/;
      const shown = `${JSON.stringify(headers)}\n${text.replace(ownMessage, '')}`;
      if (status >= 400) rejections.push({ ...next, text: shown });
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return rejections;
}

/** Each output that is searched, by its file, with what shows that these requests wrote to it. */
const OUTPUTS = {
  'access log': { file: /^access\.log/, entry: /"routePath":/g },
  'authorizer log': { file: /^authorizer\.log/, entry: /"authorizer decision"/g },
  'authorizer metrics': { file: /^authorizer\.log/, entry: /"CloudWatchMetrics"/g },
  'function log': { file: /^documents\.log/, entry: /"message":"request"/g },
  'function log, User-Agent': { file: /^documents\.log/, entry: /"userAgent":"app\/1 [^"]*\[redacted\]/g },
  'function metrics': { file: /^documents\.log/, entry: /"ClientErrors":1/g },
  'log of the uploads': { file: /^addAttachment\.log/, entry: /"status":4\d\d/g },
  notifications: { file: /^notifications/, entry: /"newState":"ALARM"/g },
  terminal: { file: /^terminal/, entry: /failed-logins/g },
} as const;

/** What the gateway printed and wrote, by output, besides the data of the API itself (`tables`, `objects`). */
function outputs(): Readonly<Record<string, string>> {
  const { data } = gateway.ready;
  const logs = readdirSync(join(data, 'logs'), { recursive: true, withFileTypes: true }).filter((item) =>
    item.isFile(),
  );
  const files = logs.map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'utf8')] as const);
  const notifications = readFileSync(join(data, 'notifications.jsonl'), 'utf8');
  return { ...Object.fromEntries(files), notifications, terminal: gateway.output() };
}

it('no output of a running gateway holds a secret that was planted in any part of a request', async () => {
  const secrets = secretsToPlant(SETS);
  const plantings = secrets.flatMap((secret) =>
    Object.entries(PLACES).map(([place, requestOf]): Planting => {
      return { where: `${secret.kind} in ${place}`, secret, requestOf: (caller) => requestOf(secret.text, caller) };
    }),
  );
  const rejections = await sendAll(plantings, await newCaller());
  const logins = secrets.flatMap((secret) => Array.from({ length: FAILED_LOGINS / 10 }, () => secret));
  await Promise.all(logins.map(({ text }) => call(...authorization('Bearer ')(text, { token: '', document: '' }))));
  await expect.poll(() => existsSync(join(gateway.ready.data, 'notifications.jsonl')), { timeout: 20_000 }).toBe(true);
  // Logs are complete when the gateway has stopped.
  await gateway.stop();
  const written = outputs();

  const found = plantings.flatMap(({ where, secret }) =>
    Object.entries(written).flatMap(([name, text]) => partsIn(text, secret).map(() => `${where}, seen in ${name}`)),
  );
  const sentBack = rejections.filter(({ secret, text }) => partsIn(text, secret).length > 0);
  expect([
    ...new Set([...found, ...sentBack.map(({ where, text }) => `${where}, seen in the response ${text}`)]),
  ]).toEqual([]);

  expect([plantings.length, rejections.length > plantings.length / 2]).toEqual([
    SETS * SECRET_KINDS * Object.keys(PLACES).length,
    true,
  ]);
  for (const [name, { file, entry }] of Object.entries(OUTPUTS)) {
    const text = Object.entries(written).find(([each]) => file.test(each))?.[1];
    expect([name, (text?.match(entry)?.length ?? 0) > 0]).toEqual([name, true]);
  }
  expect(written['terminal']).toMatch(/^ALARM /m);
});
