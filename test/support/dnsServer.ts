import { createSocket } from 'node:dgram';

/** Records such as `NS example.com`, or `broken`: the server fails. A value of CAA can begin with another tag than `issue`. */
export type DnsRecords = Readonly<Record<string, readonly string[] | 'broken'>>;
const TYPES: Readonly<Record<number, string>> = { 1: 'A', 2: 'NS', 5: 'CNAME', 28: 'AAAA', 257: 'CAA' };

const nameBytes = (name: string) =>
  Buffer.concat([
    ...name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]),
    Buffer.from([0]),
  ]);

function rdata(type: string, value: string): Buffer {
  if (type === 'NS' || type === 'CNAME') return nameBytes(value);
  if (type === 'A') return Buffer.from(value.split('.').map(Number));
  const [, tag = 'issue', authority = value] = /^(issue|issuewild) (.*)$/.exec(value) ?? [];
  return Buffer.concat([Buffer.from([0, tag.length]), Buffer.from(tag), Buffer.from(authority)]);
}

/** A DNS server (RFC 1035) on the loopback. The records are read at each question, so a test can change them. */
export async function dnsServer(records: DnsRecords): Promise<AsyncDisposable & { readonly address: string }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    let end = 12;
    const labels: string[] = [];
    for (let length = query[end] ?? 0; length > 0; length = query[end] ?? 0) {
      labels.push(query.subarray(end + 1, end + 1 + length).toString());
      end += 1 + length;
    }
    const number = query.readUInt16BE(end + 1);
    const type = TYPES[number] ?? '';
    const found = records[`${type} ${labels.join('.').toLowerCase()}`] ?? [];
    const answers = found === 'broken' ? [] : found;
    const header = Buffer.from(query.subarray(0, 12));
    // A response with recursion: no error, or a failure of the server.
    header.writeUInt16BE(0x8180 | (found === 'broken' ? 2 : 0), 2);
    header.writeUInt16BE(answers.length, 6);
    header.writeUInt32BE(0, 8);
    const parts = answers.map((value) => {
      const data = rdata(type, value);
      const fixed = Buffer.alloc(12);
      fixed.writeUInt16BE(0xc00c, 0);
      fixed.writeUInt16BE(number, 2);
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
