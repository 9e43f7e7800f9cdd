import type { CertificateDetail, DomainValidation } from '@aws-sdk/client-acm';
import { AMAZON_AUTHORITIES } from '../../../preflight/index.ts';
import { type Dns, DnsFailure, normalize } from './dns.ts';
import { type DnsRecord, fault, ok, type StatusFinding, waiting } from './finding.ts';

const DAY_MS = 86_400_000;
/** Why ACM did not issue a certificate. https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-failed.html */
const REASONS: Readonly<Record<string, string>> = {
  CAA_ERROR: 'Add the CAA record 0 issue "amazon.com" at the name, or remove those that forbid it. Then deploy again.',
  DOMAIN_NOT_ALLOWED:
    'Amazon does not issue certificates for this name. Contact AWS Support, or use a certificate of another CA.',
  INVALID_PUBLIC_DOMAIN: 'The name has no public suffix: only names that can be registered get a public certificate.',
  ADDITIONAL_VERIFICATION_REQUIRED: 'Open a case with AWS Support: ACM needs more information about this name.',
};

/** What a certificate waits for, or why it does not serve. */
export async function certificateFindings(
  certificate: CertificateDetail,
  dns: Dns,
  now: Date,
): Promise<readonly StatusFinding[]> {
  const { Status = 'no status', DomainName = '', CertificateArn = '', FailureReason } = certificate;
  const validations = certificate.DomainValidationOptions ?? [];
  if (Status === 'PENDING_VALIDATION') return (await Promise.all(validations.map((one) => pending(one, dns)))).flat();
  if (Status === 'ISSUED') return issued(certificate, dns, now);
  if (Status === 'VALIDATION_TIMED_OUT') {
    return [
      fault(DomainName, {
        code: 'validation-timed-out',
        found: `ACM waited 72 hours for the validation records of ${CertificateArn}, and gave up`,
        expected: 'the CNAME record of each name within 72 hours',
        fix: 'Delete the failed stack, deploy again, and create the records that this command prints meanwhile.',
      }),
    ];
  }
  return [
    fault(DomainName, {
      code: 'certificate-unusable',
      found: `ACM reports the status ${Status}${FailureReason === undefined ? '' : ` (${FailureReason})`} for ${CertificateArn}`,
      expected: 'the status ISSUED',
      fix: REASONS[FailureReason ?? ''] ?? 'Read the reason in ACM, then deploy again or give another certificate.',
    }),
  ];
}

async function pending(validation: DomainValidation, dns: Dns): Promise<readonly StatusFinding[]> {
  const { DomainName: name = '' } = validation;
  if (validation.ValidationStatus === 'SUCCESS') return [ok(name, 'ACM has validated the name')];
  if (validation.ValidationStatus === 'FAILED') {
    return [
      fault(name, {
        code: 'validation-failed',
        found: 'ACM could not validate the name',
        expected: 'the CNAME record that ACM asked for',
        fix: 'Delete the failed stack, deploy again, and create the record that this command prints meanwhile.',
      }),
    ];
  }
  const record = recordOf(validation);
  if (record === undefined) {
    return [
      waiting(name, {
        code: 'validation-record-unknown',
        found: 'ACM has not published the validation record yet',
        expected: 'a record some seconds after the request',
        fix: 'Run this command again in a minute, or with --wait.',
      }),
    ];
  }
  const found = await recordFindings(name, record, dns);
  return [...found, ...(await authorityFindings(name, dns))];
}

/** What is wrong with the record that validates a name; without a problem, ACM has yet to look. */
async function recordFindings(name: string, record: DnsRecord, dns: Dns): Promise<readonly StatusFinding[]> {
  const problem = await recordProblem(record, dns);
  if (problem !== undefined) return [waiting(name, { ...problem, record })];
  return [
    waiting(name, {
      code: 'validation-running',
      found: `DNS has the right record ${record.name}, and ACM has not validated it yet`,
      expected: 'a certificate that ACM has issued',
      fix: 'Wait. ACM usually issues the certificate within 30 minutes after the record exists, and sometimes takes hours.',
    }),
  ];
}

