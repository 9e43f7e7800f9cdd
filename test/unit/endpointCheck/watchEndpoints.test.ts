import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { watchEndpoints } from '../../../lambdas/endpointCheck/watchEndpoints.ts';
import {
  type CertificateOptions,
  daysFromNow,
  lapsed,
  makeCa,
  makeSelfSigned,
  makeServer,
  type TestCertificate,
} from '../../support/certificates.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';

const HSTS = 'max-age=63072000; includeSubDomains';
const agents: (string | undefined)[] = [];
let ca: TestCertificate;
let server: Server | undefined;
beforeAll(async () => {
  ca = await makeCa();
});
afterEach(async () => {
  await new Promise((done) => (server === undefined ? done(undefined) : server.close(done)));
  server = undefined;
  vi.unstubAllEnvs();
});

interface Served {
  readonly certificate?: CertificateOptions;
  readonly own?: TestCertificate;
  readonly tls?: ServerOptions;
  readonly hsts?: string | undefined;
  readonly floor?: '1.2' | '1.3';
  readonly name?: string;
}

/** What the function reports about a server: the faults in its log, and its metric. */
async function reportOn({
  certificate,
  own,
  tls = { minVersion: 'TLSv1.3' },
  hsts = HSTS,
  floor = '1.3',
  name = 'localhost',
}: Served) {
  const { chain, key } = own ?? (await makeServer(ca, { to: daysFromNow(90), ...certificate }));
  const listening = createServer({ cert: chain, key, ...tls }, ({ headers }, response) => {
    agents.push(headers['user-agent']);
    if (hsts !== '') response.setHeader('strict-transport-security', hsts);
    response.writeHead(403).end('{}');
  });
  server = listening;
  await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
  return reportOf({ name, floor, port: (listening.address() as AddressInfo).port });
}

async function reportOf({
  name,
  floor,
  port,
}: {
  readonly name: string;
  readonly floor: string;
  readonly port: number;
}) {
  const variables = {
    POWERTOOLS_METRICS_NAMESPACE: 'SecureApi',
    POWERTOOLS_SERVICE_NAME: 'small',
    POWERTOOLS_METRICS_DISABLED: 'false',
    POWERTOOLS_LOG_LEVEL: 'INFO',
    SECURE_API_NAME: 'Small-Api',
    SECURE_API_ENDPOINTS: JSON.stringify([{ name, path: '/', floor }]),
    SECURE_API_CERTIFICATE_DAYS: '30',
  };
  for (const [key, value] of Object.entries(variables)) vi.stubEnv(key, value);
  const run = watchEndpoints('small', { address: '127.0.0.1', port, ca: ca.cert });
  const lines = (await linesOf(run)).map((line) => JSON.parse(line));
  const metric = lines.find((line) => 'EndpointFaults' in line);
  expect(metric).toMatchObject({ api: 'Small-Api' });
  return { count: metric.EndpointFaults, faults: lines.flatMap(({ fault }) => fault ?? []) };
}

describe('the canary', () => {
  it('finds nothing at an endpoint as the construct deploys it, whatever its status', async () => {
    expect(await reportOn({})).toEqual({ count: 0, faults: [] });
  });

  it('names itself, because WAF blocks requests without a user agent', async () => {
    agents.length = 0;
    await reportOn({});
    expect(agents).toEqual(['secure-api-canary']);
  });

  it('accepts TLS 1.2 where that is the floor', async () => {
    expect(await reportOn({ tls: { minVersion: 'TLSv1.2' }, floor: '1.2' })).toEqual({ count: 0, faults: [] });
  });

  it.each<readonly [string, () => Promise<Served> | Served, RegExp]>([
    [
      'a certificate that lapsed',
      () => ({ certificate: lapsed() }),
      /not trusted for the name: a certificate has expired \(CERT_HAS_EXPIRED\)/,
    ],
    ['a certificate that expires soon', () => ({ certificate: { to: daysFromNow(20) } }), /expires in (19|20) days/],
    [
      'another name',
      () => ({ name: 'api.example.com' }),
      /not trusted for the name: the certificate is for another name \(ERR_/,
    ],
    [
      'a self-signed certificate',
      async () => ({ own: await makeSelfSigned() }),
      /not trusted for the name: the certificate is self-signed \(DEPTH_ZERO_/,
    ],
    ['TLS below the floor', () => ({ tls: { minVersion: 'TLSv1.2' } }), /accepts versions of TLS below 1\.3/],
    ['TLS 1.1', () => ({ tls: { minVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, floor: '1.2' }), /below 1\.2/],
    ['no HSTS', () => ({ hsts: '' }), /no Strict-Transport-Security/],
    ['a short HSTS', () => ({ hsts: 'max-age=300' }), /no Strict-Transport-Security/],
    ['an HSTS that browsers ignore', () => ({ hsts: `${HSTS}, ${HSTS}` }), /no Strict-Transport-Security/],
  ])('names %s', async (_, served, fault) => {
    const { count, faults } = await reportOn(await served());
    expect(faults).toContainEqual(expect.stringMatching(fault));
    expect(count).toBe(faults.length);
  });

  it('names an endpoint that does not respond', async () => {
    const { faults } = await reportOf({ name: 'localhost', floor: '1.3', port: 1 });
    expect(faults).toEqual([expect.stringMatching(/^it does not respond: nothing listens there \(ECONNREFUSED\)$/)]);
  });
});
