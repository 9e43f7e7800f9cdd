import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';

/** The host names of a domain, and who serves their DNS. */
export interface DomainProps {
  /** Host name in lower case, such as `api.example.com`. */
  readonly name: string;
  /** More names of the same API, at most nine; a wildcard such as `*.api.example.com` only with `wildcard`. @default - one name */
  readonly alternativeNames?: readonly string[];
  /** Allows wildcards in `alternativeNames`. @default - they fail */
  readonly wildcard?: boolean;
  /**
   * The hosted zone of the names, for address records and the records that validate the certificate.
   * @default - no records are created, and `certificate` or `dns` is required
   */
  readonly zone?: IHostedZone;
  /**
   * `external`: another provider serves the DNS. The deployment waits for the validation record, which `secure-api domain status` prints,
   * and an output says where each name has to lead.
   * @default - Route 53, by `zone`
   */
  readonly dns?: 'external';
  /**
   * A certificate of this region that covers the names.
   * @default - one is created and validated by DNS; it renews while the record exists
   */
  readonly certificate?: ICertificate;
  /**
   * A CAA record (RFC 8659) at each name: no other authority than Amazon's is allowed to issue certificates for it. It needs `zone`.
   * @default - the records of the names above apply
   */
  readonly caa?: boolean;
}
