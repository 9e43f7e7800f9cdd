/**
 * The runtime of a Lambda function over `node:http`: asks the Runtime API for an event, calls the handler of a module, sends the
 * response, and asks again (Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes"). AWS' own client needs a
 * compiler to install; this one keeps one connection alive, as it does, and does not load the client behind `fetch` (ADR 58), and with it
 * modules that functions need.
 *
 * `node bench/runtimeApi/loop.ts MODULE`, with `AWS_LAMBDA_RUNTIME_API` as Lambda sets it.
 */
import type { IncomingMessage } from 'node:http';

type Handler = (event: unknown, context: object) => Promise<unknown>;

const { Agent, request } = process.getBuiltinModule('node:http');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const api = `http://${process.env['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime`;

function exchange(method: 'GET' | 'POST', path: string, body?: string): Promise<IncomingMessage & { text: string }> {
  return new Promise((done, fail) => {
    const headers = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const sent = request(`${api}${path}`, { method, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => done(Object.assign(response, { text })));
      response.on('error', fail);
    });
    sent.on('error', fail);
    sent.end(body);
  });
}

function contextOf({ headers }: IncomingMessage): object {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: '$LATEST',
    memoryLimitInMB: '256',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function errorOf(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return JSON.stringify({ errorType: name, errorMessage: message });
}

async function load(module: string): Promise<Handler> {
  try {
    return ((await import(module)) as { handler: Handler }).handler;
  } catch (error) {
    await exchange('POST', '/init/error', errorOf(error));
    throw error;
  }
}

// An exit, not an end by the signal, because a profile is written at the exit.
process.once('SIGTERM', () => process.exit(0));
const handler = await load(process.argv[2] ?? '');
for (;;) {
  const event = await exchange('GET', '/invocation/next');
  const id = event.headers['lambda-runtime-aws-request-id'];
  const trace = event.headers['lambda-runtime-trace-id'];
  if (typeof trace === 'string') process.env['_X_AMZN_TRACE_ID'] = trace;
  try {
    const response = await handler(JSON.parse(event.text), contextOf(event));
    await exchange('POST', `/invocation/${id}/response`, JSON.stringify(response));
  } catch (error) {
    await exchange('POST', `/invocation/${id}/error`, errorOf(error));
  }
}
