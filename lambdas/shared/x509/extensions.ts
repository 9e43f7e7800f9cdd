import { bytesOf, type DerValue, oidOf, readOne, sequenceOf, TAGS, X509Invalid } from './der.ts';

/** An extension: the value that its octet string holds. */
export interface Extension {
  readonly isCritical: boolean;
  readonly value: Buffer;
}

/** Extensions by object identifier. */
export type Extensions = ReadonlyMap<string, Extension>;

/** Reads a sequence of extensions (RFC 5280, section 4.2), each at most once. @throws {X509Invalid} */
export function readExtensions(extensions: DerValue | undefined): Extensions {
  const found = new Map<string, Extension>();
  for (const one of sequenceOf(extensions)) {
    const parts = sequenceOf(one);
    const [id, value] = [parts[0], parts.at(-1)];
    const oid = oidOf(id);
    if (found.has(oid)) throw new X509Invalid(`has the extension ${oid} twice`);
    if (parts.length < 2 || parts.length > 3) throw new X509Invalid(`has an extension ${oid} of another form`);
    const isCritical = parts.length === 3 && booleanOf(parts[1]);
    found.set(oid, { isCritical, value: bytesOf(value, TAGS.octetString) });
  }
  return found;
}

/** Reads extensions inside a value with its own tag. @throws {X509Invalid} */
export function readTaggedExtensions(tagged: DerValue | undefined): Extensions {
  return tagged === undefined ? new Map() : readExtensions(readOne(tagged.bytes));
}

/** DER has one byte for each; "false" is the default, which some CAs write nevertheless. */
function booleanOf(value: DerValue | undefined): boolean {
  const bytes = bytesOf(value, TAGS.boolean);
  if (bytes.length !== 1 || (bytes[0] !== 0 && bytes[0] !== 0xff)) throw new X509Invalid('has a damaged boolean');
  return bytes[0] === 0xff;
}
