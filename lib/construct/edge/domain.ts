import { CfnOutput, Token } from 'aws-cdk-lib';
import {
  BasePathMapping,
  type CfnDomainName,
  DomainName,
  EndpointType,
  type RestApiBase,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AaaaRecord, ARecord, CaaRecord, CaaTag, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { invalid } from '../invalid.ts';
import type { DomainProps } from './domainProps.ts';
import { hostNamesOf } from './hostNames.ts';
import { endpointAccessMode, type TlsSettings } from './tls.ts';

/** The domain with its certificate, which the expiry alarm watches. */
export interface ServedDomain {
  /** Of the first name. */
  readonly domain: DomainName;
  /** Of all names, in their order; missing where APIs share the domain. */
  readonly domains?: readonly DomainName[];
  readonly certificate: ICertificate;
}

/** What every name of a domain has. */
export interface DomainParts {
  readonly tls: TlsSettings;
  /** The CAs whose client certificates are accepted. @default - clients have no certificates */
  readonly trustStore?: Asset;
}

/** Any of the four names of Amazon's authorities is enough. https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html */
const AUTHORITY = 'amazon.com';
const NOBODY = ';';

/**
 * Serves an API under host names: certificate, TLS policy, mapping, address records for IPv4 and IPv6.
 *
 * @throws {ConfigError} `domain-invalid`.
 */
export function serveDomain(
  scope: Construct,
  { restApi, cloudFront, ...parts }: DomainParts & { readonly restApi: RestApiBase; readonly cloudFront?: object },
  props: DomainProps,
): ServedDomain {
  const { certificate, domains } = createDomains(scope, props, { ...parts, isPublic: cloudFront === undefined });
  for (const [i, domainName] of domains.entries()) {
    new BasePathMapping(scope, i === 0 ? 'DomainMapping' : `DomainMapping-${suffix(props, i)}`, {
      domainName,
      restApi,
    });
  }
  return { domain: domains[0], domains, certificate };
}

/** The domains of several names with one certificate, and their records. Nothing is mapped to them yet. */
export function createDomains(
  scope: Construct,
  props: DomainProps,
  { isPublic = true, ...parts }: DomainParts & { readonly isPublic?: boolean },
) {
  const names = hostNamesOf(props);
  requireDns(props);
  const certificate = props.certificate ?? ownCertificate(scope, names, props.zone);
  const create = (name: string, i: number) => {
    const ending = i === 0 ? '' : `-${suffix(props, i)}`;
    const domain = createDomain(scope, `Domain${ending}`, { name, certificate, ...parts });
    if (props.zone !== undefined) {
      if (isPublic) addAddresses(scope, ending, { domain, name, zone: props.zone });
      // A stricter record of the zone would stop the certificate that is requested before this one exists.
      if (props.caa === true) certificate.node.addDependency(caaRecord(scope, ending, { name, zone: props.zone }));
    }
    if (props.dns === 'external' && isPublic) {
      const description = `Where the CNAME record of ${name} has to lead`;
      new CfnOutput(scope, `Target${ending}`, { value: domain.domainNameAliasDomainName, description });
    }
    return domain;
  };
  const [first, ...others] = names;
  return { certificate, domains: [create(first, 0), ...others.map((name, i) => create(name, i + 1))] as const };
}

function createDomain(
  scope: Construct,
  id: string,
  { name, certificate, tls, trustStore }: DomainParts & { readonly name: string; readonly certificate: ICertificate },
): DomainName {
  const domain = new DomainName(scope, id, {
    domainName: name,
    certificate,
    endpointType: EndpointType.REGIONAL,
    securityPolicy: tls.regional,
    endpointAccessMode: endpointAccessMode(tls.regional),
    ...(trustStore && { mtls: { bucket: trustStore.bucket, key: trustStore.s3ObjectKey } }),
  });
  // Without it the address has no IPv6, and the AAAA record leads nowhere. The L2 has no option for it.
  (domain.node.defaultChild as CfnDomainName).addPropertyOverride('EndpointConfiguration.IpAddressType', 'dualstack');
  return domain;
}

interface Recorded {
  readonly name: string;
  readonly zone: IHostedZone;
}

function addAddresses(
  scope: Construct,
  ending: string,
  { domain, name, zone }: Recorded & { readonly domain: DomainName },
): void {
  const record = { zone, recordName: name, target: RecordTarget.fromAlias(new ApiGatewayDomain(domain)) };
  new ARecord(scope, `Address${ending}`, record);
  new AaaaRecord(scope, `AddressV6${ending}`, record);
}

function caaRecord(scope: Construct, ending: string, { name, zone }: Recorded): CaaRecord {
  // CAA is not read at a wildcard (RFC 8659, section 3): its record is at the name without the asterisk.
  const isWildcard = name.startsWith('*.');
  return new CaaRecord(scope, `Authorities${ending}`, {
    zone,
    recordName: isWildcard ? name.slice(2) : name,
    values: [
      { flag: 0, tag: CaaTag.ISSUE, value: AUTHORITY },
      { flag: 0, tag: CaaTag.ISSUEWILD, value: isWildcard ? AUTHORITY : NOBODY },
    ],
  });
}

/** A certificate of ACM for these names, validated by records in the zone. Without zone, the records are made by hand. */
export function ownCertificate(
  scope: Construct,
  [domainName, ...subjectAlternativeNames]: readonly [string, ...string[]],
  zone: IHostedZone | undefined,
): Certificate {
  return new Certificate(scope, 'Certificate', {
    domainName,
    ...(subjectAlternativeNames.length === 0 ? {} : { subjectAlternativeNames }),
    validation: CertificateValidation.fromDns(zone),
  });
}

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html */
const LONGEST_FIRST_NAME = 64;

function requireDns({ name, zone, certificate, dns, caa }: DomainProps): void {
  const faults = [
    {
      location: 'domain.name',
      is: certificate === undefined && !Token.isUnresolved(name) && name.length > LONGEST_FIRST_NAME,
      found: `${name.length} characters`,
      expected: `at most ${LONGEST_FIRST_NAME} without certificate`,
      fix: 'ACM accepts longer names only after the first: begin with a shorter one, and add this one to alternativeNames.',
    },
    {
      is: zone === undefined && certificate === undefined && dns === undefined,
      found: 'neither zone nor certificate nor dns',
      expected: 'one of them',
      fix: "Give the hosted zone, or a certificate that exists, or dns: 'external' where another provider serves the names.",
    },
    {
      is: zone !== undefined && dns === 'external',
      found: "zone with dns: 'external'",
      expected: 'one of them',
      fix: 'Leave dns out: the stack writes the records into the zone.',
    },
    {
      is: caa === true && zone === undefined,
      found: 'caa without zone',
      expected: 'a zone',
      fix: 'Write the CAA records where the DNS of the names is served.',
    },
    {
      is: caa === true && certificate !== undefined,
      found: 'caa with certificate',
      expected: 'a certificate of this stack',
      fix: 'Leave caa out: the certificate can be of another authority than Amazon.',
    },
  ];
  for (const { is, ...fault } of faults)
    if (is) throw invalid({ code: 'domain-invalid', location: 'domain', ...fault });
}

/** The end of an id that does not change when the names change their order. */
function suffix({ alternativeNames = [] }: DomainProps, i: number): string {
  const name = alternativeNames[i - 1] ?? '';
  return Token.isUnresolved(name) ? `${i}` : name;
}
