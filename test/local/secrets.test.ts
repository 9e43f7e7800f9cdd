import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Call, type Client, clientOf } from '../support/client.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';

let gateway: RunningGateway;
let call: Client;
let token = '';
beforeAll(async () => {
  gateway = await startGateway();
  call = clientOf(gateway.ready);
  token = await gateway.token('editor', ['--tier', 'premium']);
});
afterAll(() => gateway?.stop());

const random = () => randomBytes(18).toString('hex');
/** Secrets of each kind, new each time; none of them occurs in any output by chance. */
const SECRETS: Readonly<Record<string, () => string>> = {
  token: () => `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ${random()}.${random()}`,
  opaque: () => `Bearer ${random()}`,
  key: () =>
    `AKIA${randomBytes(10)
      .toString('hex')
      .toUpperCase()
      .replaceAll(/[0189]/g, 'A')
      .slice(0, 16)}`,
  password: () => `password=${random()}`,
  card: () => '4111 1111 1111 1111 12/27',
};

/** Every part of a request that a client writes. */
const PLACES: Readonly<Record<string, (secret: string) => readonly [method: string, path: string, call: Call]>> = {
  path: (secret) => ['GET', `/documents/${encodeURIComponent(secret)}`, { token }],
  'unknown path': (secret) => ['GET', `/nothing/${encodeURIComponent(secret)}`, { token }],
  query: (secret) => ['GET', `/documents?q=${encodeURIComponent(secret)}`, { token }],
  'name of a parameter': (secret) => ['GET', `/documents?${encodeURIComponent(secret)}=1`, { token }],
  'User-Agent': (secret) => ['GET', '/documents', { token, headers: { 'user-agent': `app/1 ${secret}` } }],
  'User-Agent without a token': (secret) => [
    'GET',
    '/documents',
    { headers: { 'user-agent': `${'x'.repeat(190)} ${secret}` } },
  ],
  Referer: (secret) => ['GET', '/documents', { token, headers: { referer: `https://a.example/?x=${secret}` } }],
  Cookie: (secret) => ['GET', '/documents', { token, headers: { cookie: `session=${secret}` } }],
  Authorization: (secret) => ['GET', '/documents', { headers: { authorization: secret } }],
  'x-api-key': (secret) => ['GET', '/documents', { token, headers: { 'x-api-key': secret } }],
  'content type': (secret) => [
    'POST',
    '/documents',
    { token, headers: { 'content-type': `text/${secret}` }, body: '{}' },
  ],
  body: (secret) => ['POST', '/documents', { token, body: { title: secret } }],
  'wrong member': (secret) => ['POST', '/documents', { token, body: { title: 'a', extra: secret } }],
  'malformed body': (secret) => ['POST', '/documents', { token, body: `{"title":"${secret}` }],
  'file name': (secret) => [
    'POST',
    '/documents/00000000-0000-4000-8000-000000000000/attachments',
    {
      token,
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: `--b\r\ncontent-disposition: form-data; name="file"; filename="${secret}.txt"\r\ncontent-type: text/plain\r\n\r\n${secret}\r\n--b--\r\n`,
    },
  ],
};

/** What the gateway printed and wrote, besides the data of the API itself (`tables`, `objects`). */
function outputs(): string {
  const read = (folder: string): string[] =>
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? read(path) : [readFileSync(path, 'utf8')];
    });
  return [...read(join(gateway.ready.data, 'logs')), gateway.output()].join('\n');
}

it('no output of a running gateway holds a secret that was planted in any part of a request', async () => {
  let planted = 0;
  const found: string[] = [];
  const secrets: (readonly [string, string])[] = [];
  for (const [kind, make] of Object.entries(SECRETS)) {
    for (const [place, requestOf] of Object.entries(PLACES)) {
      const secret = make();
      await call(...requestOf(secret));
      const hidden = kind === 'card' ? '4111 1111 1111 1111' : (secret.split(/[ =]/).at(-1) ?? '');
      secrets.push([`${kind} in ${place}`, hidden]);
      planted += 1;
    }
  }
  // Logs are complete when the gateway has stopped.
  await gateway.stop();
  const written = outputs();
  for (const [where, secret] of secrets) {
    if ([secret, encodeURIComponent(secret)].some((form) => written.includes(form))) found.push(where);
  }
  expect(found).toEqual([]);
  expect(planted).toBe(75);
  // The outputs that were searched are those of these requests; the listener rejects some before they have a line.
  expect(written.match(/"routePath":/g)?.length).toBeGreaterThan(planted / 2);
  expect(written.match(/"authorizer decision"/g)?.length).toBeGreaterThan(0);
});
