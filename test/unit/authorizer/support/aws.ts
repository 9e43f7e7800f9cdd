import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach } from 'vitest';

/** A request as the service received it. */
interface ReceivedRequest {
  readonly url: string | undefined;
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** A service of AWS for the tests of a file: it returns what a test sets, and records the requests of each test. */
export function useAws() {
  const requests: ReceivedRequest[] = [];
  let next = { status: 200, body: '{}' };
  let url = '';
  const server = createServer(async (request, response) => {
    requests.push({
      url: request.url,
      method: request.method,
      headers: request.headers,
      body: parsed(await text(request)),
    });
    response.writeHead(next.status).end(next.body);
  });
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise<void>((done) => server.close(() => done())));
  beforeEach(() => {
    requests.length = 0;
    next = { status: 200, body: '{}' };
  });
  return {
    requests,
    respond: (body: unknown, status = 200) => {
      next = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
    },
    get environment() {
      return {
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'AKIDTEST',
        AWS_SECRET_ACCESS_KEY: 'key',
        AWS_SESSION_TOKEN: 'session',
        AWS_ENDPOINT_URL_DYNAMODB: url,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
        AWS_ENDPOINT_URL_S3: url,
      };
    },
  };
}

/** Requests that read have no body. */
function parsed(body: string): unknown {
  return body === '' ? undefined : JSON.parse(body);
}
