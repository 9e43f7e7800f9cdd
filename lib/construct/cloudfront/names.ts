import { CfnOutput } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { AaaaRecord, ARecord, HostedZone, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { ownCertificate } from '../edge/domain.ts';
import type { DomainProps } from '../edge/domainProps.ts';
import { invalid } from '../invalid.ts';
import type { Placement } from './placement.ts';

/** The hosted zone of CloudFront's names, the same as that of the API. */
export function zoneOf(placement: Placement, zone: IHostedZone | undefined): IHostedZone | undefined {
  if (zone === undefined || !placement.isSeparateStack) return zone;
  return HostedZone.fromHostedZoneAttributes(placement.scope, 'Zone', {
    hostedZoneId: placement.crossStackValue('ZoneId', zone.hostedZoneId),
    zoneName: placement.crossStackValue('ZoneName', zone.zoneName),
  });
}

/** Which certificates there are, and where one can be validated. */
interface CertificateChoice {
  /** Of the prop. */
  readonly certificate?: ICertificate;
  /** Of the regional domain. */
  readonly regional: ICertificate;
  readonly domain: DomainProps;
  readonly zone?: IHostedZone;
}

/**
 * The certificate of the distributions, which CloudFront reads in us-east-1 alone. One that is created there has the same validation record as
 * that of the API, so it needs no further one.
 *
 * @throws {ConfigError} `edge-invalid` where there is none and no zone to validate one.
 */
export function edgeCertificate(
  { scope, isSeparateStack }: Placement,
  names: readonly [string, ...string[]],
  { certificate, regional, domain, zone }: CertificateChoice,
): ICertificate {
  if (certificate !== undefined) return certificate;
  if (!isSeparateStack) return regional;
  if (zone === undefined && domain.dns === undefined) {
    throw invalid({
      code: 'edge-invalid',
      location: 'edge.certificate',
      found: 'a certificate of another region than us-east-1, and no zone',
      expected: 'a certificate of us-east-1, or a zone',
      fix: "CloudFront reads certificates in us-east-1: add edge: { type: 'cloudfront', certificate }, or the zone of the names.",
    });
  }
  return ownCertificate(scope, names, zone);
}

/** The zone of all distributions, as targets of alias records. https://docs.aws.amazon.com/general/latest/gr/cf_region.html */
const DISTRIBUTIONS_ZONE = 'Z2FDTNDATAQYW2';

/** Leads a name to its distribution, or says where it has to lead. */
export function addressRecords(
  scope: Construct,
  { host, created, domain, zone }: { host: string; created: CfnDistribution; domain: DomainProps; zone?: IHostedZone },
): void {
  if (zone !== undefined) {
    const bind = () => ({ dnsName: created.attrDomainName, hostedZoneId: DISTRIBUTIONS_ZONE });
    const record = { zone, recordName: host, target: RecordTarget.fromAlias({ bind }) };
    new ARecord(scope, 'Address', record);
    new AaaaRecord(scope, 'AddressV6', record);
  }
  const description = `Where ${domain.dns === 'external' ? `the CNAME record of ${host} has to lead` : `${host} leads`}`;
  new CfnOutput(scope, 'Target', { value: created.attrDomainName, description });
}
