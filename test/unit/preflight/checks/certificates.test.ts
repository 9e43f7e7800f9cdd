import { describe, expect, it } from 'vitest';
import {
  checkCertificate,
  checkCertificateRegion,
  usedCertificates,
} from '../../../../lib/preflight/checks/certificates.ts';
import { contextOf } from '../../../support/preflightFacts.ts';

const arn = (region: string) => `arn:aws:acm:${region}:123456789012:certificate/a`;
const used = { arn: arn('eu-west-1'), name: 'api.example.com', region: 'eu-west-1' };
const now = new Date('2026-11-28T00:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
const issued = { status: 'ISSUED', names: ['api.example.com'], expires: inDays(90), renewal: undefined };

type State = Parameters<typeof checkCertificate>[1];

describe('a certificate', () => {
  it.each<readonly [string, State, string]>([
    ['is issued', issued, 'ok'],
    ['does not exist', undefined, 'certificate-unusable'],
    ['waits for its validation', { ...issued, status: 'PENDING_VALIDATION' }, 'certificate-pending'],
    ...['EXPIRED', 'FAILED', 'INACTIVE', 'REVOKED', 'VALIDATION_TIMED_OUT', ''].map(
      (status) => [`has the status ${status}`, { ...issued, status }, 'certificate-unusable'] as const,
    ),
    ['expires in 30 days', { ...issued, expires: inDays(30) }, 'ok'],
    ['expires in less', { ...issued, expires: inDays(29.9) }, 'certificate-expiring'],
    ['has expired just now', { ...issued, expires: inDays(0) }, 'certificate-unusable'],
    ['is not renewed', { ...issued, renewal: 'FAILED' }, 'certificate-expiring'],
    ['is being renewed', { ...issued, renewal: 'PENDING_AUTO_RENEWAL' }, 'ok'],
    ['covers the name by a wildcard', { ...issued, names: ['example.com', '*.example.com'] }, 'ok'],
    ['has a wildcard of another level', { ...issued, names: ['*.com', '*.api.example.com'] }, 'certificate-other-name'],
    ['covers another name', { ...issued, names: ['example.com'] }, 'certificate-other-name'],
    ['is written in capitals', { ...issued, names: ['API.Example.com'] }, 'ok'],
  ])('that %s', (_, state, code) => {
    expect(checkCertificate(used, state, now)[0]?.code).toBe(code);
  });

  it('is one of the template or of the deployed stack', () => {
    const own = contextOf([
      ['AWS::ApiGateway::DomainName', { DomainName: 'api.example.com', RegionalCertificateArn: { Ref: 'R1' } }],
      ['AWS::CertificateManager::Certificate', { DomainName: 'api.example.com' }],
    ]);
    expect(usedCertificates(own)).toEqual([]);
    const resources = [{ id: 'R1', type: 'AWS::CertificateManager::Certificate', physicalId: arn('eu-west-1') }];
    expect(usedCertificates({ ...own, deployed: { status: 'CREATE_IN_PROGRESS', resources } })).toEqual([used]);
  });

  it('is in the region of the API, but for the sign-in page of Cognito in us-east-1', () => {
    const region = (certificate: string, name = 'api.example.com') => {
      const context = contextOf([
        ['AWS::ApiGateway::DomainName', { DomainName: name, RegionalCertificateArn: arn(certificate) }],
        [
          'AWS::Cognito::UserPoolDomain',
          { Domain: 'login.example.com', CustomDomainConfig: { CertificateArn: arn(certificate) } },
        ],
      ]);
      return usedCertificates(context).map((one) => checkCertificateRegion(one).map(({ code }) => code));
    };
    expect(region('eu-west-1')).toEqual([[], ['certificate-region']]);
    expect(region('us-east-1')).toEqual([['certificate-region'], []]);
  });
});
