import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../../../lib/cli/domain/checks/index.ts';
import type { CheckSettings, EndpointFacts } from '../../../../lib/cli/domain/observe/facts.ts';
import { trustPath } from '../../../../lib/cli/domain/observe/trustPath.ts';
import {
  type CertificateOptions,
  daysFromNow,
  lapsed,
  makeCa,
  makeIntermediate,
  makeServer,
  type TestCertificate,
} from '../../../support/certificates.ts';

const ca = await makeCa();
const now = new Date();
const parsed = ({ cert }: TestCertificate) => new X509Certificate(cert);

/** An endpoint without a fault, changed. */
async function codes(
  url: string,
  options: CertificateOptions = {},
  settings: Partial<CheckSettings> = {},
  changed: Partial<EndpointFacts> = {},
) {
  const sent = [parsed(await makeServer(ca, options))];
  const facts: EndpointFacts = {
    url: new URL(url),
    address: '192.0.2.1',
    now,
    versions: ['TLS 1.3'],
    sent,
    fetched: [],
    path: trustPath(sent, [parsed(ca)], now),
    clientCertificate: 'not-demanded',
    https: { status: 200, headers: { 'strict-transport-security': ['max-age=31536000; includeSubDomains'] } },
    plain: {},
    revocation: [],
    ...changed,
  };
  return findingsOf(facts, { floor: '1.3', ownCa: true, ...settings }).map(({ code }) => code);
}

describe('the name', () => {
  it.each([
    ['https://api.example.com', ['api.example.com'], []],
    ['https://API.example.com.', ['api.example.com'], []],
    ['https://api.example.com', ['*.example.com'], []],
    ['https://a.b.example.com', ['*.example.com'], ['wrong-name']],
    ['https://api.example.com', ['a*.example.com'], ['wrong-name']],
    ['https://bücher.example', ['xn--bcher-kva.example'], []],
    ['https://bücher.example', ['bucher.example'], ['wrong-name']],
    ['https://192.0.2.1', ['192.0.2.1'], []],
    ['https://[2001:db8::1]', ['2001:db8::1'], []],
    ['https://192.0.2.1', ['api.example.com'], ['wrong-name']],
  ])('of %s is compared with %j', async (url, names, expected) => {
    expect(await codes(url, { names })).toEqual(expected);
  });
});

describe('the end of a certificate', () => {
  const ends = (days: number, from = -60) => ({ from: daysFromNow(from), to: daysFromNow(days) });

  it.each([
    ['29 of 198 days', ends(29, -169), undefined, ['lapses-soon']],
    ['31 of 198 days', ends(31, -167), undefined, []],
    ['2 of 7 days', ends(2, -5), undefined, []],
    ['1 of 7 days', ends(1, -6), undefined, ['lapses-soon']],
    ['31 days, with --days 40', ends(31), 40, ['lapses-soon']],
    ['1 day, with --days 0', ends(1), 0, []],
  ])('is warned of, or not: %s', async (_, dates, days, expected) => {
    expect(await codes('https://localhost', dates, days === undefined ? {} : { days })).toEqual(expected);
  });
});

describe('the key', () => {
  it.each<[CertificateOptions['keyType'], readonly string[]]>([
    ['P-256', []],
    ['P-384', []],
    ['Ed25519', []],
    ['RSA-2048', []],
    ['RSA-1024', ['weak-key']],
    ['P-192', ['weak-key']],
    ['secp112r1', ['weak-key']],
    ['DSA-1024', ['weak-key']],
  ])('is strong enough or not: %s', async (keyType, expected) => {
    expect(await codes('https://localhost', { keyType })).toEqual(expected);
  });
});

describe('HSTS', () => {
  it.each([
    ['max-age=31536000; includeSubDomains', []],
    ['MAX-AGE="63072000" ; IncludeSubDomains; preload', []],
    ['max-age=31536000', ['hsts-without-subdomains']],
    ['max-age=31535999; includeSubDomains', ['hsts-too-short']],
    ['max-age=0; includeSubDomains', ['hsts-too-short']],
    ['max-age=-1', ['hsts-invalid']],
    ['', ['hsts-invalid']],
  ])('is read as browsers do: %j', async (value, expected) => {
    const https = { status: 404, headers: { 'strict-transport-security': [value] } };
    expect(await codes('https://localhost', {}, {}, { https })).toEqual(expected);
  });

  it('is read from the first header, and is not expected of an address', async () => {
    const twice = { status: 200, headers: { 'strict-transport-security': ['max-age=1', 'max-age=63072000'] } };
    expect(await codes('https://localhost', {}, {}, { https: twice })).toEqual(['hsts-too-short', 'hsts-repeated']);
    expect(await codes('https://127.0.0.1', {}, {}, { https: { status: 200, headers: {} } })).toEqual([]);
  });
});

describe('the path', () => {
  it('is found in any order, past certificates that lead nowhere, and prefers one that is valid', async () => {
    const old = await makeIntermediate(ca, lapsed());
    const renewed = await makeIntermediate(ca, { key: old.key });
    const leaf = await makeServer(old);
    const noise = await makeIntermediate(await makeCa({ commonName: 'Nobody' }));
    const path = trustPath([leaf, noise, old, renewed].map(parsed), [parsed(ca)], now);
    expect(path?.end).toBe('trusted');
    expect(path?.certificates.map(({ serialNumber }) => serialNumber)).toEqual([leaf.serial, renewed.serial]);
  });

  it('does not lead through a certificate that is no CA', async () => {
    const server = await makeServer(ca, { commonName: 'Not a CA' });
    const forged = await makeServer(server);
    expect(trustPath([forged, server].map(parsed), [parsed(ca)], now)?.end).toBe('incomplete');
  });

  it('ends at a certificate that is itself trusted, and in a loop', async () => {
    expect(trustPath([parsed(ca)], [parsed(ca)], now)?.end).toBe('trusted');
    const first = await makeCa({ commonName: 'A' });
    const second = await makeIntermediate(first, { commonName: 'B' });
    const looped = await makeIntermediate(second, { commonName: 'A', key: first.key });
    const leaf = await makeServer(first);
    expect(trustPath([leaf, looped, second].map(parsed), [], now)?.end).toBe('incomplete');
  });

  it('that OpenSSL rejects for another reason is a separate fault', async () => {
    const found = await codes('https://localhost', {}, {}, { openssl: { reason: 'permitted subtree violation' } });
    expect(found).toEqual(['certificate-rejected']);
  });
});

describe('a client certificate', () => {
  const hsts = { 'strict-transport-security': ['max-age=31536000; includeSubDomains'] };
  const noRoute = { ...hsts, 'x-amzn-errortype': ['MissingAuthenticationTokenException'] };
  const lapsedChallenge = { ...hsts, 'www-authenticate': ['Bearer error_description="The certificate is revoked"'] };

  it.each<[number, Readonly<Record<string, readonly string[]>>, boolean]>([
    [403, hsts, true],
    [403, noRoute, false],
    [401, lapsedChallenge, true],
    [401, { ...hsts, 'www-authenticate': ['Bearer'] }, false],
    [404, hsts, false],
    [200, hsts, false],
  ])('that gets the status %i with %j is rejected: %s', async (status, headers, isRejected) => {
    const changed = { identity: parsed(ca), https: { status, headers } };
    const expected = isRejected ? ['client-certificate-rejected'] : [];
    expect(await codes('https://api.example.com', { names: ['api.example.com'] }, {}, changed)).toEqual(expected);
    const without = { https: { status, headers } };
    expect(await codes('https://api.example.com', { names: ['api.example.com'] }, {}, without)).toEqual([]);
  });
});
