import { describe, expect, it } from 'vitest';
import {
  lapsed,
  makeCa,
  makeIntermediate,
  makeSelfSigned,
  makeServer,
  notYet,
  type TestCertificate,
} from '../support/certificates.ts';
import { der } from '../support/der.ts';
import { access, ca, caFile, check } from '../support/domainCheck.ts';
import { httpServer, httpsServer } from '../support/faultyServer.ts';

const NOBODY: readonly string[] = [];
/** The server sends its own certificate alone. */
const alone = (certificate: TestCertificate) => ({ ...certificate, chain: certificate.cert });
const withRoot = (certificate: TestCertificate) => ({ ...certificate, chain: certificate.chain + certificate.root });

describe('a certificate that clients do not accept', () => {
  it.each<[string, () => Promise<TestCertificate>, readonly string[]]>([
    ['lapsed', () => makeServer(ca, lapsed()), ['lapsed']],
    ['below a lapsed CA', async () => makeServer(await makeIntermediate(ca, lapsed())), ['lapsed']],
    ['not yet valid', () => makeServer(ca, notYet()), ['not-yet-valid']],
    ['self-signed', () => makeSelfSigned(), ['self-signed']],
    [
      'self-signed, lapsed and for another name',
      () => makeSelfSigned({ ...lapsed(), names: ['a.example'] }),
      ['lapsed', 'self-signed', 'wrong-name'],
    ],
    [
      'for another name, also if the common name fits',
      () => makeServer(ca, { names: ['a.example'], commonName: 'localhost' }),
      ['wrong-name'],
    ],
    [
      'without any name but the common name',
      () => makeServer(ca, { names: [], commonName: 'localhost' }),
      ['wrong-name'],
    ],
    ['not for servers', () => makeServer(ca, { usages: ['1.3.6.1.5.5.7.3.2'] }), ['certificate-rejected']],
    [
      'of a CA that is not allowed to have CAs below it',
      async () =>
        makeServer(await makeIntermediate(await makeIntermediate(ca, { pathLength: 0 }), { commonName: 'Below' })),
      ['certificate-rejected'],
    ],
  ])('is named: %s', async (_, make, expected) => {
    const result = await check(await httpsServer(await make()));
    expect([result.code, result.faults]).toEqual([3, expected]);
  });

  it.each([
    ['api.example.com', 'accepts', []],
    ['a.api.example.com', 'rejects', ['wrong-name']],
    ['example.com', 'rejects', ['wrong-name']],
  ])('has a wildcard for one label: for %s, it %s', async (host, _, expected) => {
    const port = await httpsServer(await makeServer(ca, { names: ['*.example.com'] }));
    expect((await check(`https://${host}:${port}`, ['--address', '127.0.0.1'])).faults).toEqual(expected);
  });
});

