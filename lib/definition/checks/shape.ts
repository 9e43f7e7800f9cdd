import type { Ownership } from '../access.ts';
import type { ApiInput, DefineOptions, RoutesInput } from '../api.ts';
import type { Deprecation } from '../deprecation.ts';
import type { Fault, FaultCode } from '../fault.ts';
import type { IdempotencyInput } from '../idempotency.ts';
import type { InputRules } from '../input.ts';
import type { OwnProblemInput } from '../ownProblems.ts';
import type { ResponseCookieInput } from '../responseCookie.ts';
import type { RoleInput, Roles, RolesInput } from '../roles.ts';
import type { ResponseInput, RouteInput, RouteSpec } from '../routes.ts';
import {
  amount,
  anything,
  boolean,
  either,
  isRecord,
  kind,
  listOf,
  type Members,
  mapOf,
  object,
  required,
  type Shape,
  string,
} from '../shape.ts';
import type { SloInput } from '../slo.ts';
import { AVAILABILITY_BOUNDS, P99_BOUNDS } from '../sloBounds.ts';
import type {
  AnonymousLimitInput,
  ExactLimitInput,
  FloodLimit,
  Quota,
  RateLimitInput,
  TierInput,
  TiersInput,
} from '../tiers.ts';
import type { UploadInput } from '../upload.ts';
import type { HmacWebhookOptions, WebhookOptions } from '../webhook.ts';

