import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientHello } from '../../../../lib/cli/domain/observe/clientHello.ts';
import { TLS_VERSIONS } from '../../../../lib/cli/domain/observe/facts.ts';
import { readFlight } from '../../../../lib/cli/domain/observe/serverHello.ts';

/** A record of the handshake with one message. */
function record(type: number, body: Buffer): Buffer {
  const message = Buffer.concat([Buffer.from([type, 0, body.length >> 8, body.length & 255]), body]);
  return Buffer.concat([Buffer.from([22, 3, 3, message.length >> 8, message.length & 255]), message]);
}

/** A ServerHello of TLS 1.2 or older. */
function serverHello(version: number, cipher: number): Buffer {
  const code = (value: number) => Buffer.from([value >> 8, value & 255]);
  return record(2, Buffer.concat([code(version), Buffer.alloc(32), Buffer.from([0]), code(cipher), Buffer.from([0])]));
}

const helloDone = record(14, Buffer.alloc(0));

describe('the hellos', () => {
  it.each([...TLS_VERSIONS, 'no-forward-secrecy' as const])('are one record of the declared length: %s', (hello) => {
    const bytes = clientHello(hello, 'xn--bcher-kva.example');
    expect(bytes[0]).toBe(22);
    expect(bytes.readUInt16BE(3)).toBe(bytes.length - 5);
    expect(bytes.readUIntBE(6, 3)).toBe(bytes.length - 9);
    expect(bytes.includes('xn--bcher-kva.example')).toBe(hello !== 'SSL 3.0');
  });

  it('do not name an address', () => {
    expect(clientHello('TLS 1.2', '192.0.2.1').includes('192.0.2.1')).toBe(false);
  });
});

describe('what a server sends', () => {
  it('names version and cipher', () => {
    const read = (version: number, cipher: number) =>
      readFlight(Buffer.concat([serverHello(version, cipher), helloDone]));
    expect(read(0x0300, 0x0005)).toMatchObject({ version: 'SSL 3.0', weakCipher: 'TLS_RSA_WITH_RC4_128_SHA' });
    expect(read(0x0303, 0xc02f)).toEqual({
      kind: 'hello',
      version: 'TLS 1.2',
      certificates: [],
      demandsCertificate: false,
    });
  });

  it('demands a certificate of the client in clear, up to TLS 1.2', () => {
    const flight = Buffer.concat([serverHello(0x0303, 0xc02f), record(13, Buffer.from([1, 1, 0, 0, 0, 0])), helloDone]);
    expect(readFlight(flight)).toMatchObject({ demandsCertificate: true });
  });

  it('is an alert, or no TLS', () => {
    expect(readFlight(Buffer.from([21, 3, 1, 0, 2, 2, 70]))).toEqual({ kind: 'alert', description: 70 });
    expect(readFlight(Buffer.from('SSH-2.0-x'))).toEqual({ kind: 'not-tls', start: 'SSH-2.0-x' });
  });

  it('is incomplete until it ends, wherever it is cut', () => {
    const whole = Buffer.concat([serverHello(0x0303, 0xc02f), helloDone]);
    for (let length = 0; length < whole.length; length++) {
      expect(readFlight(whole.subarray(0, length)).kind).toBe('incomplete');
    }
  });

  it('never throws', () => {
    const whole = Buffer.concat([
      serverHello(0x0303, 0xc02f),
      record(11, Buffer.from([0, 0, 9, 0, 0, 4, 1, 2])),
      helloDone,
    ]);
    const damaged = fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => {
      const bytes = Buffer.from(whole);
      bytes[at] = byte;
      return bytes;
    });
    const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from([22, 3, 3, 0, 100, ...bytes]));
    fc.assert(
      fc.property(fc.oneof(damaged, noise), (bytes) => readFlight(bytes).kind.length > 0),
      { numRuns: 2_000 },
    );
  });
});
