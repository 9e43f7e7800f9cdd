/**
 * One request on its way through the gateway. Stages read it, add what they learn, and either let it pass or end it.
 */
import type { ApiKeyModel } from '../assembly/model.ts';

/** What arrived, before anything was decided. Header names are in lower case. */
export interface IncomingRequest {
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly method: string;
  /** Path as sent, percent-encoded, without the query. */
  readonly path: string;
  /** Decoded query parameters; every value of a repeated name, in order. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Names and values as sent, in order; the proxy event keeps their case. */
  readonly rawHeaders: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly protocol: string;
  readonly tlsVersion: string;
  readonly cipherSuite: string;
  /** Real milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** An operation of the OpenAPI body, compiled once at start. */
export interface CompiledRoute {
  /** Upper case. */
  readonly method: string;
  /** Path template, such as `/documents/{id}`. */
  readonly resourcePath: string;
  readonly operationId?: string;
  /** The operation object, `$ref`s not yet followed. */
  readonly operation: Readonly<Record<string, unknown>>;
}

/** What a Lambda authorizer granted. */
export interface Grant {
  readonly principalId: string;
  /** Scalars as text, as `$context.authorizer.*` and the proxy event show them. */
  readonly context: Readonly<Record<string, string>>;
  readonly usageIdentifierKey?: string;
}

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

/** Ends the request through the API's gateway response of that type. */
export interface Rejection {
  readonly kind: 'rejection';
  readonly type: GatewayResponseType;
  /** `$context.error.message`, as AWS words it. */
  readonly message: string;
  /** `$context.error.validationErrorString`. */
  readonly validationError?: string;
}

/** Ends the request with an answer of its own (an integration, or a WAF custom response). */
export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | string;
}

/** Nothing: the request goes on to the next stage. */
export type Outcome = Rejection | HttpResponse | undefined;

/** Mutable: each stage notes what it found, for the stages after it and for the access log. */
export interface RequestState {
  readonly request: IncomingRequest;
  route?: CompiledRoute;
  /** Still percent-encoded. */
  pathParameters: Readonly<Record<string, string>>;
  grant?: Grant;
  apiKey?: ApiKeyModel;
  /** `$context.waf.*` / `wafResponseCode`. */
  wafAction?: 'ALLOW' | 'BLOCK';
  authorizerLatencyMs?: number;
  integrationLatencyMs?: number;
  integrationStatus?: number;
  integrationError?: string;
}

/** One stage of a request. Synchronous when it can be: an `await` a stage is what a gateway's latency is made of. */
export type Step = (state: RequestState) => Outcome | Promise<Outcome>;
