import { lookup } from 'node:dns/promises';
import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/cli/domain/observe/facts.ts';
import {
  lapsed,
  makeCa,
  makeCrl,
  makeIntermediate,
  makeSelfSigned,
  makeServer,
  notYet,
  type TestCertificate,
} from '../support/certificates.ts';
import { der } from '../support/der.ts';
import { httpServer, httpsServer, tcpServer, WEAK } from '../support/faultyServer.ts';
import { root, temporaryFolder } from '../support/folders.ts';
import { cli, startGateway } from '../support/gateway.ts';
import { makeOcspResponse } from '../support/ocspResponse.ts';

const addresses = await lookup('localhost', { all: true });
const hasBoth = ['127.0.0.1', '::1'].every((one) => addresses.some(({ address }) => address === one));
const folder = temporaryFolder();
const caFile = join(folder, 'ca.pem');
let ca: TestCertificate;
let good: TestCertificate;

beforeAll(async () => {
  ca = await makeCa();
  good = await makeServer(ca);
  writeFileSync(caFile, ca.cert);
});

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly findings: readonly Finding[];
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

async function check(
  target: number | string,
  more: readonly string[] = [],
  trust = ['--ca', caFile],
  environment = {},
): Promise<Result> {
  const url = typeof target === 'number' ? `https://localhost:${target}` : target;
  const args = ['domain', 'check', url, '--json', '--timeout', '2', ...trust, ...more];
  const { code, stdout, stderr } = await cli(args, root, undefined, '', environment);
  if (stdout === '') throw new Error(stderr);
  const { endpoints } = JSON.parse(stdout) as {
    endpoints: { findings: Finding[]; addresses: { findings: Finding[] }[] }[];
  };
  const findings = endpoints.flatMap((one) => [...one.findings, ...one.addresses.flatMap((each) => each.findings)]);
  const codes = (severity: string) => findings.filter((one) => one.severity === severity).map((one) => one.code);
  return { code, stdout, findings, faults: codes('fault'), warnings: codes('warning') };
}