/** `anything` stands where another check says what is expected. */
const exact = object<ExactLimitInput>({
  requests: anything,
  perSeconds: anything,
  by: anything,
  onUnavailable: anything,
  lease: anything,
  delayMs: anything,
});
const RATE: Members<RateLimitInput> = {
  rate: anything,
  burst: anything,
  exact: either(isRecord, exact, anything),
};
const TIER: Members<TierInput> = {
  ...RATE,
  quota: object<Quota>({ requests: anything, per: anything }),
  clients: anything,
};
const ANONYMOUS: Members<AnonymousLimitInput> = { ...RATE, perAddress: anything };
const RULES: Members<InputRules> = {
  maxBodyBytes: anything,
  maxDepth: anything,
  maxKeys: anything,
  maxStringLength: anything,
  maxArrayItems: anything,
  maxHeaderBytes: anything,
  maxUrlBytes: anything,
  unicode: anything,
  otherCookies: anything,
};
const UPLOAD: Members<UploadInput> = {
  field: anything,
  maxBytes: anything,
  maxFiles: anything,
  maxPixels: anything,
  types: anything,
  rows: anything,
  maxRows: anything,
};
const COOKIE: Members<ResponseCookieInput> = {
  description: required(string, 'a description'),
  maxAgeSeconds: anything,
  httpOnly: boolean,
  sameSite: anything,
  path: anything,
  domain: anything,
};
const WEBHOOK: Members<WebhookOptions & { readonly scheme: unknown; readonly secret: unknown }> = {
  scheme: anything,
  secret: anything,
  toleranceSeconds: anything,
  rememberDays: anything,
};
const HMAC: Members<HmacWebhookOptions & { readonly scheme: unknown }> = {
  ...WEBHOOK,
  header: anything,
  encoding: anything,
  prefix: anything,
  separator: anything,
  timestamp: object<Record<'header' | 'prefix' | 'unit', unknown>>({
    header: anything,
    prefix: anything,
    unit: anything,
  }),
  id: object<Record<'header' | 'member', unknown>>({ header: anything, member: anything }),
  content: anything,
  key: anything,
};
const isHmac = (value: unknown) => isRecord(value) && value['scheme'] === 'hmac';
const RESPONSE: Members<ResponseInput> = {
  description: required(string, 'a description'),
  body: anything,
  contentType: anything,
  headers: mapOf(string, 'the description of each header'),
  cookies: mapOf(coded('response-cookie-invalid', object(COOKIE)), 'the cookies by name'),
  redirectTo: listOf(anything, 'a list of origins'),
};
const idempotency = object<IdempotencyInput>({ required: anything, expiresAfterSeconds: anything });
const ownership = object<Ownership>({ field: anything, unless: anything });
const ROUTE: Members<RouteInput> = {
  ...RULES,
  permission: string,
  scopes: anything,
  ownership: coded('ownership-invalid', either(isRecord, ownership, anything)),
  where: anything,
  public: anything,
  authenticated: anything,
  webhook: coded('webhook-invalid', either(isHmac, object(HMAC), object(WEBHOOK))),
  summary: string,
  description: string,
  path: anything,
  query: anything,
  headers: anything,
  cookies: anything,
  body: anything,
  bodyType: anything,
  bodyRequired: boolean,
  rawBody: anything,
  idempotency: coded('idempotency-invalid', either(isRecord, idempotency, anything)),
  upload: coded('upload-invalid', object(UPLOAD)),
  responses: mapOf(object(RESPONSE), 'the responses by their status'),
  problems: anything,
  limits: mapOf(object(RATE), 'limits by tier, each with rate and burst'),
  flood: object<FloodLimit>({ requests: anything, perSeconds: anything }),
  deprecated: coded(
    'deprecation-invalid',
    object<Deprecation>({
      since: required(anything, 'the date from which the route is deprecated'),
      sunset: anything,
      link: anything,
    }),
  ),
  isolate: boolean,
  timeoutSeconds: anything,
  memoryMb: anything,
  concurrency: anything,
};
const METHODS: readonly unknown[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const aMethod = `one of ${METHODS.join(', ')}`;
const SPEC: Members<RouteSpec> = {
  method: required(
    kind(aMethod, (value) => METHODS.includes(value)),
    aMethod,
  ),
  path: required(string, 'a path such as /documents/{id}'),
  options: anything,
};
const names = listOf(string, 'a list of names');
const ROLE: Members<RoleInput> = {
  extends: names,
  can: required(names, 'a list of permissions'),
  exclusiveWith: names,
};
const ROLES: Members<Roles> = {
  byName: anything,
  reviewed: anything,
  reviewEveryDays: anything,
  reviewer: anything,
  contentHash: anything,
};
const someRoles = 'the roles by name, each with the permissions that it can use';
const byName = required(mapOf(object(ROLE), someRoles), someRoles);

const PROBLEM: Members<OwnProblemInput> = {
  status: anything,
  title: anything,
  description: anything,
  detail: anything,
};

const SLO: Members<SloInput> = { availability: amount(AVAILABILITY_BOUNDS), p99: amount(P99_BOUNDS) };

const API: Members<ApiInput<RolesInput, TiersInput, RoutesInput>> = {
  name: anything,
  version: anything,
  title: string,
  description: string,
  roles: either(isRecord, both(object(ROLES), 'byName', byName), object(ROLES)),
  tiers: mapOf(object(TIER), 'tiers by name, each with rate, burst and quota'),
  defaultTier: string,
  anonymous: object(ANONYMOUS),
  input: object(RULES),
  defaultRole: string,
  problems: mapOf(coded('problem-invalid', object(PROBLEM)), 'problems by code, each with status and title'),
  scopes: mapOf(anything, 'the description of each scope'),
  claims: mapOf(anything, 'the schema of each claim'),
  slo: object(SLO),
  routes: mapOf(
    either(isRecord, both(object(SPEC), 'options', object(ROUTE)), object(SPEC)),
    'routes by name, each made by get, post, put, patch or del',
  ),
  strict: boolean,
};
/** An API that `defineApi` made can be spread into another definition, with what it adds. */
const MADE = { spec: anything, claimRules: anything, exemptions: anything, warnings: anything } as const;
const isMade = (value: unknown) => isRecord(value) && Object.keys(MADE).every((name) => Object.hasOwn(value, name));
const api = required(
  either(isMade, object({ ...API, ...MADE }), object(API)),
  `an object with ${Object.keys(API).join(', ')}`,
);

const options = object<DefineOptions>({
  today: kind('a valid date', (value) => value instanceof Date && !Number.isNaN(value.getTime())),
});

/** The form of a whole definition: names that exist, and objects, lists and strings where they are expected. */
export function shapeFaults(
  definition: unknown,
  given: unknown,
): readonly (Fault & { readonly kind: 'name' | 'value' })[] {
  return [...api(definition, ''), ...options(given, 'options')].map((fault) => ({
    code: 'option-invalid',
    ...fault,
    location: fault.location === '' ? 'defineApi()' : fault.location,
  }));
}

/** A shape whose faults have a code of their own. */
function coded(code: FaultCode, shape: Shape): Shape {
  return (value, location) => shape(value, location).map((fault) => ({ ...fault, code }));
}

/** A shape with a member whose own members have the location of the whole: a definition does not write its name. */
function both(whole: Shape, member: string, inner: Shape): Shape {
  return (value, location) => [
    ...whole(value, location),
    ...inner(isRecord(value) ? value[member] : undefined, location),
  ];
}
