import { Duration, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { CanaryRequest, RouteCheckEnvironment } from '../../../lambdas/shared/wireContract.ts';
import type { Api, Route } from '../../definition/api.ts';
import { formatValue } from '../../definition/checks/check.ts';
import { nearest } from '../../definition/shape.ts';
import { isShared } from '../edge/publicAddress.ts';
import { createFunction, type FunctionProps } from '../functions/function.ts';
import type { FunctionBundle } from '../functions/pendingCode.ts';
import { runRegularly } from '../functions/schedule.ts';
import { invalid } from '../invalid.ts';
import type { SecureApiProps } from '../props.ts';

/** How often the canary requests a route. */
export const REQUEST_PERIOD = Duration.minutes(1);
const MEMORY_MB = 128;
/** One request of ten seconds at most. */
const TIMEOUT_SECONDS = 20;
const NEXT_RUN_REPORTS = 'A lost run does no harm: the next one, a minute later, requests the same.';
const LOCATION = 'canary.route';
/** Of routes in a message. */
const MOST_NAMES = 5;

export interface RouteCheckParts extends FunctionProps {
  readonly bundle: FunctionBundle;
  readonly props: Pick<SecureApiProps, 'domain' | 'mtls'>;
  /** Where clients reach the API; it ends with a slash, or has no path. */
  readonly url: string;
  readonly route: string;
}

/**
 * The function that requests a route every minute.
 *
 * @throws {ConfigError} `option-invalid` for a route that it cannot request, and with mutual TLS.
 */
export function routeCheck(scope: Construct, parts: RouteCheckParts): LambdaFunction {
  const { api, bundle, props, url } = parts;
  const { domain, mtls } = props;
  if (mtls !== undefined) {
    throw invalid({
      location: LOCATION,
      found: 'a route with mtls',
      expected: 'one of them',
      fix: 'Leave canary.route out: the canary has no client certificate.',
    });
  }
  const header = domain !== undefined && isShared(domain) ? domain.header : undefined;
  const request: CanaryRequest = {
    url: `${url.replace(/\/$/, '')}${requestable(api, parts.route).path}`,
    headers: header === undefined ? {} : { [header.name]: header.value },
  };
  const environment: RouteCheckEnvironment = { SECURE_API_CANARY: Stack.of(scope).toJsonString(request) };
  const fn = createFunction(new Construct(scope, 'RouteCanary'), parts, {
    bundle,
    description: `${api.name}: requests ${parts.route} as a client does`,
    environment,
    memoryMb: MEMORY_MB,
    timeoutSeconds: TIMEOUT_SECONDS,
    withoutQueueBecause: NEXT_RUN_REPORTS,
  });
  runRegularly(fn, fn, {
    every: REQUEST_PERIOD,
    description: 'Requests a route of the API',
    notRepeatedBecause: NEXT_RUN_REPORTS,
  });
  return fn;
}

function requestable(api: Api, id: string): Route {
  const routes: Readonly<Record<string, Route>> = api.routes;
  const route = Object.hasOwn(routes, id) ? routes[id] : undefined;
  const obstacle = route && obstacleOf(route);
  if (route !== undefined && obstacle === undefined) return route;
  const possible = Object.values(routes).flatMap((one) => (obstacleOf(one) === undefined ? [one.id] : []));
  const near = route === undefined ? nearest(id, possible) : undefined;
  const names = near ?? possible.slice(0, MOST_NAMES).join(' or ');
  throw invalid({
    location: LOCATION,
    found: route === undefined ? formatValue(id) : `${id}, ${route.method} ${route.path}, which ${obstacle}`,
    expected: 'a public GET route without parameters that clients have to send',
    fix: names === '' ? 'Add one that reads what the other routes need, such as the table.' : `Write ${names}.`,
  });
}

/** Why the canary cannot request a route. */
function obstacleOf({ method, path, access, request }: Route): string | undefined {
  if (method !== 'GET') return 'is not GET';
  if (access.kind !== 'public') return 'is not public';
  if (path.includes('{')) return 'has a path parameter';
  const required = [request.query, request.headers, request.cookies].flatMap((schema) => schema?.required ?? []);
  return required.length === 0 ? undefined : `needs ${required.join(', ')}`;
}
