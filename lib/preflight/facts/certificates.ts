import { type Account, noneIf } from '../account.ts';

/** A certificate of ACM. */
export interface CertificateState {
  readonly status: string;
  readonly names: readonly string[];
  readonly expires: Date | undefined;
  /** Status of the renewal that runs or failed. */
  readonly renewal: string | undefined;
}

/** Reads a certificate in its own region; none when it does not exist. */
export async function certificateState(account: Account, arn: string): Promise<CertificateState | undefined> {
  const { ACMClient, DescribeCertificateCommand } = account.sdk.acm;
  const client = new ACMClient({ ...account.config, region: arn.split(':')[3] });
  const found = await account
    .read('DescribeCertificate', (options) =>
      client.send(new DescribeCertificateCommand({ CertificateArn: arn }), options),
    )
    .catch(noneIf(/ResourceNotFound|InvalidArn/));
  if (found?.Certificate === undefined) return undefined;
  const { Status = '', DomainName, SubjectAlternativeNames = [], NotAfter, RenewalSummary } = found.Certificate;
  const names = [...new Set([...(DomainName === undefined ? [] : [DomainName]), ...SubjectAlternativeNames])];
  return { status: Status, names, expires: NotAfter, renewal: RenewalSummary?.RenewalStatus };
}
