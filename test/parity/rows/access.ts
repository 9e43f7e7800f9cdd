/** Access: every route with every caller, credentials in every form, and paths without a route. */
import { type ExpectedAccess, type ExpectedInput, ID, type ParityRequest } from '../request.ts';

interface Shape {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Roles that are allowed to call it; `everyone` needs no token, `anyone` any token. */
  readonly may: readonly string[] | 'everyone' | 'anyone';
  /** Default: valid. */
  readonly input?: ExpectedInput;
}

const FILE = { name: 'a.pdf', type: 'application/pdf', size: 1, sha256: `${'A'.repeat(43)}=` };

const ROUTES: readonly Shape[] = [
  { method: 'GET', path: '/health', may: 'everyone' },
  { method: 'GET', path: '/me', may: 'anyone' },
  { method: 'GET', path: '/me/limits', may: 'anyone' },
  { method: 'GET', path: '/documents', may: ['viewer', 'editor', 'manager', 'admin'] },
  { method: 'POST', path: '/documents', body: { title: 'T' }, may: ['editor', 'manager', 'admin'] },
  { method: 'GET', path: `/documents/${ID}`, may: ['viewer', 'editor', 'manager', 'admin'] },
  { method: 'PUT', path: `/documents/${ID}`, body: { title: 'T' }, may: ['editor', 'manager', 'admin'] },
  { method: 'DELETE', path: `/documents/${ID}`, may: ['admin'] },
  { method: 'POST', path: `/documents/${ID}/publish`, may: ['manager', 'admin'] },
  { method: 'GET', path: `/documents/${ID}/attachments`, may: ['viewer', 'editor', 'manager', 'admin'] },
  { method: 'POST', path: `/documents/${ID}/attachments/presign`, body: FILE, may: ['editor', 'manager', 'admin'] },
  {
    method: 'GET',
    path: `/documents/${ID}/attachments/${ID}/content`,
    may: ['viewer', 'editor', 'manager', 'admin'],
  },
  { method: 'DELETE', path: `/documents/${ID}/attachments/${ID}`, may: ['admin'] },
  // Only the function inspects a form, and this is not one.
  {
    method: 'POST',
    path: `/documents/${ID}/attachments`,
    body: FILE,
    may: ['editor', 'manager', 'admin'],
    input: 'rejected-by-lambda',
  },
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
  ['manager', 'viewer', 'manager'],
  ['Admin'],
  ['admins'],
  ['document:delete'],
  ['__proto__', 'constructor', 'toString'],
];

/** Each `GET` is a `HEAD`, too. */
const WITH_HEAD = ROUTES.flatMap((shape) => (shape.method === 'GET' ? [shape, { ...shape, method: 'HEAD' }] : [shape]));

const everyRoute: readonly ParityRequest[] = WITH_HEAD.flatMap(({ may, input = 'valid', ...message }) =>
  CALLERS.map((roles) => ({
    name: `${message.method} ${message.path} as ${callerOf(roles)}`,
    ...message,
    roles,
    access: expectedAccess(may, roles),
    input,
  })),
);

function expectedAccess(may: Shape['may'], roles: readonly string[] | undefined): ExpectedAccess {
  if (may === 'everyone') return 'allow';
  if (roles === undefined) return 'unauthenticated';
  if (may === 'anyone' || roles.some((role) => may.includes(role))) return 'allow';
  return 'forbidden';
}

function callerOf(roles: readonly string[] | undefined): string {
  return roles === undefined ? 'nobody' : `[${roles.join(' ')}]`;
}

/** Denied because of the caller, whatever is sent: a denied caller learns nothing about the route's input. */
const closedFirst = [
  ['POST', '/documents', { title: '' }, ['viewer'], 'forbidden'],
  ['POST', '/documents', { title: '' }, undefined, 'unauthenticated'],
  ['PUT', `/documents/${ID}`, null, ['viewer'], 'forbidden'],
  ['DELETE', '/documents/not-a-uuid', undefined, ['editor'], 'forbidden'],
  ['DELETE', '/documents/not-a-uuid', undefined, undefined, 'unauthenticated'],
  ['GET', '/documents/not-a-uuid', undefined, ['stranger'], 'forbidden'],
  ['POST', '/documents/not-a-uuid/publish', undefined, ['editor'], 'forbidden'],
  ['POST', '/documents/%E0%A4/publish', undefined, ['editor'], 'forbidden'],
] as const;

