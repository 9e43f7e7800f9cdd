import { describe, expect, it } from 'vitest';
import { checkDelegation, checkOwnDns } from '../../../../lib/preflight/checks/domains.ts';
import { publicDns } from '../../../../lib/preflight/facts/domains.ts';
import { type DnsRecords, dnsServer } from '../../../support/dnsServer.ts';

const zone = { id: 'Z1', name: 'example.com', isPrivate: false, nameServers: ['ns-1.awsdns.com', 'ns-2.awsdns.net'] };
const served = { name: 'api.example.com', zone: 'Z1', newRecords: ['A'], isIssued: true };
const codesOf = async (records: DnsRecords, isIssued = true) => {
  await using server = await dnsServer(records);
  const dns = await publicDns('api.example.com', 'example.com', [server.address]);
  return checkDelegation({ ...served, isIssued }, zone, dns).map(({ code }) => code);
};
const delegated = { 'NS example.com': ['NS-1.awsdns.com', 'ns-2.awsdns.net'] };

describe('the public DNS of a zone', () => {
  it.each<[string, DnsRecords, readonly string[]]>([
    ['delegates to it', delegated, ['ok']],
    ['does not know it', {}, ['zone-not-delegated']],
    ['delegates to others', { 'NS example.com': ['ns.registrar.example'] }, ['zone-not-delegated']],
    ['allows Amazon', { ...delegated, 'CAA example.com': ['letsencrypt.org', 'amazon.com'] }, ['ok']],
    [
      'allows Amazon with parameters',
      { ...delegated, 'CAA example.com': ['amazontrust.com; validationmethods=dns-01'] },
      ['ok'],
    ],
    [
      'allows another authority alone',
      { ...delegated, 'CAA example.com': ['letsencrypt.org'] },
      ['certificate-authority-forbidden'],
    ],
    ['allows no authority', { ...delegated, 'CAA example.com': [';'] }, ['certificate-authority-forbidden']],
    [
      'allows Amazon for the name, which the parent does not',
      { ...delegated, 'CAA api.example.com': ['amazon.com'], 'CAA example.com': [';'] },
      ['ok'],
    ],
    [
      'forbids Amazon for the name alone',
      { ...delegated, 'CAA api.example.com': ['x.example'], 'CAA example.com': ['amazon.com'] },
      ['certificate-authority-forbidden'],
    ],
  ])('%s', async (_, records, codes) => {
    expect(await codesOf(records)).toEqual(codes);
  });

  it('forbids nothing for a certificate that exists', async () => {
    expect(await codesOf({ ...delegated, 'CAA example.com': [';'] }, false)).toEqual(['ok']);
  });

  it('says nothing when it fails', async () => {
    await expect(codesOf({ 'NS example.com': 'broken' })).rejects.toThrow(/^DNS: /);
  });
});

describe('a name with its DNS at another provider', () => {
  const external = { name: 'api.example.com', zone: undefined, newRecords: [], isIssued: true };
  const of = async (records: DnsRecords, more: object = {}) => {
    await using server = await dnsServer(records);
    const name = 'name' in more ? String(more.name) : external.name;
    const dns = await publicDns(name, undefined, [server.address]);
    return checkOwnDns({ ...external, ...more }, dns).map(({ code, severity }) => `${severity} ${code}`);
  };

  it('has to allow Amazon, also without a hosted zone', async () => {
    expect(await of({})).toEqual(['ok ok']);
    expect(await of({ 'CAA example.com': ['letsencrypt.org'] })).toEqual(['error certificate-authority-forbidden']);
  });

  it('keeps a deployment waiting for its record', async () => {
    expect(await of({}, { needsRecord: true })).toEqual(['warning validation-by-hand']);
  });

  it('is decided by issuewild where it is a wildcard, and by the record of the stack where it makes one', async () => {
    const records = { 'CAA example.com': ['amazon.com', 'issuewild ;'] };
    expect(await of(records, { name: '*.example.com' })).toEqual(['error certificate-authority-forbidden']);
    expect(await of(records)).toEqual(['ok ok']);
    expect(await of({ 'CAA example.com': [';'] }, { newRecords: ['A', 'CAA'] })).toEqual(['ok ok']);
  });
});
