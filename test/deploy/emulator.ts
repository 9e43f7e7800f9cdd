import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { localTls } from '../../local/services/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';

/** Twelve digits: the emulator takes the account from the access key. */
export const ACCOUNT = '111111111111';
export const SECRET = 'emulated';
export const REGION = 'eu-central-1';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const run = promisify(execFile);

export interface Emulator {
  readonly url: string;
  /** Directs every SDK and the CDK to the emulator, and to no configuration of this machine. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Installs the pinned emulator into a virtual environment of this folder, unless it is there already. */
export async function installEmulator(cache: string, signal: AbortSignal): Promise<'installed' | 'present'> {
  const marker = join(cache, 'venv', 'installed.txt');
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return 'present';
  const venv = join(cache, 'venv');
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  await run('python3', ['-m', 'venv', venv], { signal });
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes'];
  await run(join(venv, 'bin', 'python'), [...install, '--requirement', REQUIREMENTS], { signal });
  writeFileSync(marker, wanted);
  return 'installed';
}

/** Starts the emulator on a free port of the loopback interface, with an empty data folder. */
export async function startEmulator(cache: string): Promise<Emulator> {
  // Outside of the project, whose package.json would turn the files of its workers into modules.
  const data = temporaryFolder();
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  // Policies of buckets deny requests without TLS, and the emulator evaluates them.
  const tls = await localTls(cache);
  setDefaultCACertificates([...getCACertificates('default'), tls.caPem]);
  const log = createWriteStream(join(cache, 'emulator.log'));
  const child = spawn(join(cache, 'venv', 'bin', 'ministack'), [], {
    cwd: data,
    // Its functions are child processes. A process group ends with all of them, and not at Ctrl-C before we end it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: settings(data, port, cache, tls.caPath),
  });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const stop = async () => {
    await stopGroup(child);
    rmSync(data, { recursive: true, force: true });
  };
  await ready(url, child).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, environment: clientEnvironment(url, tls.caPath), stop };
}

function settings(data: string, port: number, cache: string, ca: string): Record<string, string> {
  return {
    // Functions run in the Node that runs this script.
    PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    HOME: data,
    TMPDIR: data,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    LAMBDA_EXECUTOR: 'local',
    // Evaluates the policies of roles, for the functions as for the deployment.
    AUTH: 'true',
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: SECRET,
    MINISTACK_ACCOUNT_ID: ACCOUNT,
    MINISTACK_REGION: REGION,
    USE_SSL: '1',
    MINISTACK_SSL_CERT: join(cache, 'tls', 'server.pem'),
    MINISTACK_SSL_KEY: join(cache, 'tls', 'server.key'),
    // Functions inherit it.
    NODE_EXTRA_CA_CERTS: ca,
    S3_DATA_DIR: join(data, 's3'),
    STATE_DIR: join(data, 'state'),
  };
}

function clientEnvironment(url: string, ca: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_S3: url,
    NODE_EXTRA_CA_CERTS: ca,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('The system gives no port.');
  return address.port;
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`The emulator ended with exit code ${child.exitCode}.`);
    const response = await fetch(`${url}/_ministack/health`).catch(() => undefined);
    if (response?.ok) return;
    await delay(100);
  }
  throw new Error(`The emulator does not respond after ${START_TIMEOUT_MS / 1000} seconds.`);
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve([]);
  signalGroup(child.pid, 'SIGTERM');
  await Promise.race([ended, delay(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  signalGroup(child.pid, 'SIGKILL');
}

/** Ends a process with those that it started. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
