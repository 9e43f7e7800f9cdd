import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_API_KEYS } from '../lambdas/shared/clientKey.ts';
import { benchAssembly } from './assembly.ts';
import { deployedFunction } from './deployedFunction.ts';
import type { ManyClients } from './manyClients.ts';
import { median, type Row, row } from './row.ts';
import { chooseCloud } from './soak/chooseCloud.ts';
import type { Turns } from './turns.ts';

/** More clients than API Gateway has keys for have none of their own: they share the key of their tier. */
const CLIENTS = { withKeys: MAX_API_KEYS, withoutKeys: 100_000 };
const TARGET = 1.1;

/**
 * What a request of one of many clients costs the authorizer, after a request of each, against those of a single client. Each has a new token. With API keys, all
 * clients are registered, and their records are cached on both sides; without, there is nothing to read.
 */
export async function benchClientGrowth({ withKeys, withoutKeys } = CLIENTS): Promise<readonly Row[]> {
  const compared = async (name: string, clients: number, areRegistered: boolean) => {
    const title = `growth from 1 to ${clients.toLocaleString('en')} clients ${name}`;
    process.stderr.write(`  ${title}\n`);
    const { ours, peer } = await authorizersOf(clients, areRegistered);
    return row(title, 'µs', median(ours), median(peer), TARGET);
  };
  return [
    await compared('with API keys: authorizer, new tokens, records cached', withKeys, true),
    await compared('without API keys: authorizer, new tokens', withoutKeys, false),
  ];
}

async function authorizersOf(clients: number, areRegistered: boolean): Promise<Turns<number>> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-clients-'));
  try {
    const { cloud, environment } = await chooseCloud(scratch);
    const assembly = benchAssembly(scratch, cloud.issuer, areRegistered ? { props: { clients: true } } : {});
    const { module, environment: own } = deployedFunction(assembly, 'ApiAuthorizerFunction');
    return await inOneProcess({ module, cloud, clients, areRegistered }, { ...own, ...environment });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function inOneProcess(what: ManyClients, environment: Readonly<Record<string, string>>): Promise<Turns<number>> {
  return new Promise((done, fail) => {
    const child = fork(join(import.meta.dirname, 'manyClients.ts'), [], {
      env: { ...environment },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (took) => done(took as Turns<number>));
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`bench/manyClients.ts ended with ${code}`)));
    child.send(what);
  });
}
