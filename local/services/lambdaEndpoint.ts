import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FunctionModel } from '../assembly/model.ts';
import type { InvokeResult, LambdaRunner } from '../contracts.ts';
import { createServer, LOOPBACK, listen, readBody, shut } from './loopback.ts';
import { requireSignature } from './requireSignature.ts';
import type { Access } from './signature.ts';

/** A synchronous event has 6 MB at most. */
const BODY_LIMIT = 6 * 1024 * 1024;
const LIST = /^\/2015-03-31\/functions\/?$/;
const INVOKE = /^\/2015-03-31\/functions\/(?<name>[^/]+)\/invocations$/;

interface Sent {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The functions of a stack and what runs them, for one request: `end` is called once it has its response. */
export interface FunctionsUse {
  readonly functions: readonly FunctionModel[];
  readonly runner: LambdaRunner;
  readonly end: () => void;
}

/**
 * The part of Lambda that a person needs: lists the functions of a stack, and invokes one and waits for its result. An
 * asynchronous invocation (`Event`) is not emulated.
 *
 * @param use is called at the start of each request
 * @param access whose signatures count
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function startLambdaEndpoint(
  use: () => FunctionsUse,
  access: Access,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const { functions, runner, end } = use();
    // Not by the request: one with a signature is replaced by a copy of what was signed.
    runOperation(request, functions, runner, () => response.destroyed)
      .catch((): Sent => rejection(500, 'ServiceException', 'The local Lambda failed.'))
      .then((sent) => send(response, sent))
      .finally(end);
  });
  const scope = { ...access, service: 'lambda' };
  requireSignature(server, { scope, mediaType: 'application/json', bodyLimit: BODY_LIMIT });
  const port = await listen(server);
  return { url: `http://${LOOPBACK}:${port}`, close: () => shut(server) };
}

async function runOperation(
  request: IncomingMessage,
  functions: readonly FunctionModel[],
  runner: LambdaRunner,
  isAbandoned: () => boolean,
): Promise<Sent> {
  const [path = ''] = (request.url ?? '/').split('?', 1);
  if (request.method === 'GET' && LIST.test(path))
    return { status: 200, body: { Functions: functions.map(described) } };
  const name = request.method === 'POST' ? INVOKE.exec(path)?.groups?.['name'] : undefined;
  if (name === undefined) return rejection(404, 'ResourceNotFoundException', 'The local Lambda has no such operation.');
  const fn = functions.find((one) => [one.name, one.arn].includes(decoded(name)));
  if (fn === undefined) return rejection(404, 'ResourceNotFoundException', 'Function not found.');
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type !== 'RequestResponse') {
    return rejection(400, 'InvalidParameterValueException', 'Only RequestResponse is emulated.');
  }
  const event = parsed(await readBody(request, BODY_LIMIT));
  if (event === undefined) return rejection(400, 'InvalidRequestContentException', 'The event is not JSON.');
  return resultOf(await runner.invoke(fn.arn, event.value, randomUUID(), { isAbandoned }));
}

function described({ name, arn, environment, handler, runtime, memoryMb, timeoutSeconds }: FunctionModel) {
  return {
    FunctionName: name,
    FunctionArn: arn,
    Environment: { Variables: environment },
    Handler: handler,
    Runtime: runtime,
    MemorySize: memoryMb,
    Timeout: timeoutSeconds,
  };
}

/** An error of the function is a response with 200 and a header. */
function resultOf(result: InvokeResult): Sent {
  switch (result.kind) {
    case 'ok':
      return { status: 200, body: result.payload };
    case 'error':
      return failure(result.errorType, result.message);
    case 'timeout':
      return failure('Sandbox.Timedout', 'Task timed out');
    case 'too-large':
      return rejection(413, 'RequestTooLargeException', 'The event is too large.');
    case 'throttled':
      return rejection(429, 'TooManyRequestsException', 'Rate exceeded');
    case 'abandoned':
      return rejection(499, 'ClientClosedRequest', 'The client disconnected.');
  }
}

function failure(errorType: string, errorMessage: string): Sent {
  return { status: 200, body: { errorType, errorMessage }, headers: { 'x-amz-function-error': 'Unhandled' } };
}

function rejection(status: number, code: string, Message: string): Sent {
  return { status, body: { Type: 'User', Message }, headers: { 'x-amzn-errortype': code } };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** An empty body is the event `{}`. */
function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: text === '' ? {} : (JSON.parse(text) as unknown) };
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, body, headers }: Sent): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers });
  response.end(JSON.stringify(body ?? null));
}
