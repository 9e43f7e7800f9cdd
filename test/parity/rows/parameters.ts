/** Parameters of query, path and headers. API Gateway checks only that required ones are present; these reach the function. */
import { fromAdmin, ID, type Message, type ParityRequest } from '../request.ts';

const text = (length: number) => 'x'.repeat(length);
const rowOf = (name: string, message: Message, good: boolean, beyondSchemas?: true) =>
  fromAdmin(name, message, good ? 'valid' : 'rejected-by-lambda', { beyondSchemas });

/** Queries of the list, `[query, well formed?]`. */
const LIST_QUERIES: readonly (readonly [string, boolean])[] = [
  ['', true],
  ['&', true],
  ['limit=1', true],
  ['limit=100', true],
  ['limit=50&status=draft', true],
  ['status=draft&limit=50', true],
  ['status=published', true],
  ['&limit=1&', true],
  ['%6Cimit=1', true],
  ['limit=%31%30', true],
  ['status=%64raft', true],
  ['cursor=abc', true],
  ['cursor=%61-_', true],
  [`cursor=${text(512)}`, true],
  ['limit=0', false],
  ['limit=101', false],
  ['limit=-1', false],
  ['limit=-0', false],
  ['limit=01', false],
  ['limit=1.5', false],
  ['limit=1.0', false],
  ['limit=1e1', false],
  ['limit=1_0', false],
  ['limit=1,000', false],
  ['limit=0x10', false],
  ['limit=%201', false],
  ['limit=1%20', false],
  ['limit=+1', false],
  ['limit=%2B1', false],
  ['limit=1%00', false],
  ['limit=%D9%A1', false],
  ['limit=%EF%BC%91', false],
  ['limit=', false],
  ['limit', false],
  ['limit=ten', false],
  ['limit=NaN', false],
  ['limit=Infinity', false],
  ['limit=null', false],
  ['limit=true', false],
  ['limit=%221%22', false],
  ['limit=9007199254740993', false],
  ['limit=1?status=draft', false],
  ['limit=1;status=draft', false],
  ['status=', false],
  ['status=Draft', false],
  ['status=archived', false],
  ['status=draft%00', false],
  ['status=draft%20', false],
  ['status=draft,published', false],
  ['status=draft%0A', false],
  ['cursor=', false],
  ['cursor=%3Cscript%3E', false],
  ['cursor=a%0A', false],
  ['cursor=a+b', false],
  ['cursor=%FF', false],
  ['cursor=%C0%AF', false],
  ['cursor=%F0%9F%98%80', false],
  [`cursor=${text(513)}`, false],
  ['limit=1&limit=2', false],
  ['limit=1&limit=1', false],
  ['limit=1&limit=', false],
  ['limit=1&%6Cimit=1', false],
  ['status=draft&status=draft', false],
  ['surprise=1', false],
  ['surprise', false],
  ['=1', false],
  ['limit=1&surprise=1', false],
  ['access_token=a.b.c', false],
  ['Limit=1', false],
  ['limit[]=1', false],
  ['limit%00=1', false],
  ['__proto__=1', false],
  ['constructor=1', false],
  ['toString=1', false],
];

/** Queries of routes without query parameters. */
const OTHER_QUERIES: readonly (readonly [string, string])[] = [
  ['GET', '/health'],
  ['GET', '/me'],
  ['GET', `/documents/${ID}`],
  ['DELETE', `/documents/${ID}`],
  ['POST', `/documents/${ID}/publish`],
];

const queries = [
  ...LIST_QUERIES.map(([query, good]) =>
    rowOf(`GET /documents?${query.slice(0, 40)} (${query.length})`, { method: 'GET', path: '/documents', query }, good),
  ),
  ...OTHER_QUERIES.map(([method, path]) =>
    rowOf(`${method} ${path}?limit=1`, { method, path, query: 'limit=1' }, false),
  ),
  rowOf(
    'POST /documents?limit=1',
    { method: 'POST', path: '/documents', query: 'limit=1', body: { title: 'T' } },
    false,
  ),
];

