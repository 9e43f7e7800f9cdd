import type { MethodDeploymentOptions } from 'aws-cdk-lib/aws-apigateway';
import { servedMethods } from '../../../lambdas/shared/servedMethods.ts';
import { hasCaller } from '../../definition/access.ts';
import type { Api } from '../../definition/api.ts';

/**
 * Method throttles of the routes without a token, by `/path/METHOD`: no usage plan counts their requests, because they have
 * no API key. A method with its own settings ignores the settings for all methods, so they are repeated here.
 */
export function anonymousThrottles({ routes, anonymous }: Api): Record<string, MethodDeploymentOptions> | undefined {
  const open = Object.values(routes).filter(({ access }) => !hasCaller(access));
  if (anonymous === undefined || open.length === 0) return undefined;
  const options: MethodDeploymentOptions = {
    throttlingRateLimit: anonymous.rate,
    throttlingBurstLimit: anonymous.burst,
    metricsEnabled: true,
    dataTraceEnabled: false,
  };
  const methods = open.flatMap(({ path, method }) => servedMethods(method).map((served) => `${path}/${served}`));
  return Object.fromEntries(methods.map((name) => [name, options]));
}
