import { isIP } from 'node:net';
import { CfnIPSet } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { formatValue } from '../../definition/checks/check.ts';
import { invalid } from '../invalid.ts';
import { any } from './paths.ts';
import type { RuleDraft, Statement } from './rules.ts';

/**
 * Countries that are allowed to call: only these, or all except these. ISO 3166-1 codes of two upper case letters, at least
 * one.
 */
export type CountryList = { readonly allow: readonly string[] } | { readonly deny: readonly string[] };

/**
 * Addresses that are allowed to call: single addresses or CIDR ranges (prefix above 0), IPv4 and IPv6, at least one a list.
 */
export interface AddressLists {
  /** Only these are allowed to call. @default - all addresses */
  readonly allow?: readonly string[];
  /** These are denied, also when `allow` contains them. @default - none */
  readonly deny?: readonly string[];
}

const COUNTRY = /^[A-Z]{2}$/;

/** Names of the rules: what they block is what somebody decided to block. */
export const LIST_RULES = ['denied-addresses', 'other-addresses', 'denied-countries', 'other-countries'];

/**
 * Rules of the lists, addresses first; they reject with 403 `waf-blocked`. WAF guesses the country of an address: proxies
 * and roaming defeat it, so it is no access control.
 *
 * @throws {ConfigError} `option-invalid` for an invalid country or address, and for an empty list.
 */
export function listDrafts(
  scope: Construct,
  lists: { readonly addresses?: AddressLists; readonly countries?: CountryList },
  aclScope: 'REGIONAL' | 'CLOUDFRONT' = 'REGIONAL',
): readonly RuleDraft[] {
  const inSets = inSetsOf(aclScope);
  const { addresses = {}, countries } = lists;
  const drafts: RuleDraft[] = [];
  if (addresses.deny !== undefined) {
    drafts.push({ name: 'denied-addresses', statement: inSets(scope, 'DeniedAddresses', 'deny', addresses.deny) });
  }
  if (addresses.allow !== undefined) {
    const statement = inSets(scope, 'AllowedAddresses', 'allow', addresses.allow);
    drafts.push({ name: 'other-addresses', statement: { notStatement: { statement } } });
  }
  if (countries !== undefined) drafts.push(countryDraft(countries));
  return drafts;
}

function countryDraft(countries: CountryList): RuleDraft {
  const { allow, deny } = countries as { readonly allow?: unknown; readonly deny?: unknown };
  if ((allow === undefined) === (deny === undefined)) {
    const found = allow === undefined ? 'neither allow nor deny' : 'allow and deny';
    throw invalid({
      location: 'waf.countries',
      found,
      expected: 'one of allow and deny',
      fix: 'Keep one of the lists.',
    });
  }
  if ('deny' in countries && deny !== undefined) {
    return { name: 'denied-countries', statement: inCountries('deny', countries.deny) };
  }
  const allowed = 'allow' in countries ? countries.allow : [];
  return { name: 'other-countries', statement: { notStatement: { statement: inCountries('allow', allowed) } } };
}

function inCountries(kind: string, codes: readonly string[]): Statement {
  requireAll(`waf.countries.${kind}`, codes, (code) => COUNTRY.test(code), 'country codes such as DE');
  return { geoMatchStatement: { countryCodes: [...codes] } };
}

/** A set contains addresses of one family. */
const inSetsOf =
  (aclScope: string) =>
  (scope: Construct, id: string, kind: string, ranges: readonly string[]): Statement => {
    requireAll(
      `waf.addresses.${kind}`,
      ranges,
      (range) => rangeOf(range) !== undefined,
      'addresses such as 192.0.2.0/24',
    );
    const sets = new Construct(scope, id);
    const byFamily = Map.groupBy(ranges.map(rangeOf), (range) => range?.version);
    return any(
      [...byFamily].map(([version, own]) => {
        const addresses = own.map((range) => range?.cidr ?? '');
        const set = new CfnIPSet(sets, `V${version}`, {
          scope: aclScope,
          ipAddressVersion: `IPV${version}`,
          addresses,
        });
        return { ipSetReferenceStatement: { arn: set.attrArn } };
      }),
    );
  };

/** WAF expects a prefix, and accepts any except 0. */
function rangeOf(entry: string): { readonly version: number; readonly cidr: string } | undefined {
  const [address = '', prefix, ...more] = entry.split('/');
  const version = isIP(address);
  const widest = version === 4 ? 32 : 128;
  const bits = prefix === undefined ? widest : Number(prefix);
  const isRange = version !== 0 && more.length === 0 && prefix !== '' && Number.isInteger(bits);
  return isRange && bits >= 1 && bits <= widest ? { version, cidr: `${address}/${bits}` } : undefined;
}

function requireAll(
  location: string,
  given: readonly string[],
  isValid: (entry: string) => boolean,
  what: string,
): void {
  const wrong = given.filter((entry) => !isValid(entry));
  if (given.length > 0 && wrong.length === 0) return;
  const found = given.length === 0 ? 'an empty list' : wrong.map((entry) => formatValue(entry)).join(', ');
  throw invalid({ location, found, expected: what, fix: 'Fix the entries, or leave the list out.' });
}
