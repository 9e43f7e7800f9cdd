import { isRecord } from '../../../lambdas/shared/json.ts';
import type { PublicDns, Zone } from '../facts/domains.ts';
import { error, ok, shellWord, warning } from '../finding.ts';
import type { Resource } from '../template.ts';
import { type CheckContext, deployedIds, isDeployed, type Result, textOf } from './context.ts';

/** The certificate authorities of Amazon, one of which CAA records have to allow. https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html */
export const AMAZON_AUTHORITIES = ['amazon.com', 'amazontrust.com', 'awstrust.com', 'amazonaws.com'];

/** A host name of the template with the hosted zone for its records. */
export interface ServedName {
  readonly name: string;
  /** Id of the hosted zone; none when nothing in the template names one. */
  readonly zone: string | undefined;
  /** Types of the records that the deployment has to create. */
  readonly newRecords: readonly string[];
  /** Whether the template has ACM issue a certificate. */
  readonly isIssued: boolean;
  /** Whether the deployment waits for a validation record that nothing in the stack creates. */
  readonly needsRecord?: boolean;
}

/** The host names that the template serves. */
export function servedNames(context: CheckContext): readonly ServedName[] {
  const { template } = context;
  return template.ofType('AWS::ApiGateway::DomainName').flatMap(({ properties }): readonly ServedName[] => {
    const name = textOf(properties, 'DomainName');
    if (name === undefined) return [];
    const records = template
      .ofType('AWS::Route53::RecordSet')
      .filter((record) => textOf(record.properties, 'Name')?.replace(/\.$/, '') === name);
    const certificates = template
      .ofType('AWS::CertificateManager::Certificate')
      .filter((certificate) => namesOf(certificate).includes(name));
    const validations = certificates
      .flatMap(({ properties: own }) => own['DomainValidationOptions'] ?? [])
      .flat()
      .filter(isRecord)
      // One record validates a name and its wildcard, so the CDK writes it once.
      .filter((one) => [name, name.replace(/^\*\./, '')].includes(textOf(one, 'DomainName') ?? ''));
    const hasZone = validations.some((one) => one['HostedZoneId'] !== undefined);
    const zones = [...records.map((record) => record.properties), ...validations];
    return [
      {
        name,
        zone: zones.map((one) => textOf(one, 'HostedZoneId')).find((id) => id !== undefined),
        newRecords: records
          .filter(({ id }) => !isDeployed(context, id))
          .flatMap((record) => textOf(record.properties, 'Type') ?? []),
        isIssued: certificates.length > 0,
        needsRecord: !hasZone && certificates.some(({ id }) => !isDeployed(context, id)),
      },
    ];
  });
}

/** The names of a certificate that the template creates. */
function namesOf({ properties }: Resource): readonly unknown[] {
  const others = properties['SubjectAlternativeNames'];
  return [properties['DomainName'], ...(Array.isArray(others) ? others : [])];
}

/** Reports a host name that API Gateway already serves in the region for something else. */
export function checkHostName(context: CheckContext, name: string, existing: readonly string[]): readonly Result[] {
  const isOurs = deployedIds(context, 'AWS::ApiGateway::DomainName').includes(name);
  if (isOurs || !existing.includes(name)) return [ok(isOurs ? `${name} is this stack's` : `${name} is free`)];
  return [
    error({
      code: 'domain-taken',
      found: `${name}, which is a custom domain of API Gateway outside this stack`,
      expected: 'a name that the stack can create',
      fix: `aws apigateway delete-domain-name --domain-name ${shellWord(name)} --region ${context.region}`,
    }),
  ];
}

