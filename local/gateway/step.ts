/** One step of the gateway, and how it ends a request. */
import type { RequestState } from './requestState.ts';

/** The gateway response types of REST APIs. */
export type GatewayResponseType =
  | 'ACCESS_DENIED'
  | 'API_CONFIGURATION_ERROR'
  | 'AUTHORIZER_CONFIGURATION_ERROR'
  | 'AUTHORIZER_FAILURE'
  | 'BAD_REQUEST_BODY'
  | 'BAD_REQUEST_PARAMETERS'
  | 'DEFAULT_4XX'
  | 'DEFAULT_5XX'
  | 'INTEGRATION_FAILURE'
  | 'INTEGRATION_TIMEOUT'
  | 'INVALID_API_KEY'
  | 'MISSING_AUTHENTICATION_TOKEN'
  | 'QUOTA_EXCEEDED'
  | 'REQUEST_TOO_LARGE'
  | 'RESOURCE_NOT_FOUND'
  | 'THROTTLED'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'WAF_FILTERED';

/** Ends the request with the API's gateway response of this type. */
export interface Rejection {
  readonly kind: 'rejection';
  readonly type: GatewayResponseType;
  /** `$context.error.message`, in the words of AWS. */
  readonly message: string;
  /** `$context.error.validationErrorString`. */
  readonly validationError?: string;
  /** Why the gateway itself rejected the request before any step, for its log line. */
  readonly ofGateway?: string;
}

/** Ends the request with this response, from an integration or from a custom response of the web ACL. */
export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | string;
}

/** `undefined` when the request goes on to the next step. */
export type Outcome = Rejection | HttpResponse | undefined;

/** Synchronous when it can be: each `await` adds to the gateway's latency. */
export type Step = (state: RequestState) => Outcome | Promise<Outcome>;

/** Makes a rejection with a gateway response type and its message. */
export function rejection(type: GatewayResponseType, message: string): Rejection {
  return { kind: 'rejection', type, message };
}

/**
 * Ends a request whose client disconnected while its event waited for an instance. Nobody gets this response, and neither log nor metrics have its
 * status: on AWS the function would have run, so that no alarm on rejected requests may count it.
 */
export const ABANDONED: HttpResponse = { kind: 'response', status: 499, headers: [], body: '' };
