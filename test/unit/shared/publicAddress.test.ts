import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../lambdas/shared/publicAddress.ts';
import { readJson } from '../../../lib/cli/discovery/readJson.ts';

const PUBLIC = [
  '93.184.216.34',
  '1.1.1.1',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2606:2800:220:1:248:1893:25c8:1946',
  '2a00:1450:4001:82b::200e',
  // An IPv6-only network reaches an IPv4 host so (RFC 6052, section 2.1).
  '64:ff9b::5db8:d822',
  '64:ff9b::93.184.216.34',
];

const NOT_PUBLIC = [
  // This machine, networks, metadata services
  '0.0.0.0',
  '0.1.2.3',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '10.0.0.1',
  '100.64.0.1',
  '100.100.100.200',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  // Protocols, documentation, benchmarks, multicast, reserved
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '100::1',
  '2001::1',
  '2001:2::1',
  '2001:db8::1',
  '3fff::1',
  '4000::1',
  '5f00::1',
  // IPv4 in IPv6: compatible, mapped, translated, NAT64, 6to4, Teredo
  '::7f00:1',
  '::127.0.0.1',
  '::93.184.216.34',
  '::ffff:7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:93.184.216.34',
  '::ffff:0:7f00:1',
  '64:ff9b::7f00:1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b::',
  '64:ff9b::1',
  '64:ff9b:1::5db8:d822',
  '64:ff9b:0:0:1::5db8:d822',
  '2002:7f00:1::',
  '2002:a9fe:a9fe::1',
  '2001:0:7f00:1::',
  // No address
  '',
  'localhost',
  '93.184.216',
  '0x7f.0.0.1',
];

describe('an address', () => {
  it.each(PUBLIC)('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));
  it.each(NOT_PUBLIC)('%j is not public', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each([
    '127.0.0.1',
    '0x7f.1',
    '10.0.0.1',
    '[fd00:ec2::254]',
    '[64:ff9b::7f00:1]',
    '[::7f00:1]',
    '[::ffff:7f00:1]',
    '[2002:7f00:1::]',
  ])('%s in the URL of a document is not connected to', async (host) => {
    const result = await readJson(new URL(`https://${host}:9`), { maxBytes: 1, timeoutMs: 5_000, loopback: false });
    expect(result).toEqual({ reason: 'is not a public address', isAbsent: false });
  });
});
