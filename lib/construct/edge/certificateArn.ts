import { Stack, Token } from 'aws-cdk-lib';
import { CfnCertificate, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import { formatValue, kindOf } from '../../definition/checks/check.ts';
import { CLOUDFRONT_REGION } from '../../definition/edgeStack.ts';
import type { ConfigErrorCode } from '../../definition/errors.ts';
import { invalid } from '../invalid.ts';

/** The prop that a certificate is given by. */
type CertificateProp = 'domain.certificate' | 'edge.certificate' | 'edge.originCertificate';

interface CertificateUse {
  readonly code: ConfigErrorCode;
  /** Undefined: the region of the stack. */
  readonly region?: string;
  /** Why it has to be there. */
  readonly because: string;
}

const AT_API_GATEWAY: CertificateUse = {
  code: 'domain-invalid',
  because: 'API Gateway reads certificates in the region and the account of the API alone.',
};
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html#https-requirements-aws-region */
const AT_CLOUDFRONT: CertificateUse = {
  code: 'edge-invalid',
  region: CLOUDFRONT_REGION,
  because: 'CloudFront reads certificates in us-east-1 and the account of the API alone.',
};
const USES: Readonly<Record<CertificateProp, CertificateUse>> = {
  'domain.certificate': AT_API_GATEWAY,
  'edge.certificate': AT_CLOUDFRONT,
  'edge.originCertificate': AT_CLOUDFRONT,
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscertificatemanager.html#awscertificatemanager-resources-for-iam-policies */
const PARTS: readonly (readonly [part: string, RegExp])[] = [
  ['arn', /^arn$/],
  ['partition', /^aws(-[a-z]+)*$/],
  ['service', /^acm$/],
  ['region', /^[a-z]{2,4}(-[a-z]+)+-\d$/],
  ['account', /^\d{12}$/],
  ['resource', /^certificate\/[A-Za-z0-9-]+$/],
];
const FORM = 'arn:<partition>:acm:<region>:<account>:certificate/<id>';

/**
 * Requires a certificate of ACM in the region, the partition and the account where AWS reads it. What only the deployment knows passes.
 *
 * @throws {ConfigError} `domain-invalid` or `edge-invalid`.
 */
export function requireCertificate(
  scope: Construct,
  location: CertificateProp,
  certificate: ICertificate | undefined,
): void {
  if (certificate === undefined) return;
  const stack = Stack.of(scope);
  const { code, because, region = stack.region } = USES[location];
  const fault = (found: string, expected: string, fix: string) => invalid({ code, location, found, expected, fix });
  const given = placeOf(certificate);
  if (typeof given === 'string') {
    throw fault(given, `a certificate of ACM, ${FORM}`, 'Copy the ARN of the certificate from ACM.');
  }
  const wanted = { partition: RegionInfo.get(region).partition, region, account: stack.account };
  for (const part of ['partition', 'region', 'account'] as const) {
    const [found, expected] = [given[part], wanted[part]];
    if (found === undefined || expected === undefined || Token.isUnresolved(found) || Token.isUnresolved(expected))
      continue;
    if (found === expected) continue;
    const fix = `${because} Request or import one there, or give the ARN of one that is there.`;
    throw fault(`a certificate of the ${part} ${found}`, `one of the ${part} ${expected}`, fix);
  }
}

interface Place {
  readonly partition?: string;
  readonly region?: string;
  readonly account?: string;
}

/** Where a certificate is, or what is given instead of one. */
function placeOf(certificate: ICertificate): Place | string {
  const arn: unknown = certificate.certificateArn;
  if (typeof arn !== 'string') return kindOf(arn) === 'nothing' ? 'a resource without certificateArn' : kindOf(arn);
  if (Token.isUnresolved(arn) && !arn.startsWith('arn:')) return placeOfResource(certificate);
  const parts = arn.split(':');
  const isArn =
    parts.length === PARTS.length &&
    PARTS.every(([, form], i) => {
      const part = parts[i] ?? '';
      return Token.isUnresolved(part) || form.test(part);
    });
  if (!isArn) return formatValue(arn);
  const [, partition, , region, account] = parts;
  return { partition, region, account };
}

/** A certificate of another stack of the app. Custom resources, whose certificates can be anywhere, are not examined. */
function placeOfResource({ node }: ICertificate): Place {
  if (!(node.defaultChild instanceof CfnCertificate)) return {};
  const { region, account } = Stack.of(node.defaultChild);
  return { region, account };
}
