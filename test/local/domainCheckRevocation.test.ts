import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { makeCa, makeServer } from '../support/certificates.ts';
import { der } from '../support/der.ts';
import { access, ca, caFile, check } from '../support/domainCheck.ts';
import { httpServer, httpsServer, tcpServer } from '../support/faultyServer.ts';
import { makeOcspResponse, type OcspOptions } from '../support/ocspResponse.ts';
import { makeCrl } from '../support/revocationList.ts';

describe('revocation', () => {
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
    const server = await makeServer(ca, { extensions: [access('ocsp', location)] });
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
      extensions: [access('ocsp', 'http://127.0.0.1:1/')],
      crlUrls: [`http://127.0.0.1:${port}/`],
    });
    list = (await makeCrl(ca)).der;
    expect((await check(await httpsServer(server))).findings).toEqual([]);
  });
});

describe('a certificate that requires OCSP stapling', () => {
  const feature = { oid: '1.3.6.1.5.5.7.1.24', value: der.sequence(der.integer(5)) };
  const DAY_MS = 86_400_000;

  it.each<[string, OcspOptions | undefined, readonly string[]]>([
    ['no response', undefined, ['staple-missing']],
    ['a response that lapsed', { nextUpdate: new Date(Date.now() - DAY_MS) }, ['staple-missing']],
    ['a response that says good', { status: 'good' }, []],
    ['a response that says revoked', { status: 'revoked' }, ['revoked']],
  ])('comes with %s', async (_, response, expected) => {
    const server = await makeServer(ca, { extensions: [feature] });
    const staple = response && makeOcspResponse(server, ca, response);
    expect((await check(await httpsServer(server, {}, undefined, staple))).faults).toEqual(expected);
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

function endless(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536)));
  };
  response.on('drain', more);
  more();
}
