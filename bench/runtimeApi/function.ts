import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const LOOP = join(import.meta.dirname, 'loop.ts');
const TIMEOUT_MS = 10_000;
const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:bench';
const INVOCATION = /^\/2018-06-01\/runtime\/(?:invocation\/([\w-]+)\/(response|error)|init\/(error))$/;

/** A module that exports `handler`, and the environment of its function. */
export interface FunctionCode {
  readonly module: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * What a function returned, and how long it was busy: from the event handed out until it asks for the next one, where an invocation ends
 * (Lambda Developer Guide, "Invoke phase"); and until its response was there.
 */
export interface Invocation {
  readonly microseconds: number;
  readonly untilResponse: number;
  readonly response: unknown;
}

/** A function in its own process, behind a Runtime API. */
export interface RunningFunction {
  /** Hands out an event (JSON), as soon as the function asks for one. @throws what the function throws. */
  invoke(event: string): Promise<Invocation>;
  /** Milliseconds from the start of the process to now. */
  age(): number;
  end(): Promise<void>;
}

interface Pending {
  readonly event: string;
  readonly done: (invocation: Invocation) => void;
  readonly fail: (error: Error) => void;
  handedOut?: number;
  response?: { readonly text: string; readonly at: number };
}

/** How a process is started. */
export interface StartOptions {
  /** Options of Node. */
  readonly flags?: readonly string[];
  /** The only core that the process runs on, by `taskset`; any core if undefined. */
  readonly core?: number | undefined;
}

/** Starts a function as Lambda does: a fresh process that asks a Runtime API for events. What it logs goes to `/dev/null`. */
export async function startFunction(code: FunctionCode, options: StartOptions = {}): Promise<RunningFunction> {
  let pending: Pending | undefined;
  let waiting: ServerResponse | undefined;
  let count = 0;

  const handOut = () => {
    if (waiting === undefined || pending === undefined || pending.handedOut !== undefined) return;
    const response = waiting;
    waiting = undefined;
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(pending.event),
      'Lambda-Runtime-Aws-Request-Id': `bench-${++count}`,
      'Lambda-Runtime-Deadline-Ms': String(Date.now() + TIMEOUT_MS),
      'Lambda-Runtime-Invoked-Function-Arn': ARN,
      'Lambda-Runtime-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0',
    });
    pending.handedOut = performance.now();
    response.end(pending.event);
  };
  const settle = () => {
    const now = performance.now();
    const settled = pending;
    if (settled?.response === undefined) return;
    pending = undefined;
    const { handedOut = now, response } = settled;
    const since = (time: number) => (time - handedOut) * 1000;
    settled.done({
      microseconds: since(now),
      untilResponse: since(response.at),
      response: JSON.parse(response.text),
    });
  };
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/invocation/next')) {
      settle();
      waiting = response;
      return handOut();
    }
    const [found, , invocation, init] = INVOCATION.exec(request.url ?? '') ?? [];
    if (found === undefined) return response.writeHead(404).end();
    collect(request, (text) => {
      if (init === 'error' || invocation === 'error') pending?.fail(new Error(text));
      else if (pending !== undefined) pending.response = { text, at: performance.now() };
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));

  const started = performance.now();
  const child = startProcess(code, options, (server.address() as AddressInfo).port);
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2_000);
  });
  const ended = new Promise<void>((done) =>
    child.once('exit', (status) => {
      pending?.fail(new Error(`the function ended with ${status}: ${said}`));
      done();
    }),
  );
  return {
    invoke: (event) =>
      new Promise((done, fail) => {
        pending = { event, done, fail };
        handOut();
      }),
    age: () => performance.now() - started,
    async end() {
      child.kill('SIGTERM');
      await ended;
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function startProcess(
  { module, environment }: FunctionCode,
  { flags = [], core }: StartOptions,
  port: number,
): ChildProcess {
  const command = [process.execPath, ...flags, LOOP, module];
  const [program = '', ...args] = core === undefined ? command : ['taskset', '-c', String(core), ...command];
  return spawn(program, args, {
    env: { ...environment, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`, AWS_LAMBDA_FUNCTION_NAME: 'bench' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

function collect(request: IncomingMessage, done: (text: string) => void): void {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => done(text));
}
