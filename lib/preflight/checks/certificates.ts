import { isRecord } from '../../../lambdas/shared/json.ts';
import { CLOUDFRONT_REGION } from '../../definition/edgeStack.ts';
import type { CertificateState } from '../facts/certificates.ts';
import { error, ok, shellWord, warning } from '../finding.ts';
import { type CheckContext, type Result, textOf } from './context.ts';

const DAY_MS = 86_400_000;
/** As the alarm of the stack. */
const EXPIRY_DAYS = 30;

/** A certificate that a host name uses. */
export interface UsedCertificate {
  readonly arn: string;
  readonly name: string;
  /** The region that it has to be in. */
  readonly region: string;
}

/** The certificates of host names: those that the template names, and those of the deployed stack. */
export function usedCertificates({ template, deployed, region }: CheckContext): readonly UsedCertificate[] {
  const arnOf = (value: unknown): string | undefined => {
    if (typeof value === 'string') return value;
    const id = isRecord(value) ? value['Ref'] : undefined;
    return deployed.resources.find((resource) => resource.id === id)?.physicalId;
  };
  const of = (name: string | undefined, value: unknown, needed: string): readonly UsedCertificate[] => {
    const arn = arnOf(value);
    return name === undefined || arn === undefined || !arn.startsWith('arn:') ? [] : [{ arn, name, region: needed }];
  };
  return [
    ...template
      .ofType('AWS::ApiGateway::DomainName')
      .flatMap(({ properties }) => of(textOf(properties, 'DomainName'), properties['RegionalCertificateArn'], region)),
    // CloudFront serves the sign-in page of Cognito.
    ...template.ofType('AWS::Cognito::UserPoolDomain').flatMap(({ properties }) => {
      const custom = properties['CustomDomainConfig'];
      return of(
        textOf(properties, 'Domain'),
        isRecord(custom) ? custom['CertificateArn'] : undefined,
        CLOUDFRONT_REGION,
      );
    }),
  ];
}

/** Reports a certificate in a region where its service does not look for it. No call is needed. */
export function checkCertificateRegion({ arn, name, region }: UsedCertificate): readonly Result[] {
  if (arn.split(':')[3] === region) return [];
  return [
    error({
      code: 'certificate-region',
      found: `${arn} for ${name}`,
      expected: `a certificate in ${region}`,
      fix: request(name, region),
    }),
  ];
}

/** Reports a certificate that clients would not accept, or soon no longer. */
export function checkCertificate(
  { arn, name, region }: UsedCertificate,
  state: CertificateState | undefined,
  now: Date,
): readonly Result[] {
  const describe = `aws acm describe-certificate --certificate-arn ${shellWord(arn)} --region ${region}`;
  if (state === undefined) {
    const expected = 'a certificate that exists in this account';
    return [
      error({ code: 'certificate-unusable', found: `no certificate ${arn}`, expected, fix: request(name, region) }),
    ];
  }
  if (state.status === 'PENDING_VALIDATION') {
    return [
      error({
        code: 'certificate-pending',
        found: `${arn} waits for its validation`,
        expected: 'the record in the public DNS that proves the control of the name',
        fix: `${describe} --query 'Certificate.DomainValidationOptions[].ResourceRecord'`,
      }),
    ];
  }
  if (state.status !== 'ISSUED') {
    const found = `${arn} in status ${state.status}`;
    return [error({ code: 'certificate-unusable', found, expected: 'status ISSUED', fix: request(name, region) })];
  }
  if (!state.names.some((one) => covers(one, name))) {
    const found = `a certificate for ${state.names.join(', ')}`;
    return [
      error({ code: 'certificate-other-name', found, expected: `one that covers ${name}`, fix: request(name, region) }),
    ];
  }
  const days =
    state.expires === undefined ? Number.POSITIVE_INFINITY : (state.expires.getTime() - now.getTime()) / DAY_MS;
  if (days >= EXPIRY_DAYS && state.renewal !== 'FAILED') return [ok(`issued for ${name}`)];
  const renewal = state.renewal === undefined ? '' : `, renewal ${state.renewal}`;
  const problem = {
    found: days <= 0 ? `${arn}, which has expired` : `${arn}, which expires in ${Math.floor(days)} days${renewal}`,
    expected: `more than ${EXPIRY_DAYS} days`,
    fix: `${describe} --query Certificate.RenewalSummary`,
  };
  return [
    days <= 0
      ? error({ code: 'certificate-unusable', ...problem })
      : warning({ code: 'certificate-expiring', ...problem }),
  ];
}

/** A wildcard stands for one label (RFC 9525, section 6.3). */
function covers(pattern: string, name: string): boolean {
  if (!pattern.startsWith('*.')) return pattern.toLowerCase() === name.toLowerCase();
  return name.split('.').slice(1).join('.').toLowerCase() === pattern.slice(2).toLowerCase();
}

function request(name: string, region: string): string {
  return `aws acm request-certificate --domain-name ${shellWord(name)} --validation-method DNS --region ${region}`;
}
