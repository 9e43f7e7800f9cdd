import { hasCaller } from '../definition/access.ts';
import type { Route } from '../definition/api.ts';
import type { CorsBinding } from './cors.ts';
import { modelTypes } from './gatewayModels.ts';
import { gatewayParameters } from './gatewayParameters.ts';
import type { Json } from './json.ts';
import type { ResourceBinding } from './resourceMetadata.ts';

/** What a deployment adds to the definition. The strings may be CDK tokens: they are inserted, never read. */
export interface GatewayBindings {
  /** Invocation URI of the authorizer function. */
  readonly authorizerUri: string;
  /** Role that API Gateway assumes to call the authorizer. */
  readonly authorizerCredentials: string;
  /** Seconds that a decision is cached by the token, 0–3,600. */
  readonly authorizerTtlSeconds: number;
  /** Headers that decisions are cached by besides the token; requests without them are rejected. Default: none. */
  readonly cacheKeyHeaders?: readonly string[];
  /** Whether tokens can or must be bound to a key of the client (RFC 9449). Default: bearer tokens alone. */
  readonly dpop?: 'optional' | 'required';
  /** Whether API Gateway itself rejects client certificates, before the authorizer. Default: not. */
  readonly checksCertificates?: boolean;
  /** Whether clients authenticate their connections by certificates, wherever these are checked. Default: not. */
  readonly hasCertificates?: boolean;
  /** Which pages of other origins can call the API. Default: none. */
  readonly cors?: CorsBinding;
  /** What clients can discover. Default: nothing. */
  readonly resource?: ResourceBinding;
  /** The base URL of problem types. Default: that of this project. */
  readonly problemTypeBase?: string;
  /** Invocation URI of the function that serves a group of routes. */
  readonly integrationUri: (group: string) => string;
  /** One role for every integration; a permission for each method would exceed the size of a function's policy. */
  readonly integrationCredentials: string;
  /** TLS policy of the API's own endpoint, such as `SecurityPolicy_TLS13_1_3_2025_09`. Default: not written. */
  readonly securityPolicy?: string;
  /** Adds `preload` to Strict-Transport-Security. Default: not. */
  readonly hstsPreload?: boolean;
  /** `BASIC` or `STRICT`. Default: not written. */
  readonly endpointAccessMode?: string;
}

/** What an operation refers to. */
export interface OperationParts {
  readonly bindings: GatewayBindings;
  /** Reference to the model of the body, if the route takes one. */
  readonly model: Json | undefined;
  /** Seconds that the slowest route of the group is allowed to take. */
  readonly timeoutSeconds: number;
}

export const AUTHORIZER = 'authorizer';
export const API_KEY = 'api_key';
export const VALIDATOR = 'everything';

/** An integration can last 29 s by default (API Gateway quotas). */
const LONGEST_MS = 29_000;

/** One operation of the gateway body. */
export function gatewayOperation(route: Route, { bindings, model, timeoutSeconds }: OperationParts): Json {
  const { parameters } = gatewayParameters(route);
  const [first] = route.responses;
  return {
    operationId: route.id,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(model === undefined ? {} : { requestBody: bodyOf(route, model) }),
    // A proxy integration can return anything; the document only needs a response.
    responses: { [first?.status ?? 200]: { description: '' } },
    // Root-level security is ignored on import, so each operation has its own; an empty list means no token.
    security: !hasCaller(route.access) ? [] : [{ [AUTHORIZER]: [], [API_KEY]: [] }],
    'x-amazon-apigateway-request-validator': VALIDATOR,
    'x-amazon-apigateway-integration': {
      type: 'aws_proxy',
      httpMethod: 'POST',
      uri: bindings.integrationUri(route.group),
      credentials: bindings.integrationCredentials,
      passthroughBehavior: 'when_no_match',
      timeoutInMillis: Math.min(timeoutSeconds * 1000, LONGEST_MS),
    },
  };
}

/**
 * A body whose media type matches no key is not validated at all; `$default` catches every other one. A form is no JSON, so where
 * a route takes one, only the types of JSON have a model.
 */
function bodyOf(route: Route, model: Json): Json {
  const types = modelTypes(route);
  const keys = types.length === route.body?.types.length ? [...types, '$default'] : types;
  const content = Object.fromEntries(keys.map((key) => [key, { schema: model }]));
  return { required: true, content };
}