async function recordProblem(record: DnsRecord, dns: Dns) {
  const expected = `${record.name} CNAME ${record.value}`;
  try {
    const [leads] = await dns.cname(record.name);
    if (leads === record.value) return undefined;
    if (leads !== undefined) {
      const fix = `Change the value of the record to ${record.value}`;
      return { code: 'validation-record-wrong', found: `DNS has ${record.name} CNAME ${leads}`, expected, fix };
    }
    const doubled = await doubledName(record, dns);
    const fix = 'Create the record at your DNS provider, and keep it: ACM needs it again to renew the certificate.';
    if (doubled === undefined) {
      return { code: 'validation-record-missing', found: `DNS has no record ${record.name}`, expected, fix };
    }
    const appended = doubled.slice(record.name.length);
    const entered = record.name.slice(0, -appended.length);
    return {
      code: 'validation-record-doubled',
      found: `DNS has the record at ${doubled}`,
      expected,
      fix: `Your DNS provider appends ${appended} to each name. Enter the name of the record as ${entered}`,
    };
  } catch (error) {
    return dnsProblem(error, expected);
  }
}

/** The record at a name to which the provider appended its domain. A common cause: https://repost.aws/knowledge-center/acm-certificate-pending-validation */
async function doubledName(record: DnsRecord, dns: Dns): Promise<string | undefined> {
  const labels = record.name.split('.');
  for (let i = 1; i < labels.length - 1; i += 1) {
    const name = `${record.name}.${labels.slice(i).join('.')}`;
    if ((await dns.cname(name))[0] === record.value) return name;
  }
  return undefined;
}

async function authorityFindings(name: string, dns: Dns): Promise<readonly StatusFinding[]> {
  const allowed = await dns.authorities(name).catch((error: unknown) => {
    if (error instanceof DnsFailure) return undefined;
    throw error;
  });
  if (allowed === undefined || allowed.some((one) => AMAZON_AUTHORITIES.includes(one))) return [];
  return [
    waiting(name, {
      code: 'authority-forbidden',
      found: `the CAA records of ${name} allow ${allowed.filter((one) => one !== '').join(', ') || 'no CA'}, and not Amazon`,
      expected: `a CAA record that allows ${AMAZON_AUTHORITIES[0]}, without which ACM does not issue the certificate`,
      fix: `Create at your DNS provider: ${name}. CAA 0 issue "${AMAZON_AUTHORITIES[0]}"`,
    }),
  ];
}

async function issued(certificate: CertificateDetail, dns: Dns, now: Date): Promise<readonly StatusFinding[]> {
  const { DomainName = '', CertificateArn = '', NotAfter, RenewalSummary, Type } = certificate;
  const days = NotAfter === undefined ? Number.POSITIVE_INFINITY : (NotAfter.getTime() - now.getTime()) / DAY_MS;
  if (RenewalSummary?.RenewalStatus === 'FAILED' || days <= 0) {
    const renewal = RenewalSummary === undefined ? 'no renewal' : `the renewal status ${RenewalSummary.RenewalStatus}`;
    return [
      fault(DomainName, {
        code: days <= 0 ? 'certificate-expired' : 'renewal-failed',
        found: `${CertificateArn} ${days <= 0 ? 'expired' : 'expires'} at ${NotAfter?.toISOString() ?? 'an unknown time'}; ACM reports ${renewal}`,
        expected: 'a certificate that ACM renews 60 days before it expires',
        fix: 'Create the missing validation records. For an imported certificate, import its successor under the same ARN.',
      }),
    ];
  }
  const records = Type === 'IMPORTED' ? [] : (certificate.DomainValidationOptions ?? []);
  const problems = await Promise.all(
    records.map(async (validation) => {
      const record = recordOf(validation);
      const problem = record === undefined ? undefined : await recordProblem(record, dns);
      return problem === undefined ? [] : [waiting(validation.DomainName ?? '', { ...problem, record })];
    }),
  );
  const until = NotAfter === undefined ? '' : `, valid until ${NotAfter.toISOString().slice(0, 10)}`;
  return [
    ok(DomainName, `has ${Type === 'IMPORTED' ? 'an imported certificate' : 'a certificate of ACM'}${until}`),
    ...problems.flat(),
  ];
}

function recordOf({ ResourceRecord }: DomainValidation): DnsRecord | undefined {
  if (ResourceRecord?.Name === undefined || ResourceRecord.Value === undefined) return undefined;
  return { name: normalize(ResourceRecord.Name), type: 'CNAME', value: normalize(ResourceRecord.Value) };
}

/** The resolver failed: nothing is known of the name. */
export function dnsProblem(error: unknown, expected: string) {
  if (!(error instanceof DnsFailure)) throw error;
  const fix = 'Check the network, or ask another resolver with --dns-server.';
  return { code: 'dns-failed', found: error.message, expected, fix };
}
