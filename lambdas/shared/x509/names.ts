import type { Certificate } from './certificate.ts';
import { bytesOf, type DerValue, oidOf, readAll, readOne, sequenceOf, TAGS, X509Invalid } from './der.ts';

const COMMON_NAME = '2.5.4.3';
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
/** Context tags of GeneralName: https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6 */
export const NAME_TAGS = { email: 0x81, dnsName: 0x82, uri: 0x86 } as const;
/** UTF8String, PrintableString, IA5String. Other kinds of strings have no meaning that all parsers share. */
const STRINGS = [0x0c, 0x13, 0x16];

/** The names of a certificate that can say which client it is of. */
export interface CertificateNames {
  readonly commonName: readonly string[];
  readonly dnsName: readonly string[];
  readonly uri: readonly string[];
  readonly email: readonly string[];
}

/** Reads the names of a certificate, all of them: one that is damaged makes the others doubtful. @throws {X509Invalid} */
export function namesOf({ subject, extensions }: Certificate): CertificateNames {
  const extension = extensions.get(SUBJECT_ALTERNATIVE_NAME);
  const names = extension === undefined ? [] : sequenceOf(readOne(extension.value));
  const ofKind = (kind: keyof typeof NAME_TAGS) =>
    names.filter(({ tag }) => tag === NAME_TAGS[kind]).map(({ bytes }) => asciiOf(bytes));
  return { commonName: commonNamesOf(subject), dnsName: ofKind('dnsName'), uri: ofKind('uri'), email: ofKind('email') };
}

function commonNamesOf(subject: DerValue): readonly string[] {
  return sequenceOf(subject)
    .flatMap((relative) => readAll(bytesOf(relative, TAGS.set)))
    .map(sequenceOf)
    .filter(([type]) => oidOf(type) === COMMON_NAME)
    .map(([, value]) => textOf(value));
}

function textOf(value: DerValue | undefined): string {
  if (value === undefined || !STRINGS.includes(value.tag)) throw new X509Invalid('has a name in an unknown alphabet');
  const text = value.bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(value.bytes)) throw new X509Invalid('has a name that is not UTF-8');
  return text;
}

/** An IA5String of printable characters: a NUL ends a name for some parsers. */
function asciiOf(bytes: Buffer): string {
  if (!bytes.every((byte) => byte > 0x20 && byte < 0x7f))
    throw new X509Invalid('has a name that is not printable ASCII');
  return bytes.toString('latin1');
}
