import { BlockList, isIP } from 'node:net';

/** IPv4 that is no address of one host on the Internet: the IANA registry of special-purpose addresses (RFC 6890), and multicast. */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  // This host and network, private networks, the networks of providers, loopback, link-local with the metadata services of clouds
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  // Protocols, documentation, relays of 6to4, benchmarks
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  // Multicast, reserved, broadcast
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/**
 * Within the global unicast addresses of IPv6: protocols, among them Teredo, which contains an IPv4 address; documentation; and
 * 6to4, which contains one, too.
 */
const SPECIAL_IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

// One list for each version: `BlockList.check` compares an IPv4 address also with the rules for its IPv6 form, and the reverse.
const specialIpv4 = listOf('ipv4', SPECIAL_IPV4);
const specialIpv6 = listOf('ipv6', SPECIAL_IPV6);
/** https://www.iana.org/assignments/ipv6-unicast-address-assignments: everything else is reserved. */
const globalUnicast = listOf('ipv6', [['2000::', 3]]);
/** How an IPv6-only network names hosts that have only IPv4 (RFC 6052, section 2.1). */
const translated = listOf('ipv6', [['64:ff9b::', 96]]);

/**
 * Whether an address is one of a host on the Internet. It lists what is public, so that a form nobody thought of is not: private
 * networks, this machine, metadata services, and each way to write an IPv4 address of them in IPv6.
 */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !specialIpv4.check(address, 'ipv4');
  // A zone belongs to a network of this machine.
  if (version !== 6 || address.includes('%')) return false;
  if (translated.check(address, 'ipv6')) return !specialIpv4.check(lastFourBytes(address), 'ipv4');
  return globalUnicast.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6');
}

function lastFourBytes(address: string): string {
  // A URL writes the one form of an address that has hexadecimal groups alone.
  const groups = new URL(`https://[${address}]`).hostname.slice(1, -1).split(':');
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group, 16) || 0);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function listOf(version: 'ipv4' | 'ipv6', subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [network, bits] of subnets) list.addSubnet(network, bits, version);
  return list;
}
