import { Token } from 'aws-cdk-lib';
import {
  BasePathMapping,
  type CfnDomainName,
  DomainName,
  EndpointType,
  type RestApiBase,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AaaaRecord, ARecord, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import { formatValue } from '../../definition/checks/check.ts';
import type { ConfigError } from '../../definition/errors.ts';
import { invalid } from '../invalid.ts';
import { endpointAccessMode, type TlsSettings } from './tls.ts';

/** The API's own host name. */
export interface DomainProps {
  /** Host name in lower case, such as `api.example.com`. */
  readonly name: string;
  /**
   * The hosted zone of the name, for address records and the record that validates the certificate.
   * @default - no records are created, and `certificate` is required
   */
  readonly zone?: IHostedZone;
  /**
   * A certificate of this region that covers the name.
   * @default - one is created and validated through the zone; it renews while the record exists
   */
  readonly certificate?: ICertificate;
}

/** The domain with its certificate, which the expiry alarm watches. */
export interface ServedDomain {
  readonly domain: DomainName;
  readonly certificate: ICertificate;
}

/** What a domain serves. */
export interface DomainParts {
  readonly restApi: RestApiBase;
  readonly tls: TlsSettings;
}

const HOST = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/**
 * The host name of a domain.
 *
 * @throws {ConfigError} `domain-invalid`.
 */
export function hostNameOf({ name }: DomainProps): string {
  if (typeof name === 'string' && (Token.isUnresolved(name) || HOST.test(name))) return name;
  throw wrong(formatValue(name), 'a host name in lower case', 'Write it as api.example.com.');
}

/**
 * Serves the API under a host name: certificate, TLS policy, mapping, address records for IPv4 and IPv6.
 *
 * @throws {ConfigError} `domain-invalid`.
 */
export function serveDomain(scope: Construct, { restApi, tls }: DomainParts, props: DomainProps): ServedDomain {
  const { zone } = props;
  const domainName = hostNameOf(props);
  const certificate = props.certificate ?? ownCertificate(scope, domainName, zone);
  const domain = new DomainName(scope, 'Domain', {
    domainName,
    certificate,
    endpointType: EndpointType.REGIONAL,
    securityPolicy: tls.regional,
    endpointAccessMode: endpointAccessMode(tls.regional),
  });
  // Without it the address has no IPv6, and the AAAA record leads nowhere. The L2 has no option for it.
  (domain.node.defaultChild as CfnDomainName).addPropertyOverride('EndpointConfiguration.IpAddressType', 'dualstack');
  new BasePathMapping(scope, 'DomainMapping', { domainName: domain, restApi });
  if (zone !== undefined) {
    const record = { zone, recordName: domainName, target: RecordTarget.fromAlias(new ApiGatewayDomain(domain)) };
    new ARecord(scope, 'Address', record);
    new AaaaRecord(scope, 'AddressV6', record);
  }
  return { domain, certificate };
}

function ownCertificate(scope: Construct, domainName: string, zone: IHostedZone | undefined): Certificate {
  if (zone !== undefined) {
    return new Certificate(scope, 'Certificate', { domainName, validation: CertificateValidation.fromDns(zone) });
  }
  throw wrong('neither zone nor certificate', 'one of them', 'Give the hosted zone, or a certificate that exists.');
}

function wrong(found: string, expected: string, fix: string): ConfigError {
  return invalid({ code: 'domain-invalid', location: 'domain', found, expected, fix });
}
