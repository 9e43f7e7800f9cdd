/** The target of a request as the path and query of a `Location`. */
import type { IncomingMessage } from 'node:http';
import type { RequestHost } from '../hostHeader.ts';
import { targetOf } from './requestTarget.ts';

/** What RFC 3986 allows (sections 3.3 and 3.4), a character or a percent-encoded byte at a time. */
const IN_PATH = /%[\dA-F]{2}|[\w.~!$&'()*+,;=:@/-]/iy;
const IN_QUERY = /%[\dA-F]{2}|[\w.~!$&'()*+,;=:@/?-]/iy;

/**
 * The path and query that a client gets when it parses the target as a part of a URL (RFC 3986, section 5.2.4): everything that a URL
 * must not contain is percent-encoded, byte by byte, and dot segments are removed. So no client can read another host or header from it.
 *
 * @returns undefined for a target without a path, or for a URL of another host than that of the request
 */
export function redirectTarget({ url = '' }: Pick<IncomingMessage, 'url'>, host: RequestHost): string | undefined {
  const target = targetOf(url, 'http', host);
  if (target === undefined) return undefined;
  const [path = '', query] = target.split(/\?(.*)/s, 2);
  return withoutDots(encoded(path, IN_PATH)) + (query === undefined ? '' : `?${encoded(query, IN_QUERY)}`);
}

/** Node reads a target as Latin-1, so that a character is a byte. */
function encoded(text: string, allowed: RegExp): string {
  let result = '';
  for (let i = 0; i < text.length; ) {
    allowed.lastIndex = i;
    const part = allowed.exec(text)?.[0];
    result += part ?? `%${text.charCodeAt(i).toString(16).toUpperCase().padStart(2, '0')}`;
    i += part?.length ?? 1;
  }
  return result;
}

/** Parsers of URLs read `%2e` as a dot, too. */
function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [i, segment] of segments.entries()) {
    const name = segment.replaceAll(/%2e/gi, '.');
    if (name !== '.' && name !== '..') {
      kept.push(segment);
      continue;
    }
    if (name === '..') kept.pop();
    if (i === segments.length - 1) kept.push('');
  }
  return `/${kept.join('/')}`;
}
