import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { allowedAuthorities } from '../../../preflight/index.ts';

/** What the DNS says of names. Every name is without the dot at its end, in lower case. */
export interface Dns {
  /** Where a name leads by CNAME records: each step. */
  readonly cname: (name: string) => Promise<readonly string[]>;
  readonly addresses: (name: string) => Promise<readonly string[]>;
  /** The certificate authorities that CAA records allow; undefined where no record says. */
  readonly authorities: (name: string) => Promise<readonly string[] | undefined>;
}

/** The resolver did not answer, so nothing is known of a name. */
export class DnsFailure extends Error {}

/** A name without records, or none at all. */
const ABSENT = /ENOTFOUND|ENODATA/;
/** What the codes of Node.js mean. https://nodejs.org/api/dns.html#error-codes */
const MEANINGS: Readonly<Record<string, string>> = {
  ESERVFAIL: 'the DNS server failed to resolve the name',
  EREFUSED: 'the DNS server refused the query',
  ETIMEOUT: 'the DNS server did not respond',
  ECONNREFUSED: 'no DNS server listens at the address',
};
/** Longer chains do not end. */
const MOST_STEPS = 8;

/** Asks the resolver of this machine, or the given servers. */
export function openDns(servers?: readonly string[]): Dns {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const cname = async (name: string) => {
    const steps: string[] = [];
    for (let at = name; steps.length < MOST_STEPS; ) {
      const [next] = await known(resolver.resolveCname(at));
      if (next === undefined) break;
      at = normalize(next);
      steps.push(at);
    }
    return steps;
  };
  return {
    cname,
    addresses: async (name) => {
      const found = await Promise.all([known(resolver.resolve4(name)), known(resolver.resolve6(name))]);
      return found.flat().filter((address) => isIP(address) !== 0);
    },
    authorities: (name) => allowedAuthorities(name, (one) => known(resolver.resolveCaa(one))),
  };
}

async function known<T>(query: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await query;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (ABSENT.test(code)) return [];
    throw new DnsFailure(`${MEANINGS[code] ?? 'the DNS server reported an error'} (${code})`);
  }
}

/** A name as DNS compares it. */
export function normalize(name = ''): string {
  return name.toLowerCase().replace(/\.$/, '');
}
