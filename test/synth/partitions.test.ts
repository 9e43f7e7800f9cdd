import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { Identity, Notify, UploadBucket } from '../../lib/construct/index.ts';
import { domain, synthesizeVariant, templateIn, type Variant } from '../support/variants.ts';

const account = '123456789012';
const endpoint = 'https://login.example.com/introspect';
const opaque = { issuer: 'https://login.example.com', audience: 'a', clientId: 'a', endpoint };

/** Every prop, in a region; the user pool where there are any. */
const everything = (region: string): Variant => ({
  env: { account, region },
  props: (stack) => ({
    identity: [
      Identity.hmac({ issuer: 'billing', audience: 'a' }),
      Identity.introspection({ ...opaque, secret: Secret.fromSecretNameV2(stack, 'Client', 'client') }),
      Identity.oidc({
        issuer: 'https://bound.example.com',
        jwksUri: 'https://bound.example.com/keys',
        audience: 'a',
        dpop: 'required',
      }),
      ...(region.startsWith('cn-') ? [] : [Identity.cognito({ machineClients: { robot: { roles: ['reader'] } } })]),
    ],
    domain: domain(stack),
    notify: [Notify.email('ops@example.com')],
    revocation: true,
    clients: true,
    tracing: true,
  }),
  more: (stack) => new UploadBucket(stack, 'Uploads'),
});

const templateOf = (region: string) => JSON.stringify(templateIn(synthesizeVariant(everything(region))).Resources);

describe.each([
  ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
  ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
])('a stack in %s', (region, partition, suffix) => {
  const template = templateOf(region);

  it('names no resource of another partition', () => {
    const partitions = new Set([...template.matchAll(/arn:(aws[a-z-]*):/g)].map(([, name]) => name));
    expect([...partitions].filter((name) => name !== partition)).toEqual([]);
  });

  it('names no host of another partition; principals of services have one name in all', () => {
    const hosts = [...template.matchAll(/[\w.-]*amazonaws\.com[\w.]*/g)].map(([host]) => host);
    const principal = /^[a-z0-9-]+(?:\.s3|\.guardduty|\.logs)?\.amazonaws\.com$|^logging\.s3\.amazonaws\.com$/;
    // The CDK writes kms:ViaService, by which Secrets Manager uses the key, the same in all partitions.
    const others = hosts.filter((host) => !principal.test(host) && host !== `secretsmanager.${region}.amazonaws.com`);
    expect(others.filter((host) => !host.endsWith(suffix))).toEqual([]);
    expect(template).toContain(JSON.stringify([`logs.${region}.`, { Ref: 'AWS::URLSuffix' }]));
  });
});

describe('what a partition does not have', () => {
  it.each(['cn-north-1', 'cn-northwest-1'])('is rejected at synth: a user pool in %s', (region) => {
    const variant = { env: { account, region }, props: { identity: Identity.cognito() } };
    expect(() => synthesizeVariant(variant)).toThrow(
      /^identity-invalid .*Identity\.cognito\(\) in cn-.*Identity\.oidc/,
    );
  });

  it('is rejected at synth: a custom sign-in domain in GovCloud', () => {
    const arn = 'arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/a';
    const variant: Variant = {
      env: { account, region: 'us-gov-west-1' },
      props: (stack) => {
        const signIn = {
          domainName: 'login.example.com',
          certificate: Certificate.fromCertificateArn(stack, 'C', arn),
        };
        return { identity: Identity.cognito({ signIn }) };
      },
    };
    expect(() => synthesizeVariant(variant)).toThrow(/^identity-invalid .*custom domain in us-gov-west-1.*prefix/);
  });
});
