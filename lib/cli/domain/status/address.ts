import type { GetDomainNameCommandOutput } from '@aws-sdk/client-api-gateway';
import { dnsProblem } from './certificate.ts';
import { type Dns, normalize } from './dns.ts';
import { type DnsRecord, fault, ok, type StatusFinding, waiting } from './finding.ts';

const WILDCARD = '*.';
/** Stands for the asterisk in a question, since resolvers do not ask for it. */
const ANY_LABEL = 'secure-api-status';

/** Whether API Gateway serves a name, and whether the name leads there, or to the distribution in front. */
export async function domainFindings(
  domain: GetDomainNameCommandOutput,
  dns: Dns,
  distribution: string | undefined,
): Promise<readonly StatusFinding[]> {
  const { domainName: name = '', regionalDomainName = '', securityPolicy = '' } = domain;
  const state = stateOf(domain);
  const target = normalize(distribution ?? regionalDomainName);
  return [
    state ?? ok(name, `is served by API Gateway with ${securityPolicy}`),
    ...(target === '' ? [] : [await addressFinding(name, target, dns)]),
  ];
}

function stateOf({ domainName: name = '', ...domain }: GetDomainNameCommandOutput): StatusFinding | undefined {
  const { domainNameStatus: status = 'AVAILABLE', domainNameStatusMessage: message = '' } = domain;
  if (status === 'AVAILABLE') return undefined;
  const found = `API Gateway reports the status ${status}${message === '' ? '' : `: ${message}`}`;
  const expected = 'the status AVAILABLE';
  if (status === 'UPDATING' || status === 'PENDING') {
    const fix = 'Wait. A change of a domain or of its security policy takes up to 15 minutes.';
    return waiting(name, { code: 'domain-updating', found, expected, fix });
  }
  const fix =
    'Import the certificate again, or use a certificate that ACM has issued for the name, which proves that you own it.';
  return fault(name, { code: 'domain-unusable', found, expected, fix });
}

async function addressFinding(name: string, target: string, dns: Dns): Promise<StatusFinding> {
  const asked = name.startsWith(WILDCARD) ? `${ANY_LABEL}.${name.slice(WILDCARD.length)}` : name;
  const record: DnsRecord = { name, type: 'CNAME', value: target };
  const expected = `${name} CNAME ${target}`;
  const fix =
    'Create the record at your DNS provider. The name of a zone itself cannot have a CNAME: create an ALIAS or ANAME record there.';
  try {
    const steps = await dns.cname(asked);
    if (steps.includes(target)) return ok(name, `leads to ${target}`);
    const [own, wanted] = await Promise.all([dns.addresses(asked), dns.addresses(target)]);
    // An alias record, also that of Route 53, gives the addresses of its target. They change, so one in common is enough.
    if (own.some((address) => wanted.includes(address))) return ok(name, `has the addresses of ${target}`);
    const leads = steps.at(-1) ?? own.join(', ');
    if (leads === '')
      return waiting(name, { code: 'address-missing', found: `DNS has no address of ${name}`, expected, fix, record });
    return waiting(name, { code: 'address-elsewhere', found: `DNS leads ${name} to ${leads}`, expected, fix, record });
  } catch (error) {
    return waiting(name, dnsProblem(error, expected));
  }
}
