/**
 * The event of a REQUEST authorizer.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
import type { RestApiModel } from '../../assembly/model.ts';
import { eventParts } from '../eventParts.ts';
import type { Exchange } from '../exchange.ts';
import { requestContext } from '../requestContext.ts';

/** Makes the event. */
export function requestEvent(exchange: Exchange, api: RestApiModel, account: string, methodArn: string): unknown {
  return {
    type: 'REQUEST',
    methodArn,
    ...eventParts(exchange, api),
    requestContext: requestContext(exchange, api, account),
  };
}
