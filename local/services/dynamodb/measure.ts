import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** A request that a table server has responded to. */
export interface ServedRequest {
  readonly operation: string;
  readonly tables: readonly string[];
  readonly status: number;
  /** The last part of the error's type; empty for a success. */
  readonly error: string;
  readonly durationMs: number;
}

/** Puts a datum of a metric. */
type Metric = (namespace: string, name: string, dimensions: Readonly<Record<string, string>>, value: number) => void;

const NAMESPACE = 'AWS/DynamoDB';

/** Reports each request of a server to its listeners, which get the body as third argument. */
export function measureRequests(server: Server, report: (request: ServedRequest) => void): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse, body?: Buffer) => {
    const start = performance.now();
    const operation = String(request.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
    const sent: string[] = [];
    const end = response.end;
    response.end = ((chunk: unknown, ...rest: unknown[]) => {
      if (response.statusCode !== 200) sent.push(String(chunk ?? ''));
      return Reflect.apply(end, response, [chunk, ...rest]);
    }) as typeof end;
    response.once('finish', () => {
      const { statusCode: status } = response;
      const error = /"__type":"(?:[^"]*#)?([^"]+)"/.exec(sent.join(''))?.[1] ?? '';
      report({ operation, tables: tablesOf(body), status, error, durationMs: performance.now() - start });
    });
    for (const listener of listeners) listener.call(server, request, response);
  });
}

/**
 * Counts a request as DynamoDB does. Nothing throttles local tables, so there are no metrics about that.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
export function countRequest(request: ServedRequest, metric: Metric): void {
  const { operation: Operation, tables, status, error, durationMs } = request;
  for (const TableName of tables) {
    if (status < 500) metric(NAMESPACE, 'SystemErrors', { TableName, Operation }, 0);
    if (status === 200) metric(NAMESPACE, 'SuccessfulRequestLatency', { TableName, Operation }, durationMs);
    else if (status >= 500) metric(NAMESPACE, 'SystemErrors', { TableName, Operation }, 1);
    else if (error === 'ConditionalCheckFailedException')
      metric(NAMESPACE, 'ConditionalCheckFailedRequests', { TableName }, 1);
  }
  if (status === 400 && error !== 'ConditionalCheckFailedException') metric(NAMESPACE, 'UserErrors', {}, 1);
}

function tablesOf(body: Buffer | undefined): readonly string[] {
  try {
    const input: unknown = JSON.parse(body?.toString('utf8') ?? '');
    const { TableName, RequestItems } = Object(input) as Readonly<Record<string, unknown>>;
    if (typeof TableName === 'string') return [TableName];
    return typeof RequestItems === 'object' && RequestItems !== null ? Object.keys(RequestItems) : [];
  } catch {
    return [];
  }
}
