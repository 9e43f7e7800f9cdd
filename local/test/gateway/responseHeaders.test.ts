import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiServer, startServer } from '../../gateway/server.ts';
import type { HttpResponse } from '../../gateway/step.ts';
import { anApi } from '../support/gateway.ts';
import { type TestTls, testTls } from '../support/services.ts';

let tls: TestTls;
let server: ApiServer;
let made: HttpResponse;
beforeAll(async () => {
  tls = await testTls();
  const use = () => ({ gateway: async () => made, end: () => undefined });
  server = await startServer(anApi(), use, { tls, port: 0, print: () => undefined });
});
afterAll(() => server.close(0));

/** The lines of the head of a response, in lower case. */
async function headOf(response: HttpResponse): Promise<readonly string[]> {
  made = response;
  const socket = connect({ port: server.port, host: '127.0.0.1', servername: 'localhost', ca: tls.caPem });
  await once(socket, 'secureConnect');
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [bytes] = await once(socket, 'data');
  socket.destroy();
  return String(bytes).split('\r\n\r\n')[0]?.toLowerCase().split('\r\n') ?? [];
}

const named = (lines: readonly string[], name: string) => lines.filter((line) => line.startsWith(`${name}: `));

it('sends one length and its own ids, whatever headers a response of a web ACL or of the API has', async () => {
  const headers = ['Content-Length', 'X-Amzn-RequestId', 'x-amz-apigw-id'].map((name) => [name, '7'] as const);
  const lines = await headOf({ kind: 'response', status: 403, headers, body: 'blocked!' });
  expect(named(lines, 'content-length')).toEqual(['content-length: 8']);
  for (const name of ['x-amzn-requestid', 'x-amz-apigw-id']) {
    expect(named(lines, name)).toHaveLength(1);
    expect(named(lines, name)).not.toContain(`${name}: 7`);
  }
});

it('sends each value of a header that has several', async () => {
  const headers = [['Set-Cookie', 'a=1'] as const, ['X-Other', 'b'] as const, ['set-cookie', 'c=2'] as const];
  const lines = await headOf({ kind: 'response', status: 200, headers, body: '' });
  expect(named(lines, 'set-cookie')).toEqual(['set-cookie: a=1', 'set-cookie: c=2']);
});
