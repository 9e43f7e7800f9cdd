import { createHash, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { certificateClients } from '../../../../lambdas/authorizer/certificate/certificateClient.ts';
import type { AuthorizerEvent } from '../../../../lambdas/authorizer/event.ts';
import type { RequestClients } from '../../../../lambdas/authorizer/requestClient.ts';
import { VIEWER_CERT_PEM, VIEWER_CERT_PRESENT } from '../../../../lambdas/shared/edgeHeaders.ts';
import type { CertificateSettings } from '../../../../lib/definition/bundledTypes.ts';
import {
  daysFromNow,
  makeCa,
  makeClient,
  makeIntermediate,
  type TestCertificate,
} from '../../../support/certificates.ts';
import { type CrlOptions, makeCrl } from '../../../support/revocationList.ts';
import { useAws } from '../support/aws.ts';

const aws = useAws();
let ca: TestCertificate;
let other: TestCertificate;
let acme: TestCertificate;
beforeAll(async () => {
  ca = await makeCa({ commonName: 'Partners' });
  other = await makeCa({ commonName: 'Partners' });
  acme = await makeClient(ca, { commonName: 'acme', names: ['acme.example.com'], uris: ['spiffe://acme/robot'] });
});

type Client = NonNullable<CertificateSettings['client']>;
const derOf = ({ cert }: TestCertificate) => new X509Certificate(cert).raw.toString('base64');
const settingsOf = (client?: Client, mode: CertificateSettings['mode'] = 'required'): CertificateSettings => ({
  trustStore: [derOf(other), derOf(ca)],
  mode,
  ...(client && { client }),
});
const eventOf = (certificate?: Pick<TestCertificate, 'cert'>, headers = {}): AuthorizerEvent => ({
  methodArn: 'arn',
  resource: '/',
  httpMethod: 'GET',
  headers,
  requestContext: { identity: { clientCert: certificate === undefined ? null : { clientCertPem: certificate.cert } } },
});
const CLIENTS = 'SECURE_API_CERTIFICATE_CLIENTS';
const BUCKET = { SECURE_API_REVOCATION_LISTS: 'lists' };
const environment = (more: object = {}) => ({ ...aws.environment, ...more }) as never;
/** The client, or the reason why there is none. */
async function outcome(check: RequestClients, event: AuthorizerEvent, token = ''): Promise<string> {
  try {
    return (await check(event, token)).client;
  } catch (error) {
    return String((error as { readonly reason?: string }).reason ?? error);
  }
}

describe('the client of a certificate', () => {
  const named = (client: Client, certificate: Pick<TestCertificate, 'cert'> = acme, token = '') =>
    outcome(certificateClients(settingsOf(client))(environment()), eventOf(certificate), token);

  it.each<[Client['from'], string]>([
    ['commonName', 'acme'],
    ['dnsName', 'acme.example.com'],
    ['uri', 'spiffe://acme/robot'],
    ['email', 'certificate-client-unknown'],
  ])('is its %s', async (from, client) => expect(await named({ from })).toBe(client));

  it('is that of the list of names, and others are rejected', async () => {
    expect(await named({ from: 'commonName', names: { acme: 'client-7' } })).toBe('client-7');
    const wrong: readonly Readonly<Record<string, string>>[] = [{}, { ACME: 'a' }, { 'acme ': 'a' }];
    for (const names of wrong) {
      expect(await named({ from: 'commonName', names })).toBe('certificate-client-unknown');
    }
    const inherited = await makeClient(ca, { commonName: 'constructor' });
    expect(await named({ from: 'commonName', names: {} }, inherited)).toBe('certificate-client-unknown');
  });

  it('is the id of the deployment where its name has one, and never the name', async () => {
    const json = JSON.stringify({ acme: 'generated1' });
    const check = (client: Client, token: string) =>
      outcome(certificateClients(settingsOf(client))(environment({ [CLIENTS]: json })), eventOf(acme), token);
    for (const client of [{ from: 'commonName' } as const, { from: 'commonName', names: { acme: 'acme' } } as const]) {
      expect(await check(client, 'generated1')).toBe('generated1');
      expect(await check(client, '')).toBe('generated1');
      expect(await check(client, 'acme')).toBe('certificate-client-mismatch');
      expect(await check(client, 'generated2')).toBe('certificate-client-mismatch');
    }
    expect(await check({ from: 'dnsName', names: {} }, '')).toBe('certificate-client-unknown');
  });

  it.each(['', '[]', '{"acme":""}', '{"acme":1}'])('is not read from settings such as %j', (json) => {
    const start = () => certificateClients(settingsOf({ from: 'commonName' }))(environment({ [CLIENTS]: json }));
    expect(start).toThrow(expect.objectContaining({ reason: 'configuration-invalid' }));
  });

  it('is the one of the token, or the request is rejected', async () => {
    expect(await named({ from: 'commonName' }, acme, 'acme')).toBe('acme');
    expect(await named({ from: 'commonName' }, acme, 'globex')).toBe('certificate-client-mismatch');
  });

  it.each<[string, object]>([
    ['no name', { commonName: null }],
    ['two names', { names: ['a.example.com', 'b.example.com'] }],
  ])('is unknown with %s', async (_, options) => {
    const certificate = await makeClient(ca, options);
    const from = 'names' in options ? 'dnsName' : 'commonName';
    expect(await named({ from }, certificate)).toBe('certificate-client-unknown');
  });

  it.each<[string, number, string]>([
    ['a NUL', 0x82, 'acme.example.com\0.evil.example'],
    ['a line break', 0x82, 'acme.example.com\n'],
    ['a space', 0x86, 'spiffe://acme/robot x'],
    ['another alphabet', 0x82, 'ácme.example.com'],
  ])('is not read from a name with %s', async (_, tag, name) => {
    const rawNames = [{ tag, bytes: Buffer.from(name) }];
    const certificate = await makeClient(ca, { rawNames });
    expect(await named({ from: tag === 0x82 ? 'dnsName' : 'uri' }, certificate)).toBe('certificate-malformed');
  });

  it('is found in a certificate with a thousand names of another kind', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `a${i}.example.com`);
    const certificate = await makeClient(ca, { commonName: 'many', names });
    expect(await named({ from: 'commonName' }, certificate)).toBe('many');
    expect(await named({ from: 'dnsName' }, certificate)).toBe('certificate-client-unknown');
  });

  it('is the token where no part of the certificate names one', async () => {
    expect(await outcome(certificateClients(settingsOf())(environment()), eventOf(acme), 'globex')).toBe('globex');
  });
});

