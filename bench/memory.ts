import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Type } from 'typebox';
import { defineApi, defineRoles, get, object } from '../lib/definition/index.ts';
import { benchAssembly } from './assembly.ts';
import { load, type RunningGateway, startGateway } from './gateway.ts';
import { getJson } from './getJson.ts';
import { largeAssembly } from './largeApi.ts';
import { residentMb } from './residentMemory.ts';
import { type Row, row } from './row.ts';

const FUNCTIONS = 60;
const LOAD_SECONDS = 5;
/** After the ready file, until what the start needed is freed. */
const SETTLE_MS = 1_000;
const MAX_MB = { start: 120, load: 250, functions: 400 };

/** Resident memory of the local gateway, with all processes that it starts, against its maximum. Linux only: it reads `/proc`. */
export async function benchMemory(): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-memory-'));
  const mb = (name: string, ours: number, allowed: number) =>
    row(`memory of the local gateway: ${name}, against its maximum`, 'MB', ours, allowed, 1);
  try {
    const props = { revocation: true, clients: true };
    const sample = benchAssembly(scratch, 'https://login.example.com', { props });
    const [start, loaded] = await measured(join(scratch, 'sample'), sample, async (gateway) => {
      const atStart = residentMb(gateway.pid);
      await load(gateway, '/health', LOAD_SECONDS);
      return [atStart, residentMb(gateway.pid)] as const;
    });
    const many = largeAssembly(scratch, 'https://login.example.com', manyFunctions());
    const called = await measured(join(scratch, 'many'), many, async (gateway) => {
      for (let i = 0; i < FUNCTIONS; i++) {
        const { status } = await getJson(gateway, `/part${i}`);
        if (status !== 200) throw new Error(`/part${i} responds with ${status}`);
      }
      return residentMb(gateway.pid);
    });
    return [
      mb('at start', start, MAX_MB.start),
      mb('after a load of 50 connections', loaded, MAX_MB.load),
      mb(`after a request to each of ${FUNCTIONS} functions`, called, MAX_MB.functions),
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function measured<T>(
  folder: string,
  assembly: string,
  work: (gateway: RunningGateway) => Promise<T>,
): Promise<T> {
  const gateway = await startGateway(folder, assembly);
  try {
    await sleep(SETTLE_MS);
    return await work(gateway);
  } finally {
    await gateway.end();
  }
}

/** One public route for each function. */
function manyFunctions() {
  const responses = { 200: { description: 'Done', body: object({ status: Type.Literal('ok') }) } };
  const route = (i: number) => get(`/part${i}`, { public: 'the bench has no token', summary: 'A part', responses });
  const routes = Array.from({ length: FUNCTIONS }, (_, i) => [`part${i}`, route(i)] as const);
  return defineApi(
    {
      name: 'parts',
      version: '1.0.0',
      roles: defineRoles({ reader: { can: ['part:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 90 }),
      tiers: { free: { rate: 10, burst: 20, quota: { requests: 10_000, per: 'DAY' } } },
      anonymous: { rate: 10_000, burst: 5_000, perAddress: 2_000_000_000 },
      routes: {
        ...Object.fromEntries(routes),
        read: get('/part0/private', { permission: 'part:read', summary: 'A part', responses }),
      },
    },
    { today: new Date('2026-11-10T00:00:00Z') },
  );
}
