import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { benchAssembly } from '../../bench/assembly.ts';
import { benchClientGrowth } from '../../bench/clientGrowth.ts';
import { benchFunctions } from '../../bench/functions.ts';
import { root, temporaryFolder } from '../support/folders.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';

const run = promisify(execFile);
const scratch = temporaryFolder();
let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway({ assembly: benchAssembly(scratch, 'https://login.example.com') });
});
afterAll(async () => {
  await gateway?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

// The sample limits callers without a token, and a rejection costs less than what the bench is to measure.
it('the gateway of the bench serves its load, and no limit rejects any of it', async () => {
  const args = ['bench/load.ts', new URL(gateway.ready.url).port, gateway.ready.ca, '50', '1', '/health'];
  const { stdout } = await run(process.execPath, [join(root, args[0] ?? ''), ...args.slice(1)]);
  expect((JSON.parse(stdout) as { perSecond: number }).perSecond).toBeGreaterThan(0);
});

// The responses of the bench's handlers are validated, as all responses are.
it('the functions of the bench serve their requests', async () => {
  const rows = await benchFunctions({ rounds: 1, warmUp: 50 });
  expect(rows).toHaveLength(13);
  // What is added to a first response can be less than how the machine varies.
  for (const { ours, peer, unit } of rows) expect([ours > 0 || unit === 'ms', peer > 0]).toEqual([true, true]);
}, 240_000);

// A client without its own API key, or with one where none has, ends the measurement.
it('the authorizer of the bench serves each of many clients, registered ones with their own API keys', async () => {
  const rows = await benchClientGrowth({ withKeys: 30, withoutKeys: 40 });
  expect(rows.map(({ name }) => name)).toEqual([
    expect.stringContaining('1 to 30 clients with API keys'),
    expect.stringContaining('1 to 40 clients without API keys'),
  ]);
  for (const { ours, peer } of rows) expect([ours > 0, peer > 0]).toEqual([true, true]);
}, 240_000);
