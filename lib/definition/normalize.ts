import type { Access } from './access.ts';
import { ownershipOf } from './access.ts';
import type { Route, RouteResponse } from './api.ts';
import { whereOf } from './claims.ts';
import { JSON_TYPE } from './contentType.ts';
import { groupOf } from './functionGroup.ts';
import { idempotencyRules, withKeyHeader } from './idempotency.ts';
import { type InputRules, inputRules } from './input.ts';
import { type OwnProblemsInput, ownProblemsOf } from './ownProblems.ts';
import { headersOfStatus, isRedirect } from './redirect.ts';
import { bodyRules } from './requestBody.ts';
import { responseCookies } from './responseCookie.ts';
import type { RouteInput, RouteSpec } from './routes.ts';
import { type JsonSchema, schemaNode } from './schema.ts';
import { rateLimit } from './tiers.ts';
import { uploadRules } from './upload.ts';
import { webhookRules } from './webhook.ts';

const DEFAULT_TIMEOUT_SECONDS = 10;
const DEFAULT_MEMORY_MB = 256;

/** The options of an API that its routes use. */
interface SharedOptions {
  readonly input?: Partial<InputRules>;
  readonly problems?: OwnProblemsInput;
  /** Cookies that any of its routes reads or sets. */
  readonly cookies?: readonly string[];
  /** Names of the functions that its routes share. */
  readonly groups?: ReadonlySet<string>;
}

/**
 * Fills in a route's defaults and turns its schemas into plain data. The input has passed the checks.
 *
 * @param shared what the API declares for all routes.
 */
export function normalizeRoute(id: string, spec: RouteSpec, shared: SharedOptions = {}): Route {
  const { input: rules = {}, problems = {}, cookies = [], groups = new Set() } = shared;
  const { options } = spec;
  const idempotency = idempotencyRules(options.idempotency);
  const cookieSchema = dataOf(options.cookies);
  return {
    id,
    method: spec.method,
    path: spec.path,
    access: accessOf(options),
    ownership: ownershipOf(options.ownership),
    ...(options.where === undefined ? {} : { where: whereOf(options.where) }),
    summary: options.summary ?? wordsOf(id),
    description: options.description,
    request: {
      path: dataOf(options.path),
      query: dataOf(options.query),
      headers: withKeyHeader(dataOf(options.headers), idempotency),
      cookies: cookieSchema,
      body: dataOf(options.body),
      rows: dataOf(options.upload?.rows),
    },
    ignoredCookies: cookies.filter((name) => !Object.hasOwn(cookieSchema?.properties ?? {}, name)),
    body: bodyRules(options),
    idempotency,
    ...(options.upload === undefined ? {} : { upload: uploadRules(options.upload) }),
    responses: responsesOf(options),
    problems: (options.problems ?? []).filter((listed) => typeof listed === 'number'),
    ownProblems: ownProblemsOf(options.problems ?? [], problems),
    limits: Object.fromEntries(Object.entries(options.limits ?? {}).map(([tier, limit]) => [tier, rateLimit(limit)])),
    flood: options.flood,
    ...(options.deprecated === undefined ? {} : { deprecated: options.deprecated }),
    group: groupOf(id, spec, groups),
    timeoutSeconds: options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
    memoryMb: options.memoryMb ?? DEFAULT_MEMORY_MB,
    concurrency: options.concurrency,
    input: inputRules(options, rules),
  };
}

/** The cookies that a route reads or sets. */
export function cookiesOf({ options }: RouteSpec): readonly string[] {
  const set = Object.values(options.responses).flatMap(({ cookies = {} }) => Object.keys(cookies));
  return [...Object.keys(dataOf(options.cookies)?.properties ?? {}), ...set];
}

function accessOf(options: RouteInput): Access {
  const scopes = options.scopes && [...new Set(options.scopes)];
  if (options.permission !== undefined) {
    return { kind: 'permission', permission: options.permission, ...(scopes === undefined ? {} : { scopes }) };
  }
  if (scopes !== undefined) return { kind: 'scopes', scopes };
  if (options.webhook !== undefined) return { kind: 'webhook', webhook: webhookRules(options.webhook) };
  if (options.public !== undefined) return { kind: 'public', reason: options.public };
  return { kind: 'authenticated', reason: options.authenticated ?? '' };
}

function responsesOf(options: RouteInput): readonly RouteResponse[] {
  return Object.entries(options.responses).map(([status, response]) => ({
    status: Number(status),
    description: response.description,
    contentType: response.contentType ?? (response.body === undefined ? undefined : JSON_TYPE),
    body: dataOf(response.body),
    headers: headersOfStatus(Number(status), response.headers ?? {}),
    ...(response.cookies === undefined ? {} : { cookies: responseCookies(response.cookies) }),
    ...(isRedirect(Number(status)) ? { redirectTo: response.redirectTo ?? [] } : {}),
  }));
}

function dataOf(schema: JsonSchema | undefined) {
  return schema === undefined ? undefined : schemaNode(schema);
}

/** `createDocument` → `Create document`. */
function wordsOf(id: string): string {
  const words = id.replace(/([A-Z])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
