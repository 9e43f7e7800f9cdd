import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';

/** A request as a service received it, with its whole body. */
export interface Received {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** A service on the loopback; close it after the test. */
export interface Service {
  readonly endpoint: string;
  readonly received: readonly Received[];
  close(): void;
}

/** Starts a service that speaks HTTP. */
export async function startService(respond: (request: Received, response: ServerResponse) => void): Promise<Service> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const parts: Uint8Array[] = [];
    for await (const part of request) parts.push(part);
    const { method = '', url = '/', headers } = request;
    const one = { method, url: new URL(url, 'http://localhost'), body: Buffer.concat(parts).toString(), headers };
    received.push(one);
    respond(one, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, received, close: () => void server.close() };
}

/** The environment of a function, with a service at this address. */
export const environmentOf = (name: 'API_GATEWAY' | 'S3', endpoint: string) => ({
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  [`AWS_ENDPOINT_URL_${name}`]: endpoint,
});

/** The end of a run, far away. */
export const later = () => new AbortController().signal;

/** What CloudFormation sends. */
export function eventOf(
  RequestType: 'Create' | 'Update' | 'Delete',
  ResponseURL: string,
  properties: Readonly<Record<string, string>>,
): CloudFormationCustomResourceEvent {
  return {
    RequestType,
    ResponseURL,
    ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:cleanup',
    StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Sandbox/1',
    RequestId: 'request',
    LogicalResourceId: 'Empty',
    ResourceType: 'Custom::SecureApiEmptyBucket',
    ResourceProperties: { ServiceToken: '', ...properties },
    ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'before' }),
    ...(RequestType === 'Update' ? { OldResourceProperties: {} } : {}),
  } as CloudFormationCustomResourceEvent;
}

export const contextWith = (remainingMs: number) =>
  ({ getRemainingTimeInMillis: () => remainingMs }) as unknown as Context;
