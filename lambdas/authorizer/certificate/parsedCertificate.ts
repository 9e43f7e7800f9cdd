import { DerInvalid, type DerValue, oidOf, readAll, readOne, sequenceOf, serialOf, TAGS } from './der.ts';

/** The parts of a certificate (RFC 5280, section 4.1) that Node.js gives only as strings, in which values cannot be told apart. */
export interface ParsedCertificate {
  readonly serial: string;
  /** Names in DER, to compare. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly commonNames: readonly string[];
  readonly alternativeNames: Readonly<Record<'dnsName' | 'uri' | 'email', readonly string[]>>;
}

const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
/** 2.5.4.3 and 2.5.29.17. */
const COMMON_NAME = '550403';
const SUBJECT_ALTERNATIVE_NAME = '551d11';
const KINDS = { email: 0x81, dnsName: 0x82, uri: 0x86 } as const;
/** UTF8String, PrintableString, IA5String. Other kinds of strings have no meaning that all parsers share. */
const STRINGS = [0x0c, 0x13, 0x16];

/** @throws {DerInvalid} */
export function parseCertificate(raw: Buffer): ParsedCertificate {
  const [tbs] = sequenceOf(readOne(raw));
  const fields = sequenceOf(tbs);
  const [serial, , issuer, , subject] = fields[0]?.tag === VERSION ? fields.slice(1) : fields;
  if (issuer === undefined || subject === undefined) throw new DerInvalid();
  return {
    serial: serialOf(serial),
    issuer: issuer.whole,
    subject: subject.whole,
    commonNames: commonNamesOf(subject),
    alternativeNames: alternativeNamesOf(fields.find(({ tag }) => tag === EXTENSIONS)),
  };
}

function commonNamesOf(subject: DerValue): readonly string[] {
  return sequenceOf(subject)
    .flatMap((relative) => readAll(relative.bytes))
    .map(sequenceOf)
    .filter(([type]) => oidOf(type) === COMMON_NAME)
    .map(([, value]) => textOf(value));
}

function textOf(value: DerValue | undefined): string {
  if (value === undefined || !STRINGS.includes(value.tag)) throw new DerInvalid();
  const text = value.bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(value.bytes)) throw new DerInvalid();
  return text;
}

function alternativeNamesOf(extensions: DerValue | undefined): ParsedCertificate['alternativeNames'] {
  const names = extensions === undefined ? [] : generalNames(extensions);
  const ofKind = (kind: keyof typeof KINDS) =>
    names.filter(({ tag }) => tag === KINDS[kind]).map(({ bytes }) => asciiOf(bytes));
  return { email: ofKind('email'), dnsName: ofKind('dnsName'), uri: ofKind('uri') };
}

function generalNames(extensions: DerValue): readonly DerValue[] {
  const found = sequenceOf(readOne(extensions.bytes))
    .map(sequenceOf)
    .filter(([id]) => oidOf(id) === SUBJECT_ALTERNATIVE_NAME);
  const [extension, ...others] = found;
  if (others.length > 0) throw new DerInvalid();
  const value = extension?.at(-1);
  if (value === undefined) return [];
  if (value.tag !== TAGS.octetString) throw new DerInvalid();
  return sequenceOf(readOne(value.bytes));
}

/** An IA5String of printable characters: a NUL ends a name for some parsers. */
function asciiOf(bytes: Buffer): string {
  if (!bytes.every((byte) => byte > 0x20 && byte < 0x7f)) throw new DerInvalid();
  return bytes.toString('latin1');
}
