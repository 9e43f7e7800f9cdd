import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { afterAll, describe, expect, it } from 'vitest';
import { Notify } from '../../lib/construct/index.ts';
import { makeCa, makeClient } from '../support/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';
import { at, edgeTemplates, listAt, ofType, only } from './support.ts';

const account = '111122223333';
const CERTIFICATE = `arn:aws:acm:us-east-1:${account}:certificate/0a1b`;
const CONFIG = 'Properties.DistributionConfig';

const ca = await makeCa();
const trustStore = join(temporaryFolder(), 'cas.pem');
writeFileSync(trustStore, ca.cert);
afterAll(() => rmSync(dirname(trustStore), { recursive: true }));

describe('options of an API behind CloudFront', () => {
  it('are several names, each with its distribution, at another DNS provider', () => {
    const { edge, main } = edgeTemplates('eu-west-1', () => ({
      domain: { name: 'api.example.com', alternativeNames: ['api.example.org'], dns: 'external' },
    }));
    const aliases = ofType(edge, 'AWS::CloudFront::Distribution').map(([, one]) => at(one, `${CONFIG}.Aliases.0`));
    expect(aliases).toEqual(['api.example.com', 'api.example.org']);
    expect(at(only(edge, 'AWS::CertificateManager::Certificate'), 'Properties.SubjectAlternativeNames')).toEqual([
      'api.example.org',
    ]);
    for (const template of [main, edge]) {
      expect(ofType(template, 'AWS::Route53::RecordSet')).toEqual([]);
      const certificate = only(template, 'AWS::CertificateManager::Certificate');
      expect(at(certificate, 'Properties.ValidationMethod')).toBe('DNS');
      expect(at(certificate, 'Properties.DomainValidationOptions')).toBeUndefined();
    }
    // The records lead to the distributions, so only their stack says where.
    const targets = (template: Template) =>
      Object.values(template.findOutputs('*')).filter(({ Description = '' }) => Description.startsWith('Where '));
    expect(targets(main)).toEqual([]);
    const ids = ofType(edge, 'AWS::CloudFront::Distribution').map(([id]) => id);
    expect(targets(edge)).toEqual(
      aliases.map((alias, i) => ({
        Description: `Where the CNAME record of ${alias} has to lead`,
        Value: { 'Fn::GetAtt': [ids[i], 'DomainName'] },
      })),
    );
    expect(ofType(edge, 'AWS::Logs::DeliverySource')).toHaveLength(2);
  });

  it('are a separate certificate, and mutual TLS between CloudFront and the API beside the secret', () => {
    const { edge, main } = edgeTemplates('eu-west-1', (stack) => ({
      edge: {
        type: 'cloudfront',
        certificate: Certificate.fromCertificateArn(stack, 'Own', CERTIFICATE),
        originCertificate: Certificate.fromCertificateArn(stack, 'Client', `${CERTIFICATE}2`),
        originTrustStore: trustStore,
      },
      notify: [Notify.topic(Topic.fromTopicArn(stack, 'Ops', `arn:aws:sns:eu-west-1:${account}:ops`))],
    }));
    const distribution = only(edge, 'AWS::CloudFront::Distribution');
    expect(at(distribution, `${CONFIG}.ViewerCertificate.AcmCertificateArn`)).toBe(CERTIFICATE);
    expect(at(distribution, `${CONFIG}.Origins.0.CustomOriginConfig.OriginMtlsConfig`)).toEqual({
      ClientCertificateArn: `${CERTIFICATE}2`,
    });
    const domain = only(main, 'AWS::ApiGateway::DomainName');
    expect(at(domain, 'Properties')).toMatchObject({ SecurityPolicy: 'TLS_1_2' });
    expect(at(domain, 'Properties.MutualTlsAuthentication.TruststoreUri')).toBeDefined();
    expect(at(only(main, 'AWS::WAFv2::WebACL'), 'Properties.Rules.0.Name')).toBe('origin');
    const [[, alarm] = []] = ofType(edge, 'AWS::CloudWatch::Alarm');
    expect(listAt(alarm, 'Properties.AlarmActions')).toHaveLength(1);
  });

  it.each(['required', 'optional'] as const)(
    'are certificates of clients, %s, without HTTP/3 and plain HTTP',
    (mode) => {
      const { edge, main } = edgeTemplates('eu-west-1', () => ({ mtls: { trustStore, mode } }));
      const distribution = only(edge, 'AWS::CloudFront::Distribution');
      expect(at(distribution, CONFIG)).toMatchObject({
        HttpVersion: 'http2',
        DefaultCacheBehavior: { ViewerProtocolPolicy: 'https-only' },
        ViewerMtlsConfig: { Mode: mode, TrustStoreConfig: { IgnoreCertificateExpiry: false } },
        ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.3_2025' },
      });
      const source = 'Properties.CaCertificatesBundleSource.CaCertificatesBundleS3Location';
      expect(at(only(edge, 'AWS::CloudFront::TrustStore'), source)).toMatchObject({ Region: 'us-east-1' });
      const policy = only(edge, 'AWS::CloudFront::OriginRequestPolicy');
      expect(listAt(policy, 'Properties.OriginRequestPolicyConfig.HeadersConfig.Headers')).toEqual([
        'CloudFront-Viewer-Cert-Present',
        'CloudFront-Viewer-Cert-Pem',
      ]);
      const code = String(at(only(edge, 'AWS::CloudFront::Function'), 'Properties.FunctionCode'));
      expect(code).toContain('const HAS_CERTIFICATES = true;');
      expect(at(only(main, 'AWS::ApiGateway::DomainName'), 'Properties.MutualTlsAuthentication')).toBeUndefined();
    },
  );

  it('are certificates of clients that a list in the stack of the API revokes: the handshake denies them', () => {
    const { edge, main } = edgeTemplates('eu-west-1', () => ({ mtls: { trustStore, revocation: true } }));
    const [[functionId] = []] = ofType(edge, 'AWS::CloudFront::ConnectionFunction');
    const [[storeId] = []] = ofType(edge, 'AWS::CloudFront::KeyValueStore').filter(([id]) => id.includes('Revoked'));
    const distribution = only(edge, 'AWS::CloudFront::Distribution');
    const associated = at(distribution, `${CONFIG}.ConnectionFunctionAssociation.Id`);
    expect(associated).toEqual({ 'Fn::GetAtt': [functionId, 'Id'] });
    const associations = 'Properties.ConnectionFunctionConfig.KeyValueStoreAssociations';
    expect(listAt(only(edge, 'AWS::CloudFront::ConnectionFunction'), associations)).toEqual([
      { KeyValueStoreARN: { 'Fn::GetAtt': [storeId, 'Arn'] } },
    ]);

    const copies = only(edge, 'AWS::Lambda::Function', 'Revocation');
    const settings = JSON.stringify(at(copies, 'Properties.Environment.Variables.SECURE_API_REVOKED_CERTIFICATES'));
    expect(settings).toContain('RevocationBucket');
    expect(settings).toContain('eu-west-1');
    expect(Object.keys(main.findOutputs('*')).filter((id) => id.includes('RevocationBucket'))).toHaveLength(2);
    expect(at(only(edge, 'AWS::Events::Rule', 'Revocation'), 'Properties.ScheduleExpression')).toBe('rate(1 minute)');
    const policy = only(edge, 'AWS::IAM::Policy', 'RevocationRole');
    const grants = listAt(policy, 'Properties.PolicyDocument.Statement').flatMap((statement) =>
      listAt(statement, 'Action'),
    );
    expect(grants).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:GetObject',
      's3:ListBucket',
      'cloudfront-keyvaluestore:DescribeKeyValueStore',
      'cloudfront-keyvaluestore:GetKey',
      'cloudfront-keyvaluestore:ListKeys',
      'cloudfront-keyvaluestore:UpdateKeys',
    ]);
    expect(JSON.stringify(policy)).not.toContain('*');
    const [[copiesId] = []] = ofType(edge, 'AWS::Lambda::Function').filter(([id]) => id.includes('Revocation'));
    expect(at(only(edge, 'AWS::CloudWatch::Alarm', 'RevocationCopyErrors'), 'Properties.Dimensions')).toEqual([
      { Name: 'FunctionName', Value: { Ref: copiesId } },
    ]);
  });

  it('fail where CloudFront has no certificate that it could read', () => {
    const arn = CERTIFICATE.replace('us-east-1', 'eu-west-1');
    const use = (stack: Stack) => ({
      domain: { name: 'api.example.com', certificate: Certificate.fromCertificateArn(stack, 'Own', arn) },
    });
    expect(() => edgeTemplates('eu-west-1', use)).toThrow(/^edge-invalid at edge\.certificate: .*us-east-1/);
  });

  it('fail where the trust store of the origin, or that of viewers, has what its service does not accept', async () => {
    const { cert } = await makeClient(ca);
    const wrong = join(dirname(trustStore), 'client.pem');
    writeFileSync(wrong, cert);
    const origin = (stack: Stack) => {
      const originCertificate = Certificate.fromCertificateArn(stack, 'Client', CERTIFICATE);
      return { edge: { type: 'cloudfront', originCertificate, originTrustStore: wrong } } as const;
    };
    expect(() => edgeTemplates('eu-west-1', origin)).toThrow(/^edge-invalid at edge\.originTrustStore: .*is of no CA/);
    writeFileSync(wrong, `${ca.cert}\n${cert}`);
    expect(() => edgeTemplates('eu-west-1', () => ({ mtls: { trustStore: wrong } }))).toThrow(
      /^mtls-invalid at mtls\.trustStore: .*a blank line/,
    );
  });
});
