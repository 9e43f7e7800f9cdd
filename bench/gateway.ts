import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
  const gateway = startGateway(scratch, benchAssembly(scratch, 'https://login.example.com'));
  try {
    const ready = await readyOf(gateway, join(scratch, 'up.json'));
    const bare = await bareServer(join(scratch, 'data', 'tls'));
    try {
      const { ours, peer } = await inTurns(
        ROUNDS,
        () => load(Number(new URL(ready.url).port), ready.ca),
        () => load(bare.port, ready.ca),
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
    await end(gateway);
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Load {
  readonly perSecond: number;
  readonly p99ms: number;
}

async function load(port: number, ca: string): Promise<Load> {
  const args = [join(import.meta.dirname, 'load.ts'), port, ca, CONNECTIONS, SECONDS, PATH].map(String);
  return JSON.parse((await run(process.execPath, args)).stdout) as Load;
}

function startGateway(scratch: string, assembly: string): ChildProcess {
  const where = ['--assembly', assembly, '--data', join(scratch, 'data'), '--ready-file', join(scratch, 'up.json')];
  return spawn(process.execPath, [join(root, 'bin/secure-api.js'), 'dev', '--port', '0', '--quiet', ...where], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** Waits for the ready file; a gateway that ends before says why. */
async function readyOf(gateway: ChildProcess, file: string): Promise<{ url: string; ca: string }> {
  let said = '';
  gateway.stderr?.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2_000);
  });
  const deadline = performance.now() + START_MS;
  while (gateway.exitCode === null && performance.now() < deadline) {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as { url: string; ca: string };
    } catch {
      await sleep(100);
    }
  }
  throw new Error(`the local gateway did not start:\n${said}`);
}

async function end(gateway: ChildProcess): Promise<void> {
  if (gateway.exitCode !== null) return;
  const ended = new Promise((done) => gateway.once('exit', done));
  gateway.kill('SIGTERM');
  await ended;
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
