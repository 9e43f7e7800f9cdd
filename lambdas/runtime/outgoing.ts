import { CLIENT_REQUEST_ID, TRACE_PARENT, TRACE_STATE } from '../shared/httpHeaders.ts';
import { redactedAndCut } from '../shared/redact.ts';
import { awsDependency, currentSpanId, currentTrace, dependency, span as recordSpan } from '../shared/trace/measure.ts';
import { traceParentFor } from '../shared/trace/requestTrace.ts';

/** A span, or a service in the log, is named in code; a name that is made of a value must not carry a secret on. */
const LONGEST_NAME = 100;
/** https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/client/dynamodb/ names classes `DynamoDBClient` and `GetItemCommand`. */
const CLIENT_SUFFIX = /Client$/;
const COMMAND_SUFFIX = /Command$/;

/**
 * The headers by which another service of yours joins the trace of the running request: `traceparent`, and `tracestate` and
 * `x-request-id` if the client sent them. Empty outside of a request. Send them to your own services alone.
 *
 * @example
 * ```ts
 * const response = await fetch('https://orders.internal.example.com/', { headers: traceHeaders() });
 * ```
 */
export function traceHeaders(): Readonly<Record<string, string>> {
  const trace = currentTrace();
  if (trace === undefined) return {};
  const { state, clientRequestId } = trace;
  return {
    [TRACE_PARENT]: traceParentFor(trace, currentSpanId() ?? trace.spanId),
    ...(state === undefined ? {} : { [TRACE_STATE]: state }),
    ...(clientRequestId === undefined ? {} : { [CLIENT_REQUEST_ID.toLowerCase()]: clientRequestId }),
  };
}

/**
 * `fetch` for services of your own: with {@link traceHeaders}, measured under the host in the log (`dependencies`), and as a span.
 * Headers that you pass take precedence.
 *
 * @example
 * ```ts
 * const response = await tracedFetch('https://orders.internal.example.com/', { signal: AbortSignal.timeout(2_000) });
 * ```
 */
export function tracedFetch(input: string | URL, init: RequestInit = {}): Promise<Response> {
  const { hostname } = new URL(input);
  const method = init.method ?? 'GET';
  const attributes = { 'http.request.method': method, 'server.address': hostname };
  return dependency({ service: hostname, span: `${method} ${hostname}`, attributes }, () => {
    const headers = new Headers(traceHeaders());
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    return fetch(input, { ...init, headers });
  });
}

/**
 * Measures the calls of a client of the AWS SDK for JavaScript 3: in the log by service, in traces by operation. Returns the client.
 * Wrap the client itself before another one is made of it.
 *
 * @example
 * ```ts
 * import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
 *
 * const client = traceAwsClient(new DynamoDBClient({}));
 * ```
 */
export function traceAwsClient<C extends AwsSdkClient>(client: C): C {
  const stack = client.middlewareStack as unknown as { add(middleware: Middleware, options: object): void };
  stack.add(
    (next, { clientName = 'aws', commandName = 'call' }) =>
      (args) =>
        dependency(awsDependency(clientName.replace(CLIENT_SUFFIX, ''), commandName.replace(COMMAND_SUFFIX, '')), () =>
          next(args),
        ),
    { step: 'initialize', name: 'secureApiTracing', override: true },
  );
  return client;
}

/** Any client of the AWS SDK for JavaScript 3. */
export interface AwsSdkClient {
  readonly middlewareStack: { add(middleware: never, options: never): void };
}

type Middleware = (
  next: (args: unknown) => Promise<unknown>,
  context: { readonly clientName?: string; readonly commandName?: string },
) => (args: unknown) => Promise<unknown>;

/**
 * Measures a call of a service by other means, such as a driver of a database: under `service` in the log, and as a span.
 *
 * @example
 * ```ts
 * const rows = await measureCall('postgres', 'select notes', () => Promise.resolve(['note']));
 * ```
 */
export function measureCall<T>(service: string, operation: string, call: () => Promise<T>): Promise<T> {
  return dependency({ service: shown(service), span: shown(operation) }, call);
}

/**
 * Records a part of the handler's work as a span, where the API has the prop `tracing`. Name it by what it does, without a value of
 * the request.
 *
 * @example
 * ```ts
 * const total = await span('add up', () => 1 + 1);
 * ```
 */
export async function span<T>(name: string, run: () => T | Promise<T>): Promise<T> {
  return recordSpan(shown(name), run);
}

function shown(name: string): string {
  return redactedAndCut(name, LONGEST_NAME);
}
