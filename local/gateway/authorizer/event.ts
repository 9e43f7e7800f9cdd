/**
 * The event of a REQUEST authorizer.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
import type { RestApiModel } from '../../assembly/model.ts';
import { eventParts } from '../lambdaEvent.ts';
import { requestContext } from '../requestContext.ts';
import type { RequestState } from '../step.ts';

/** Makes the event. */
export function requestEvent(state: RequestState, api: RestApiModel, account: string, methodArn: string): unknown {
  return {
    type: 'REQUEST',
    methodArn,
    ...eventParts(state, api),
    requestContext: requestContext(state, api, account),
  };
}
