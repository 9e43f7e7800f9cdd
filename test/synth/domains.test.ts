import { Aws, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import { describe, expect, it } from 'vitest';
import type { SecureApiProps } from '../../lib/construct/index.ts';
import { ofType, only, propertiesOf, smallTemplate, withSmall } from './support.ts';

const zoneOf = (zoneName: string) =>
  HostedZone.fromHostedZoneAttributes(new Stack(), 'Zone', { hostedZoneId: 'Z1', zoneName });
const zone = zoneOf('example.com');
const certificate = Certificate.fromCertificateArn(
  new Stack(),
  'Certificate',
  'arn:aws:acm:eu-west-1:123456789012:certificate/a',
);
type Domain = SecureApiProps['domain'];

describe('several names of one API', () => {
  const template = smallTemplate({
    domain: {
      name: 'api.example.com',
      alternativeNames: ['api.shop.example.com', '*.tenants.example.com'],
      wildcard: true,
      zone,
      caa: true,
    },
  });

  it('have one certificate, which the zone validates', () => {
    expect(only(template, 'AWS::CertificateManager::Certificate').Properties).toMatchObject({
      DomainName: 'api.example.com',
      SubjectAlternativeNames: ['api.shop.example.com', '*.tenants.example.com'],
      ValidationMethod: 'DNS',
    });
  });

  it('have each a domain with the TLS policy, a mapping and addresses', () => {
    expect(propertiesOf(template, 'AWS::ApiGateway::DomainName')).toMatchObject(
      ['api.example.com', 'api.shop.example.com', '*.tenants.example.com'].map((DomainName) => ({
        DomainName,
        SecurityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
        EndpointAccessMode: 'STRICT',
      })),
    );
    expect(propertiesOf(template, 'AWS::ApiGateway::BasePathMapping')).toHaveLength(3);
    const addresses = propertiesOf(template, 'AWS::Route53::RecordSet').filter(({ Type }) => Type !== 'CAA');
    expect(addresses.map(({ Name, Type }) => `${Type} ${Name}`)).toEqual([
      'A api.example.com.',
      'AAAA api.example.com.',
      'A api.shop.example.com.',
      'AAAA api.shop.example.com.',
      'A *.tenants.example.com.',
      'AAAA *.tenants.example.com.',
    ]);
  });

  it('let only Amazon issue certificates for them, and wildcards only where one is asked for', () => {
    const records = propertiesOf(template, 'AWS::Route53::RecordSet').filter(({ Type }) => Type === 'CAA');
    expect(records.map(({ Name, ResourceRecords }) => [Name, ResourceRecords])).toEqual([
      ['api.example.com.', ['0 issue "amazon.com"', '0 issuewild ";"']],
      ['api.shop.example.com.', ['0 issue "amazon.com"', '0 issuewild ";"']],
      ['tenants.example.com.', ['0 issue "amazon.com"', '0 issuewild "amazon.com"']],
    ]);
  });
});

describe('a certificate with CAA records', () => {
  it('is requested after them: a stricter record of the zone does not stop it', () => {
    const template = smallTemplate({ domain: { name: 'api.example.com', zone, caa: true } });
    const [caa] = ofType(template, 'AWS::Route53::RecordSet').filter(([, one]) => one.Properties['Type'] === 'CAA');
    expect(only(template, 'AWS::CertificateManager::Certificate')).toMatchObject({ DependsOn: [caa?.[0]] });
  });
});

describe('the DNS of another provider', () => {
  it('gets no records: the certificate waits for its record, and an output says where the name leads', () => {
    const template = smallTemplate({ domain: { name: 'api.example.com', dns: 'external' } });
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
    const made = only(template, 'AWS::CertificateManager::Certificate').Properties;
    expect(made).toMatchObject({ DomainName: 'api.example.com', ValidationMethod: 'DNS' });
    expect(made['DomainValidationOptions']).toBeUndefined();
    expect(Object.values(template.findOutputs('*'))).toContainEqual({
      Description: 'Where the CNAME record of api.example.com has to lead',
      Value: { 'Fn::GetAtt': [expect.stringContaining('Domain'), 'RegionalDomainName'] },
    });
  });
});

describe('a domain is rejected', () => {
  const name = 'api.example.com';
  it.each<[string, Domain, RegExp]>([
    [
      'outside its zone',
      { name: 'api.example.org', zone },
      /^domain-invalid .*the zone example\.com for api\.example\.org/,
    ],
    [
      'of a name that only ends like the zone',
      { name: 'api.badexample.com', zone },
      /^domain-invalid .*the zone example\.com/,
    ],
    [
      'with an alternative name outside the zone',
      { name, alternativeNames: ['a.example.org'], zone },
      /for a\.example\.org/,
    ],
    [
      'with a wildcard that nobody asked for',
      { name, alternativeNames: ['*.example.com'], zone },
      /^domain-invalid .*wildcard: true/,
    ],
    [
      'with a wildcard as its first name',
      { name: '*.example.com', wildcard: true, zone },
      /^domain-invalid .*a host name in lower case/,
    ],
    [
      'with a wildcard inside a name',
      { name, alternativeNames: ['a.*.example.com'], wildcard: true, zone },
      /a host name/,
    ],
    ['with a name twice', { name, alternativeNames: [name], zone }, /^domain-invalid .*twice/],
    [
      'with eleven names',
      { name, alternativeNames: Array.from({ length: 10 }, (_, i) => `a${i}.example.com`), zone },
      /11 names/,
    ],
    [
      'with a first name that ACM does not accept',
      { name: `${'a'.repeat(53)}.example.com`, zone },
      /^domain-invalid at domain\.name: found 65 characters; expected at most 64 without certificate.*alternativeNames/,
    ],
    ['without zone, certificate and dns', { name }, /^domain-invalid .*neither zone nor certificate nor dns/],
    ['with a zone and dns', { name, zone, dns: 'external' }, /^domain-invalid .*zone with dns/],
    ['with CAA records and no zone', { name, dns: 'external', caa: true }, /^domain-invalid .*caa without zone/],
    [
      'with CAA records beside a certificate',
      { name, zone, certificate, caa: true },
      /^domain-invalid .*caa with certificate/,
    ],
  ])('%s', (_, domain, message) => {
    expect(() => withSmall({ domain }, () => undefined)).toThrow(message);
  });

  it('not with a long name beside a certificate, or after the first', () => {
    const long = `${'a'.repeat(60)}.example.com`;
    const domains: readonly Domain[] = [
      { name: long, certificate },
      { name, alternativeNames: [long], zone },
    ];
    for (const domain of domains) expect(() => withSmall({ domain }, () => undefined)).not.toThrow();
  });

  it('not in a zone whose name is in other case, or known only at deployment', () => {
    const zones: readonly IHostedZone[] = [zoneOf('Example.COM.'), zoneOf(Aws.STACK_NAME)];
    for (const one of zones) expect(() => withSmall({ domain: { name, zone: one } }, () => undefined)).not.toThrow();
  });
});
