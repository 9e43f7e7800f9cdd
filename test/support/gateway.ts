import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { RouteModel } from '../../local/assembly/routeModel.ts';
import type { TokenRequest } from '../../local/index.ts';
import { root, temporaryFolder } from './folders.ts';
import { sampleAssembly } from './sampleAssembly.ts';

const run = promisify(execFile);
const BIN = join(root, 'bin/secure-api.js');

export interface Ready {
  readonly url: string;
  readonly ca: string;
  readonly issuer: string;
  readonly pid: number;
  readonly data: string;
  readonly dynamodb: string;
  readonly metricsUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logs: readonly { readonly name: string; readonly logGroup: string; readonly api?: string }[];
  readonly clock: { readonly startedAt: number; readonly speed: number };
  readonly apis: readonly {
    readonly name: string;
    readonly url: string;
    readonly lowestTls: '1.2' | '1.3';
    readonly webhooks?: Readonly<Record<string, string>>;
    readonly roles: readonly string[];
    readonly tiers: readonly string[];
    readonly routes: readonly RouteModel[];
  }[];
}

/** A gateway started from the command line, as a person would. */
export interface RunningGateway {
  readonly ready: Ready;
  readonly process: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  /** The token that `secure-api token` prints. It is requested here, because a process for each takes a third of a second. */
  token(role: string, more?: Omit<TokenRequest, 'ready' | 'data' | 'roles'>): Promise<string>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** The last of what a gateway prints when it starts, as text and as JSON. The pipe can be slower than the ready file. */
const SERVES = /^Serving |^\{"url"/m;

/** Runs `secure-api …` to its end, with a text on stdin and more environment variables when there are any. */
export async function cli(
  args: readonly string[],
  cwd = root,
  bin = BIN,
  input = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<{ stdout: string; stderr: string; code: number }> {
  try {
    const running = run(process.execPath, [bin, ...args], { cwd, env: { ...process.env, ...environment } });
    // A command that reads no input can end before it is written.
    running.child.stdin?.on('error', () => undefined);
    running.child.stdin?.end(input);
    const { stdout, stderr } = await running;
    return { stdout, stderr, code: 0 };
  } catch (error) {
    const { stdout = '', stderr = '', code = 1 } = error as { stdout?: string; stderr?: string; code?: number };
    return { stdout, stderr, code };
  }
}

/** Starts `secure-api dev` on a free port, by default with the sample's assembly (`false`: with the app of the folder), and waits for its ready file and its last line. */
export async function startGateway(
  options: {
    data?: string;
    assembly?: string | false;
    node?: string;
    bin?: string;
    args?: readonly string[];
    cwd?: string;
    /** A variable that is undefined is removed. */
    environment?: Readonly<Record<string, string | undefined>>;
  } = {},
): Promise<RunningGateway> {
  const data = options.data ?? temporaryFolder();
  const readyFile = join(temporaryFolder(), 'ready.json');
  const { assembly = await sampleAssembly() } = options;
  const args = [
    'dev',
    ...(assembly === false ? [] : ['--assembly', assembly]),
    '--port',
    '0',
    '--data',
    data,
    '--ready-file',
    readyFile,
    ...(options.args ?? []),
  ];
  const env = { ...process.env, ...options.environment };
  const child = spawn(options.node ?? process.execPath, [options.bin ?? BIN, ...args], {
    cwd: options.cwd ?? root,
    env,
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const exited = new Promise<number | null>((done) => {
    child.once('exit', (code) => {
      done(code);
    });
  });
  const serves = async () => {
    const ready = await readyFrom(readyFile, child);
    while (ready !== undefined && !SERVES.test(output) && child.exitCode === null) await sleep(10);
    return ready;
  };
  const ready = await Promise.race([serves(), exited.then(() => undefined)]);
  if (ready === undefined) throw new Error(`The gateway did not start:\n${output}`);
  return {
    ready,
    process: child,
    output: () => output,
    token: async (role, more) => {
      const { requestToken } = await import('../../local/services/issuer/requestToken.ts');
      return requestToken({ ready, data: ready.data, client: 'local-cli', ttl: 300, ...more, roles: [role] });
    },
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    },
  };
}

async function readyFrom(file: string, child: ChildProcess): Promise<Ready | undefined> {
  while (!existsSync(file)) {
    if (child.exitCode !== null) return undefined;
    await sleep(50);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Ready;
}
