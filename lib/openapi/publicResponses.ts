import { PROBLEMS, type ProblemCode, type ProblemStatusCode } from '../../lambdas/shared/problems.ts';
import { needsScopes } from '../definition/access.ts';
import type { Route } from '../definition/api.ts';
import type { Json } from './json.ts';

/** The response of a rejection, as the public document names and describes it. */
interface RejectionResponse {
  readonly name: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** By status; the title of each code is in the problem document itself. */
const RESPONSES: Readonly<Record<ProblemStatusCode, RejectionResponse>> = {
  400: { name: 'InvalidRequest', description: 'The request is not well formed; `errors` names each fault.' },
  401: {
    name: 'Unauthorized',
    description: 'No valid token, or no valid signature.',
    headers: { 'WWW-Authenticate': 'The challenge (RFC 6750).' },
  },
  403: { name: 'Forbidden', description: 'The caller has no permission, or the web ACL blocked the request.' },
  404: { name: 'NotFound', description: 'There is no such resource.' },
  406: { name: 'NotAcceptable', description: 'The client accepts no media type of the responses.' },
  409: { name: 'Conflict', description: 'The state of the resource forbids it.' },
  410: { name: 'Gone', description: 'The resource was there and will not return.' },
  412: { name: 'PreconditionFailed', description: 'The resource has changed since it was read.' },
  413: { name: 'PayloadTooLarge', description: 'The body is too large.' },
  414: { name: 'UriTooLong', description: 'Path and query are too long.' },
  415: {
    name: 'UnsupportedMediaType',
    description: 'The body, or a file in it, is of a media type that is not accepted.',
  },
  422: { name: 'UnprocessableContent', description: 'The body is well formed but cannot be processed.' },
  423: { name: 'Locked', description: 'The resource is locked.' },
  424: { name: 'FailedDependency', description: 'Something that it depends on failed.' },
  428: { name: 'PreconditionRequired', description: 'A conditional header such as `If-Match` is needed.' },
  429: {
    name: 'TooManyRequests',
    description: 'A rate or the quota of the tier is spent.',
    headers: { 'Retry-After': 'Seconds to wait, a lower bound.' },
  },
  431: { name: 'HeadersTooLarge', description: 'The headers are too large.' },
  500: { name: 'InternalError', description: 'The service failed.' },
  503: {
    name: 'ServiceUnavailable',
    description: 'The service is unavailable now.',
    headers: { 'Retry-After': 'Seconds to wait, a lower bound.' },
  },
  504: { name: 'Timeout', description: 'The service did not respond in time.' },
};

/** What a client has to distinguish when it repeats a request. */
const OF_KEYS = [
  'idempotency-in-progress',
  'idempotency-response-unavailable',
  'idempotency-key-reused',
] as const satisfies readonly ProblemCode[];
/** Statuses and codes whose responses say when to retry. */
const RETRIED: readonly unknown[] = [503, 'idempotency-in-progress'];

/** A problem that the document describes by its code. */
interface CodedProblem {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly description?: string;
}

/**
 * The rejections that a client of the route can receive, by status: references, and where the API declares problems of a status,
 * or idempotency keys have problems of a status, a response with their codes.
 */
export function rejectionsOf(route: Route, problem: Json): Json {
  const ofKeys = route.idempotency === undefined ? [] : OF_KEYS.map((code) => ({ ...PROBLEMS[code], code }));
  const own = Map.groupBy<number, CodedProblem>([...route.ownProblems, ...ofKeys], ({ status }) => status);
  const shared = statusesOf(route).map((status): readonly [number, Json] => [
    status,
    { $ref: `#/components/responses/${RESPONSES[status].name}` },
  ]);
  const declared = [...own].map(([status, problems]): readonly [number, Json] => {
    const general = statusesOf(route).find((known) => known === status);
    return [status, ownResponse(problems, problem, general === undefined ? undefined : rejection(general, [route]))];
  });
  return Object.fromEntries([...shared, ...declared]);
}

/** The problems of one status that have codes to distinguish, beside those of this project with the same status. */
function ownResponse(problems: readonly CodedProblem[], problem: Json, general: RejectionResponse | undefined): Json {
  const codes = problems.map(({ code, title, description = title }) => `- \`${code}\`: ${description}`);
  const description = [...(general === undefined ? [] : [general.description]), codes.join('\n')].join('\n\n');
  const isRetried = problems.some(({ status, code }) => RETRIED.includes(status) || RETRIED.includes(code));
  const headers = { ...general?.headers, ...(isRetried ? RESPONSES[503].headers : {}) };
  return responseOf({ name: '', description, headers }, problem);
}

/** The rejections that at least one route refers to, each once. */
export function publicResponses(routes: readonly Route[], problem: Json): Json {
  const statuses = [...new Set(routes.flatMap(statusesOf))].sort((a, b) => a - b);
  const responses = statuses.map((status) => rejection(status, routes));
  return Object.fromEntries(responses.map((response) => [response.name, responseOf(response, problem)]));
}

/** Where a scope can be missing, a denial names it. */
function rejection(status: ProblemStatusCode, routes: readonly Route[]): RejectionResponse {
  const response = RESPONSES[status];
  if (status !== 403 || !needsScopes(routes)) return response;
  return { ...response, headers: { 'WWW-Authenticate': 'The challenge `insufficient_scope` (RFC 6750).' } };
}

/**
 * Every client can send an unknown parameter (400), too long a URL or headers (414, 431), be blocked by the web ACL
 * (403), be throttled (429) or meet a failure (500, 504). A route that is not public needs a token (401), one that
 * returns a body a client that accepts JSON (406). A body can be too large (413) or of another type (415), a file not
 * what it claims (422).
 */
function statusesOf(route: Route): readonly ProblemStatusCode[] {
  const protectedRoute = route.access.kind !== 'public';
  const takesFiles = route.upload !== undefined;
  const takesBody = takesFiles || route.body !== undefined;
  const returnsBody = route.responses.some(({ contentType }) => contentType !== undefined);
  const statuses = new Set<ProblemStatusCode>([400, 403, 414, 429, 431, 500, 504, ...route.problems]);
  if (protectedRoute) statuses.add(401);
  // What a sender accepts is not checked: it reads no body.
  if (returnsBody && route.access.kind !== 'webhook') statuses.add(406);
  // Another delivery of the message is being handled, or nothing can be verified.
  if (route.access.kind === 'webhook') statuses.add(409).add(413).add(503);
  if (takesBody) statuses.add(413).add(415);
  if (takesFiles) statuses.add(422);
  // In progress, used for another request, or the store of the keys is unreachable.
  if (route.idempotency !== undefined) statuses.add(409).add(422).add(503);
  return [...statuses].sort((a, b) => a - b);
}

function responseOf({ description, headers = {} }: RejectionResponse, problem: Json): Json {
  const named = Object.entries(headers).map(([name, says]) => [
    name,
    { description: says, schema: { type: 'string' } },
  ]);
  return {
    description,
    ...(named.length === 0 ? {} : { headers: Object.fromEntries(named) }),
    content: { 'application/problem+json': { schema: problem } },
  };
}
