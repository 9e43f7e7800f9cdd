/**
 * The event of a Lambda proxy integration.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
 */
import type { RestApiModel } from '../assembly/model.ts';
import { eventParts } from './eventParts.ts';
import type { Exchange, IncomingCall } from './exchange.ts';
import { requestContext } from './requestContext.ts';

/** Makes the event. Empty maps are `null`, and a body is text unless its media type is one of the API's binary ones. */
export function proxyEvent(exchange: Exchange, api: RestApiModel, account: string): unknown {
  const { call, grant } = exchange;
  const parts = eventParts(exchange, api);
  const binary = call.body.length > 0 && isBinary(call, api);
  return {
    ...parts,
    queryStringParameters: orNull(parts.queryStringParameters),
    multiValueQueryStringParameters: orNull(parts.multiValueQueryStringParameters),
    pathParameters: orNull(parts.pathParameters),
    stageVariables: orNull(parts.stageVariables),
    requestContext: {
      ...requestContext(exchange, api, account),
      ...(grant === undefined
        ? {}
        : {
            authorizer: {
              ...grant.context,
              principalId: grant.principalId,
              integrationLatency: exchange.authorizerLatencyMs ?? 0,
            },
          }),
    },
    body: call.body.length === 0 ? null : call.body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: binary,
  };
}

/** A media type of the API's list: exact, or a `*` for a part of it. */
function isBinary({ headers }: IncomingCall, { binaryMediaTypes }: RestApiModel): boolean {
  if (binaryMediaTypes.length === 0) return false;
  const [mediaType = ''] = (headers['content-type']?.[0] ?? 'application/json').split(';');
  return isListed(mediaType.trim().toLowerCase(), binaryMediaTypes);
}

function isListed(mediaType: string, listed: readonly string[]): boolean {
  const [type, subtype] = mediaType.split('/');
  return listed.some((each) => {
    const [wantedType, wantedSubtype] = each.toLowerCase().split('/');
    return (wantedType === '*' || wantedType === type) && (wantedSubtype === '*' || wantedSubtype === subtype);
  });
}

function orNull<T extends object>(values: T): T | null {
  return Object.keys(values).length === 0 ? null : values;
}
