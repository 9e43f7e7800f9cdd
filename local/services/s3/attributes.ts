/** What is sent along with an object's bytes, whether in headers or in fields of a form. */
import { S3Error } from './error.ts';
import type { Received } from './store.ts';

/** Headers that are stored and returned. */
const KEPT = /^(?:content-(?:type|disposition|encoding|language)|cache-control|expires|x-amz-meta-.+)$/;
const MAX_TAGS = 10;

/** The headers that belong to an object; without a content type it is binary. */
export function objectHeaders(given: Iterable<readonly [string, string]>): Readonly<Record<string, string>> {
  const kept = [...given].filter(([name]) => KEPT.test(name));
  return { 'content-type': 'binary/octet-stream', ...Object.fromEntries(kept) };
}

/** Checksums that are not computed here, so that a wrong one would pass. */
const UNKNOWN_CHECKSUMS = ['crc32c', 'crc64nvme', 'sha1', 'md5', 'sha512', 'xxhash64', 'xxhash3', 'xxhash128'];

/**
 * Compares what arrived with what was announced, each in base64.
 *
 * @param announced a header, or a field of a form, by its name in lower case.
 * @throws {S3Error} `BadDigest`; `NotImplemented` for checksums that are not computed here.
 */
export function checkDigests({ md5, sha256, crc32 }: Received, announced: (name: string) => string | undefined): void {
  const digests = { 'content-md5': md5, 'x-amz-checksum-sha256': sha256, 'x-amz-checksum-crc32': crc32 };
  for (const [name, digest] of Object.entries(digests)) {
    const given = announced(name);
    if (given === undefined || given === digest.toString('base64')) continue;
    throw new S3Error('BadDigest', `The ${name} you specified did not match the calculated one.`);
  }
  const unknown = UNKNOWN_CHECKSUMS.find((name) => announced(`x-amz-checksum-${name}`) !== undefined);
  if (unknown !== undefined) throw new S3Error('NotImplemented', `The checksum ${unknown} is not computed here.`);
}

/** Tags of a header: `a=1&b=2`. @throws {S3Error} `InvalidTag`. */
export function headerTags(header: string | undefined): Readonly<Record<string, string>> {
  return checkedTags([...new URLSearchParams(header ?? '')]);
}

/** Tags of the body of PutObjectTagging. @throws {S3Error} `MalformedXML`, `InvalidTag`. */
export function xmlTags(body: string): Readonly<Record<string, string>> {
  if (!/<Tagging[\s>]/.test(body)) throw new S3Error('MalformedXML', 'The XML you provided was not well-formed.');
  const pairs = [...body.matchAll(/<Tag>\s*<Key>([^<]*)<\/Key>\s*<Value>([^<]*)<\/Value>\s*<\/Tag>/g)];
  return checkedTags(pairs.map(([, name = '', value = '']) => [unescaped(name), unescaped(value)]));
}

function checkedTags(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const fine = pairs.every(([name, value]) => name !== '' && name.length <= 128 && value.length <= 256);
  if (!fine || pairs.length > MAX_TAGS || new Set(pairs.map(([name]) => name)).size !== pairs.length) {
    throw new S3Error('InvalidTag', 'The tag provided was not a valid tag.');
  }
  return Object.fromEntries(pairs);
}

function unescaped(text: string): string {
  const signs: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => signs[name] ?? '');
}
