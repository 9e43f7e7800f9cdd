import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { root, temporaryFolder } from './folders.ts';
import type { Cloud } from './userPoolCloud.ts';

/** `secure-api login` while it waits for a browser. */
export interface RunningLogin {
  /** The URL that it printed. */
  readonly url: string;
  readonly redirectUri: string;
  readonly process: ChildProcess;
  output(): string;
  paste(text: string): void;
  readonly ended: Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number | null }>;
}

/** Starts `secure-api login --no-browser` and waits until it has printed its URL. */
export async function startLogin(
  cloud: Cloud,
  args: readonly string[] = ['--stack', 'Documents'],
): Promise<RunningLogin> {
  const command = [join(root, 'bin/secure-api.js'), 'login', '--no-browser', '--timeout', '60', ...args];
  const child = spawn(process.execPath, command, { cwd: cloud.home, env: { ...process.env, ...cloud.env } });
  let [stdout, stderr] = ['', ''];
  const ended = new Promise<Awaited<RunningLogin['ended']>>((done) => {
    child.once('close', (code) => done({ stdout, stderr, code }));
  });
  const url = await new Promise<string>((done, failed) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      const printed = /^(http\S+)\n\n/m.exec(stderr)?.[1];
      if (printed !== undefined) done(printed);
    });
    child.once('close', () => failed(new Error(stderr)));
  });
  const redirectUri = new URL(url).searchParams.get('redirect_uri') ?? '';
  const paste = (text: string) => child.stdin.write(`${text}\n`);
  return { url, redirectUri, process: child, output: () => stderr, paste, ended };
}

/** Signs in to the stack `Documents`, as a person with a browser. */
export async function signedIn(cloud: Cloud, args?: readonly string[]): Promise<void> {
  const login = await startLogin(cloud, args);
  await fetch(cloud.signIn.signIn(login.url));
  const { code, stderr } = await login.ended;
  if (code !== 0) throw new Error(stderr);
}

/** Callbacks on ports of the loopback that are free now. */
export async function freeCallbacks(count: number): Promise<readonly string[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done) => {
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            done(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports.map((port) => `http://127.0.0.1:${port}/callback`);
}

/** A `PATH` whose opener of URLs is a browser that follows redirects, and writes down what it was started with. */
export function browserPath(): { readonly PATH: string; readonly log: string } {
  const folder = temporaryFolder();
  const log = join(folder, 'opened.json');
  const script = `#!${process.execPath}
require('node:fs').writeFileSync(${JSON.stringify(log)}, JSON.stringify(process.argv.slice(2)));
fetch(process.argv[2]);
`;
  for (const name of ['xdg-open', 'open']) {
    writeFileSync(join(folder, name), script);
    chmodSync(join(folder, name), 0o755);
  }
  return { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`, log };
}