describe('a faulty endpoint is named by exactly its fault', () => {
  it('none, when nothing is wrong', async () => {
    const result = await check(await httpsServer(good));
    expect(result.findings).toEqual([]);
    expect(result.code).toBe(0);
  });

  it.each<[string, SecureContextOptions]>([
    ['TLS 1.3', { ecdhCurve: 'X25519MLKEM768' }],
    ['TLS 1.3', { ecdhCurve: 'P-521' }],
    ['TLS 1.0', { ...WEAK, minVersion: 'TLSv1', maxVersion: 'TLSv1' }],
  ])('%s alone is seen, with the settings %j', async (version, options) => {
    const { stdout } = await check(await httpsServer(good, options));
    expect(JSON.parse(stdout).endpoints[0].addresses[0].tls.versions).toEqual([version]);
  });

  it.skipIf(!hasBoth)('at one of several addresses', async () => {
    const port = await httpsServer(good);
    await httpsServer(good, {}, {}, undefined, { host: '::1', port });
    const { code, stdout } = await cli(['domain', 'check', `https://localhost:${port}`, '--ca', caFile]);
    expect(stdout).toMatch(/127\.0\.0\.1: TLS 1\.3.*\n.*::1: TLS 1\.3|::1: TLS 1\.3.*\n.*127\.0\.0\.1: TLS 1\.3/);
    expect(stdout).toContain('fault hsts-missing at ::1\n');
    expect(code).toBe(3);
  });

  it('a lapsed certificate', async () => {
    const result = await check(await httpsServer(await makeServer(ca, lapsed())));
    expect([result.code, result.faults]).toEqual([3, ['lapsed']]);
  });

  it('a certificate that is not yet valid', async () => {
    expect((await check(await httpsServer(await makeServer(ca, notYet())))).faults).toEqual(['not-yet-valid']);
  });

  it('a certificate that signed itself', async () => {
    expect((await check(await httpsServer(await makeSelfSigned()))).faults).toEqual(['self-signed']);
  });

  it('a certificate for another name, also if the common name fits', async () => {
    const other = await makeServer(ca, { names: ['other.example'], commonName: 'localhost' });
    expect((await check(await httpsServer(other))).faults).toEqual(['wrong-name']);
  });

  it('a weak key', async () => {
    const weak = await makeServer(ca, { keyType: 'RSA-1024' });
    expect((await check(await httpsServer(weak, WEAK))).faults).toEqual(['weak-key']);
  });

  it('a signature by SHA-1', async () => {
    const old = await makeServer(ca, { hash: 'SHA-1' });
    expect((await check(await httpsServer(old, WEAK))).faults).toEqual(['sha1-signature']);
  });

  it('an incomplete chain', async () => {
    const { cert, key, ...rest } = await makeServer(await makeIntermediate(ca));
    expect((await check(await httpsServer({ ...rest, cert, key, chain: cert }))).faults).toEqual(['chain-incomplete']);
  });

  it.each(['TLSv1', 'TLSv1.1', 'TLSv1.2'] as const)('a version below the floor: %s', async (minVersion) => {
    const ciphers = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA:TLS_AES_128_GCM_SHA256:@SECLEVEL=0';
    const port = await httpsServer(good, { minVersion, ciphers });
    const result = await check(port);
    expect(result.faults).toEqual(['tls-below-floor']);
    expect(result.findings[0]?.found).toContain(minVersion === 'TLSv1' ? 'TLS 1.0, TLS 1.1, TLS 1.2' : 'TLS 1.2');
    const relaxed = await check(port, ['--floor', '1.2']);
    expect(relaxed.faults).toEqual(minVersion === 'TLSv1.2' ? [] : ['tls-below-floor']);
  });

  it('a cipher without forward secrecy', async () => {
    const rsa = await makeServer(ca, { keyType: 'RSA-2048' });
    const ciphers = 'ECDHE-RSA-AES128-GCM-SHA256:AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256';
    const result = await check(await httpsServer(rsa, { minVersion: 'TLSv1.2', ciphers }), ['--floor', '1.2']);
    expect(result.faults).toEqual(['no-forward-secrecy']);
    expect(result.findings[0]?.found).toContain('TLS_RSA_WITH_AES_128_GCM_SHA256');
  });

  it.each([
    ['hsts-missing', {}],
    ['hsts-too-short', { 'strict-transport-security': 'max-age=300; includeSubDomains' }],
    ['hsts-too-short', { 'strict-transport-security': 'includeSubDomains' }],
    ['hsts-too-short', { 'strict-transport-security': 'max-age=63072000; max-age=63072000' }],
  ])('%s: %j', async (fault, headers) => {
    expect((await check(await httpsServer(good, {}, headers))).faults).toEqual([fault]);
  });

  it('plain HTTP that is answered', async () => {
    const http = await httpServer((_, response) => response.end('{}'));
    const result = await check(await httpsServer(good), ['--http-port', String(http)]);
    expect(result.faults).toEqual(['plain-http-answered']);
  });

  it.each(['a list', 'a lapsed list', 'a list of another CA'])('a revoked certificate, by %s', async (kind) => {
    let list: Uint8Array = new Uint8Array();
    const port = await httpServer((_, response) => response.end(list));
    const server = await makeServer(ca, { crlUrls: [`http://127.0.0.1:${port}/ca.crl`] });
    const other = kind === 'a list of another CA' ? { signedBy: await makeCa() } : {};
    const dates = kind === 'a lapsed list' ? { nextUpdate: new Date(Date.now() - 86_400_000) } : {};
    list = (await makeCrl(ca, { revoked: [server], ...other, ...dates })).der;
    const result = await check(await httpsServer(server));
    const expected = kind === 'a list' ? [['revoked'], []] : [[], ['revocation-unknown']];
    expect([result.faults, result.warnings]).toEqual(expected);
    expect(result.code).toBe(kind === 'a list' ? 3 : 0);
  });

  it.each(['stapled', 'from the responder'])('a revoked certificate, by an OCSP response %s', async (kind) => {
    let response: Buffer = Buffer.alloc(0);
    const responder = await httpServer((_, answer) => answer.end(response));
    const location = kind === 'stapled' ? 'http://127.0.0.1:1/' : `http://127.0.0.1:${responder}/`;
    const server = await makeServer(ca, { extensions: [ocspAccess(location)] });
    response = makeOcspResponse(server, ca, { status: 'revoked' });
    const staple = kind === 'stapled' ? response : undefined;
    const result = await check(await httpsServer(server, {}, undefined, staple));
    expect([result.faults, result.warnings]).toEqual([['revoked'], []]);
    expect(result.findings[0]?.found).toContain(kind === 'stapled' ? 'the stapled OCSP response' : location);
  });

  it('nothing, when the responder fails and the list says that the certificate is good', async () => {
    let list: Uint8Array = new Uint8Array();
    const port = await httpServer((_, response) => response.end(list));
    const server = await makeServer(ca, {
      extensions: [ocspAccess('http://127.0.0.1:1/')],
      crlUrls: [`http://127.0.0.1:${port}/`],
    });
    list = (await makeCrl(ca)).der;
    expect((await check(await httpsServer(server))).findings).toEqual([]);
  });
});

