import { setTimeout as sleep } from 'node:timers/promises';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requestToken } from '../../local/index.ts';
import { type Client, clientOf } from '../support/client.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';

let gateway: RunningGateway;
let call: Client;
beforeAll(async () => {
  gateway = await startGateway();
  call = clientOf(gateway.ready);
});
afterAll(() => gateway?.stop());

/** A token that neither gateway nor authorizer has seen. */
const freshToken = () =>
  requestToken({ ready: gateway.ready, data: gateway.ready.data, roles: ['viewer'], tier: 'premium' });
const statusOf = async (token: string) => (await call('GET', '/me', { token })).status;
const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? '';

/** Requests one after the other, each with a separate token, until stopped; what they got, by the token's key. */
function traffic() {
  const responses: { kid: string; status: number }[] = [];
  let running = true;
  const worker = async () => {
    while (running) {
      const token = await freshToken();
      responses.push({ kid: kidOf(token), status: await statusOf(token) });
    }
  };
  const workers = Promise.all([worker(), worker()]);
  const stop = async () => {
    running = false;
    await workers;
    return responses;
  };
  return { responses, stop };
}

const keys = async (...args: readonly string[]) => {
  const result = await cli(['keys', ...args, '--data', gateway.ready.data, '--json']);
  if (result.code !== 0) throw new Error(result.stderr);
  return (JSON.parse(result.stdout) as { keys: { kid: string; alg: string; state: string }[] }).keys;
};

it('a rotation rejects no request: not one with a token of before, of after, or of in between', async () => {
  const old = await freshToken();
  const { responses, stop } = traffic();
  while (responses.length < 5) await sleep(20);
  const rotated = await keys('rotate');
  const signer = rotated.find(({ alg, state }) => alg === 'RS256' && state === 'signing')?.kid;
  while (!responses.slice(-5).every(({ kid }) => kid === signer)) await sleep(20);
  const all = await stop();
  expect(all.filter(({ status }) => status !== 200)).toEqual([]);
  expect(new Set(all.map(({ kid }) => kid))).toEqual(new Set([kidOf(old), signer]));
  expect(await statusOf(old)).toBe(200);
});

it('a withdrawn key is of no use once the authorizer has read the keys again, which a new key makes it do', async () => {
  const stolen = await freshToken();
  // The next keys are known to the authorizer already; only those after them make it look.
  await keys('rotate', '--withdraw');
  await keys('rotate', '--withdraw');
  // It looks once in ten seconds, and until then knows the new key as little as anybody's.
  await expect.poll(async () => statusOf(await freshToken()), { timeout: 30_000, interval: 500 }).toBe(200);
  expect(await statusOf(stolen)).toBe(401);
});
