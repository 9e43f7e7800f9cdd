import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import type * as client from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { discover, type IssuerEndpoint, redeem, signIn } from '../../../test/support/oauth.ts';
import { type Issuer, startIssuer } from '../../services/issuer/start.ts';
import { addUser, listUsers, removeUser } from '../../services/issuer/users.ts';
import { sampleTokenSettings } from '../support/issuer.ts';
import { testTls } from '../support/services.ts';

const data = temporaryFolder();
const file = join(data, 'issuer', 'users.json');
const PASSWORD = 'correct horse battery';
let issuer: Issuer;
let endpoint: IssuerEndpoint;
let app: client.Configuration;

beforeAll(async () => {
  const tls = await testTls();
  issuer = await startIssuer({ data, tls, tokenSettings: sampleTokenSettings(), print: () => {} });
  endpoint = { issuer: issuer.url, ca: tls.caPem };
  app = await discover(endpoint, 'local-app');
  await addUser(data, { name: 'ada', roles: ['editor'], tier: 'premium' }, PASSWORD);
});
afterAll(() => issuer.close());

const asUser = (user: string, password: string): [string, string][] => [
  ['user', user],
  ['password', password],
];

test('a user that was added while the issuer runs is on the page, and signs in with roles and tier of the file', async () => {
  const signedIn = await signIn(app, endpoint, asUser('ada', PASSWORD));
  expect(signedIn.shown.text).toContain('<option value="ada">ada (editor, tier premium)</option>');
  const { access_token: token } = await redeem(app, signedIn);
  expect(decodeJwt(token)).toMatchObject({ sub: 'ada', roles: ['editor'], tier: 'premium' });
});

test.each([
  ['a wrong password', asUser('ada', 'correct horse')],
  ['no password', asUser('ada', '')],
  ['an unknown user', asUser('eve', PASSWORD)],
])('%s shows the page again, and does not say which of the two is wrong', async (_, fields) => {
  const { posted } = await signIn(app, endpoint, fields);
  expect([posted.status, posted.location]).toEqual([422, undefined]);
  expect(posted.text).toContain('<p role="alert">User or password is wrong.</p>');
});

test('the name of a known user cannot be picked without the password, any other name can', async () => {
  const pick = (name: string) =>
    signIn(app, endpoint, [
      ['username', name],
      ['tier', 'free'],
    ]);
  expect((await pick('ada')).posted.text).toContain('sign in with the password');
  expect((await pick('bob')).callback).toContain('code=');
});

test('a user with a role that the stack does not know cannot sign in, and the page says so', async () => {
  await addUser(data, { name: 'old', roles: ['curator'] }, PASSWORD);
  const { posted } = await signIn(app, endpoint, asUser('old', PASSWORD));
  expect(posted.text).toContain('the role &quot;curator&quot; is unknown; expected one of viewer, editor');
  expect(removeUser(data, 'old')).toBe(true);
});

test('a password is typed the same in composed and decomposed form', async () => {
  await addUser(data, { name: 'zoe', roles: [] }, 'caf\u00e9 au lait');
  expect((await signIn(app, endpoint, asUser('zoe', 'cafe\u0301 au lait'))).callback).toContain('code=');
});

test('the file is for the owner only and holds no password', async () => {
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).not.toContain(PASSWORD);
  expect(readFileSync(file, 'utf8')).toMatch(/"password": "scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}"/);
});

test('the same password has another hash for another user', async () => {
  await addUser(data, { name: 'bea', roles: [] }, PASSWORD);
  const hashes = readFileSync(file, 'utf8').match(/scrypt\$[^"]+/g) ?? [];
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('users are listed by name without their hashes, and a removed one is gone', () => {
  expect(removeUser(data, 'bea')).toBe(true);
  expect(removeUser(data, 'bea')).toBe(false);
  expect(listUsers(data)).toEqual([
    { name: 'ada', roles: ['editor'], tier: 'premium' },
    { name: 'zoe', roles: [] },
  ]);
});

test.each([
  ['a name that is taken', 'ada', PASSWORD, 'user-exists'],
  ['an empty name', '', PASSWORD, 'user-invalid'],
  ['a name with a line break', 'a\nb', PASSWORD, 'user-invalid'],
  ['a password of seven characters', 'new', 'seven77', 'user-invalid'],
])('%s cannot be added', async (_, name, password, code) => {
  await expect(addUser(data, { name, roles: [] }, password)).rejects.toMatchObject({ code });
});
