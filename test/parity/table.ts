/**
 * The one table of requests that every projection must judge alike. A row says who calls (roles; `undefined` is no
 * token), what is sent, and what is expected: who may, and whether it is well formed. Adding a case is one line.
 */

export type AccessVerdict = 'allow' | 'unauthenticated' | 'forbidden' | 'no-route';
export type InputVerdict = 'valid' | 'invalid';

export interface ParityRequest {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly roles: readonly string[] | undefined;
  readonly access: AccessVerdict;
  readonly input: InputVerdict;
}

const ID = '7b0e1f38-3f0c-4e0b-9d5a-1c2d3e4f5a6b';

interface Shape {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Roles that may call it; `everyone` needs no token, `anyone` any token. */
  readonly may: readonly string[] | 'everyone' | 'anyone';
}

const ROUTES: readonly Shape[] = [
  { method: 'GET', path: '/health', may: 'everyone' },
  { method: 'GET', path: '/me', may: 'anyone' },
  { method: 'GET', path: '/documents', may: ['viewer', 'editor', 'manager', 'admin'] },
  { method: 'POST', path: '/documents', body: { title: 'T' }, may: ['editor', 'manager', 'admin'] },
  { method: 'GET', path: `/documents/${ID}`, may: ['viewer', 'editor', 'manager', 'admin'] },
  { method: 'PUT', path: `/documents/${ID}`, body: { title: 'T' }, may: ['editor', 'manager', 'admin'] },
  { method: 'DELETE', path: `/documents/${ID}`, may: ['admin'] },
  { method: 'POST', path: `/documents/${ID}/publish`, may: ['manager', 'admin'] },
];

const CALLERS: readonly (readonly string[] | undefined)[] = [
  undefined,
  [],
  ['viewer'],
  ['editor'],
  ['manager'],
  ['admin'],
  ['stranger'],
  ['stranger', 'viewer'],
  ['viewer', 'editor'],
  ['Admin'],
];

/** Every route under every caller. */
const access: readonly ParityRequest[] = ROUTES.flatMap(({ may, ...request }) =>
  CALLERS.map((roles) => ({
    name: `${request.method} ${request.path} as ${roles === undefined ? 'nobody' : `[${roles.join(' ')}]`}`,
    ...request,
    roles,
    access: expectedAccess(may, roles),
    input: 'valid' as const,
  })),
);

function expectedAccess(may: Shape['may'], roles: readonly string[] | undefined): AccessVerdict {
  if (may === 'everyone') return 'allow';
  if (roles === undefined) return 'unauthenticated';
  if (may === 'anyone' || roles.some((role) => may.includes(role))) return 'allow';
  return 'forbidden';
}

/** Paths and methods that are no route. */
const nowhere: readonly ParityRequest[] = [
  ['GET', '/nowhere'],
  ['GET', '/documentsx'],
  ['GET', '/document'],
  ['GET', '/Documents'],
  ['GET', `/documents/${ID}/publish`],
  ['DELETE', '/documents'],
  ['PUT', '/documents'],
  ['PATCH', `/documents/${ID}`],
  ['POST', `/documents/${ID}`],
  ['POST', '/health'],
  ['DELETE', '/me'],
  ['GET', `/documents/${ID}/publish/now`],
  ['POST', `/documents/${ID}/publishx`],
  ['GET', '/me/roles'],
].flatMap(([method = '', path = '']) =>
  [['admin'], ['viewer']].map((roles) => ({
    name: `${method} ${path} is no route, as [${roles.join(' ')}]`,
    method,
    path,
    roles,
    access: 'no-route' as const,
    input: 'valid' as const,
  })),
);

const text = (length: number) => 'x'.repeat(length);
const tags = (count: number) => Array.from({ length: count }, (_, i) => `tag-${i}`);

/** Bodies of a new or replaced document, `[name, body, well formed?]`. */
const BODIES: readonly (readonly [string, unknown, boolean])[] = [
  ['a title alone', { title: 'T' }, true],
  ['every property', { title: 'T', body: 'B', tags: ['a', 'b-1'] }, true],
  ['a title of 200 characters', { title: text(200) }, true],
  ['a title of 200 astral characters', { title: '😀'.repeat(200) }, true],
  ['a title of 201 characters', { title: text(201) }, false],
  ['an empty title', { title: '' }, false],
  ['no title', { body: 'B' }, false],
  ['nothing', {}, false],
  ['a null title', { title: null }, false],
  ['a number as title', { title: 7 }, false],
  ['a list as title', { title: ['T'] }, false],
  ['an object as title', { title: { $gt: '' } }, false],
  ['a boolean as title', { title: true }, false],
  ['an empty body text', { title: 'T', body: '' }, true],
  ['a body text of 10,000 characters', { title: 'T', body: text(10_000) }, true],
  ['a body text of 10,001 characters', { title: 'T', body: text(10_001) }, false],
  ['a null body text', { title: 'T', body: null }, false],
  ['no tags', { title: 'T', tags: [] }, true],
  ['20 tags', { title: 'T', tags: tags(20) }, true],
  ['21 tags', { title: 'T', tags: tags(21) }, false],
  ['a tag of 32 characters', { title: 'T', tags: [text(32)] }, true],
  ['a tag of 33 characters', { title: 'T', tags: [text(33)] }, false],
  ['an empty tag', { title: 'T', tags: [''] }, false],
  ['a tag in upper case', { title: 'T', tags: ['A'] }, false],
  ['a tag with a blank', { title: 'T', tags: ['a b'] }, false],
  ['a tag with a line end', { title: 'T', tags: ['a\n'] }, false],
  ['a number as tag', { title: 'T', tags: [1] }, false],
  ['a null tag', { title: 'T', tags: [null] }, false],
  ['a text as tags', { title: 'T', tags: 'a' }, false],
  ['an object as tags', { title: 'T', tags: { 0: 'a' } }, false],
  ['an unknown property', { title: 'T', role: 'admin' }, false],
  ['a property of the answer', { title: 'T', status: 'published' }, false],
  ['an id', { title: 'T', id: ID }, false],
  ['another case of title', { Title: 'T' }, false],
  ['a list', [], false],
  ['a list of documents', [{ title: 'T' }], false],
  ['a text', 'T', false],
  ['a number', 1, false],
  ['null', null, false],
  ['true', true, false],
];