const ASKS = { SECURE_API_EDGE: 'cloudfront', SECURE_API_VIEWER_CERTIFICATES: 'true' } as const;
const present = (pem: string) => ({ [VIEWER_CERT_PRESENT]: '1', [VIEWER_CERT_PEM]: pem });

describe('a certificate', () => {
  it('is required, unless the mode is optional', async () => {
    const client: Client = { from: 'commonName' };
    expect(await outcome(certificateClients(settingsOf(client))(environment()), eventOf())).toBe('certificate-missing');
    const optional = certificateClients(settingsOf(client, 'optional'))(environment());
    expect(await outcome(optional, eventOf(), 'globex')).toBe('globex');
    expect(await outcome(optional, eventOf(acme), 'globex')).toBe('certificate-client-mismatch');
  });

  it('comes from the connection alone: a header of the client has no effect without CloudFront', async () => {
    const check = certificateClients(settingsOf({ from: 'commonName' }))(environment());
    const header = { [VIEWER_CERT_PEM]: encodeURIComponent(acme.cert) };
    expect(await outcome(check, eventOf(undefined, header))).toBe('certificate-missing');
  });

  it('comes from the header of CloudFront where that asks for certificates, and from nowhere else', async () => {
    const check = certificateClients(settingsOf({ from: 'commonName' }))(environment(ASKS));
    expect(await outcome(check, eventOf(undefined, present(encodeURIComponent(acme.cert))))).toBe('acme');
    expect(await outcome(check, eventOf(acme))).toBe('certificate-missing');
    for (const value of ['%', 'nonsense', '-----BEGIN CERTIFICATE-----']) {
      expect(await outcome(check, eventOf(undefined, present(value)))).toBe('certificate-malformed');
    }
    const encoded = encodeURIComponent(acme.cert);
    for (const multiValueHeaders of [
      { [VIEWER_CERT_PRESENT]: ['1'], [VIEWER_CERT_PEM]: [encoded, 'a'] },
      { [VIEWER_CERT_PRESENT]: ['1', '0'], [VIEWER_CERT_PEM]: [encoded] },
      { [VIEWER_CERT_PRESENT]: ['1'] },
    ]) {
      expect(await outcome(check, { ...eventOf(), multiValueHeaders })).toBe('certificate-malformed');
    }
  });

  it('is rejected if it is malformed, whether lists and clients are checked or not', async () => {
    const twice = { oid: '2.5.29.99', value: new Uint8Array([5, 0]) };
    const certificate = await makeClient(ca, { commonName: 'acme', extensions: [twice, twice] });
    for (const variables of [{}, BUCKET]) {
      for (const client of [undefined, { from: 'commonName' } as const]) {
        const check = certificateClients(settingsOf(client))(environment(variables));
        expect(await outcome(check, eventOf(certificate), 'acme')).toBe('certificate-malformed');
      }
    }
  });

  it('is none where CloudFront has seen none, or does not ask for one, whatever header a client sends', async () => {
    const encoded = encodeURIComponent(acme.cert);
    const asked = certificateClients(settingsOf({ from: 'commonName' }))(environment(ASKS));
    for (const value of ['0', '', 'true', '01']) {
      const headers = { ...present(encoded), [VIEWER_CERT_PRESENT]: value };
      expect(await outcome(asked, eventOf(undefined, headers))).toBe('certificate-missing');
    }
    expect(await outcome(asked, eventOf(undefined, { [VIEWER_CERT_PEM]: encoded }))).toBe('certificate-missing');
    const notAsked = certificateClients(settingsOf({ from: 'commonName' }))(
      environment({ SECURE_API_EDGE: 'cloudfront' }),
    );
    expect(await outcome(notAsked, eventOf(undefined, present(encoded)))).toBe('certificate-missing');
  });
});

