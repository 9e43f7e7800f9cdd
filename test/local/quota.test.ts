import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from '../../local/serve/serve.ts';
import { type Client, type ClientResponse, clientOf } from '../support/client.ts';
import { temporaryFolder } from '../support/folders.ts';
import { cli } from '../support/gateway.ts';
import { sampleAssembly } from '../support/sampleAssembly.ts';

const LIMIT = 5;
/** A day passes in 24 seconds. The command line stops at 600, beyond which alarms cannot keep up; quotas can. */
const SPEED = 3_600;

let gateway: Awaited<ReturnType<typeof serve>>;
let call: Client;
let token: string;
beforeAll(async () => {
  const data = temporaryFolder();
  gateway = await serve({ assembly: await withQuota(LIMIT), data, port: 0, speed: SPEED, print: () => {} });
  call = clientOf(gateway.ready);
  const { stdout } = await cli(['token', '--role', 'viewer', '--tier', 'free', '--data', data]);
  token = stdout.trim();
});
afterAll(() => gateway?.close());

/** The sample's assembly with a quota of the free tier that a test can use up within its rate. */
async function withQuota(limit: number): Promise<string> {
  const directory = temporaryFolder();
  cpSync(await sampleAssembly(), directory, { recursive: true });
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.template.json'))) {
    const file = join(directory, name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"Limit": ?10000\b/g, `"Limit":${limit}`));
  }
  return directory;
}

const documents = () => call('GET', '/documents', { token });
/** Sends until the quota is used up; the responses before, and the rejection. */
const used = async () => {
  const served: ClientResponse[] = [];
  for (let tries = 0; tries <= 3 * LIMIT; tries += 1) {
    const response = await documents();
    if (response.status === 429) return { served, rejection: response };
    served.push(response);
  }
  return expect.fail('the quota has no end');
};

describe('a quota, with the clock driven', () => {
  it('ends with a separate problem, and is whole again when its day ends', async () => {
    const { rejection } = await used();
    expect(rejection.headers['content-type']).toContain('application/problem+json');
    expect(rejection.headers['retry-after']).toBe('3600');
    expect(rejection.json()).toMatchObject({
      type: 'https://secure-api.dev/errors/quota-exceeded',
      status: 429,
      code: 'quota-exceeded',
    });

    await expect.poll(async () => (await documents()).status, { timeout: 40_000, interval: 250 }).toBe(200);
    // The request that found the new day was its first; a whole day lies ahead.
    const { served } = await used();
    expect(served.map(({ status }) => status)).toEqual(Array(LIMIT - 1).fill(200));
  });
});
