/**
 * The event of a viewer-request function, and what the function makes of the request.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 */
import { isRecord, type Json, list, number, record, string } from '../../assembly/values.ts';
import type { HttpResponse } from '../step.ts';
import type { ViewerRequest } from './viewerRequest.ts';

/** What a distribution is called in events. */
export interface DistributionNames {
  readonly id: string;
  readonly domainName: string;
}

/** Headers that functions do not see, or must not change. */
const UNSEEN = new Set(['cloudfront-viewer-cert-pem', 'cloudfront-viewer-cert-validity']);

type Pair = readonly [string, string];

/** A name with several values has them all in `multiValue`, and the first in `value`. */
function valuesByName(pairs: readonly Pair[]): Json {
  const values: Record<string, { value: string; multiValue?: { value: string }[] }> = {};
  for (const [name, value] of pairs) {
    const known = Object.hasOwn(values, name) ? values[name] : undefined;
    if (known === undefined) Object.defineProperty(values, name, { value: { value }, enumerable: true });
    else known.multiValue = [...(known.multiValue ?? [{ value: known.value }]), { value }];
  }
  return values;
}

function pairsOf(values: unknown): Pair[] {
  return Object.entries(record(values)).flatMap(([name, held]) => {
    const { value, multiValue } = record(held);
    const all = Array.isArray(multiValue) ? multiValue.map((each) => record(each)['value']) : [value];
    return all.map((each) => [name, string(each) ?? ''] as const);
  });
}

/** The event that a function gets for a request. */
export function viewerEvent(request: ViewerRequest, { id, domainName }: DistributionNames): Json {
  const headers = request.headers.filter(([name]) => name !== 'cookie' && !UNSEEN.has(name));
  const cookies = request.headers.filter(([name]) => name === 'cookie').flatMap(([, value]) => cookiePairs(value));
  return {
    version: '1.0',
    context: {
      distributionDomainName: domainName,
      distributionId: id,
      eventType: 'viewer-request',
      requestId: request.id,
    },
    viewer: { ip: request.address },
    request: {
      method: request.method,
      uri: request.path,
      querystring: valuesByName(queryPairs(request.query)),
      headers: valuesByName(headers),
      cookies: valuesByName(cookies),
    },
  };
}

/** The request that goes on, or the response of the function. Undefined where it is neither. */
export function readResult(
  result: Json,
  before: ViewerRequest,
): { readonly request: ViewerRequest } | { readonly response: HttpResponse } | undefined {
  const status = number(result['statusCode']);
  if (status !== undefined) return { response: generated(result, status) };
  const path = string(result['uri']);
  if (path === undefined || !path.startsWith('/') || !isRecord(result['headers'])) return undefined;
  const cookies = pairsOf(result['cookies']).map(([name, value]) => (name === '' ? value : `${name}=${value}`));
  const kept = before.headers.filter(([name]) => UNSEEN.has(name));
  const headers = [...pairsOf(result['headers']).map(([name, value]) => [name.toLowerCase(), value] as const), ...kept];
  if (cookies.length > 0) headers.push(['cookie', cookies.join('; ')]);
  // What the function did not change goes on byte by byte.
  const query = pairsOf(result['querystring']);
  const same = JSON.stringify(valuesByName(query)) === JSON.stringify(valuesByName(queryPairs(before.query)));
  const changed = query.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&');
  return { request: { ...before, path, headers, query: same ? before.query : changed } };
}

/** A body is a string, or an object with its encoding. */
function generated(result: Json, status: number): HttpResponse {
  const headers = pairsOf(result['headers']).filter(([name]) => name.toLowerCase() !== 'content-length');
  const { encoding, data } = record(result['body']);
  const cookies = Object.entries(record(result['cookies'])).map(([name, held]) => {
    const attributes = string(record(held)['attributes']);
    const value = `${name}=${string(record(held)['value']) ?? ''}`;
    return ['set-cookie', attributes === undefined ? value : `${value}; ${attributes}`] as const;
  });
  const text = string(data) ?? string(result['body']) ?? '';
  const body = Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8');
  return { kind: 'response', status, headers: [...headers, ...cookies], body };
}

/** As sent, percent-encoded. */
function queryPairs(query: string | undefined): Pair[] {
  if (query === undefined || query === '') return [];
  return query.split('&').map((part) => {
    const [name = '', value = ''] = part.split(/=(.*)/s);
    return [name, value] as const;
  });
}

function cookiePairs(header: string): Pair[] {
  return list(header.split(';')).map((part) => {
    const [name = '', value] = String(part).trim().split(/=(.*)/s);
    return value === undefined ? ['', name] : [name, value];
  });
}
