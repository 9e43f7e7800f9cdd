import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Api } from '../../definition/api.ts';
import { invalid } from '../invalid.ts';
import type { SecureApiProps } from '../props.ts';
import { type EndpointCheckParts, endpointCheck } from './endpointCheck.ts';
import { type RouteCheckParts, routeCheck } from './routeCheck.ts';

/** The functions of the canary. */
export interface Canaries {
  /** Examines the names of the API. */
  readonly canary?: LambdaFunction;
  /** Requests a route of the API. */
  readonly routeCanary?: LambdaFunction;
}

type CanaryParts = Omit<EndpointCheckParts & RouteCheckParts, 'route'> & {
  readonly props: Pick<SecureApiProps<Api>, 'canary'>;
};

/**
 * Makes the functions that the prop `canary` asks for.
 *
 * @throws {ConfigError} `option-invalid` where one cannot work with the other props.
 */
export function createCanaries(scope: Construct, parts: CanaryParts): Canaries {
  const { canary = false } = parts.props;
  const { endpoints, route } = typeof canary === 'boolean' ? { endpoints: canary } : canary;
  if (typeof canary === 'object' && endpoints !== true && route === undefined) {
    throw invalid({
      location: 'canary',
      found: 'an object without endpoints: true and route',
      expected: 'true or false, or an object with one of them',
      fix: 'Write canary: { endpoints: true }, or route: the id of a public route; or leave canary out.',
    });
  }
  return {
    ...(endpoints === true ? { canary: endpointCheck(scope, parts) } : {}),
    ...(route === undefined ? {} : { routeCanary: routeCheck(scope, { ...parts, route }) }),
  };
}
