import { createSocket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { checkDelegation } from '../../../../lib/preflight/checks/domains.ts';
import { publicDns } from '../../../../lib/preflight/facts/domains.ts';

type Records = Readonly<Record<string, readonly string[] | 'broken'>>;
const TYPES: Readonly<Record<number, string>> = { 2: 'NS', 257: 'CAA' };

const nameBytes = (name: string) =>
  Buffer.concat([
    ...name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]),
    Buffer.from([0]),
  ]);
const rdata = (type: string, value: string) =>
  type === 'NS' ? nameBytes(value) : Buffer.concat([Buffer.from([0, 5]), Buffer.from('issue'), Buffer.from(value)]);

/** A DNS server (RFC 1035) with records such as `NS example.com`. */
async function dnsServer(records: Records): Promise<AsyncDisposable & { readonly address: string }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    let end = 12;
    const labels: string[] = [];
    for (let length = query[end] ?? 0; length > 0; length = query[end] ?? 0) {
      labels.push(query.subarray(end + 1, end + 1 + length).toString());
      end += 1 + length;
    }
    const type = TYPES[query.readUInt16BE(end + 1)] ?? '';
    const found = records[`${type} ${labels.join('.').toLowerCase()}`] ?? [];
    const answers = found === 'broken' ? [] : found;
    const header = Buffer.from(query.subarray(0, 12));
    // A response with recursion: no error, no such name, or a failure of the server.
    header.writeUInt16BE(0x8180 | (found === 'broken' ? 2 : 0), 2);
    header.writeUInt16BE(answers.length, 6);
    header.writeUInt32BE(0, 8);
    const parts = answers.map((value) => {
      const data = rdata(type, value);
      const fixed = Buffer.alloc(12);
      fixed.writeUInt16BE(0xc00c, 0);
      fixed.writeUInt16BE(type === 'NS' ? 2 : 257, 2);
      fixed.writeUInt16BE(1, 4);
      fixed.writeUInt32BE(60, 6);
      fixed.writeUInt16BE(data.length, 10);
      return Buffer.concat([fixed, data]);
    });
    socket.send(Buffer.concat([header, query.subarray(12, end + 5), ...parts]), port, address);
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    [Symbol.asyncDispose]: () => new Promise((done) => socket.close(() => done())),
  };
}

const zone = { id: 'Z1', name: 'example.com', isPrivate: false, nameServers: ['ns-1.awsdns.com', 'ns-2.awsdns.net'] };
const served = { name: 'api.example.com', zone: 'Z1', newRecords: ['A'], isIssued: true };
const codesOf = async (records: Records, isIssued = true) => {
  await using server = await dnsServer(records);
  const dns = await publicDns('api.example.com', 'example.com', [server.address]);
  return checkDelegation({ ...served, isIssued }, zone, dns).map(({ code }) => code);
};
const delegated = { 'NS example.com': ['NS-1.awsdns.com', 'ns-2.awsdns.net'] };

describe('the public DNS of a zone', () => {
  it.each<[string, Records, readonly string[]]>([
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
