import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { onTestFinished } from 'vitest';
import { makeCa, makeServer, type TestCertificate } from '../../support/certificates.ts';

/** A request that a receiver got. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly ca: TestCertificate;
  readonly received: Received[];
}

/**
 * A receiver of webhooks on this machine, over TLS. It responds with the statuses in turn, the last one from then on; 0 never responds.
 */
export async function httpsReceiver(...statuses: readonly number[]): Promise<Receiver> {
  const ca = await makeCa();
  const { chain, key } = await makeServer(ca);
  const received: Received[] = [];
  const server = createHttps({ cert: chain, key }, async (request, response) => {
    received.push({ path: request.url ?? '', headers: request.headers, body: await bodyOf(request) });
    const status = statuses[received.length - 1] ?? statuses.at(-1) ?? 202;
    if (status !== 0) response.writeHead(status, { location: 'https://elsewhere.example.com/' }).end('ok');
  });
  return { url: `https://localhost:${await listen(server)}`, ca, received };
}

/** What the notifier asks of AWS: the strings of secrets by ARN, reports by rule, alarms, and mails that it sends. */
export interface AwsStandIn {
  readonly environment: Readonly<Record<string, string>>;
  /** Operations with their input, in order. */
  readonly calls: {
    readonly operation: string;
    readonly input: Readonly<Record<string, unknown>>;
    /** That the request is signed for. */
    readonly region: string;
  }[];
}

/** Stands for Secrets Manager, CloudWatch and SNS; an operation without a result is denied. */
export async function awsStandIn(
  results: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>>,
): Promise<AwsStandIn> {
  const calls: AwsStandIn['calls'] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const target = request.headers['x-amz-target'];
    const isJson = typeof target === 'string';
    const form = Object.fromEntries(new URLSearchParams(body));
    const operation = isJson ? (target.split('.')[1] ?? '') : (form['Action'] ?? '');
    const input = isJson ? JSON.parse(body) : form;
    const [, region = ''] = /Credential=[^/]*\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    calls.push({ operation, input, region });
    const result = results[operation]?.(input);
    response.writeHead(result === undefined ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(result ?? { __type: 'AccessDeniedException' }));
  });
  const environment = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${await listen(server)}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  return { environment, calls };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

async function listen(server: Server & { closeAllConnections(): void }): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
