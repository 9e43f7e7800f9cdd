import type { CaaRecord } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { type Account, noneIf, ReadFailure } from '../account.ts';

/** A hosted zone of Route 53. */
export interface Zone {
  readonly id: string;
  /** Without the dot at its end. */
  readonly name: string;
  readonly isPrivate: boolean;
  readonly nameServers: readonly string[];
}

/** Reads a hosted zone; none when the account has no such zone. */
export async function zoneById(account: Account, id: string): Promise<Zone | undefined> {
  const { Route53Client, GetHostedZoneCommand } = account.sdk.route53;
  const client = new Route53Client(account.config);
  const found = await account
    .read('GetHostedZone', (options) => client.send(new GetHostedZoneCommand({ Id: id }), options))
    .catch(noneIf(/NoSuchHostedZone|InvalidInput/));
  if (found?.HostedZone === undefined) return undefined;
  const { Name, Config } = found.HostedZone;
  const nameServers = (found.DelegationSet?.NameServers ?? []).map(normalize);
  return { id, name: normalize(Name), isPrivate: Config?.PrivateZone === true, nameServers };
}

/** The public hosted zones of a name. The lookup of the CDK needs exactly one. */
export async function zonesNamed(account: Account, name: string): Promise<readonly Zone[]> {
  const { Route53Client, ListHostedZonesByNameCommand } = account.sdk.route53;
  const client = new Route53Client(account.config);
  const { HostedZones = [] } = await account.read('ListHostedZonesByName', (options) =>
    client.send(new ListHostedZonesByNameCommand({ DNSName: name, MaxItems: 100 }), options),
  );
  const ids = HostedZones.flatMap(({ Id, Name, Config }) =>
    Id !== undefined && normalize(Name) === normalize(name) && Config?.PrivateZone !== true ? [Id] : [],
  );
  const zones = await Promise.all(ids.map((id) => zoneById(account, id.replace('/hostedzone/', ''))));
  return zones.flatMap((zone) => zone ?? []);
}

/** The types of the records that a zone has for a name. */
export async function recordTypes(account: Account, HostedZoneId: string, name: string): Promise<readonly string[]> {
  const { Route53Client, ListResourceRecordSetsCommand } = account.sdk.route53;
  const client = new Route53Client(account.config);
  const input = { HostedZoneId, StartRecordName: name, MaxItems: 20 };
  const { ResourceRecordSets = [] } = await account.read('ListResourceRecordSets', (options) =>
    client.send(new ListResourceRecordSetsCommand(input), options),
  );
  return ResourceRecordSets.flatMap(({ Name, Type }) => (normalize(Name) === normalize(name) ? (Type ?? []) : []));
}

/** What the public DNS says about a domain. */
export interface PublicDns {
  /** The name servers to which the name of the zone is delegated; none when it is not. */
  readonly nameServers: readonly string[];
  /** The certificate authorities that the domain's CAA records allow; undefined where no record restricts them. */
  readonly authorities: readonly string[] | undefined;
}

/** A name without records, or none at all. */
const ABSENT = /ENOTFOUND|ENODATA/;
const WILDCARD = '*.';

/** Asks the resolver of this machine. `servers` is for another one. Without a zone, name servers are not asked for. */
export async function publicDns(
  domain: string,
  zone: string | undefined,
  servers?: readonly string[],
): Promise<PublicDns> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const known = async <T>(query: Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await query;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (ABSENT.test(code)) return [];
      throw new ReadFailure('none', `DNS: ${code}`);
    }
  };
  const nameServers = zone === undefined ? [] : (await known(resolver.resolveNs(zone))).map(normalize);
  return { nameServers, authorities: await allowedAuthorities(domain, (name) => known(resolver.resolveCaa(name))) };
}

/**
 * The certificate authorities that the CAA records of a name allow; undefined where no record restricts them. The records of the closest
 * ancestor that has any decide (RFC 8659, section 3); for a wildcard `issuewild` before `issue` (section 4.3).
 */
export async function allowedAuthorities(
  domain: string,
  read: (name: string) => Promise<readonly CaaRecord[]>,
): Promise<readonly string[] | undefined> {
  const isWildcard = domain.startsWith(WILDCARD);
  for (const name of ancestors(isWildcard ? domain.slice(WILDCARD.length) : domain)) {
    const records = await read(name);
    if (records.length === 0) continue;
    const issue = records.flatMap((record) => record.issue ?? []);
    const wild = records.flatMap((record) => record.issuewild ?? []);
    const deciding = isWildcard && wild.length > 0 ? wild : issue;
    return deciding.length === 0 ? undefined : deciding.map(authority);
  }
  return undefined;
}

function ancestors(domain: string): readonly string[] {
  const labels = domain.split('.');
  return labels.slice(0, -1).map((_, i) => labels.slice(i).join('.'));
}

function authority(issue: string): string {
  return (issue.split(';')[0] ?? '').trim();
}

function normalize(name = ''): string {
  // Route 53 lists the asterisk of a wildcard as an escape.
  return name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\\052/, '*');
}