const bodies: readonly ParityRequest[] = [
  ['POST', '/documents'],
  ['PUT', `/documents/${ID}`],
].flatMap(([method = '', path = '']) =>
  BODIES.map(([name, body, good]) => valid(`${method} ${path} with ${name}`, { method, path, body }, good)),
);

/** Queries of the list, `[query, well formed?]`. */
const QUERIES: readonly (readonly [string, boolean])[] = [
  ['limit=1', true],
  ['limit=100', true],
  ['limit=50&status=draft', true],
  ['status=published', true],
  ['limit=0', false],
  ['limit=101', false],
  ['limit=-1', false],
  ['limit=1.5', false],
  ['limit=1e1', false],
  ['limit=0x10', false],
  ['limit=%201', false],
  ['limit=1%20', false],
  ['limit=%2B1', false],
  ['limit=', false],
  ['limit=ten', false],
  ['limit=NaN', false],
  ['limit=true', false],
  ['limit=9007199254740993', false],
  ['status=', false],
  ['status=Draft', false],
  ['status=archived', false],
  ['status=draft%00', false],
  ['cursor=', false],
  ['cursor=%3Cscript%3E', false],
  [`cursor=${text(513)}`, false],
  ['limit=1&limit=2', false],
  ['limit=1&limit=1', false],
  ['status=draft&status=draft', false],
  ['surprise=1', false],
  ['limit=1&surprise=1', false],
  ['Limit=1', false],
  ['limit[]=1', false],
];

const queries = QUERIES.map(([query, good]) =>
  valid(`GET /documents?${query.slice(0, 40)}`, { method: 'GET', path: '/documents', query }, good),
);

/** Identifiers in a path, `[id, well formed?]`. */
const PATH_IDS: readonly (readonly [string, boolean])[] = [
  [ID, true],
  [ID.toUpperCase(), true],
  ['not-a-uuid', false],
  ['1', false],
  [`${ID}0`, false],
  [ID.slice(0, -1), false],
  [ID.replaceAll('-', ''), false],
  [`${ID}%00`, false],
  ['%7B%7D', false],
  ["'%20OR%201=1", false],
];

const paths = PATH_IDS.flatMap(([id, good]) => [
  valid(`GET /documents/${id}`, { method: 'GET', path: `/documents/${id}` }, good),
  valid(`DELETE /documents/${id}`, { method: 'DELETE', path: `/documents/${id}` }, good),
  valid(`POST /documents/${id}/publish`, { method: 'POST', path: `/documents/${id}/publish` }, good),
]);

/** Declared headers, `[route, header, value, well formed?]`. */
const headers = [
  ['POST', '/documents', 'idempotency-key', 'key-1', true],
  ['POST', '/documents', 'idempotency-key', text(128), true],
  ['POST', '/documents', 'idempotency-key', text(129), false],
  ['POST', '/documents', 'idempotency-key', 'a b', false],
  ['PUT', `/documents/${ID}`, 'if-match', '"1"', true],
  ['PUT', `/documents/${ID}`, 'if-match', text(129), false],
].map(([method, path, header, value, good]) =>
  valid(
    `${method} ${path} with ${header} of ${String(value).length}: ${String(value).slice(0, 12)}`,
    { method: String(method), path: String(path), body: { title: 'T' }, headers: { [String(header)]: String(value) } },
    good === true,
  ),
);

/** Judged for well-formedness only: an admin sends it. */
function valid(
  name: string,
  request: Pick<ParityRequest, 'method' | 'path' | 'query' | 'headers' | 'body'>,
  good: boolean,
): ParityRequest {
  return { name, ...request, roles: ['admin'], access: 'allow', input: good ? 'valid' : 'invalid' };
}

export const TABLE: readonly ParityRequest[] = [...access, ...nowhere, ...bodies, ...queries, ...paths, ...headers];
