import { versionOf, weakCipherName } from './clientHello.ts';
import type { TlsVersion } from './facts.ts';

/** What the bytes that follow a ClientHello say so far. */
export type ServerFlight =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'not-tls'; readonly start: string }
  | { readonly kind: 'alert'; readonly description: number }
  | ServerHello;

interface ServerHello {
  readonly kind: 'hello';
  readonly version: TlsVersion;
  /** Set if the cipher is without forward secrecy. */
  readonly weakCipher?: string;
  /** DER, server first. TLS 1.3 encrypts them. */
  readonly certificates: readonly Buffer[];
  readonly demandsCertificate: boolean;
}

const CONTENT = { changeCipherSpec: 20, alert: 21, handshake: 22 } as const;
const MESSAGE = { serverHello: 2, certificate: 11, certificateRequest: 13, helloDone: 14 } as const;
const SUPPORTED_VERSIONS = 43;
const MAX_RECORD = 16_384 + 2_048;

/** Reads records (RFC 5246, section 6.2) up to the end of the server's first messages. */
export function readFlight(bytes: Buffer): ServerFlight {
  const parts: Buffer[] = [];
  let isOpen = true;
  for (let at = 0; isOpen && at < bytes.length; ) {
    const type = bytes[at];
    if (type === undefined || type < CONTENT.changeCipherSpec || type > CONTENT.handshake) return noTls(bytes, parts);
    if (bytes.length - at < 5) break;
    const length = bytes.readUInt16BE(at + 3);
    if (bytes[at + 1] !== 3 || length > MAX_RECORD) return noTls(bytes, parts);
    const content = bytes.subarray(at + 5, at + 5 + length);
    if (content.length < length) break;
    if (type === CONTENT.alert && parts.length === 0) return { kind: 'alert', description: content[1] ?? 0 };
    if (type === CONTENT.handshake) parts.push(content);
    else isOpen = false;
    at += 5 + length;
  }
  return messagesOf(Buffer.concat(parts), !isOpen);
}

/** What comes after a ServerHello of TLS 1.3 is encrypted: no more is read than the hello. */
function noTls(bytes: Buffer, parts: readonly Buffer[]): ServerFlight {
  if (parts.length > 0) return messagesOf(Buffer.concat(parts), true);
  return { kind: 'not-tls', start: bytes.subarray(0, 40).toString('latin1') };
}

function messagesOf(bytes: Buffer, isEnd: boolean): ServerFlight {
  let hello: ServerHello | undefined;
  for (let at = 0; bytes.length - at >= 4; ) {
    const type = bytes[at];
    const length = bytes.readUIntBE(at + 1, 3);
    const body = bytes.subarray(at + 4, at + 4 + length);
    if (body.length < length) break;
    at += 4 + length;
    if (type === MESSAGE.serverHello) hello = helloOf(body);
    if (hello === undefined) return { kind: 'not-tls', start: 'a handshake without a ServerHello' };
    if (type === MESSAGE.certificate) hello = { ...hello, certificates: certificatesOf(body) };
    if (type === MESSAGE.certificateRequest) hello = { ...hello, demandsCertificate: true };
    if (type === MESSAGE.helloDone || hello.version === 'TLS 1.3') return hello;
  }
  return isEnd && hello !== undefined ? hello : { kind: 'incomplete' };
}

function helloOf(body: Buffer): ServerHello | undefined {
  if (body.length < 38) return undefined;
  const afterSession = 35 + (body[34] ?? 0);
  if (body.length < afterSession + 3) return undefined;
  const weakCipher = weakCipherName(body.readUInt16BE(afterSession));
  const version = versionOf(selectedVersion(body, afterSession + 3) ?? body.readUInt16BE(0));
  if (version === undefined) return undefined;
  return { kind: 'hello', version, certificates: [], demandsCertificate: false, ...(weakCipher && { weakCipher }) };
}

/** TLS 1.3 names itself in an extension (RFC 8446, section 4.2.1). */
function selectedVersion(body: Buffer, start: number): number | undefined {
  for (let at = start + 2; at + 4 <= body.length; ) {
    const length = body.readUInt16BE(at + 2);
    if (body.readUInt16BE(at) === SUPPORTED_VERSIONS && at + 6 <= body.length) return body.readUInt16BE(at + 4);
    at += 4 + length;
  }
  return undefined;
}

function certificatesOf(body: Buffer): readonly Buffer[] {
  const certificates: Buffer[] = [];
  for (let at = 3; at + 3 <= body.length; ) {
    const length = body.readUIntBE(at, 3);
    certificates.push(body.subarray(at + 3, at + 3 + length));
    at += 3 + length;
  }
  return certificates;
}
