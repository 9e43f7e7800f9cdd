import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { median, type Row, row } from './row.ts';

const CONNECTIONS = 50;
const SECONDS = 3;
const ROUNDS = 3;
const PATH = '/health';
const root = join(import.meta.dirname, '..');
const run = promisify(execFile);

/** The local gateway (whole path, a Lambda worker included) against a bare `node:https` server, in turns. */
export async function benchGateway(): Promise<readonly Row[]> {
  const data = mkdtempSync(join(tmpdir(), 'bench-'));
  const readyFile = join(data, 'up.json');
  const gateway = spawn(
    process.execPath,
    [join(root, 'bin/secure-api.js'), 'dev', '--port', '0', '--data', data, '--ready-file', readyFile],
    { cwd: root, stdio: 'ignore' },
  );
  const ready = await readyFrom(readyFile);
  const bare = await bareServer(join(data, 'tls'));
  try {
    const ours: Load[] = [];
    const peer: Load[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await load(Number(new URL(ready.url).port), ready.ca));
      peer.push(await load(bare.port, ready.ca));
    }
    const of = (loads: readonly Load[], key: keyof Load) => median(loads.map((one) => one[key]));
    const name = `local gateway: GET ${PATH}, ${CONNECTIONS} connections`;
    return [
      row(name, 'requests/s', of(ours, 'perSecond'), of(peer, 'perSecond')),
      row(`${name}, p99`, 'ms', of(ours, 'p99ms'), of(peer, 'p99ms')),
    ];
  } finally {
    bare.close();
    const ended = new Promise((done) => gateway.once('exit', done));
    gateway.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
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

async function readyFrom(file: string): Promise<{ url: string; ca: string }> {
  for (;;) {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as { url: string; ca: string };
    } catch {
      await sleep(100);
    }
  }
}
