/**
 * `HEAD` is served wherever `GET` is (RFC 9110, section 9.1: servers support both): by the same route, with the same access,
 * checks, limits and handler. API Gateway sends the headers of the response without its body.
 */

/**
 * Characters of one resource in a policy of an authorizer:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export const MAX_RESOURCE_LENGTH = 512;

/** The method of the route that serves a request. */
export function routeMethod(requestMethod: string): string {
  return requestMethod === 'HEAD' ? 'GET' : requestMethod;
}

/** The methods of requests that a route serves; each is an operation of the gateway, with its own resource in a policy. */
export function servedMethods(method: string): readonly string[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method];
}
