import { App, Aws, Lazy, Stack } from 'aws-cdk-lib';
import { Certificate, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { transportOf } from '../../../lib/construct/edge/transport.ts';
import { SharedDomain } from '../../../lib/construct/index.ts';

const account = '123456789012';
const app = new App();
const stackIn = (region: string | undefined, id: string) =>
  new Stack(app, id, region === undefined ? {} : { env: { account, region } });
const main = stackIn('eu-west-1', 'Main');
let count = 0;
const imported = (arn: string) => Certificate.fromCertificateArn(main, `Imported${count++}`, arn);
/** With an ARN that the CDK does not parse. */
const withArn = (certificateArn: string): ICertificate =>
  Object.create(imported(arnIn('eu-west-1')), { certificateArn: { value: certificateArn } });
const arnIn = (region: string, more: { partition?: string; account?: string } = {}) =>
  `arn:${more.partition ?? 'aws'}:acm:${region}:${more.account ?? account}:certificate/0a1b2c3d-0000-4000-8000-0123456789ab`;

/** Each prop that takes a certificate: with its code, and the region it has to be in for an API in eu-west-1. */
const name = 'api.example.com';
const cloudFront = (options: object) => ({
  edge: { type: 'cloudfront' as const, ...options },
  domain: { name, dns: 'external' as const },
});
const PROPS: readonly (readonly [string, string, string, (certificate: ICertificate, stack?: Stack) => unknown])[] = [
  [
    'domain.certificate',
    'domain-invalid',
    'eu-west-1',
    (certificate, stack = main) => transportOf(stack, { domain: { name, certificate } }),
  ],
  [
    'domain.certificate',
    'domain-invalid',
    'eu-west-1',
    (certificate, stack = main) => new SharedDomain(stack, `Shared${count++}`, { name, certificate }),
  ],
  [
    'edge.certificate',
    'edge-invalid',
    'us-east-1',
    (certificate, stack = main) => transportOf(stack, cloudFront({ certificate })),
  ],
  [
    'edge.originCertificate',
    'edge-invalid',
    'us-east-1',
    (originCertificate, stack = main) =>
      transportOf(stack, cloudFront({ originCertificate, originTrustStore: 'origin.pem' })),
  ],
];

describe.each(PROPS)('the certificate of %s', (location, code, region, use) => {
  const rejected = (certificate: ICertificate, message: RegExp, stack?: Stack) => {
    expect(() => use(certificate, stack)).toThrow(
      new RegExp(`^${code} at ${location}: found .+; expected .+\\. [A-Z].+\\.$`),
    );
    expect(() => use(certificate, stack)).toThrow(message);
  };

  it(`is in ${region}`, () => {
    expect(() => use(imported(arnIn(region)))).not.toThrow();
    for (const other of ['us-east-1', 'eu-west-1', 'eu-west-2', 'us-west-2'].filter((one) => one !== region)) {
      rejected(imported(arnIn(other)), new RegExp(`of the region ${other}; expected one of the region ${region}`));
    }
  });

  it('is in the partition and the account of the stack', () => {
    rejected(
      imported(arnIn(region, { partition: 'aws-cn' })),
      /of the partition aws-cn; expected one of the partition aws/,
    );
    rejected(imported(arnIn(region, { account: '999999999999' })), /of the account 9+; expected one of the account 1/);
  });

  it.each([
    ['another service', `arn:aws:iam::${account}:server-certificate/api`],
    ['an authority', `arn:aws:acm-pca:eu-west-1:${account}:certificate-authority/a`],
    ['another resource', `arn:aws:acm:eu-west-1:${account}:certificate`],
    ['no account', 'arn:aws:acm:eu-west-1::certificate/a'],
    ['a wildcard', `arn:aws:acm:*:${account}:certificate/a`],
    ['a name', 'api.example.com'],
    ['an id', '0a1b2c3d-0000-4000-8000-0123456789ab'],
    ['a space after it', `arn:aws:acm:eu-west-1:${account}:certificate/a `],
    ['a line end', `arn:aws:acm:eu-west-1:${account}:certificate/a\n`],
    ['an empty string', ''],
    ['another account number', 'arn:aws:acm:eu-west-1:1234:certificate/a'],
  ])('has an ARN of ACM, not that of %s', (_, arn) => {
    rejected(withArn(arn), /expected a certificate of ACM, arn:<partition>:acm:.*Copy the ARN/);
  });

  it('is a certificate, not another resource', () => {
    const bucket = new Bucket(main, `Bucket${count++}`) as unknown as ICertificate;
    rejected(bucket, /found a resource without certificateArn/);
  });

  it('can be known only at deployment, in whole or in part', () => {
    const arns = [
      Lazy.string({ produce: () => 'x' }),
      Aws.STACK_NAME,
      `arn:${Aws.PARTITION}:acm:${region}:${Aws.ACCOUNT_ID}:certificate/a`,
      `arn:aws:acm:${Aws.REGION}:${account}:certificate/${Aws.STACK_NAME}`,
    ];
    for (const certificateArn of arns) {
      expect(() => use(withArn(certificateArn))).not.toThrow();
    }
    const other = region === 'us-east-1' ? 'eu-west-1' : 'us-east-1';
    const certificateArn = `arn:${Aws.PARTITION}:acm:${other}:${Aws.ACCOUNT_ID}:certificate/a`;
    rejected(withArn(certificateArn), new RegExp(`of the region ${other}`));
  });

  it('can be one that another stack of the app creates, in that region', () => {
    const created = (where: string) =>
      new Certificate(stackIn(where, `Certificates${count++}`), 'Certificate', { domainName: name });
    expect(() => use(created(region))).not.toThrow();
    rejected(created('ap-south-1'), /of the region ap-south-1/);
  });
});

describe('the certificate of a domain in a stack without a region', () => {
  it('can be of any region: the deployment knows which one is right', () => {
    const stack = stackIn(undefined, 'Anywhere');
    for (const region of ['eu-west-1', 'us-east-1']) {
      const certificate = imported(arnIn(region));
      expect(() => transportOf(stack, { domain: { name, certificate } })).not.toThrow();
    }
  });
});