const closed: readonly ParityRequest[] = closedFirst.map(([method, path, body, roles, access]) => {
  const name = `${method} ${path} with bad input as ${callerOf(roles)}`;
  return { name, method, path, body, roles, access, input: 'valid' };
});

/** Invalid credentials: the header's lines. */
const CREDENTIALS: readonly (readonly string[])[] = [
  [''],
  ['Bearer'],
  ['Bearer '],
  ['Bearer garbage'],
  ['Bearer a.b.c'],
  ['Bearer ..'],
  ['Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'],
  ['Basic YWRtaW46YWRtaW4='],
  ['Digest username="admin"'],
  ['Bearer, Bearer'],
  ['Bearer a.b.c', 'Bearer a.b.c'],
  [`Bearer ${'a'.repeat(2000)}.b.c`],
];

const unproven: readonly ParityRequest[] = CREDENTIALS.flatMap((authorization) =>
  ROUTES.filter(({ method }) => method === 'GET').map(({ method, path, may }) => ({
    name: `${method} ${path} with Authorization: ${authorization.map((line) => line.slice(0, 50)).join(' and ')}`,
    method,
    path,
    headers: { authorization },
    roles: undefined,
    access: may === 'everyone' ? ('allow' as const) : ('unauthenticated' as const),
    input: 'valid' as const,
  })),
);

/** Lines of an Authorization header around a good token, `[lines, accepted?]`. */
const AROUND: readonly (readonly [readonly string[], boolean])[] = [
  [['bearer {token}'], true],
  [['BEARER {token}'], true],
  [['Bearer   {token}'], true],
  [['  Bearer {token} '], true],
  [['{token}'], false],
  [['Token {token}'], false],
  [['DPoP {token}'], false],
  [['Bearer: {token}'], false],
  [['Bearer\t{token}'], false],
  [['Bearer "{token}"'], false],
  [['Bearer {token}.'], false],
  [['Bearer {token}='], false],
  [['Bearer {token}, Basic YTpi'], false],
  [['Bearer {token}', 'Bearer {token}'], false],
  [['Bearer {token}', ''], false],
];

const around: readonly ParityRequest[] = AROUND.map(([authorization, good]) => ({
  name: `GET /me with a good token in ${authorization.map((line) => `"${line}"`).join(' and ')}`,
  method: 'GET',
  path: '/me',
  headers: { authorization },
  roles: good ? ['viewer'] : undefined,
  access: good ? 'allow' : 'unauthenticated',
  input: 'valid',
}));

/** Paths and methods without a route. */
const NOWHERE: readonly (readonly [string, string])[] = [
  ['GET', '/nowhere'],
  ['GET', '/'],
  ['GET', '/documentsx'],
  ['GET', '/document'],
  ['GET', '/Documents'],
  ['GET', '/documents/'],
  ['GET', '//documents'],
  ['GET', '/%64ocuments'],
  ['GET', `/documents/${ID}/`],
  ['GET', `/documents/${ID}/publish`],
  ['GET', `/documents//publish`],
  ['GET', '/documents/../health'],
  ['DELETE', '/documents'],
  ['PUT', '/documents'],
  ['PATCH', `/documents/${ID}`],
  ['POST', `/documents/${ID}`],
  ['POST', '/health'],
  ['OPTIONS', '/documents'],
  ['DELETE', '/me'],
  ['GET', `/documents/${ID}/publish/now`],
  ['POST', `/documents/${ID}/publishx`],
  ['GET', '/me/roles'],
];

const nowhere: readonly ParityRequest[] = NOWHERE.flatMap(([method, path]) =>
  [undefined, ['viewer'], ['admin']].map((roles) => ({
    name: `${method} ${path} is no route, as ${callerOf(roles)}`,
    method,
    path,
    roles,
    access: 'no-route' as const,
    input: 'valid' as const,
  })),
);

export const accessRows: readonly ParityRequest[] = [...everyRoute, ...closed, ...unproven, ...around, ...nowhere];
