import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { TLS_VERSIONS, type TlsVersion } from './facts.ts';

/** Ciphers for each hello: a server that speaks the version accepts one of them, also a very old one. */
const MODERN = [0x1301, 0x1302, 0x1303];
const FORWARD_SECRET = [
  0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc0ac, 0xc0ad, 0xc023, 0xc027, 0xc024, 0xc028, 0xc009, 0xc013,
  0xc00a, 0xc014, 0xc007, 0xc011, 0xc008, 0xc012, 0x009e, 0x009f, 0xccaa, 0x0067, 0x006b, 0x0033, 0x0039, 0x0016,
  0x00a2, 0x00a3, 0x0040, 0x006a, 0x0032, 0x0038, 0x0013,
];
/**
 * Ciphers whose recorded traffic a later thief of the key can read, or that prove no identity at all, by their names in
 * https://www.iana.org/assignments/tls-parameters#tls-parameters-4.
 */
const NOT_FORWARD_SECRET: Readonly<Record<number, string>> = {
  156: 'TLS_RSA_WITH_AES_128_GCM_SHA256',
  157: 'TLS_RSA_WITH_AES_256_GCM_SHA384',
  49308: 'TLS_RSA_WITH_AES_128_CCM',
  49309: 'TLS_RSA_WITH_AES_256_CCM',
  49312: 'TLS_RSA_WITH_AES_128_CCM_8',
  49313: 'TLS_RSA_WITH_AES_256_CCM_8',
  60: 'TLS_RSA_WITH_AES_128_CBC_SHA256',
  61: 'TLS_RSA_WITH_AES_256_CBC_SHA256',
  47: 'TLS_RSA_WITH_AES_128_CBC_SHA',
  53: 'TLS_RSA_WITH_AES_256_CBC_SHA',
  65: 'TLS_RSA_WITH_CAMELLIA_128_CBC_SHA',
  132: 'TLS_RSA_WITH_CAMELLIA_256_CBC_SHA',
  150: 'TLS_RSA_WITH_SEED_CBC_SHA',
  7: 'TLS_RSA_WITH_IDEA_CBC_SHA',
  10: 'TLS_RSA_WITH_3DES_EDE_CBC_SHA',
  9: 'TLS_RSA_WITH_DES_CBC_SHA',
  5: 'TLS_RSA_WITH_RC4_128_SHA',
  4: 'TLS_RSA_WITH_RC4_128_MD5',
  59: 'TLS_RSA_WITH_NULL_SHA256',
  2: 'TLS_RSA_WITH_NULL_SHA',
  1: 'TLS_RSA_WITH_NULL_MD5',
  3: 'TLS_RSA_EXPORT_WITH_RC4_40_MD5',
  8: 'TLS_RSA_EXPORT_WITH_DES40_CBC_SHA',
  49197: 'TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256',
  49201: 'TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256',
  49156: 'TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA',
  49166: 'TLS_ECDH_RSA_WITH_AES_128_CBC_SHA',
  166: 'TLS_DH_anon_WITH_AES_128_GCM_SHA256',
  52: 'TLS_DH_anon_WITH_AES_128_CBC_SHA',
  49176: 'TLS_ECDH_anon_WITH_AES_128_CBC_SHA',
};
const STATIC = Object.keys(NOT_FORWARD_SECRET).map(Number);
const SIGNATURES = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201, 0x0402,
  0x0202,
];
const X25519 = 0x001d;
/** The usual ones, and curves that only old certificates have: secp192r1, secp224r1, secp256k1, secp160r1, sect233r1, sect163k1. */
const GROUPS = [X25519, 0x0017, 0x0018, 0x0019, 0x001e, 0x0100, 0x0013, 0x0015, 0x0016, 0x0010, 0x0007, 0x0001];

/** A hello that offers one version, or the versions up to TLS 1.2 with ciphers that have no forward secrecy. */
export type Hello = TlsVersion | 'no-forward-secrecy';

/** The bytes of a ClientHello (RFC 5246 section 7.4.1.2, RFC 8446 section 4.1.2) in one record. Nothing in it is secret. */
export function clientHello(hello: Hello, host: string): Buffer {
  const version = hello === 'no-forward-secrecy' ? 'TLS 1.2' : hello;
  const code = codeOf(version);
  const is13 = version === 'TLS 1.3';
  const ciphers = is13 ? MODERN : hello === 'no-forward-secrecy' ? STATIC : [...FORWARD_SECRET, ...STATIC];
  const extensions = Buffer.concat([
    ...(isIP(host) === 0 ? [extension(0, list16(Buffer.from([0]), list16(Buffer.from(host, 'latin1'))))] : []),
    extension(10, list16(words(GROUPS))),
    extension(11, list8(Buffer.from([0]))),
    extension(13, list16(words(SIGNATURES))),
    ...(is13 ? tls13Extensions() : [extension(0xff01, Buffer.from([0]))]),
  ]);
  const body = Buffer.concat([
    words([is13 ? codeOf('TLS 1.2') : code]),
    randomBytes(32),
    list8(is13 ? randomBytes(32) : Buffer.alloc(0)),
    list16(words(ciphers)),
    list8(Buffer.from([0])),
    ...(version === 'SSL 3.0' ? [] : [list16(extensions)]),
  ]);
  const message = Buffer.concat([Buffer.from([1, 0]), words([body.length]), body]);
  return Buffer.concat([Buffer.from([22]), words([Math.min(code, codeOf('TLS 1.0'))]), list16(message)]);
}

/** Any 32 bytes are a public key of X25519: the handshake never gets as far as to use it. */
function tls13Extensions(): readonly Buffer[] {
  return [
    extension(43, list8(words([codeOf('TLS 1.3')]))),
    extension(45, list8(Buffer.from([1]))),
    extension(51, list16(words([X25519]), list16(randomBytes(32)))),
  ];
}

/** The name of a version number. */
export function versionOf(code: number): TlsVersion | undefined {
  return TLS_VERSIONS[code - 0x0300];
}

/** The name of a cipher that has no forward secrecy. */
export function weakCipherName(code: number): string | undefined {
  return NOT_FORWARD_SECRET[code];
}

function codeOf(version: TlsVersion): number {
  return 0x0300 + TLS_VERSIONS.indexOf(version);
}

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([words([type]), list16(content)]);
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => {
    bytes.writeUInt16BE(value, index * 2);
  });
  return bytes;
}

function list8(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([content.length]), content]);
}

function list16(...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([words([content.length]), content]);
}
