/**
 * The event of a Lambda proxy integration.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
 */
import type { RestApiModel } from '../../assembly/model.ts';
import { lambdaEvent } from '../lambdaEvent.ts';
import { requestContext } from '../requestContext.ts';
import type { RequestState } from '../requestState.ts';
import { isBinaryRequest } from './binaryMedia.ts';

/** Makes the event. Empty maps are `null`, and a body is a UTF-8 string unless its media type is one of the API's binary media types. */
export function proxyEvent(state: RequestState, api: RestApiModel, account: string): unknown {
  const { request, grant } = state;
  const parts = lambdaEvent(state, api);
  const binary = request.body.length > 0 && isBinaryRequest(request, api);
  return {
    ...parts,
    queryStringParameters: orNull(parts.queryStringParameters),
    multiValueQueryStringParameters: orNull(parts.multiValueQueryStringParameters),
    pathParameters: orNull(parts.pathParameters),
    stageVariables: orNull(parts.stageVariables),
    requestContext: {
      ...requestContext(state, api, account),
      ...(grant === undefined
        ? {}
        : {
            authorizer: {
              ...grant.context,
              principalId: grant.principalId,
              integrationLatency: state.authorizerLatencyMs ?? 0,
            },
          }),
    },
    body: request.body.length === 0 ? null : request.body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: binary,
  };
}

function orNull<T extends object>(values: T): T | null {
  return Object.keys(values).length === 0 ? null : values;
}