/** Identifiers in a path, `[id, well formed?]`. */
const PATH_IDS: readonly (readonly [string, boolean])[] = [
  [ID, true],
  [ID.toUpperCase(), true],
  ['00000000-0000-0000-0000-000000000000', true],
  ['FfFfFfFf-ffff-ffff-ffff-FFFFFFFFFFFF', true],
  [`%37${ID.slice(1)}`, true],
  [ID.replace('-', '%2D'), true],
  ['not-a-uuid', false],
  ['1', false],
  [`${ID}0`, false],
  [ID.slice(0, -1), false],
  [ID.replaceAll('-', ''), false],
  [ID.replace('7', 'g'), false],
  [`urn:uuid:${ID}`, false],
  [`%7B${ID}%7D`, false],
  [`${ID}%00`, false],
  [`${ID}%0A`, false],
  [`%20${ID}`, false],
  [`${ID};x=1`, false],
  [`${ID},${ID}`, false],
  [ID.replaceAll('-', '%E2%80%90'), false],
  [`%EF%BC%97${ID.slice(1)}`, false],
  ['%252e', false],
  ['%2e%2e', false],
  ['%2F', false],
  ['%7B%7D', false],
  ['{id}', false],
  ['*', false],
  ["'%20OR%201=1", false],
  ['%', false],
  ['%zz', false],
  ['%E0%A4%A', false],
  ['%FF', false],
];

const paths = PATH_IDS.flatMap(([id, good]) => [
  rowOf(`GET /documents/${id}`, { method: 'GET', path: `/documents/${id}` }, good),
  rowOf(`DELETE /documents/${id}`, { method: 'DELETE', path: `/documents/${id}` }, good),
  rowOf(`POST /documents/${id}/publish`, { method: 'POST', path: `/documents/${id}/publish` }, good),
]);

const KEY = ['POST', '/documents', 'idempotency-key'] as const;
const MATCH = ['PUT', `/documents/${ID}`, 'if-match'] as const;

/** Headers, `[method, path, name, lines, well formed?, beyond schemas?]`; unknown headers are ignored. */
const HEADERS: readonly (readonly [string, string, string, string | readonly string[], boolean, true?])[] = [
  [...KEY, 'key-1', true],
  [...KEY, '!', true],
  [...KEY, "~#$%&'()*+-./:<=>?@[]^_`{|}", true],
  [...KEY, '"key-1"', true],
  [...KEY, '"a \\" b, c; d \\\\"', true],
  [...KEY, `"${text(255)}"`, true],
  [...KEY, `"${text(256)}"`, false],
  [...KEY, '""', false],
  [...KEY, '"', false],
  [...KEY, '"a', false],
  [...KEY, 'a"', false],
  [...KEY, '"a"b"', false],
  [...KEY, '"a\\b"', false],
  [...KEY, '"é"', false],
  [...KEY, '"a";q=1', false],
  [...KEY, '"a", "b"', false],
  [...KEY, 'a,b', false],
  [...KEY, 'a;b', false],
  [...KEY, 'a\\b', false],
  [...KEY, ' key-2 ', true],
  [...KEY, text(255), true],
  [...KEY, text(256), false],
  [...KEY, '', false],
  [...KEY, ' ', false],
  [...KEY, 'a b', false],
  [...KEY, 'a\tb', false],
  [...KEY, 'é', false],
  [...KEY, ['a', 'b'], false],
  [...KEY, ['a', 'a'], false],
  ['POST', '/documents', 'Idempotency-Key', 'key-3', true],
  ['POST', '/documents', 'IDEMPOTENCY-KEY', 'a b', false],
  ['POST', '/documents', 'if-match', text(129), true],
  [...MATCH, '"1"', true],
  [...MATCH, '*', true],
  [...MATCH, 'W/"1", "2"', true],
  [...MATCH, text(128), true],
  [...MATCH, text(129), false],
  [...MATCH, '', false],
  [...MATCH, ['"1"', '"2"'], false],
  ['PUT', `/documents/${ID}`, 'If-Match', ['*', '*'], false],
  ['PUT', `/documents/${ID}`, 'idempotency-key', 'a b', true],
  ['POST', '/documents', 'x-unknown', text(2000), true],
  ['POST', '/documents', 'x-unknown', ['a', ''], true],
  ['POST', '/documents', 'x-api-key', 'mine', true],
  ['POST', '/documents', 'x-forwarded-for', '203.0.113.1', true],
  ['POST', '/documents', 'x-amzn-trace-id', 'Root=1', true],
  ['POST', '/documents', 'cookie', 'role=admin', false, true],
  ['POST', '/documents', 'accept', 'text/html', false, true],
  ['POST', '/documents', 'accept', 'text/html, application/*;q=0.1', true],
  ['POST', '/documents', 'origin', 'https://evil.example', true],
];

const headers = HEADERS.map(([method, path, header, lines, good, beyondSchemas]) => {
  const shown = [lines]
    .flat()
    .map((line) => line.slice(0, 30))
    .join(' and ');
  const name = `${method} ${path} with ${header} of ${[lines].flat().join().length}: ${shown}`;
  return rowOf(name, { method, path, body: { title: 'T' }, headers: { [header]: lines } }, good, beyondSchemas);
});

export const parameterRows: readonly ParityRequest[] = [...queries, ...paths, ...headers];
