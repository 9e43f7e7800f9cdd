import type { Ending } from '../../gateway/contextVariables.ts';
import type { RequestState } from '../../gateway/requestState.ts';
import type { GatewayResponseType, Rejection } from '../../gateway/step.ts';
import { plain } from './plain.ts';

/** A request that has ended, with its caller and, if it was rejected, the step that rejected it and why. */
export interface RequestEvent {
  readonly event: 'request';
  readonly time: string;
  readonly requestId: string;
  /** Name of the API, where the stack has several. */
  readonly api?: string;
  readonly method: string;
  /** As the client sent it, without the query and the values of path parameters that have the name of a secret. */
  readonly path: string;
  readonly route?: string;
  /** Absent when the client disconnected before its request was handled. */
  readonly status?: number;
  readonly latencyMs: number;
  readonly subject?: string;
  readonly client?: string;
  readonly roles?: string;
  readonly step?: string;
  readonly reason?: string;
  /** What explains the reason of the authorizer on this machine. */
  readonly note?: string;
}

/** What a log said about a request before it ended. */
export interface Reason {
  readonly step: 'authorizer' | 'handler';
  readonly reason: string;
}

/** The step that ends a request with each gateway response. */
const STEPS: Readonly<Record<GatewayResponseType, string>> = {
  ACCESS_DENIED: 'authorizer',
  API_CONFIGURATION_ERROR: 'gateway',
  AUTHORIZER_CONFIGURATION_ERROR: 'authorizer',
  AUTHORIZER_FAILURE: 'authorizer',
  BAD_REQUEST_BODY: 'validation',
  BAD_REQUEST_PARAMETERS: 'validation',
  DEFAULT_4XX: 'gateway',
  DEFAULT_5XX: 'gateway',
  INTEGRATION_FAILURE: 'function',
  INTEGRATION_TIMEOUT: 'function',
  INVALID_API_KEY: 'API key',
  MISSING_AUTHENTICATION_TOKEN: 'route',
  QUOTA_EXCEEDED: 'quota',
  REQUEST_TOO_LARGE: 'request',
  RESOURCE_NOT_FOUND: 'route',
  THROTTLED: 'throttle',
  UNAUTHORIZED: 'authorizer',
  UNSUPPORTED_MEDIA_TYPE: 'validation',
  WAF_FILTERED: 'web ACL',
};
/** The member of the authorizer's context with the code of the problem. It explains a cached decision, which no log line does. */
const CODE_MEMBERS: Readonly<Partial<Record<GatewayResponseType, string>>> = {
  ACCESS_DENIED: 'rejectionCode',
  INVALID_API_KEY: 'keyRejectionCode',
};
/** What can be said where neither the rejection nor a log says more. */
const REASONS: Readonly<Partial<Record<GatewayResponseType, string>>> = {
  MISSING_AUTHENTICATION_TOKEN: 'no such route',
  UNAUTHORIZED: 'no credentials',
};
const DISCONNECTED: Rejected = { step: 'client', reason: 'disconnected' };

/** Hides the secrets of a request, and explains its rejection. */
interface Wording {
  readonly redact: (text: string) => string;
  /** Whether a path parameter has the name of a secret. */
  readonly isSecret: (name: string) => boolean;
  readonly noteOf: (reason: string) => string | undefined;
}

/** Describes a request without its secrets: query, body and headers are left out, and `redact` is applied to the rest. */
export function requestEvent(
  state: RequestState,
  { status, latencyMs }: Ending,
  rejection: Rejection | undefined,
  logged: Reason | undefined,
  { redact, isSecret, noteOf }: Wording,
): RequestEvent {
  const { request, route, grant } = state;
  const { subject = grant?.principalId, client, roles } = grant?.context ?? {};
  const shown = (text: string | undefined) => (text === undefined || text === '' ? undefined : plain(redact(text)));
  const rejected = status === undefined ? DISCONNECTED : status >= 400 ? rejectionOf(state, rejection, logged) : {};
  return withoutAbsent({
    event: 'request' as const,
    time: new Date().toISOString(),
    requestId: request.requestId,
    method: request.method,
    path: shown(pathWithoutSecrets(state, isSecret)) ?? '/',
    route: route?.resourcePath,
    status,
    latencyMs,
    subject: shown(subject),
    client: client === subject ? undefined : shown(client),
    roles: shown(roles),
    step: rejected.step,
    reason: shown(rejected.reason),
    note: rejected.step === 'authorizer' ? shown(noteOf(rejected.reason ?? '')) : undefined,
  });
}

/** The path of the route knows which segment is a secret, such as that of `/reset/{token}`, whatever its value looks like. */
function pathWithoutSecrets({ request, pathParameters }: RequestState, isSecret: (name: string) => boolean): string {
  let { path } = request;
  for (const [name, value] of Object.entries(pathParameters))
    if (value !== '' && isSecret(name)) path = `${path}/`.replaceAll(`/${value}/`, () => '/[redacted]/').slice(0, -1);
  return path;
}

interface Rejected {
  readonly step?: string | undefined;
  readonly reason?: string | undefined;
}

function rejectionOf(state: RequestState, rejection: Rejection | undefined, logged: Reason | undefined): Rejected {
  const { wafAction, wafRule, grant, integrationError } = state;
  if (wafAction === 'BLOCK') return { step: 'web ACL', reason: wafRule };
  if (rejection === undefined) return logged ?? { step: 'handler' };
  const { type, validationError, ofGateway } = rejection;
  if (ofGateway !== undefined) return { step: 'gateway', reason: ofGateway };
  const member = CODE_MEMBERS[type];
  const denial = member === undefined ? undefined : grant?.context[member];
  const known = integrationError ?? validationError ?? (logged?.step === 'authorizer' ? logged.reason : denial);
  return { step: STEPS[type], reason: known ?? REASONS[type] ?? type };
}

/** JSON has no undefined members. Lines have none either. */
function withoutAbsent<T extends object>(value: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
