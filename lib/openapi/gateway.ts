import { servedMethods } from '../../lambdas/shared/servedMethods.ts';
import type { Api, Route } from '../definition/api.ts';
import { binaryMediaTypes } from './binaryMediaTypes.ts';
import { preflightOperation } from './corsPreflight.ts';
import type { GatewayGap } from './gatewayGap.ts';
import { gatewayModels } from './gatewayModels.ts';
import { API_KEY, AUTHORIZER, type GatewayBindings, gatewayOperation, VALIDATOR } from './gatewayOperation.ts';
import { gatewayParameters } from './gatewayParameters.ts';
import { gatewayResponses } from './gatewayResponses.ts';
import type { Json, OpenApiDocument } from './json.ts';
import { metadataPath } from './resourceMetadata.ts';

/**
 * The OpenAPI 3.0.1 body that makes a REST API of a definition: models and validators, the authorizer with the key of
 * the caller's tier, proxy integrations, and every rejection as problem+json. Keys are in a fixed order, so that the
 * same definition produces the same JSON. `gatewayGaps` lists what its models leave to the Lambda.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
export function gatewayOpenApi(api: Api, bindings: GatewayBindings): OpenApiDocument {
  const models = gatewayModels(api);
  const { securityPolicy, endpointAccessMode } = bindings;
  return {
    openapi: '3.0.1',
    // The title becomes the API's name, which is a dimension of its metrics.
    info: { title: api.name, version: api.version },
    paths: { ...pathsOf(api, bindings, models.bodies), ...metadataPath(api, bindings) },
    components: { schemas: models.schemas, securitySchemes: securitySchemes(bindings) },
    'x-amazon-apigateway-api-key-source': 'AUTHORIZER',
    ...binaryMedia(Object.values(api.routes)),
    'x-amazon-apigateway-request-validators': {
      [VALIDATOR]: { validateRequestBody: true, validateRequestParameters: true },
    },
    'x-amazon-apigateway-gateway-responses': gatewayResponses(api, bindings),
    ...(securityPolicy === undefined ? {} : { 'x-amazon-apigateway-security-policy': securityPolicy }),
    ...(endpointAccessMode === undefined ? {} : { 'x-amazon-apigateway-endpoint-access-mode': endpointAccessMode }),
  };
}

/**
 * What the gateway's models and parameters cannot check of a definition. The Lambda checks the original schemas, so a
 * gap is safe; it explains why an invalid request reached the function.
 */
export function gatewayGaps(api: Api): readonly GatewayGap[] {
  const ofParameters = Object.values(api.routes).flatMap((route) => gatewayParameters(route).gaps);
  return [
    ...gatewayModels(api).gaps,
    ...ofParameters,
    ...Object.values(api.routes).flatMap(uploadGaps),
    ...Object.values(api.routes).flatMap(webhookGaps),
    ...Object.values(api.routes).flatMap(rawBodyGaps),
  ];
}

function uploadGaps({ id, upload }: Route): readonly GatewayGap[] {
  if (upload === undefined) return [];
  return [{ route: id, location: `routes.${id}.upload`, keyword: 'upload', reason: 'the gateway does not read forms' }];
}

function webhookGaps({ id, access, request }: Route): readonly GatewayGap[] {
  if (access.kind !== 'webhook' || request.body === undefined) return [];
  const reason = 'the signature is verified first, by the function';
  return [{ route: id, location: `routes.${id}.body`, keyword: 'body', reason }];
}

function rawBodyGaps({ id, body, request }: Route): readonly GatewayGap[] {
  if (body?.raw !== true || request.body !== undefined) return [];
  const reason = 'the gateway passes the bytes without a model';
  return [{ route: id, location: `routes.${id}.rawBody`, keyword: 'rawBody', reason }];
}

function pathsOf(api: Api, bindings: GatewayBindings, bodies: Readonly<Record<string, Json>>): Json {
  const paths = new Map<string, Json>();
  const timeouts = groupTimeouts(Object.values(api.routes));
  for (const route of Object.values(api.routes)) {
    const timeoutSeconds = timeouts.get(route.group) ?? route.timeoutSeconds;
    // The signature is verified first, so the gateway does not reject the body of an unknown sender by its schema.
    const model = route.access.kind === 'webhook' ? undefined : bodies[route.id];
    const operation = gatewayOperation(route, { bindings, model, timeoutSeconds });
    const operations = servedMethods(route.method).map((method) => [method.toLowerCase(), named(operation, method)]);
    paths.set(route.path, { ...paths.get(route.path), ...Object.fromEntries(operations) });
  }
  return Object.fromEntries(
    [...paths].map(([path, item]) => [path, { ...item, ...preflightOf(api, path, { bindings, item }) }]),
  );
}

/** Ids of operations are unique. */
function named(operation: Json, method: string): Json {
  return method === 'HEAD' ? { ...operation, operationId: `${operation['operationId']}Head` } : operation;
}

/** The `OPTIONS` operation of a path, where pages of other origins can call it. */
function preflightOf(api: Api, path: string, { bindings, item }: { bindings: GatewayBindings; item: Json }): Json {
  const { cors, dpop, hstsPreload } = bindings;
  if (cors === undefined) return {};
  const routes = Object.values(api.routes).filter((route) => route.path === path);
  const methods = Object.keys(item).map((method) => method.toUpperCase());
  return { options: preflightOperation(routes, { cors, methods, dpop: dpop !== undefined, hstsPreload }) };
}

function binaryMedia(routes: readonly Route[]): Json {
  const types = binaryMediaTypes(routes);
  return types.length === 0 ? {} : { 'x-amazon-apigateway-binary-media-types': types };
}

/** A group is one function, whose timeout is the longest of its routes. */
function groupTimeouts(routes: readonly Route[]): ReadonlyMap<string, number> {
  const timeouts = new Map<string, number>();
  for (const { group, timeoutSeconds } of routes) {
    timeouts.set(group, Math.max(timeoutSeconds, timeouts.get(group) ?? 0));
  }
  return timeouts;
}

function securitySchemes(bindings: GatewayBindings): Json {
  return {
    [AUTHORIZER]: {
      type: 'apiKey',
      name: 'Authorization',
      in: 'header',
      'x-amazon-apigateway-authtype': 'custom',
      'x-amazon-apigateway-authorizer': {
        type: 'request',
        // Without these headers API Gateway responds 401 itself; their values are the key of the cache.
        identitySource: ['Authorization', ...(bindings.cacheKeyHeaders ?? [])]
          .map((name) => `method.request.header.${name}`)
          .join(','),
        authorizerResultTtlInSeconds: bindings.authorizerTtlSeconds,
        authorizerUri: bindings.authorizerUri,
        authorizerCredentials: bindings.authorizerCredentials,
      },
    },
    [API_KEY]: { type: 'apiKey', name: 'x-api-key', in: 'header' },
  };
}