describe('a chain that leads to no trusted root', () => {
  it.each<[string, () => Promise<TestCertificate>, readonly string[], string, RegExp]>([
    [
      'its own root, which is sent, without --ca',
      async () => withRoot(await makeServer(ca)),
      NOBODY,
      'untrusted-issuer',
      /^For a CA of your own, name its certificate: --ca FILE/,
    ],
    [
      'its own root, which is not sent, without --ca',
      () => makeServer(ca),
      NOBODY,
      'untrusted-issuer',
      /^For a CA of your own, name its certificate: --ca FILE/,
    ],
    [
      'another root than that of --ca',
      async () => withRoot(await makeServer(await makeCa({ commonName: 'Other' }))),
      ['--ca', caFile],
      'untrusted-issuer',
      /^Name the file of the CA that signed the chain: --ca FILE/,
    ],
    [
      'a root that was made anew under the name of that of --ca',
      async () => makeServer(await makeCa()),
      ['--ca', caFile],
      'untrusted-issuer',
      /^Name the file of the CA that signed the chain: --ca FILE/,
    ],
    [
      'an intermediate that is not sent',
      async () => alone(await makeServer(await makeIntermediate(ca))),
      ['--ca', caFile],
      'chain-incomplete',
      /^Let the server send the full chain/,
    ],
    [
      'an intermediate that is not sent, beside the root',
      async () => withRoot(alone(await makeServer(await makeIntermediate(ca)))),
      ['--ca', caFile],
      'chain-incomplete',
      /^Let the server send the full chain/,
    ],
    ['nothing but itself', () => makeSelfSigned(), NOBODY, 'self-signed', /--ca FILE/],
  ])('%s', async (_, make, trust, code, fix) => {
    const result = await check(await httpsServer(await make()), [], trust);
    expect([result.code, result.faults]).toEqual([3, [code]]);
    expect(result.findings[0]?.fix).toMatch(fix);
  });

  it('says that a CA of the same name has another key', async () => {
    const result = await check(await httpsServer(await makeServer(await makeCa())));
    expect(result.findings[0]?.found).toMatch(/has a CA of this name, with another key$/);
  });

  it.each(['one certificate', 'a message'])('is completed from the address in the certificate: %s', async (form) => {
    const intermediate = await makeIntermediate(ca);
    const body = form === 'a message' ? certsOnly(intermediate.der) : intermediate.der;
    const issuers = await httpServer((_, response) => response.end(body));
    const extensions = [access('issuer', `http://127.0.0.1:${issuers}/ca`)];
    const port = await httpsServer(alone(await makeServer(intermediate, { extensions, ...lapsed() })));
    const result = await check(port);
    expect(result.faults).toEqual(['lapsed', 'chain-incomplete']);
    expect(result.findings[1]?.found).toBe(
      `localhost:${port} does not send the intermediate certificate CN=Test intermediate CA`,
    );
    // Without --ca, an address of this network is not asked.
    expect((await check(port, [], NOBODY)).faults).toEqual(['lapsed', 'untrusted-issuer']);
  });

  it('names both faults where an intermediate is missing and its root is not trusted', async () => {
    const other = await makeCa({ commonName: 'Other' });
    const intermediate = await makeIntermediate(other);
    const files: Record<string, Uint8Array> = { '/root': other.der };
    const issuers = await httpServer((request, response) => response.end(files[request.url ?? '']));
    const at = (path: string) => ({ extensions: [access('issuer', `http://127.0.0.1:${issuers}${path}`)] });
    const linked = await makeIntermediate(other, { key: intermediate.key, ...at('/root') });
    files['/ca'] = linked.der;
    const port = await httpsServer(alone(await makeServer(linked, at('/ca'))));
    expect((await check(port)).faults).toEqual(['chain-incomplete', 'untrusted-issuer']);
    files['/ca'] = intermediate.der;
    expect((await check(port)).faults).toEqual(['chain-incomplete', 'untrusted-issuer']);
  });

  it.each<[string, (issuer: TestCertificate) => Uint8Array | string]>([
    ['another certificate', () => ca.der],
    ['no certificate', () => 'not found'],
    ['more than any certificate has', () => new Uint8Array(100_000)],
  ])('ignores what is no issuer at the address in a certificate: %s', async (_, bodyOf) => {
    const intermediate = await makeIntermediate(ca);
    const issuers = await httpServer((_request, response) => response.end(bodyOf(intermediate)));
    const extensions = [access('issuer', `http://127.0.0.1:${issuers}/ca`)];
    const result = await check(await httpsServer(alone(await makeServer(intermediate, { extensions }))));
    expect(result.faults).toEqual(['chain-incomplete']);
  });
});

/** A message of certificates without content (RFC 5652, section 5.1). */
function certsOnly(...certificates: readonly Uint8Array[]): Uint8Array {
  const oid = (hex: string) => der.value(0x06, Buffer.from(hex, 'hex'));
  const set = der.value(0x31, new Uint8Array());
  const content = der.sequence(oid('2a864886f70d010701'));
  const signed = der.sequence(der.integer(1), set, content, der.value(0xa0, Buffer.concat(certificates)), set);
  return der.sequence(oid('2a864886f70d010702'), der.value(0xa0, signed));
}
