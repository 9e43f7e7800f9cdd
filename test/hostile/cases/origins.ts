import { ORIGIN_ROWS, ORIGINS } from '../../parity/rows/origins.ts';
import { at, type Case, ID, item, read } from '../case.ts';

/** The origins that the API lists, the first one first. */
export const LISTED: readonly string[] = ORIGINS;

const FOREIGN = ORIGIN_ROWS.flatMap(({ name, origin, listed }) =>
  listed || origin === undefined ? [] : [[name, { origin }] as const],
);
const [first = ''] = LISTED;

/**
 * Requests that a page of a foreign origin sends. They are served, as those of any other program with this token are; no response
 * lets the page read it.
 */
export const origins: readonly Case[] = [
  ...FOREIGN.map(([name, headers]): Case => [name, read('', headers), 200]),
  ...FOREIGN.map(([name, headers]): Case => [`${name}, of a bad request`, read('limit=x', headers), 400]),
  ['two lines, the first one listed', read('', { origin: [first, 'https://evil.example'] }), 200],
  ['two lines, the second one listed', read('', { origin: ['https://evil.example', first] }), 200],
  ['the header of the web ACL', read('', { 'x-amzn-waf-allowed-origin': 'https://evil.example' }), 200],
  ['a simple request with a form', item('a=b', { origin: 'null', 'content-type': 'text/plain' }), 415, 400],
];

/** Preflights of such pages, and rejections that the gateway sends: no function sees them. */
export const preflights: readonly Case[] = [
  ...FOREIGN.map(
    ([name, headers]): Case => [name, { method: 'OPTIONS', target: `/items/${ID}`, headers: asking(headers) }, 204],
  ),
  ...FOREIGN.map(([name, headers]): Case => [`${name}, of no route`, at('/nowhere', headers), 404]),
  ['an origin in the query', { method: 'OPTIONS', target: `/items/${ID}?Origin=https://evil.example` }, 204],
  [
    'no route, with the header of the web ACL',
    at('/nowhere', { origin: 'https://evil.example', 'x-amzn-waf-allowed-origin': 'https://evil.example' }),
    404,
  ],
];

function asking(headers: Readonly<Record<string, string | readonly string[]>>) {
  return { ...headers, 'access-control-request-method': 'DELETE', 'access-control-request-headers': 'authorization' };
}
