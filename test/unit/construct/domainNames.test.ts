import { App, Aws, Lazy, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { HostedZone, type IHostedZone, PrivateHostedZone, PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { hostNamesOf } from '../../../lib/construct/edge/hostNames.ts';

const named =
  (name: unknown, more: object = {}) =>
  () =>
    hostNamesOf({ name: name as string, ...more });
/** A fault with its location, what is expected, and a fix. */
const COMPLETE = /^domain-invalid at domain\.[^ ]+: found .+; expected .+\. [A-Z].+\.$/;

describe('a host name', () => {
  it.each([
    'api.example.com',
    'example.com',
    'a.b.c.example.co.uk',
    'xn--mnchen-3ya.example.com',
    'api.xn--p1ai',
    'api.aws-partners.com',
    'myamazonaws.com',
    'local.example.com',
    'test.example.net',
    'internal.shop',
    '1.example.com',
    `${'a'.repeat(63)}.example.com`,
  ])('can be %s', (name) => {
    expect(named(name)).not.toThrow();
    expect(named('api.example.com', { alternativeNames: [`*.${name}`], wildcard: true })).not.toThrow();
  });

  it('can be known only at deployment', () => {
    for (const name of [Aws.STACK_NAME, `api.${Aws.REGION}.example.com`, Lazy.string({ produce: () => 'x' })]) {
      expect(named(name)).not.toThrow();
    }
  });

  it.each([
    ['localhost', /a host name in lower case/],
    ['com', /a host name in lower case/],
    ['192.0.2.1', /a host name in lower case/],
    ['2001:db8::1', /a host name in lower case/],
    ['[::1]', /a host name in lower case/],
    ['api.example.com.', /a host name in lower case/],
    ['api.example.com:443', /a host name in lower case/],
    ['api..example.com', /a host name in lower case/],
    ['-a.example.com', /a host name in lower case/],
    ['a-.example.com', /a host name in lower case/],
    ['a_b.example.com', /a host name in lower case/],
    ['münchen.example.com', /a host name in lower case/],
    ['api.example.com\n', /a host name in lower case/],
    ['api.example.com\0', /a host name in lower case/],
    [`${'a'.repeat(64)}.example.com`, /a host name in lower case/],
    [`${'a.'.repeat(124)}example.com`, /a host name in lower case/],
    ['', /a host name in lower case/],
    [undefined, /found nothing/],
    [null, /found null/],
    [443, /found 443/],
    [['api.example.com'], /found \["api\.example\.com"\]/],
    [{ toString: () => 'api.example.com' }, /a host name in lower case/],
  ])('is not %j', (name, message) => {
    expect(named(name)).toThrow(COMPLETE);
    expect(named(name)).toThrow(message);
  });

  it.each([
    ...['api.localhost', 'api.test', 'api.invalid', 'api.example', 'api.local', 'api.internal', 'api.onion', 'api.alt'],
    ...['api.home.arpa', '1.2.0.192.in-addr.arpa', 'api.corp', 'api.home', 'api.lan', 'api.intranet', 'api.private'],
  ])('is not %s, which no public certificate can have', (name) => {
    expect(named(name)).toThrow(COMPLETE);
    expect(named(name)).toThrow(/a name below [a-z]+, for which no public certificates exist/);
  });

  it.each([
    ...['a1b2c3.execute-api.eu-west-1.amazonaws.com', 'd-a1.execute-api.cn-north-1.amazonaws.com.cn', 'amazonaws.com'],
    ...['d111.cloudfront.net', 'cloudfront.net', 'd111.cloudfront.cn', 'a.lambda-url.eu-west-1.on.aws', 'api.on.aws'],
    ...['a.eu-west-1.awsapprunner.com', 'a.auth.eu-west-1.amazoncognito.com', 'b.s3-website.eu-west-1.amazonaws.com'],
    ...['a.eu-west-1.elasticbeanstalk.com', 'main.d1.amplifyapp.com', 'a.awsglobalaccelerator.com', 'api.amazon.com'],
  ])('is not %s, which belongs to AWS', (name) => {
    expect(named(name)).toThrow(COMPLETE);
    expect(named(name)).toThrow(/a name below [a-z.]+, which belongs to AWS/);
    const others = { alternativeNames: [`*.${name}`], wildcard: true };
    expect(named('api.example.com', others)).toThrow(
      /^domain-invalid at domain\.alternativeNames\[0\]: .*belongs to AWS/,
    );
  });
});

describe('the zone of a domain', () => {
  const stack = new Stack(new App(), 'Zones', { env: { account: '123456789012', region: 'eu-west-1' } });
  const zone = (hostedZoneId: unknown, zoneName: unknown = 'example.com') =>
    HostedZone.fromHostedZoneAttributes(new Stack(), 'Zone', {
      hostedZoneId: hostedZoneId as string,
      zoneName: zoneName as string,
    });
  const inZone = (given: unknown) => named('api.example.com', { zone: given as IHostedZone });

  it('is one that is looked up, created, named, or known only at deployment', () => {
    const zones = [
      HostedZone.fromLookup(stack, 'LookedUp', { domainName: 'example.com' }),
      new PublicHostedZone(stack, 'Created', { zoneName: 'example.com' }),
      zone('Z0123456789ABCDEFGHIJ'),
      zone('Z1', 'Example.COM.'),
      zone(Aws.STACK_NAME, Aws.STACK_NAME),
    ];
    for (const one of zones) expect(inZone(one)).not.toThrow();
  });

  it('contains the name', () => {
    for (const other of ['example.org', 'badexample.com', 'com.', 'v1.api.example.com', '', '.']) {
      const contains = other === 'com.';
      if (contains) expect(inZone(zone('Z1', other))).not.toThrow();
      else expect(inZone(zone('Z1', other))).toThrow(/^domain-invalid at domain\.zone: .*a zone that contains/);
    }
  });

  it('is public, has an id and a name: the fault says how to look it up', () => {
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1, natGateways: 0 });
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [new PrivateHostedZone(stack, 'Private', { zoneName: 'example.com', vpc }), /a private hosted zone/],
      [HostedZone.fromHostedZoneId(stack, 'ById', 'Z1'), /a zone without its name.*fromLookup/],
      [zone('/hostedzone/Z1'), /the id "\/hostedzone\/Z1"/],
      [zone('z1'), /the id "z1"/],
      [zone(''), /the id ""/],
      [zone('Z'.repeat(33)), /the id "Z+"/],
      [zone('arn:aws:route53:::hostedzone/Z1'), /the id "arn/],
      [new Bucket(stack, 'Bucket'), /a resource without hostedZoneId/],
    ];
    for (const [given, message] of cases) {
      expect(inZone(given)).toThrow(COMPLETE);
      expect(inZone(given)).toThrow(message);
    }
  });
});
