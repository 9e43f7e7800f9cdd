import { lookup } from 'node:dns/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeSelfSigned, makeServer } from '../support/certificates.ts';
import { ca, caFile, check, good } from '../support/domainCheck.ts';
import { httpsServer } from '../support/faultyServer.ts';
import { root } from '../support/folders.ts';
import { cli } from '../support/gateway.ts';

const addresses = await lookup('localhost', { all: true });
const hasBoth = ['127.0.0.1', '::1'].every((one) => addresses.some(({ address }) => address === one));

describe('the command', () => {
  it('finds nothing where nothing is wrong', async () => {
    const result = await check(await httpsServer(good));
    expect(result.findings).toEqual([]);
    expect(result.code).toBe(0);
  });

  it.skipIf(!hasBoth)('names the address of a fault that only one of several has', async () => {
    const port = await httpsServer(good);
    await httpsServer(good, {}, {}, undefined, { host: '::1', port });
    const { code, stdout } = await cli(['domain', 'check', `https://localhost:${port}`, '--ca', caFile]);
    expect(stdout).toMatch(/127\.0\.0\.1: TLS 1\.3.*\n.*::1: TLS 1\.3|::1: TLS 1\.3.*\n.*127\.0\.0\.1: TLS 1\.3/);
    expect(stdout).toContain('fault hsts-missing at ::1\n');
    expect(code).toBe(3);
  });

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

  it('takes a name, a name and a port, a URL with a path, and addresses', async () => {
    const port = await httpsServer(good, {}, undefined, undefined, { host: '::', port: 0 });
    const forms = [`localhost:${port}`, `LOCALHOST:${port}/path?query#fragment`, `127.0.0.1:${port}`, `[::1]:${port}`];
    const { stdout, code } = await cli(['domain', 'check', ...forms, '--json', '--ca', caFile]);
    const { endpoints, counts } = JSON.parse(stdout) as { endpoints: { url: string }[]; counts: object };
    expect(endpoints.map(({ url }) => url)).toEqual([
      `https://localhost:${port}/`,
      `https://localhost:${port}/path?query`,
      `https://127.0.0.1:${port}/`,
      `https://[::1]:${port}/`,
    ]);
    expect([code, counts]).toEqual([0, { faults: 0, warnings: 0, unchecked: 0 }]);
  });

  it('prints the document that docs/certificates.md describes', async () => {
    const certificate = {
      subject: '',
      issuer: '',
      names: '',
      serialNumber: '',
      notBefore: '',
      notAfter: '',
      sha256: '',
    };
    const finding = { code: '', severity: '', found: '', expected: '', fix: '' };
    const { stdout } = await check(await httpsServer(good, {}, {}));
    expect(shapeOf(JSON.parse(stdout))).toEqual(
      shapeOf({
        endpoints: [
          {
            url: '',
            findings: [],
            addresses: [
              {
                address: '',
                tls: { versions: [''], version: '', cipher: '' },
                certificates: [certificate],
                findings: [finding],
              },
            ],
          },
        ],
        counts: { faults: 0, warnings: 0, unchecked: 0 },
      }),
    );
  });

  it.each([
    ['no URL', [], 'option-missing'],
    ['plain HTTP', ['http://localhost'], 'option-invalid'],
    ['a password', ['https://user:secret@localhost'], 'option-invalid'],
    ['a password without scheme', ['user:secret@localhost:1'], 'option-invalid'],
    ['a password that makes the URL invalid', ['https://user:sec/secret@localhost'], 'option-invalid'],
    ['a user', ['https://secret@localhost'], 'option-invalid'],
    ['another scheme', ['ftp://localhost'], 'option-invalid'],
    ['a port that does not exist', ['localhost:65536'], 'option-invalid'],
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

/** A document with the type of each value in its place. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, shapeOf(child)]));
}