describe('a list of revoked certificates', () => {
  const checked = async (options: CrlOptions, certificate = acme, of = ca) => {
    aws.respond((await makeCrl(of, options)).pem);
    return outcome(certificateClients(settingsOf())(environment(BUCKET)), eventOf(certificate), 'token-client');
  };

  it('rejects the certificates in it, and no other ones', async () => {
    expect(await checked({ revoked: [acme] })).toBe('certificate-revoked');
    expect(await checked({ revoked: [other, '01', `00${acme.serial}00`] })).toBe('token-client');
    expect(await checked({})).toBe('token-client');
  });

  it('is that of the CA that signed the certificate, also where two CAs have one name', async () => {
    expect(await checked({})).toBe('token-client');
    const hash = createHash('sha256').update(new X509Certificate(ca.cert).raw).digest('hex');
    expect(aws.requests[0]).toMatchObject({ method: 'GET', url: `/lists/crl/${hash}.pem` });
  });

  it.each<[string, () => CrlOptions]>([
    ['signed by another CA of the same name', () => ({ signedBy: other })],
    ['lapsed', () => ({ nextUpdate: daysFromNow(-1) })],
    ['without an end', () => ({ nextUpdate: null })],
    ['partial', () => ({ extensions: [{ oid: '2.5.29.28', critical: true, value: new Uint8Array([0x30, 0]) }] })],
    ['a delta', () => ({ extensions: [{ oid: '2.5.29.27', critical: true, value: new Uint8Array([2, 1, 1]) }] })],
  ])('that is %s says nothing, so nobody is accepted', async (_, options) => {
    expect(await checked(options())).toBe('revocation-unknown');
  });

  it.each(['', 'nonsense', '-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----'])(
    'that is %j says nothing, so nobody is accepted',
    async (text) => {
      aws.respond(text);
      const check = certificateClients(settingsOf())(environment(BUCKET));
      expect(await outcome(check, eventOf(acme))).toBe('revocation-unknown');
    },
  );

  it('says nothing about certificates of a CA that is not in the trust store', async () => {
    const below = await makeClient(await makeIntermediate(ca), { commonName: 'below' });
    expect(await checked({}, below)).toBe('revocation-unknown');
  });

  it('that is not there, or not readable, lets nobody pass', async () => {
    for (const status of [403, 404]) {
      aws.respond('', status);
      const check = certificateClients(settingsOf())(environment(BUCKET));
      expect(await outcome(check, eventOf(acme))).toBe('revocation-unknown');
    }
  });

  it('is not replaced by an older one', async () => {
    let now = Date.now();
    const { revocationLists } = await import('../../../../lambdas/authorizer/certificate/revocationLists.ts');
    const reject = revocationLists(environment(BUCKET), [new X509Certificate(ca.cert)], () => now);
    const certificate = new X509Certificate(acme.cert);
    aws.respond((await makeCrl(ca, { revoked: [acme], number: 2 })).pem);
    await expect(reject(certificate)).rejects.toMatchObject({ reason: 'certificate-revoked' });
    for (const older of [{ thisUpdate: daysFromNow(-2), number: 9 }, { number: 1 }, { number: null }]) {
      aws.respond((await makeCrl(ca, older)).pem);
      now += 31_000;
      await expect(reject(certificate)).rejects.toMatchObject({ reason: 'certificate-revoked' });
    }
  });

  it('counts within half a minute, and for as long as it is valid while the bucket is unreachable', async () => {
    let now = Date.now();
    const { revocationLists } = await import('../../../../lambdas/authorizer/certificate/revocationLists.ts');
    const reject = revocationLists(environment(BUCKET), [new X509Certificate(ca.cert)], () => now);
    const certificate = new X509Certificate(acme.cert);
    aws.respond((await makeCrl(ca)).pem);
    await reject(certificate);
    aws.respond((await makeCrl(ca, { revoked: [acme], number: 2 })).pem);
    now += 29_000;
    await reject(certificate);
    expect(aws.requests).toHaveLength(1);
    now += 1_000;
    await expect(reject(certificate)).rejects.toMatchObject({ reason: 'certificate-revoked' });
    aws.respond('', 403);
    now += 25 * 3_600_000;
    await expect(reject(certificate)).rejects.toMatchObject({ reason: 'revocation-unknown' });
  });
});
