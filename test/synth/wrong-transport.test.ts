import { Aws, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { type SecureApiProps, SharedDomain } from '../../lib/construct/index.ts';
import { ConfigError } from '../../lib/definition/index.ts';
import { withSmall } from './support.ts';

const resources = new Stack();
const zone = HostedZone.fromHostedZoneAttributes(resources, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
const arn = 'arn:aws:acm:us-east-1:123456789012:certificate/a';
const certificate = Certificate.fromCertificateArn(resources, 'Certificate', arn);
const bucket = new Bucket(resources, 'Bucket');
const domain = { name: 'api.example.com', zone };
const env = { account: '123456789012', region: 'eu-west-1' };
const shared = () => new SharedDomain(new Stack(), 'Domain', { name: 'api.example.com', zone });
const at = { edge: 'cloudfront', domain } as const;
const cloudFront = (options: object) => ({ edge: { type: 'cloudfront', ...options }, domain });
const mtls = { trustStore: 'partners.pem' };

/** What a user of JavaScript can write, by where the fault is and what it says. */
type Wrong = readonly [location: string, message: RegExp, all: readonly object[]];

const fails = (start: string, message: RegExp, ...all: readonly object[]): Wrong => [start, message, all];
const option = (location: string, message: RegExp, ...all: readonly object[]) =>
  fails(`option-invalid at ${location}`, message, ...all);
const values = (...list: readonly unknown[]) => list;
const notOneOf = values(
  '',
  'Modern',
  'MODERN',
  'modern ',
  'constructor',
  '__proto__',
  'toString',
  'tls1.3',
  1.3,
  true,
  null,
  [],
  ['modern'],
  {},
);
const notBoolean = values('yes', 'true', 1, 0, null, [], {}, '');
const notPath = values('', null, 1, true, [], ['a.pem'], {});

const wrong: readonly Wrong[] = [
  option('tls', /one of modern, post-quantum, fips/, ...notOneOf.map((tls) => ({ tls }))),
  option(
    'edge',
    /one of regional, cloudfront/,
    ...values('', 'CloudFront', 'constructor', true, null, 1).map((edge) => ({ edge, domain })),
  ),
  option('edge', /one of regional, cloudfront/, ...values([], ['cloudfront']).map((edge) => ({ edge, domain }))),
  option(
    'edge.type',
    /cloudfront/,
    { edge: {}, domain },
    { edge: { http: 'reject' }, domain },
    { edge: { type: 'regional' }, domain },
    { edge: { type: null }, domain },
  ),
  option(
    'edge.http',
    /one of redirect, reject/,
    ...values('', 'Redirect', 'constructor', true, 301, null).map((http) => cloudFront({ http })),
  ),
  option('edge.http3', /true or false/, ...notBoolean.map((http3) => cloudFront({ http3 }))),
  option('edge.logs', /true or false/, ...notBoolean.map((logs) => cloudFront({ logs }))),
  option(
    'edge.certificate',
    /a certificate/,
    ...values('', arn, null, true, [certificate], {}).map((one) => cloudFront({ certificate: one })),
  ),
  option(
    'edge.originCertificate',
    /a certificate/,
    ...values(arn, null, {}).map((one) => cloudFront({ originCertificate: one, originTrustStore: 'a.pem' })),
  ),
  option(
    'edge.originTrustStore',
    /path of a PEM file/,
    ...notPath.map((one) => cloudFront({ originCertificate: certificate, originTrustStore: one })),
  ),
  option('edge.originCertficate', /Write originCertificate/, cloudFront({ originCertficate: certificate })),
  option('edge.tls', /An unknown option would have no effect/, cloudFront({ tls: 'modern' })),
  option(
    'mtls',
    /an object with trustStore/,
    ...values(true, 'partners.pem', null, [], 1, '').map((one) => ({ ...at, mtls: one })),
  ),
  option(
    'mtls.trustStore',
    /path of a PEM file/,
    ...[...notPath, undefined].map((trustStore) => ({ ...at, mtls: { trustStore } })),
  ),
  option(
    'mtls.mode',
    /one of required, optional/,
    ...values('', 'Required', 'passthrough', 'constructor', true, null).map((mode) => ({
      ...at,
      mtls: { ...mtls, mode },
    })),
  ),
  option(
    'mtls.revocation',
    /true or false/,
    ...notBoolean.map((revocation) => ({ ...at, mtls: { ...mtls, revocation } })),
  ),
  option(
    'mtls.client',
    /an object with from, names/,
    ...values(true, 'commonName', null, []).map((client) => ({ ...at, mtls: { ...mtls, client } })),
  ),
  option(
    'mtls.client.from',
    /client/,
    ...values(undefined, '', 'CN', 'constructor', null, ['uri']).map((from) => ({
      ...at,
      mtls: { ...mtls, client: { from, names: { a: 'a' } } },
    })),
  ),
  option(
    'mtls.client.names',
    /clients by the names/,
    ...values(null, [], 'acme', true).map((names) => ({ ...at, mtls: { ...mtls, client: { from: 'uri', names } } })),
  ),
  option(
    'mtls.client.names.a',
    /clients by the names|a name of a client/,
    ...values(null, 1, true, {}, undefined, '').map((a) => ({
      ...at,
      mtls: { ...mtls, client: { from: 'uri', names: { a } } },
    })),
  ),
  option('mtls.revokation', /Write revocation/, { ...at, mtls: { ...mtls, revokation: true } }),
  option('hstsPreload', /true or false/, ...notBoolean.map((hstsPreload) => ({ domain, hstsPreload }))),
  option('canary', /true or false/, ...notBoolean.map((canary) => ({ domain, canary }))),
  option(
    'domain',
    /an object with name/,
    ...values([], [domain], 'api.example.com', true, null, '').map((one) => ({ domain: one })),
  ),
  option(
    'domain.zone',
    /a hosted zone/,
    ...values('example.com', 'Z1', null, [], {}, true).map((one) => ({
      domain: { name: 'api.example.com', zone: one },
    })),
  ),
  option(
    'domain.certificate',
    /a certificate/,
    ...values(arn, '', null, [], {}).map((one) => ({ domain: { ...domain, certificate: one } })),
  ),
  option(
    'domain.dns',
    /external/,
    ...values('', 'External', 'route53', true, null).map((dns) => ({ domain: { name: 'api.example.com', dns } })),
  ),
  option('domain.wildcard', /true or false/, ...notBoolean.map((wildcard) => ({ domain: { ...domain, wildcard } }))),
  option('domain.caa', /true or false/, ...notBoolean.map((caa) => ({ domain: { ...domain, caa } }))),
  option(
    'domain.alternativeNames',
    /a list of host names/,
    ...values('', 'a.example.com', true, null, {}).map((one) => ({ domain: { ...domain, alternativeNames: one } })),
  ),
  option('domain.alternativeNames.0', /a list of host names/, { domain: { ...domain, alternativeNames: [undefined] } }),
  option('domain.basePath', /An unknown option would have no effect/, { domain: { ...domain, basePath: 'v1' } }),
  option('domain.tls', /An unknown option would have no effect/, { domain: { ...domain, tls: 'modern' } }),
  option(
    'domain.shared',
    /a SharedDomain/,
    ...values(undefined, null, true, 'api.example.com', {}, bucket, zone).map((one) => ({ domain: { shared: one } })),
  ),
  option(
    'domain.header',
    /an object with name, value/,
    ...values(true, 'x-api-version', null, []).map((header) => ({ domain: { shared: shared(), header } })),
  ),
  option('domain.zone', /An unknown option would have no effect/, { domain: { shared: shared(), zone } }),
  fails(
    'domain-invalid at domain.name',
    /a host name/,
    ...values(undefined, null, '', 1, [], ['api.example.com'], {}).map((name) => ({ domain: { name, zone } })),
  ),
  fails(
    'domain-invalid at domain.alternativeNames\\[0\\]',
    /a host name/,
    ...values(null, '', 1, [], {}).map((one) => ({ domain: { ...domain, alternativeNames: [one] } })),
  ),
  fails(
    'domain-invalid at domain',
    /base path/,
    ...values(null, '', 1, true, [], ['v1'], {}, Aws.STACK_NAME).map((basePath) => ({
      domain: { shared: shared(), basePath },
    })),
  ),
  fails(
    'domain-invalid at domain',
    /header/,
    ...values(undefined, null, '', 1, [], 'constructor ').map((name) => ({
      domain: { shared: shared(), header: { name, value: '2' } },
    })),
  ),
  fails(
    'domain-invalid at domain',
    /value/,
    ...values(undefined, null, '', 2, [], ['2']).map((value) => ({
      domain: { shared: shared(), header: { name: 'x-v', value } },
    })),
  ),
  fails('domain-invalid at domain.zone', /a resource without hostedZoneId/, {
    domain: { name: 'api.example.com', zone: bucket },
  }),
  fails('domain-invalid at domain.certificate', /a resource without certificateArn/, {
    domain: { ...domain, certificate: bucket },
  }),
  fails('edge-invalid at edge.certificate', /a resource without certificateArn/, cloudFront({ certificate: zone })),
];

describe('a value that the types do not allow', () => {
  it.each(wrong)('fails at %s: %s', (start, message, all) => {
    for (const props of all) {
      const error = errorOf(props);
      expect(error, JSON.stringify(Object.keys(props))).toBeInstanceOf(ConfigError);
      expect(error.message.replaceAll('\n', ' ')).toMatch(
        new RegExp(`^${start}: found .+; expected .+\\. [A-Z].+\\.$`),
      );
      expect(error.message).toMatch(message);
    }
  });

  it('fails with all faults at once', () => {
    const { faults } = errorOf({ tls: 'Modern', edge: {}, mtls: true, hstsPreload: 'yes', domain: [] });
    expect(faults.map(({ location }) => location).sort()).toEqual([
      'domain',
      'edge.type',
      'hstsPreload',
      'mtls',
      'tls',
    ]);
  });
});

/** The fault of props; it needs no bundle, because props are checked first. */
function errorOf(props: object): ConfigError {
  try {
    withSmall(props as Partial<SecureApiProps>, () => undefined, env);
  } catch (error) {
    return error as ConfigError;
  }
  throw new Error(`accepted: ${JSON.stringify(Object.keys(props))}`);
}
