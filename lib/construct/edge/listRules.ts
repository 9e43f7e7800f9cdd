import { isIP } from 'node:net';
import { CfnIPSet } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { invalid } from '../invalid.ts';
import { any } from './paths.ts';
import type { RuleDraft, Statement } from './rules.ts';

/** Who may call at all, by country: only these, or all but these. ISO 3166-1 codes of two letters, in upper case. */
export type CountryList = { readonly allow: readonly string[] } | { readonly deny: readonly string[] };

/** Who may call at all, by address: ranges in CIDR notation or single addresses, IPv4 and IPv6. */
export interface AddressLists {
  /** Only these may call. @default - all addresses */
  readonly allow?: readonly string[];
  /** These may not, also when `allow` holds them. @default - none */
  readonly deny?: readonly string[];
}

const COUNTRY = /^[A-Z]{2}$/;

/**
 * Rules of the lists, the addresses first; what they refuse is 403 `waf-blocked`. Countries are what WAF takes an address
 * for: proxies and roaming defeat them, so they are no access control.
 *
 * @throws {ConfigError} `option-invalid` for what is no country or address, and for an empty list.
 */
export function listDrafts(
  scope: Construct,
  lists: { readonly addresses?: AddressLists; readonly countries?: CountryList },
): readonly RuleDraft[] {
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
  if ('deny' in countries) return { name: 'denied-countries', statement: inCountries('deny', countries.deny) };
  return { name: 'other-countries', statement: { notStatement: { statement: inCountries('allow', countries.allow) } } };
}

function inCountries(kind: string, codes: readonly string[]): Statement {
  requireAll(`waf.countries.${kind}`, codes, (code) => COUNTRY.test(code), 'country codes such as DE');
  return { geoMatchStatement: { countryCodes: [...codes] } };
}

/** A set holds addresses of one family. */
function inSets(scope: Construct, id: string, kind: string, ranges: readonly string[]): Statement {
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
        scope: 'REGIONAL',
        ipAddressVersion: `IPV${version}`,
        addresses,
      });
      return { ipSetReferenceStatement: { arn: set.attrArn } };
    }),
  );
}

/** WAF wants a prefix, and takes any but 0. */
function rangeOf(text: string): { readonly version: number; readonly cidr: string } | undefined {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  const widest = version === 4 ? 32 : 128;
  const bits = prefix === undefined ? widest : Number(prefix);
  const isRange = version !== 0 && more.length === 0 && prefix !== '' && Number.isInteger(bits);
  return isRange && bits >= 1 && bits <= widest ? { version, cidr: `${address}/${bits}` } : undefined;
}

function requireAll(location: string, given: readonly string[], isFine: (text: string) => boolean, what: string): void {
  const wrong = given.filter((text) => !isFine(text));
  if (given.length > 0 && wrong.length === 0) return;
  const found = given.length === 0 ? 'an empty list' : wrong.map((text) => JSON.stringify(text)).join(', ');
  throw invalid({ location, found, expected: what, fix: 'Mend the entries, or leave the list out.' });
}
