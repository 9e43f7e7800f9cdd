import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const secureApi = fileURLToPath(
  import.meta.resolve('secure-api/package.json').replace(/package\.json$/, 'bin/secure-api.js'),
);
const run = promisify(execFile);

/** A request of a test. */
export interface Call {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
}

/** What the API responds: status and JSON. */
export interface Result {
  readonly status: number | undefined;
  readonly body: unknown;
}

/** The stack on this machine, on a free port and with its own data. */
export interface Gateway {
  call(path: string, call?: Call): Promise<Result>;
  /** A token of the local issuer for a role of the definition. */
  token(role: string): Promise<string>;
  stop(): Promise<void>;
}

/** Serves the stack until `stop` is called. */
export async function startGateway(): Promise<Gateway> {
  const data = mkdtempSync(join(tmpdir(), 'secure-api-test-'));
  const args = [secureApi, 'dev', '--port', '0', '--data', data, '--quiet', '--json'];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  const ready = await Promise.race([once(createInterface(server.stdout), 'line'), ended.then(() => undefined)]);
  if (ready === undefined) throw new Error('secure-api dev ended before it served. Its error is above.');
  const { url, ca } = JSON.parse(String(ready[0])) as { readonly url: string; readonly ca: string };
  return {
    call: (path, call) => send(new URL(path, url), readFileSync(ca, 'utf8'), call),
    token: async (role) => {
      const { stdout } = await run(process.execPath, [secureApi, 'token', '--data', data, '--role', role]);
      return stdout.trim();
    },
    stop: async () => {
      server.kill('SIGTERM');
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function send(url: URL, ca: string, { method = 'GET', token, body }: Call = {}): Promise<Result> {
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, ca, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode, body: text === '' ? undefined : JSON.parse(text) }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
