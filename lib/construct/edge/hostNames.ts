import { Token } from 'aws-cdk-lib';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { formatValue } from '../../definition/checks/check.ts';
import type { ConfigError } from '../../definition/errors.ts';
import { invalid } from '../invalid.ts';
import { notYours } from './publicName.ts';
import { requireZone } from './zone.ts';

/** What names a domain. */
interface Named {
  readonly name: string;
  readonly alternativeNames?: readonly string[];
  readonly wildcard?: boolean;
  readonly zone?: IHostedZone;
}

/** The last label has no digits, unless it is that of an internationalized name: an IPv4 address is no name. */
const HOST = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$/;
const WILDCARD = '*.';
/** Names of a certificate, the first one included. https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html */
const MOST_NAMES = 10;

/**
 * The host names of a domain, the first one first.
 *
 * @throws {ConfigError} `domain-invalid`.
 */
export function hostNamesOf({
  name,
  alternativeNames = [],
  wildcard = false,
  zone,
}: Named): readonly [string, ...string[]] {
  requireHostName('domain.name', name);
  for (const [i, other] of alternativeNames.entries()) {
    requireAlternativeName(`domain.alternativeNames[${i}]`, other, wildcard);
  }
  const names = [name, ...alternativeNames] as const;
  const twice = names.find((one, i) => names.indexOf(one) !== i);
  if (twice !== undefined) {
    throw wrong('domain.alternativeNames', `${twice} twice`, 'each name once', 'Remove one of them.');
  }
  if (names.length > MOST_NAMES) {
    const fix = 'A certificate of ACM holds no more without a raised quota: serve some names by another stack.';
    throw wrong('domain.alternativeNames', `${names.length} names`, `at most ${MOST_NAMES}`, fix);
  }
  requireZone(zone, names);
  return names;
}

/** @throws {ConfigError} `domain-invalid`. */
function requireHostName(location: string, name: unknown): void {
  if (typeof name === 'string' && Token.isUnresolved(name)) return;
  if (typeof name !== 'string' || !HOST.test(name)) {
    throw wrong(location, formatValue(name), 'a host name in lower case', 'Write it as api.example.com.');
  }
  const reason = notYours(name);
  if (reason === undefined) return;
  const fix = 'Give a name below a domain that you registered. Without domain, the API has an address of AWS.';
  throw wrong(location, `${formatValue(name)}, ${reason}`, 'a name that you can get a public certificate for', fix);
}

function requireAlternativeName(location: string, name: unknown, wildcard: boolean): void {
  const isWildcard = typeof name === 'string' && name.startsWith(WILDCARD);
  requireHostName(location, isWildcard ? name.slice(WILDCARD.length) : name);
  if (wildcard || !isWildcard) return;
  const fix = 'A wildcard serves every name that anybody adds to the zone. Name each one, or add wildcard: true.';
  throw wrong(location, formatValue(name), 'a host name, or wildcard: true beside it', fix);
}

function wrong(location: string, found: string, expected: string, fix: string): ConfigError {
  return invalid({ code: 'domain-invalid', location, found, expected, fix });
}
