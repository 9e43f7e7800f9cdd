import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A call as a service saw it. */
interface Seen {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** A service of AWS that returns what the test sets, and records the requests. */
export async function startAws() {
  const seen: Seen[] = [];
  let next = { status: 200, body: '{}' };
  const server = createServer(async (request, response) => {
    seen.push({ method: request.method, headers: request.headers, body: JSON.parse(await text(request)) });
    response.writeHead(next.status).end(next.body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    seen,
    answer: (body: unknown, status = 200) => {
      next = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
    },
    environment: {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIDTEST',
      AWS_SECRET_ACCESS_KEY: 'key',
      AWS_SESSION_TOKEN: 'session',
      AWS_ENDPOINT_URL_DYNAMODB: url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    },
    close: () => new Promise((done) => server.close(done)),
  };
}
