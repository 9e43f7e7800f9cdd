import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCrl } from '../../../../lib/cli/domain/observe/crl.ts';
import { ocspRequest, readOcsp } from '../../../../lib/cli/domain/observe/ocsp.ts';
import { daysFromNow, makeCa, makeServer, type TestCertificate } from '../../../support/certificates.ts';
import { der } from '../../../support/der.ts';
import { makeOcspResponse, type OcspOptions } from '../../../support/ocspResponse.ts';
import { makeCrl } from '../../../support/revocationList.ts';

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const now = new Date();
let ca: TestCertificate;
let other: TestCertificate;
let server: TestCertificate;
let delegate: TestCertificate;

beforeAll(async () => {
  [ca, other] = await Promise.all([makeCa(), makeCa()]);
  server = await makeServer(ca);
  delegate = await makeServer(ca, { commonName: 'responder', usages: [OCSP_SIGNING] });
});

const parsed = ({ cert }: TestCertificate) => new X509Certificate(cert);
const ocsp = (options: OcspOptions = {}, about = server) =>
  readOcsp(makeOcspResponse(about, ca, options), parsed(server), parsed(ca), now);

describe('an OCSP response', () => {
  it('counts when the issuer signed it', () => {
    expect(ocsp()).toEqual({ status: 'good' });
    expect(ocsp({ status: 'revoked' })).toMatchObject({ status: 'revoked', revokedAt: expect.any(Date) });
  });

  it('counts when a certificate of the issuer for this purpose signed it', () => {
    const signed = { status: 'revoked', signedBy: delegate, attached: [delegate] } as const;
    expect(ocsp(signed)).toMatchObject({ status: 'revoked' });
  });

  it.each<[string, () => OcspOptions]>([
    ['of another CA', () => ({ signedBy: other })],
    ['of a delegate that is not attached', () => ({ signedBy: delegate })],
    ['of a server of the same CA', () => ({ signedBy: server, attached: [server] })],
    ['that has lapsed', () => ({ nextUpdate: daysFromNow(-1) })],
    ['of the future', () => ({ thisUpdate: daysFromNow(1) })],
    ['that does not know the certificate', () => ({ status: 'unknown' })],
  ])('does not count: one %s', (_, options) => {
    expect(ocsp({ status: 'good', ...options() })).toMatchObject({ status: 'unknown', reason: expect.any(String) });
  });

  it('does not count: one about another certificate', async () => {
    expect(ocsp({}, await makeServer(ca))).toEqual({ status: 'unknown', reason: 'is about another certificate' });
  });

  it('is asked for by the name and the key of the issuer, and the serial number', () => {
    const request = ocspRequest(parsed(server), parsed(ca));
    expect(request.includes(Buffer.from(server.serial, 'hex'))).toBe(true);
  });
});

describe('a revocation list', () => {
  const list = async (options: Parameters<typeof makeCrl>[1]) =>
    readCrl(Buffer.from((await makeCrl(ca, options)).der), parsed(server), parsed(ca), now);

  it('says that a certificate is revoked, or not', async () => {
    expect(await list({ revoked: [server] })).toMatchObject({ status: 'revoked' });
    expect(await list({ revoked: ['01', delegate] })).toEqual({ status: 'good' });
    expect(await list({})).toEqual({ status: 'good' });
    expect(await list({ revoked: [server], nextUpdate: null })).toMatchObject({ status: 'revoked' });
  });

  it('can be PEM', async () => {
    const { pem } = await makeCrl(ca, { revoked: [server] });
    expect(readCrl(Buffer.from(pem), parsed(server), parsed(ca), now)).toMatchObject({ status: 'revoked' });
  });

  it('does not count when it lapsed, is of the future, or another CA signed it', async () => {
    expect(await list({ nextUpdate: daysFromNow(-1) })).toMatchObject({ status: 'unknown' });
    expect(await list({ thisUpdate: daysFromNow(1) })).toMatchObject({ status: 'unknown' });
    expect(await list({ signedBy: other })).toMatchObject({ status: 'unknown' });
  });
});

describe('a part of a revocation list', () => {
  /** IssuingDistributionPoint (RFC 5280, section 5.2.5): its fields, and the addresses in the certificate. */
  const part = async (fields: readonly Uint8Array[], crlUrls = ['http://ca.example/1.crl']) => {
    const value = der.sequence(...fields);
    const { der: bytes } = await makeCrl(ca, { extensions: [{ oid: '2.5.29.28', critical: true, value }] });
    const { cert } = await makeServer(ca, { crlUrls });
    return readCrl(Buffer.from(bytes), new X509Certificate(cert), parsed(ca), now).status;
  };
  const address = (url: string) => der.value(0xa0, der.value(0xa0, der.value(0x86, Buffer.from(url))));
  const yes = (tag: number) => der.value(tag, Buffer.of(0xff));

  it('counts for the certificates that it covers', async () => {
    expect(await part([address('http://ca.example/1.crl'), yes(0x81)])).toBe('good');
    expect(await part([])).toBe('good');
  });

  it('does not count for others: of another part, of CAs alone, for some reasons alone, indirect', async () => {
    expect(await part([address('http://ca.example/2.crl')])).toBe('unknown');
    expect(await part([address('http://ca.example/1.crl')], [])).toBe('unknown');
    for (const tag of [0x82, 0x83, 0x84, 0x85]) expect(await part([yes(tag)])).toBe('unknown');
  });

  it('does not count as a delta', async () => {
    const delta = { oid: '2.5.29.27', critical: true, value: der.integer(1) };
    const { der: bytes } = await makeCrl(ca, { extensions: [delta] });
    expect(readCrl(Buffer.from(bytes), parsed(server), parsed(ca), now).status).toBe('unknown');
  });
});

describe('damaged bytes', () => {
  it('never throw, and never say more than the whole ones', async () => {
    const whole = [
      makeOcspResponse(server, ca, { status: 'revoked' }),
      Buffer.from((await makeCrl(ca, { revoked: [server] })).der),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (kind, at, flip, isCut) => {
          const bytes = Buffer.from(whole[kind] ?? []);
          const position = at % bytes.length;
          bytes[position] = (bytes[position] ?? 0) ^ flip;
          const damaged = isCut ? bytes.subarray(0, position) : bytes;
          const read = kind === 0 ? readOcsp : readCrl;
          expect(read(damaged, parsed(server), parsed(ca), now).status).not.toBe('good');
        },
      ),
      { numRuns: 300 },
    );
  });
});
