import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { benchAssembly } from './assembly.ts';
import { median, type Row, row } from './row.ts';
import { inTurns } from './turns.ts';

const CONNECTIONS = 50;
const SECONDS = 3;
const ROUNDS = 3;
const PATH = '/health';
const START_MS = 60_000;
const root = join(import.meta.dirname, '..');
const run = promisify(execFile);

/** The local gateway (whole path, a Lambda worker included) against a bare `node:https` server, in turns. */
export async function benchGateway(): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-gateway-'));
  const gateway = await startGateway(scratch, benchAssembly(scratch, 'https://login.example.com'));
  try {
    const bare = await bareServer(join(scratch, 'data', 'tls'));
    try {
      const { ours, peer } = await inTurns(
        ROUNDS,
        () => load(gateway, PATH),
        () => load({ port: bare.port, ca: gateway.ca }, PATH),
      );
      const of = (loads: readonly Load[], key: keyof Load) => median(loads.map((one) => one[key]));
      const name = `local gateway: GET ${PATH}, ${CONNECTIONS} connections`;
      return [
        row(name, 'requests/s', of(ours, 'perSecond'), of(peer, 'perSecond'), 0.3),
        row(`${name}, p99`, 'ms', of(ours, 'p99ms'), of(peer, 'p99ms'), 4),
      ];
    } finally {
      bare.close();
    }
  } finally {
    await gateway.end();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What a load generator measured. */
export interface Load {
  readonly perSecond: number;
  readonly p99ms: number;
}

/** Where a server listens on loopback, and the file of its CA. */
interface Address {
  readonly port: number;
  readonly ca: string;
}

/** Fifty connections that ask for a path as fast as they get responses, from a process of their own. */
export async function load({ port, ca }: Address, path: string, seconds = SECONDS): Promise<Load> {
  const args = [join(import.meta.dirname, 'load.ts'), port, ca, CONNECTIONS, seconds, path].map(String);
  return JSON.parse((await run(process.execPath, args)).stdout) as Load;
}

/** A local gateway in its own process. */
export interface RunningGateway extends Address {
  readonly pid: number;
  readonly url: string;
  end(): Promise<void>;
}

/** What a measurement adds to the process: options of Node, and variables. */
interface GatewayProcess {
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Serves an assembly with `secure-api dev`, and waits until it does; a gateway that ends before says why. */
export async function startGateway(
  folder: string,
  assembly: string,
  { flags = [], environment = {} }: GatewayProcess = {},
): Promise<RunningGateway> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'up.json');
  const args = [
    'dev',
    '--port',
    '0',
    '--quiet',
    '--assembly',
    assembly,
    '--data',
    join(folder, 'data'),
    '--ready-file',
    file,
  ];
  const gateway = spawn(process.execPath, [...flags, join(root, 'bin/secure-api.js'), ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  gateway.stderr?.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2_000);
  });
  const deadline = performance.now() + START_MS;
  while (gateway.exitCode === null && performance.now() < deadline) {
    const ready = readJson<{ url: string; ca: string }>(file);
    if (ready === undefined) await sleep(50);
    else return { ...ready, port: Number(new URL(ready.url).port), pid: gateway.pid ?? 0, end };
  }
  throw new Error(`the local gateway did not start:\n${said}`);

  async function end(): Promise<void> {
    if (gateway.exitCode !== null) return;
    const ended = new Promise((done) => gateway.once('exit', done));
    gateway.kill('SIGTERM');
    await ended;
  }
}

/** @returns undefined while the file is not there, or not whole. */
function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

async function bareServer(tls: string): Promise<{ port: number; close(): void }> {
  const options = { key: readFileSync(join(tls, 'server.key')), cert: readFileSync(join(tls, 'server.pem')) };
  const server = createServer({ ...options, minVersion: 'TLSv1.3' }, (_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"status":"ok"}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
