import { Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { describe, expect, it } from 'vitest';
import { TLS_POLICIES } from '../../../lib/construct/edge/tls.ts';
import { transportOf } from '../../../lib/construct/edge/transport.ts';
import { SharedDomain } from '../../../lib/construct/index.ts';
import type { SecureApiProps } from '../../../lib/construct/props.ts';

type Props = Parameters<typeof transportOf>[1];

const located = () => new Stack(undefined, 'Api', { env: { account: '123456789012', region: 'eu-west-1' } });
const transport = (props: Props, stack = located()) => transportOf(stack, props);
const domain = { name: 'api.example.com' };
const shared = {
  shared: new SharedDomain(new Stack(), 'Domain', { name: 'api.example.com', dns: 'external', tls: 'legacy-1.2' }),
};
const mtls: SecureApiProps['mtls'] = { trustStore: 'partners.pem' };
const certificate = Certificate.fromCertificateArn(
  new Stack(),
  'Certificate',
  'arn:aws:acm:us-east-1:123456789012:certificate/a',
);

describe('the transport of an API', () => {
  it('is TLS 1.3 alone without CloudFront and client certificates, unless props say otherwise', () => {
    expect(transport({})).toMatchObject({
      tls: { regional: 'SecurityPolicy_TLS13_1_3_2025_09' },
      hstsPreload: false,
      mtls: undefined,
    });
    expect(transport({ edge: 'regional' }).cloudFront).toBeUndefined();
  });

  it.each([
    ['modern', 'SecurityPolicy_TLS13_1_3_2025_09', 'TLSv1.3_2025'],
    ['post-quantum', 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09', 'TLSv1.3_2025'],
    ['fips', 'SecurityPolicy_TLS13_1_3_FIPS_2025_09', undefined],
    ['compatible', 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09', 'TLSv1.2_2025'],
    ['legacy-1.2', 'TLS_1_2', 'TLSv1.2_2021'],
  ] as const)('is %s by the policy %s of API Gateway and %s of CloudFront', (tls, regional, viewer) => {
    expect(transport({ tls }).tls).toEqual({ policy: tls, regional, viewer });
  });

  it.each(TLS_POLICIES.filter((tls) => tls !== 'fips'))('lets CloudFront reach an API with %s by TLS 1.2', (tls) => {
    const props = { edge: 'cloudfront', tls, domain } as const;
    expect(transport(props).tls.regional).toBe('SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09');
    const origin = { originCertificate: certificate, originTrustStore: 'origin.pem' };
    expect(transport({ ...props, edge: { type: 'cloudfront', ...origin } }).tls.regional).toBe('TLS_1_2');
  });

  it('redirects plain HTTP and speaks HTTP/3 at CloudFront, but neither with client certificates', () => {
    const props = { edge: 'cloudfront', domain } as const;
    expect(transport(props).cloudFront).toEqual({ http: 'redirect', http3: true, logs: true });
    expect(transport({ ...props, mtls }).cloudFront).toEqual({ http: 'reject', http3: false, logs: true });
    expect(transport({ ...props, mtls }).mtls).toEqual({
      trustStore: 'partners.pem',
      mode: 'required',
      revocation: false,
    });
  });

  it('keeps what an edge with options says', () => {
    const edge = { type: 'cloudfront', http: 'reject', http3: false, logs: false } as const;
    expect(transport({ edge, domain }).cloudFront).toEqual({ http: 'reject', http3: false, logs: false });
  });
});

describe('a combination that AWS does not have', () => {
  const cloudFront = (options: object) => ({ type: 'cloudfront' as const, ...options });
  it.each<[string, Props, RegExp]>([
    ['CloudFront without domain', { edge: 'cloudfront' }, /^edge-invalid at edge: .*Add domain/],
    ['FIPS at CloudFront', { edge: 'cloudfront', domain, tls: 'fips' }, /^tls-invalid at tls: .*edge: 'regional'/],
    ['client certificates without domain', { mtls, tls: 'legacy-1.2' }, /^mtls-invalid at mtls: .*Add domain/],
    ...TLS_POLICIES.filter((tls) => tls !== 'legacy-1.2').map((tls): [string, Props, RegExp] => [
      `client certificates of a regional domain with ${tls}`,
      { mtls, domain, tls },
      /^mtls-invalid at tls: .*legacy-1\.2/,
    ]),
    ['client certificates with the default policy', { mtls, domain }, /^mtls-invalid at tls: .*legacy-1\.2/],
    [
      'optional client certificates of a regional domain',
      { mtls: { trustStore: 'a.pem', mode: 'optional' }, domain, tls: 'legacy-1.2' },
      /^mtls-invalid at mtls\.mode: .*always requires/,
    ],
    [
      'HTTP/3 with client certificates',
      { edge: cloudFront({ http3: true }), domain, mtls },
      /^edge-invalid at edge\.http3/,
    ],
    [
      'a redirect with client certificates',
      { edge: cloudFront({ http: 'redirect' }), domain, mtls },
      /^edge-invalid at edge\.http:/,
    ],
    [
      'an origin certificate without its CA',
      { edge: cloudFront({ originCertificate: certificate }), domain },
      /^edge-invalid .*Give both/,
    ],
    [
      'the CA of an origin certificate alone',
      { edge: cloudFront({ originTrustStore: 'a.pem' }), domain },
      /^edge-invalid .*Give both/,
    ],
    [
      'a list of clients without one',
      { mtls: { trustStore: 'a.pem', client: { from: 'uri', names: {} } }, domain, tls: 'legacy-1.2' },
      /^mtls-invalid at mtls\.client\.names/,
    ],
    [
      'preloading where plain HTTP is rejected',
      { hstsPreload: true, domain, edge: { type: 'cloudfront', http: 'reject' } },
      /^option-invalid at hstsPreload: found true with edge.http 'reject'/,
    ],
    ['preloading without domain', { hstsPreload: true }, /^option-invalid at hstsPreload: .*add domain/],
    ['CloudFront with a shared domain', { edge: 'cloudfront', domain: shared }, /^edge-invalid at edge: .*own domain/],
    [
      'CloudFront with options and a shared domain',
      { edge: cloudFront({ http: 'reject' }), domain: shared },
      /^edge-invalid at edge: .*own domain/,
    ],
    [
      'client certificates with a shared domain',
      { mtls, domain: shared, tls: 'legacy-1.2' },
      /^mtls-invalid at mtls: .*own domain/,
    ],
    [
      'client certificates with CloudFront and a shared domain',
      { mtls, domain: shared, edge: 'cloudfront' },
      /^edge-invalid at edge: .*own domain/,
    ],
    [
      'CloudFront with options and no domain',
      { edge: cloudFront({ http3: false }) },
      /^edge-invalid at edge: .*Add domain/,
    ],
    [
      'FIPS at CloudFront with client certificates',
      { edge: cloudFront({}), domain, tls: 'fips', mtls },
      /^tls-invalid at tls: .*edge: 'regional'/,
    ],
    ...(['required', 'optional'] as const).flatMap((mode): [string, Props, RegExp][] => [
      [
        `HTTP/3 with client certificates that are ${mode}`,
        { edge: cloudFront({ http3: true, http: 'reject' }), domain, mtls: { ...mtls, mode } },
        /^edge-invalid at edge\.http3: .*HTTP\/2 is used/,
      ],
      [
        `plain HTTP with client certificates that are ${mode}`,
        { edge: cloudFront({ http: 'redirect', http3: false }), domain, mtls: { ...mtls, mode } },
        /^edge-invalid at edge\.http: .*plain HTTP is rejected/,
      ],
    ]),
    [
      'optional client certificates where the edge is named regional',
      { edge: 'regional', mtls: { ...mtls, mode: 'optional' }, domain, tls: 'legacy-1.2' },
      /^mtls-invalid at mtls\.mode: .*always requires/,
    ],
    [
      'cached decisions with client certificates',
      { mtls, domain, tls: 'legacy-1.2', authorizerCacheSeconds: 1 },
      /^mtls-invalid at authorizerCacheSeconds: .*leave the prop out/,
    ],
    [
      'cached decisions with client certificates at CloudFront',
      { mtls, domain, edge: 'cloudfront', authorizerCacheSeconds: 300 },
      /^mtls-invalid at authorizerCacheSeconds: .*leave the prop out/,
    ],
    ...(['commonName', 'dnsName', 'uri', 'email'] as const).map((from): [string, Props, RegExp] => [
      `clients by ${from} without a list or registered clients`,
      { mtls: { ...mtls, client: { from } }, domain, edge: 'cloudfront', clients: false },
      /^mtls-invalid at mtls\.client: .*register clients/,
    ]),
  ])('fails at synth: %s', (_, props, message) => {
    expect(() => transport(props)).toThrow(message);
    expect(() => transport(props)).toThrow(/^[a-z]+-invalid at [a-zA-Z0-9.]+: found .+; expected .+\. [A-Z].+\.$/);
  });

  it.each(['cn-north-1', 'us-gov-west-1'])('fails at synth: CloudFront in %s, whose partition has none', (region) => {
    const stack = new Stack(undefined, 'Api', { env: { account: '123456789012', region } });
    expect(() => transport({ edge: 'cloudfront', domain }, stack)).toThrow(/^edge-invalid at edge: .*Leave edge out/);
    expect(transport({ edge: 'regional', domain }, stack).cloudFront).toBeUndefined();
  });

  it('fails at synth: CloudFront in a stack without a region', () => {
    expect(() => transport({ edge: 'cloudfront', domain }, new Stack())).toThrow(/^edge-invalid .*env/);
  });
});
