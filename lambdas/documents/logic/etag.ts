import type { Document } from './document.ts';

/** `*`, or entity tags separated by commas (RFC 9110, section 8.8.3). */
const IF_MATCH = /^\s*(?:\*|(?:W\/)?"[\x21\x23-\x7e]*"(?:\s*,\s*(?:W\/)?"[\x21\x23-\x7e]*")*)\s*$/;
const TAG = /(W\/)?"([^"]*)"/g;
const VERSION = /^[1-9]\d{0,14}$/;

/** Which versions a change may replace: any, or those listed. */
export type Precondition = 'any' | readonly number[];

/** The strong entity tag of a document's version. */
export function etagOf({ version }: Document): string {
  return `"${version}"`;
}

/**
 * Reads `If-Match` (RFC 9110, section 13.1.1). Weak tags and tags of other formats match no version, because the comparison is strong.
 *
 * @returns undefined if the header is not a valid `If-Match`.
 */
export function parseIfMatch(header: string): Precondition | undefined {
  if (!IF_MATCH.test(header)) return undefined;
  if (header.trim() === '*') return 'any';
  return [...header.matchAll(TAG)]
    .filter(([, weak, tag = '']) => weak === undefined && VERSION.test(tag))
    .map(([, , tag]) => Number(tag));
}