/** Reports a hosted zone in which nobody would find the records of the stack. */
export function checkZone(name: string, zones: readonly Zone[], wanted: string): readonly Result[] {
  const [zone] = zones;
  const create = (domain: string) =>
    `aws route53 create-hosted-zone --name ${shellWord(domain)} --caller-reference "$(date +%s)"`;
  if (zone === undefined || zones.length > 1) {
    const found = zone === undefined ? `no hosted zone ${wanted}` : `${zones.length} public hosted zones ${wanted}`;
    const fix = zone === undefined && wanted.includes('.') ? create(wanted) : 'aws route53 list-hosted-zones';
    return [error({ code: 'zone-missing', found, expected: 'one public hosted zone in this account', fix })];
  }
  if (zone.isPrivate) {
    const found = `${zone.name}, a private hosted zone`;
    return [
      error({
        code: 'zone-private',
        found,
        expected: 'a public one: ACM validates over the internet',
        fix: create(zone.name),
      }),
    ];
  }
  if (name !== zone.name && !name.endsWith(`.${zone.name}`)) {
    const expected = `a zone that contains ${name}`;
    return [error({ code: 'zone-other-domain', found: zone.name, expected, fix: 'aws route53 list-hosted-zones' })];
  }
  return [ok(`${zone.name} contains ${name}`)];
}

/** Reports a zone that the public DNS does not use, and certificate authorities that exclude Amazon. */
export function checkDelegation(served: ServedName, zone: Zone, dns: PublicDns): readonly Result[] {
  const isDelegated = zone.nameServers.some((server) => dns.nameServers.includes(server));
  const results: readonly Result[] = [
    ...(isDelegated
      ? []
      : [
          error({
            code: 'zone-not-delegated',
            found: dns.nameServers.length === 0 ? `no name servers for ${zone.name}` : dns.nameServers.join(', '),
            expected: `${zone.nameServers.join(', ')}, the name servers of the hosted zone`,
            fix: `aws route53 get-hosted-zone --id ${shellWord(zone.id)} --query DelegationSet.NameServers # set these at the registrar, or as NS records of the parent zone`,
          }),
        ]),
    ...authorityProblems(served, dns),
  ];
  return results.length > 0 ? results : [ok(`${zone.name} is delegated to its name servers`)];
}

/** Reports what stops a certificate whose name has its DNS at another provider, or keeps its deployment waiting. */
export function checkOwnDns(served: ServedName, dns: PublicDns): readonly Result[] {
  const { name, needsRecord } = served;
  const results = [
    ...authorityProblems(served, dns),
    ...(needsRecord === true
      ? [
          warning({
            code: 'validation-by-hand',
            found: `a certificate for ${name}, whose validation record no hosted zone of the stack gets`,
            expected: 'you to create the record while the deployment waits',
            fix: 'npx secure-api domain status --stack <name> --wait # in a second terminal: it prints the record',
          }),
        ]
      : []),
  ];
  return results.length > 0 ? results : [ok(`ACM is allowed to issue for ${name}`)];
}

function authorityProblems({ name, isIssued, newRecords }: ServedName, { authorities }: PublicDns): readonly Result[] {
  const isAllowed = authorities?.some((authority) => AMAZON_AUTHORITIES.includes(authority)) ?? true;
  // A CAA record of the stack, which the certificate waits for, decides for its name.
  if (isAllowed || !isIssued || newRecords.includes('CAA')) return [];
  return [
    error({
      code: 'certificate-authority-forbidden',
      found: `CAA records for ${name} that allow ${authorities?.join(', ')}`,
      expected: `one that allows ${AMAZON_AUTHORITIES[0]}`,
      fix: `dig CAA ${shellWord(name)} # then add: 0 issue "${AMAZON_AUTHORITIES[0]}"`,
    }),
  ];
}

/** Reports records of the name that exist: CloudFormation does not replace them. */
export function checkRecords(
  { name, newRecords }: ServedName,
  zone: Zone,
  existing: readonly string[],
): readonly Result[] {
  // A CNAME allows no other record beside it.
  const taken = existing.filter((type) => newRecords.includes(type) || (type === 'CNAME' && newRecords.length > 0));
  if (taken.length === 0) return [ok(`${name} has no record that collides`)];
  return [
    error({
      code: 'record-taken',
      found: `${taken.join(', ')} of ${name} in ${zone.name}, which this stack does not have`,
      expected: 'no such record: the stack creates it',
      fix: `aws route53 list-resource-record-sets --hosted-zone-id ${shellWord(zone.id)} --start-record-name ${shellWord(name)} --max-items 5 # then delete it`,
    }),
  ];
}
