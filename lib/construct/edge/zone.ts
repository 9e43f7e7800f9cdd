import { Token } from 'aws-cdk-lib';
import { type IHostedZone, PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { formatValue, kindOf } from '../../definition/checks/check.ts';
import type { ConfigError } from '../../definition/errors.ts';
import { invalid } from '../invalid.ts';

const LOCATION = 'domain.zone';
const WILDCARD = '*.';
/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html */
const ZONE_ID = /^[A-Z0-9]{1,32}$/;

/**
 * Requires a public hosted zone with its id, that contains the names. What only the deployment knows passes.
 *
 * @throws {ConfigError} `domain-invalid`.
 */
export function requireZone(zone: IHostedZone | undefined, names: readonly string[]): void {
  if (zone === undefined) return;
  const { hostedZoneId: id } = zone as { readonly hostedZoneId: unknown };
  if (typeof id !== 'string') {
    throw wrong(kindOf(id) === 'nothing' ? 'a resource without hostedZoneId' : kindOf(id), 'a hosted zone', LOOK_UP);
  }
  if (!Token.isUnresolved(id) && !ZONE_ID.test(id)) {
    throw wrong(`the id ${formatValue(id)}`, 'an id such as Z0123456789ABCDEFGHIJ', LOOK_UP);
  }
  if (zone instanceof PrivateHostedZone) {
    const fix = 'ACM and clients outside of its VPCs cannot see its records: give the public zone of the names.';
    throw wrong('a private hosted zone', 'a public one', fix);
  }
  const zoneName = nameOf(zone);
  for (const name of names) requireInZone(name, zoneName);
}

const LOOK_UP =
  'Look the zone up with HostedZone.fromLookup, or copy its id and name into HostedZone.fromHostedZoneAttributes.';

/** A zone of `HostedZone.fromHostedZoneId` throws where its name is read. */
function nameOf(zone: IHostedZone): string {
  try {
    return zone.zoneName;
  } catch {
    throw wrong('a zone without its name', 'a zone with its id and name', LOOK_UP);
  }
}

function requireInZone(name: string, zoneName: string): void {
  if (Token.isUnresolved(name) || Token.isUnresolved(zoneName)) return;
  const bare = name.startsWith(WILDCARD) ? name.slice(WILDCARD.length) : name;
  const zone = zoneName.replace(/\.$/, '').toLowerCase();
  if (zone !== '' && (bare === zone || bare.endsWith(`.${zone}`))) return;
  const fix =
    "Give the zone of the name. Where another provider serves its DNS, leave zone out and write dns: 'external'.";
  throw wrong(`the zone ${zoneName} for ${name}`, `a zone that contains ${name}`, fix);
}

function wrong(found: string, expected: string, fix: string): ConfigError {
  return invalid({ code: 'domain-invalid', location: LOCATION, found, expected, fix });
}
