/**
 * Addresses of IP sets.
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-ipset-match.html
 */
import { BlockList, isIP } from 'node:net';

/** Tells whether an address is in one of the ranges (CIDR, IPv4 or IPv6); ranges that are none are left out. */
export function compileAddresses(ranges: readonly string[]): (address: string) => boolean {
  const listed = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix = ''] = range.split('/');
    const family = familyOf(address);
    const bits = Number(prefix);
    if (family === undefined || !Number.isInteger(bits) || prefix === '') continue;
    if (bits <= (family === 'ipv4' ? 32 : 128)) listed.addSubnet(address, bits, family);
  }
  return (address) => {
    // A server that listens on both families sees IPv4 callers as ::ffff:192.0.2.1.
    const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
    const family = familyOf(plain);
    return family !== undefined && listed.check(plain, family);
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}
