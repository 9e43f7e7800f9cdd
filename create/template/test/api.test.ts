import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Gateway, startGateway } from './gateway.ts';

let gateway: Gateway;

before(async () => {
  gateway = await startGateway();
});
after(() => gateway?.stop());

test('everybody can read the health', async () => {
  assert.deepEqual(await gateway.call('/health'), { status: 200, body: { status: 'ok' } });
});

test('a request without a token is rejected', async () => {
  assert.equal((await gateway.call('/notes')).status, 401);
});

test('a reader can list notes, and cannot add one', async () => {
  const token = await gateway.token('reader');
  assert.equal((await gateway.call('/notes', { token })).status, 200);
  assert.equal((await gateway.call('/notes', { method: 'POST', token, body: { text: 'No' } })).status, 403);
});

test('a writer adds a note, which is listed first', async () => {
  const token = await gateway.token('writer');
  const added = await gateway.call('/notes', { method: 'POST', token, body: { text: 'Buy milk' } });
  assert.equal(added.status, 201);
  const { body } = await gateway.call('/notes', { token });
  assert.deepEqual((body as readonly unknown[])[0], added.body);
});

test('a note without a text is rejected', async () => {
  const token = await gateway.token('writer');
  assert.equal((await gateway.call('/notes', { method: 'POST', token, body: { text: '' } })).status, 400);
});
