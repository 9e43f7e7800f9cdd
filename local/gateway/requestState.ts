/** What the gateway knows of one request: what arrived, and what the steps found out. */
import type { ApiKeyModel } from '../assembly/model.ts';
import type { IncomingRequest } from './incomingRequest.ts';

/** An operation of the OpenAPI body, compiled once at start. */
export interface CompiledRoute {
  /** Upper case. */
  readonly method: string;
  /** Path template, such as `/documents/{id}`. */
  readonly resourcePath: string;
  /** `$context.resourceId` of the path. */
  readonly resourceId: string;
  readonly operationId?: string;
  /** The operation object, its `$ref`s not yet followed. */
  readonly operation: Readonly<Record<string, unknown>>;
}

/** What a Lambda authorizer granted. */
export interface Grant {
  readonly principalId: string;
  /** Scalars as strings, as `$context.authorizer.*` and the proxy event show them. */
  readonly context: Readonly<Record<string, string>>;
  readonly usageIdentifierKey?: string;
}

/** Mutable: each step adds what it found, for later steps and for the access log. */
export interface RequestState {
  /** As it arrived, with the headers that the web ACL inserts. */
  request: IncomingRequest;
  route?: CompiledRoute;
  /** Still percent-encoded. */
  pathParameters: Readonly<Record<string, string>>;
  grant?: Grant;
  apiKey?: ApiKeyModel;
  /** `$context.waf.*` / `wafResponseCode`. */
  wafAction?: 'ALLOW' | 'BLOCK';
  /** Name of the rule of the web ACL that blocked the request. */
  wafRule?: string;
  authorizerLatencyMs?: number;
  integrationLatencyMs?: number;
  integrationStatus?: number;
  integrationError?: string;
}