describe('revocation that cannot be known', () => {
  it('is a warning, which fails with --strict', async () => {
    const silent = await tcpServer(() => undefined);
    const port = await httpsServer(await makeServer(ca, { crlUrls: [`http://127.0.0.1:${silent}/ca.crl`] }));
    const result = await check(port);
    expect([result.code, result.warnings]).toEqual([0, ['revocation-unknown']]);
    expect(result.findings[0]?.found).toContain('did not respond within 2 seconds');
    expect((await check(port, ['--strict'])).code).toBe(3);
  });

  it.each([
    ['a redirect', (_: unknown, response: ServerResponse) => response.writeHead(302, { location: '/' }).end()],
    ['an endless list', (_: unknown, response: ServerResponse) => void endless(response)],
  ])('ends with %s', async (_, listener) => {
    const port = await httpServer(listener);
    const server = await makeServer(ca, { crlUrls: [`http://127.0.0.1:${port}/ca.crl`] });
    expect((await check(await httpsServer(server))).warnings).toEqual(['revocation-unknown']);
  });

  it('asks no address that is not public, unless the user named the CA', async () => {
    let asked = 0;
    const port = await httpServer((_, response) => {
      asked++;
      response.end();
    });
    const urls = [
      `http://127.0.0.1:${port}/`,
      `http://localhost:${port}/`,
      `http://[::1]:${port}/`,
      'ldap://127.0.0.1/',
    ];
    const server = await makeServer(ca, { crlUrls: urls });
    // Node.js trusts this CA, too, so nobody named it on the command line.
    const result = await check(await httpsServer(server), [], [], { NODE_EXTRA_CA_CERTS: caFile });
    expect([result.faults, result.warnings, asked]).toEqual([[], ['revocation-unknown'], 0]);
    expect(result.findings[0]?.found).toMatch(
      /is not a public address.*resolves to.*is not a public.*is no http address/,
    );
  });
});

describe('the local gateway', () => {
  it('has no fault', async () => {
    const gateway = await startGateway();
    try {
      const readyFile = join(folder, 'ready.json');
      writeFileSync(readyFile, JSON.stringify(gateway.ready));
      const { code, stdout } = await cli(['domain', 'check', '--ready-file', readyFile, '--json']);
      expect(JSON.parse(stdout)).toMatchObject({
        endpoints: [{ addresses: [{ tls: { versions: ['TLS 1.3'] }, findings: [] }], findings: [] }],
        counts: { faults: 0, warnings: 0, unchecked: 0 },
      });
      expect(code).toBe(0);
    } finally {
      await gateway.stop();
    }
  });
});

describe('the command', () => {
  it('examines several URLs, and writes colours only when asked', async () => {
    const [one, two] = [await httpsServer(good), await httpsServer(await makeSelfSigned())];
    const urls = [`https://localhost:${one}/a?b`, `localhost:${two}`];
    const { stdout, code } = await cli(['domain', 'check', ...urls, '--ca', caFile]);
    expect(stdout).toMatch(
      new RegExp(`^https://localhost:${one}/a\\?b\n[^]*no fault\n\nhttps://localhost:${two}/\n[^]*fault self-signed\n`),
    );
    expect(stdout).toContain('1 fault, 0 warnings, 0 unchecked');
    expect(code).toBe(3);
    const coloured = await cli(['domain', 'check', ...urls, '--ca', caFile], root, undefined, '', { FORCE_COLOR: '1' });
    expect(coloured.stdout).toContain('\u001b[31mfault self-signed');
    const plain = await cli(['domain', 'check', ...urls, '--ca', caFile], root, undefined, '', { NO_COLOR: '1' });
    expect(plain.stdout).not.toContain('\u001b');
  });

  it('connects to an address instead of those in DNS, with the name of the URL', async () => {
    const port = await httpsServer(await makeServer(ca, { names: ['api.example.com'] }));
    const url = `https://api.example.com:${port}`;
    expect((await check(url, ['--address', '127.0.0.1'])).findings).toEqual([]);
    expect((await check(`https://localhost:${port}`, ['--address', '127.0.0.1'])).faults).toEqual(['wrong-name']);
  });

  it.each([
    ['no URL', [], 'option-missing'],
    ['plain HTTP', ['http://localhost'], 'option-invalid'],
    ['a password', ['https://user:secret@localhost'], 'option-invalid'],
    ['no URL at all', ['https://'], 'option-invalid'],
    ['a certificate without key', ['localhost', '--cert', caFile], 'option-missing'],
    ['a key of another certificate', ['localhost', '--cert', caFile, '--key', caFile], 'option-invalid'],
    [
      'a CA file without certificate',
      ['localhost', '--ca', join(import.meta.dirname, 'cli.test.ts')],
      'file-unreadable',
    ],
    ['a CA file that does not exist', ['localhost', '--ca', 'missing.pem'], 'file-unreadable'],
    ['an unknown floor', ['localhost', '--floor', '1.1'], 'option-invalid'],
    ['an address that is none', ['localhost', '--address', 'localhost'], 'option-invalid'],
    ['a gateway that does not run', ['--ready-file', 'missing.json'], 'gateway-not-running'],
  ])('ends with 2 for %s', async (_, args, expected) => {
    const { code, stderr, stdout } = await cli(['domain', 'check', ...args, '--json']);
    expect([code, stdout, JSON.parse(stderr).error.code]).toEqual([2, '', expected]);
    expect(stderr).not.toContain('secret');
  });
});

/** The extension that names an OCSP responder (RFC 5280, section 4.2.2.1). */
function ocspAccess(url: string) {
  const oid = der.value(0x06, Buffer.from('2b06010505073001', 'hex'));
  return { oid: '1.3.6.1.5.5.7.1.1', value: der.sequence(der.sequence(oid, der.value(0x86, Buffer.from(url)))) };
}

function endless(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536)));
  };
  response.on('drain', more);
  more();
}
