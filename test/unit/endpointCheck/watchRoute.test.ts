import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { watchRoute } from '../../../lambdas/endpointCheck/watchRoute.ts';
import { daysFromNow, lapsed, makeCa, makeServer, type TestCertificate } from '../../support/certificates.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';

let ca: TestCertificate;
let server: Server | undefined;
beforeAll(async () => {
  ca = await makeCa();
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => (server === undefined ? done(undefined) : server.close(done)));
  server = undefined;
  vi.unstubAllEnvs();
});

interface Report {
  readonly failures: unknown;
  readonly faults: readonly Readonly<Record<string, unknown>>[];
}

/** What the function reports about an API with these responses. */
async function reportOn(respond: RequestListener, certificate = { to: daysFromNow(90) }): Promise<Report> {
  const { chain, key } = await makeServer(ca, certificate);
  const listening = createServer({ cert: chain, key }, respond);
  server = listening;
  await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
  const variables = {
    POWERTOOLS_METRICS_NAMESPACE: 'SecureApi',
    POWERTOOLS_SERVICE_NAME: 'small',
    POWERTOOLS_METRICS_DISABLED: 'false',
    POWERTOOLS_LOG_LEVEL: 'INFO',
    SECURE_API_NAME: 'Small-Api',
    SECURE_API_CANARY: JSON.stringify({ url: 'https://localhost/v1/health', headers: { 'x-version': '2' } }),
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const { port } = listening.address() as AddressInfo;
  const lines = (await linesOf(watchRoute('small', { address: '127.0.0.1', port, ca: ca.cert }))).map((line) =>
    JSON.parse(line),
  );
  const metric = lines.find((line) => 'CanaryFailures' in line);
  expect(metric).toMatchObject({ api: 'Small-Api' });
  return { failures: metric.CanaryFailures, faults: lines.filter(({ fault }) => fault !== undefined) };
}

it('requests the route of the API with its name and headers, and reports that it works', async () => {
  let seen: unknown;
  const report = await reportOn(({ url, method, headers }, response) => {
    seen = { url, method, host: headers.host, version: headers['x-version'], agent: headers['user-agent'] };
    response.end('{}');
  });
  expect(report).toEqual({ failures: 0, faults: [] });
  expect(seen).toEqual({
    url: '/v1/health',
    method: 'GET',
    host: 'localhost',
    version: '2',
    agent: 'secure-api-canary',
  });
});

it.each([500, 429, 403, 301])('reports a response %i with the id of the request', async (status) => {
  const { failures, faults } = await reportOn((_, response) =>
    response.writeHead(status, { 'x-amzn-requestid': 'request-7' }).end(),
  );
  expect(failures).toBe(1);
  expect(faults).toMatchObject([{ status, requestId: 'request-7', fault: `the response is ${status}` }]);
});

it('reports a connection that breaks in the middle of a response', async () => {
  const { failures, faults } = await reportOn((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half');
    setImmediate(() => response.destroy());
  });
  expect(failures).toBe(1);
  expect(String(faults[0]?.['fault'])).toContain('closed the connection');
});

it('reports a certificate that lapsed', async () => {
  const { failures, faults } = await reportOn((_, response) => response.end('{}'), lapsed());
  expect(failures).toBe(1);
  expect(String(faults[0]?.['fault'])).toContain('a certificate has expired');
});

it('reports a response that does not end within ten seconds', { timeout: 30_000 }, async () => {
  const { failures, faults } = await reportOn((_, response) => {
    response.writeHead(200);
    const drops = setInterval(() => response.write('.'), 500);
    response.on('close', () => clearInterval(drops));
  });
  expect(failures).toBe(1);
  expect(String(faults[0]?.['fault'])).toContain('no complete response in 10000 ms');
});
