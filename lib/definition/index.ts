export type { Access, Ownership, OwnershipInput } from './access.ts';
export type { Api, ApiInput, DefineOptions, Exemption, Route, RouteResponse, RoutesInput, ScopesInput } from './api.ts';
export type { ClaimRule, ClaimRules, ClaimsInput, ClaimsOf, ClaimValue, Where, WhereInput } from './claims.ts';
export { defineApi } from './defineApi.ts';
export { ConfigError, type ConfigErrorCode, DefinitionError } from './errors.ts';
export type { Fault, FaultCode } from './fault.ts';
export type {
  Caller,
  CallerOf,
  IdempotencyOf,
  OptionsOf,
  Owner,
  RequestOf,
  ResponseOf,
  RouteIdOf,
} from './handlers.ts';
export type { IdempotencyInput, IdempotencyRules } from './idempotency.ts';
export type { InputLimits, InputRules, UnicodePolicy } from './input.ts';
export { type MergePatch, mergePatchOf } from './mergePatch.ts';
export { object, withDefault } from './objectSchema.ts';
export type { OwnProblem, OwnProblemInput, OwnProblemStatus, OwnProblemsInput } from './ownProblems.ts';
export type { BodyRules, BodyType, RawBodyType } from './requestBody.ts';
export {
  defineRoles,
  type PermissionOf,
  type ReviewInput,
  type RoleInput,
  type Roles,
  type RolesInput,
} from './roles.ts';
export {
  del,
  get,
  type HttpMethod,
  type ProblemStatus,
  patch,
  post,
  put,
  type ResponseInput,
  type RouteInput,
  type RouteSpec,
} from './routes.ts';
export type { Infer, JsonSchema, SchemaNode, TextPolicy } from './schema.ts';
export type { Slo, SloInput } from './slo.ts';
export type { StandardSchema } from './sources/standard.ts';
export type { NameOf } from './suggestion.ts';
export type {
  AnonymousLimit,
  AnonymousLimitInput,
  ExactLimit,
  ExactLimitInput,
  FloodLimit,
  FloodWindow,
  Quota,
  RateLimit,
  RateLimitInput,
  Tier,
  TierInput,
  TiersInput,
} from './tiers.ts';
export type { FileRows, UploadExtension, UploadedFile, UploadInput, UploadRules, UploadType } from './upload.ts';
export {
  type HmacWebhookOptions,
  type SignatureEncoding,
  Webhook,
  type WebhookId,
  type WebhookInput,
  type WebhookKey,
  type WebhookMessage,
  type WebhookOptions,
  type WebhookRules,
  type WebhookTimestamp,
} from './webhook.ts';
